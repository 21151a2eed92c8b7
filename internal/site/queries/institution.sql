-- name: Institutions :many
SELECT * FROM site_institution ORDER BY sort_key, id;

-- name: AddInstitution :one
INSERT INTO site_institution (public_id, code, name, sort_key, kind, finess, siret, address, postal_code, town, archived, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
RETURNING id;

-- name: ChangeInstitution :exec
UPDATE site_institution
SET code = $2, name = $3, sort_key = $4, kind = $5, finess = $6, siret = $7, address = $8, postal_code = $9, town = $10,
	archived = $11, changed_at = $12, changed_by = $13
WHERE id = $1;

-- name: RemoveInstitution :exec
DELETE FROM site_institution WHERE id = $1;
