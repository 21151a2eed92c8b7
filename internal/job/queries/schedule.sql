-- name: Schedules :many
SELECT * FROM job_schedule ORDER BY kind, tick DESC;

-- name: StartSchedule :exec
INSERT INTO job_schedule (kind, spec, tick) VALUES ($1, $2, $3) ON CONFLICT (kind, spec) DO NOTHING;

-- name: MoveSchedule :execrows
UPDATE job_schedule SET tick = @tick WHERE kind = @kind AND spec = @spec AND tick = @was;

-- name: EndSchedule :exec
UPDATE job_schedule SET ended_at = @ended_at, outcome = @outcome WHERE kind = @kind;
