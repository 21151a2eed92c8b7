-- name: Periods :many
SELECT * FROM reference_period ORDER BY code, id;

-- name: PeriodIntervals :many
SELECT * FROM reference_period_interval ORDER BY period_id, starts_on;

-- name: AddPeriod :one
INSERT INTO reference_period (public_id, code, name, archived, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id;

-- name: ChangePeriod :exec
UPDATE reference_period
SET code = $2, name = $3, archived = $4, changed_at = $5, changed_by = $6
WHERE id = $1;

-- name: ClearIntervals :exec
DELETE FROM reference_period_interval WHERE period_id = $1;

-- name: AddInterval :exec
INSERT INTO reference_period_interval (period_id, starts_on, ends_on) VALUES ($1, $2, $3);

-- name: RemovePeriod :exec
DELETE FROM reference_period WHERE id = $1;
