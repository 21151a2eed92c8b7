-- name: AddLevel :one
INSERT INTO reference_level (public_id, code, name, position, archived, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id;

-- name: ChangeLevel :exec
UPDATE reference_level
SET code = $2, name = $3, position = $4, archived = $5, changed_at = $6, changed_by = $7
WHERE id = $1;

-- name: RemoveLevel :exec
DELETE FROM reference_level WHERE id = $1;
