-- name: Contacts :many
SELECT * FROM site_contact ORDER BY sort_key, id;

-- name: AddContact :one
INSERT INTO site_contact (public_id, code, function, name, sort_key, email, phone, person_id, archived, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
RETURNING id;

-- name: ChangeContact :exec
UPDATE site_contact
SET code = $2, function = $3, name = $4, sort_key = $5, email = $6, phone = $7, person_id = $8, archived = $9, changed_at = $10, changed_by = $11
WHERE id = $1;

-- name: RemoveContact :exec
DELETE FROM site_contact WHERE id = $1;

-- name: PutContactSite :exec
INSERT INTO site_contact_site (contact_id, site_id, visible, responsible, gets_arrivals, validates, signs, signing_order, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (contact_id, site_id) DO UPDATE
SET visible = excluded.visible, responsible = excluded.responsible, gets_arrivals = excluded.gets_arrivals,
	validates = excluded.validates, signs = excluded.signs, signing_order = excluded.signing_order,
	changed_at = excluded.changed_at, changed_by = excluded.changed_by;

-- name: RemoveContactSite :execrows
DELETE FROM site_contact_site WHERE contact_id = $1 AND site_id = $2;
