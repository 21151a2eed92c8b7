-- name: AddRun :one
INSERT INTO campaign_run (public_id, campaign_id, number, name, method, cost_rule, amendments, instance, instance_hash,
	roster, task, despite_late, asked_at, asked_by, asked_name)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
RETURNING id;

-- name: LastRunNumber :one
SELECT CAST(COALESCE(max(number), 0) AS BIGINT) FROM campaign_run WHERE campaign_id = $1;

-- name: Run :one
SELECT * FROM campaign_run WHERE id = $1;

-- name: RunByPublicID :one
SELECT * FROM campaign_run WHERE public_id = $1;

-- name: Runs :many
SELECT * FROM campaign_run WHERE campaign_id = $1 ORDER BY number;

-- name: AddResult :exec
INSERT INTO campaign_run_result (run_id, engine, result, result_hash, costs, checks, started_at, ended_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: Result :one
SELECT * FROM campaign_run_result WHERE run_id = $1;

-- name: AddAdoption :one
INSERT INTO campaign_adoption (campaign_id, run_id, compared_id, reason, adopted_at, adopted_by, adopted_name)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id;

-- name: Adoptions :many
SELECT * FROM campaign_adoption WHERE campaign_id = $1 ORDER BY id;

-- name: LastAdoption :one
SELECT * FROM campaign_adoption WHERE campaign_id = $1 ORDER BY id DESC LIMIT 1;
