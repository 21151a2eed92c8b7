-- name: AddRun :one
INSERT INTO campaign_run (public_id, campaign_id, number, name, method, cost_rule, amendments, instance_hash,
	task, despite_late, asked_at, asked_by, asked_name, inputs)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
RETURNING id;

-- name: LastRunNumber :one
SELECT CAST(COALESCE(max(number), 0) AS BIGINT) FROM campaign_run WHERE campaign_id = $1;

-- name: Run :one
SELECT * FROM campaign_run WHERE id = $1;

-- name: RunByPublicID :one
SELECT * FROM campaign_run WHERE public_id = $1;

-- What pages show of runs.

-- name: RunHeads :many
SELECT r.id, r.public_id, r.number, r.name, r.method, r.cost_rule, r.amendments, r.instance_hash, r.task, r.despite_late,
	r.asked_at, r.asked_name, r.inputs, o.engine, o.result_hash, o.started_at, o.ended_at, s.figures, s.assigned
FROM campaign_run r
LEFT JOIN campaign_run_result o ON o.run_id = r.id
LEFT JOIN campaign_run_summary s ON s.run_id = r.id
WHERE r.campaign_id = $1
ORDER BY r.number;

-- name: RunHead :one
SELECT r.id, r.public_id, r.number, r.name, r.method, r.cost_rule, r.amendments, r.instance_hash, r.task, r.despite_late,
	r.asked_at, r.asked_name, r.inputs, o.engine, o.result_hash, o.started_at, o.ended_at, s.figures, s.assigned
FROM campaign_run r
LEFT JOIN campaign_run_result o ON o.run_id = r.id
LEFT JOIN campaign_run_summary s ON s.run_id = r.id
WHERE r.campaign_id = $1 AND r.public_id = $2;

-- name: RunPublicID :one
SELECT public_id FROM campaign_run WHERE id = $1;

-- name: RunDetail :one
SELECT o.checks, s.detail
FROM campaign_run_result o
LEFT JOIN campaign_run_summary s ON s.run_id = o.run_id
WHERE o.run_id = $1;

-- name: AddSummary :exec
INSERT INTO campaign_run_summary (run_id, figures, detail, assigned) VALUES ($1, $2, $3, $4)
ON CONFLICT (run_id) DO UPDATE SET assigned = excluded.assigned;

-- name: RunsNotAssigned :many
SELECT o.run_id FROM campaign_run_result o
LEFT JOIN campaign_run_summary s ON s.run_id = o.run_id
WHERE o.run_id > sqlc.arg(after) AND COALESCE(s.assigned, 0) = 0
ORDER BY o.run_id
LIMIT sqlc.arg(most);

-- name: AddResult :exec
INSERT INTO campaign_run_result (run_id, engine, result_hash, checks, started_at, ended_at)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: Result :one
SELECT * FROM campaign_run_result WHERE run_id = $1;

-- name: AddAdoption :one
INSERT INTO campaign_adoption (campaign_id, run_id, compared_id, reason, adopted_at, adopted_by, adopted_name)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id;

-- name: LastAdoption :one
SELECT * FROM campaign_adoption WHERE campaign_id = $1 ORDER BY id DESC LIMIT 1;
