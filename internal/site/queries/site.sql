-- name: AddSite :one
INSERT INTO site_site (public_id, code, name, service, sort_key, category_id, institution_id, faculty_id,
	main, wishes_allowed, outside_subdivision, min_seats, ideal_seats, max_seats, description, link,
	address, postal_code, town, archived, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
RETURNING id;

-- name: ChangeSite :exec
UPDATE site_site
SET code = $2, name = $3, service = $4, sort_key = $5, category_id = $6, institution_id = $7, faculty_id = $8,
	main = $9, wishes_allowed = $10, outside_subdivision = $11, min_seats = $12, ideal_seats = $13, max_seats = $14,
	description = $15, link = $16, address = $17, postal_code = $18, town = $19, archived = $20, changed_at = $21, changed_by = $22
WHERE id = $1;

-- name: ClearSiteLevels :exec
DELETE FROM site_closed_level WHERE site_id = $1;

-- name: AddSiteLevel :exec
INSERT INTO site_closed_level (site_id, level_id) VALUES ($1, $2);

-- name: ClearSecondaries :exec
DELETE FROM site_secondary WHERE main_id = $1;

-- name: AddSecondary :exec
INSERT INTO site_secondary (main_id, secondary_id) VALUES ($1, $2);

-- name: RemoveSite :exec
DELETE FROM site_site WHERE id = $1;
