-- name: Add :one
INSERT INTO placement_entry (public_id, kind, refers_to, student_id, site_id, secondary_id, period_id, procedure, campaign,
	decided_at, decided_by, rank, post_cost, bonus, cost, reason, recorded_at, recorded_by, batch)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
RETURNING id;

-- name: ByPublicID :one
SELECT e.* FROM placement_entry e WHERE e.public_id = $1
	AND e.batch NOT IN (SELECT b.id FROM placement_batch b WHERE b.released_at IS NULL);

-- name: ReferringTo :many
SELECT * FROM placement_entry WHERE refers_to = $1 ORDER BY id;

-- name: All :many
SELECT e.* FROM placement_entry e WHERE e.batch NOT IN (SELECT b.id FROM placement_batch b WHERE b.released_at IS NULL) ORDER BY e.id;

-- A line about a placement stands under the record of the placement (sameStudent).

-- name: OfStudent :many
SELECT e.* FROM placement_entry e WHERE e.student_id = $1
	AND e.batch NOT IN (SELECT b.id FROM placement_batch b WHERE b.released_at IS NULL) ORDER BY e.id;

-- Each other list has its placements, and the lines about them wherever they are: a
-- placement may have been replaced by one at another site, in another period.

-- name: OfSite :many
SELECT p.* FROM placement_entry p WHERE p.id IN (SELECT e.id FROM placement_entry e WHERE e.site_id = $1 AND e.period_id = $2
	UNION ALL SELECT r.id FROM placement_entry e JOIN placement_entry r ON r.refers_to = e.id WHERE e.site_id = $1 AND e.period_id = $2)
	AND p.batch NOT IN (SELECT b.id FROM placement_batch b WHERE b.released_at IS NULL) ORDER BY p.id;

-- name: OfSecondarySite :many
SELECT p.* FROM placement_entry p WHERE p.id IN (SELECT e.id FROM placement_entry e WHERE e.secondary_id = $1 AND e.period_id = $2
	UNION ALL SELECT r.id FROM placement_entry e JOIN placement_entry r ON r.refers_to = e.id WHERE e.secondary_id = $1 AND e.period_id = $2)
	AND p.batch NOT IN (SELECT b.id FROM placement_batch b WHERE b.released_at IS NULL) ORDER BY p.id;

-- name: OfPeriod :many
SELECT p.* FROM placement_entry p WHERE p.id IN (SELECT e.id FROM placement_entry e WHERE e.period_id = $1
	UNION ALL SELECT r.id FROM placement_entry e JOIN placement_entry r ON r.refers_to = e.id WHERE e.period_id = $1)
	AND p.batch NOT IN (SELECT b.id FROM placement_batch b WHERE b.released_at IS NULL) ORDER BY p.id;

-- name: OfCampaign :many
SELECT p.* FROM placement_entry p WHERE p.id IN (SELECT e.id FROM placement_entry e WHERE e.campaign = $1
	UNION ALL SELECT r.id FROM placement_entry e JOIN placement_entry r ON r.refers_to = e.id WHERE e.campaign = $1)
	AND p.batch NOT IN (SELECT b.id FROM placement_batch b WHERE b.released_at IS NULL) ORDER BY p.id;

-- A line of a batch is in force once the batch is released: every list above asks. Lines
-- about others are selected on their own: under an OR, PostgreSQL reads the whole ledger.

-- name: OpenBatch :one
INSERT INTO placement_batch (opened_at) VALUES ($1) RETURNING id;

-- name: ReleaseBatch :execrows
UPDATE placement_batch SET released_at = $2 WHERE id = $1 AND released_at IS NULL;
