-- name: AddYear :one
INSERT INTO reference_year (public_id, code, name, starts_on, ends_on, archived, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING id;

-- name: ChangeYear :exec
UPDATE reference_year
SET code = $2, name = $3, starts_on = $4, ends_on = $5, archived = $6, changed_at = $7, changed_by = $8
WHERE id = $1;

-- name: RemoveYear :exec
DELETE FROM reference_year WHERE id = $1;
