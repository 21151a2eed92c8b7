-- name: AddFaculty :one
INSERT INTO reference_faculty (public_id, code, name, sort_key, uai, archived, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING id;

-- name: ChangeFaculty :exec
UPDATE reference_faculty
SET code = $2, name = $3, sort_key = $4, uai = $5, archived = $6, changed_at = $7, changed_by = $8
WHERE id = $1;

-- name: RemoveFaculty :exec
DELETE FROM reference_faculty WHERE id = $1;
