-- name: Categories :many
SELECT * FROM site_category ORDER BY position, sort_key, id;

-- name: AddCategory :one
INSERT INTO site_category (public_id, code, acronym, name, sort_key, position, main, archived, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
RETURNING id;

-- name: ChangeCategory :exec
UPDATE site_category
SET code = $2, acronym = $3, name = $4, sort_key = $5, position = $6, main = $7, archived = $8, changed_at = $9, changed_by = $10
WHERE id = $1;

-- name: RemoveCategory :exec
DELETE FROM site_category WHERE id = $1;
