-- name: Add :one
INSERT INTO placement_entry (public_id, kind, refers_to, student_id, site_id, secondary_id, period_id, procedure, campaign,
	decided_at, decided_by, rank, post_cost, bonus, cost, reason, recorded_at, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
RETURNING id;

-- name: ByPublicID :one
SELECT * FROM placement_entry WHERE public_id = $1;

-- name: ReferringTo :many
SELECT * FROM placement_entry WHERE refers_to = $1 ORDER BY id;

-- name: All :many
SELECT * FROM placement_entry ORDER BY id;

-- name: OfStudent :many
SELECT * FROM placement_entry WHERE student_id = $1 ORDER BY id;

-- name: OfSite :many
SELECT * FROM placement_entry WHERE site_id = $1 AND period_id = $2 ORDER BY id;

-- name: OfSecondarySite :many
SELECT * FROM placement_entry WHERE secondary_id = $1 AND period_id = $2 ORDER BY id;

-- name: OfPeriod :many
SELECT * FROM placement_entry WHERE period_id = $1 ORDER BY id;

-- name: OfCampaign :many
SELECT * FROM placement_entry WHERE campaign = $1 ORDER BY id;
