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

-- Each list has its placements, and the lines about them wherever they are: a
-- placement may have been replaced by one at another site, in another period.

-- name: OfStudent :many
SELECT p.* FROM placement_entry p WHERE p.student_id = $1
	OR p.refers_to IN (SELECT e.id FROM placement_entry e WHERE e.student_id = $1) ORDER BY p.id;

-- name: OfSite :many
SELECT p.* FROM placement_entry p WHERE (p.site_id = $1 AND p.period_id = $2)
	OR p.refers_to IN (SELECT e.id FROM placement_entry e WHERE e.site_id = $1 AND e.period_id = $2) ORDER BY p.id;

-- name: OfSecondarySite :many
SELECT p.* FROM placement_entry p WHERE (p.secondary_id = $1 AND p.period_id = $2)
	OR p.refers_to IN (SELECT e.id FROM placement_entry e WHERE e.secondary_id = $1 AND e.period_id = $2) ORDER BY p.id;

-- name: OfPeriod :many
SELECT p.* FROM placement_entry p WHERE p.period_id = $1
	OR p.refers_to IN (SELECT e.id FROM placement_entry e WHERE e.period_id = $1) ORDER BY p.id;

-- name: OfCampaign :many
SELECT p.* FROM placement_entry p WHERE p.campaign = $1
	OR p.refers_to IN (SELECT e.id FROM placement_entry e WHERE e.campaign = $1) ORDER BY p.id;
