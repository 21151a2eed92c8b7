-- name: AddCampaign :one
INSERT INTO campaign_campaign (public_id, name, faculty_id, period_id, zone, contact_name, contact_email,
	opens_at, closes_at, commission_at, publishes_at, phase, method, costs_method, scoring,
	max_wishes, advised_wishes, reminders, show_positions, created_at, changed_at, changed_by, kind)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'draft', $12, $13, $14, $15, $16, $17, $18, $19, $19, $20, $21)
RETURNING id;

-- name: ChangeCampaign :exec
UPDATE campaign_campaign
SET name = $2, faculty_id = $3, period_id = $4, zone = $5, contact_name = $6, contact_email = $7,
	opens_at = $8, closes_at = $9, commission_at = $10, publishes_at = $11, method = $12, costs_method = $13, scoring = $14,
	max_wishes = $15, advised_wishes = $16, reminders = $17, show_positions = $18, changed_at = $19, changed_by = $20
WHERE id = $1;

-- name: Advance :execrows
UPDATE campaign_campaign SET phase = sqlc.arg(target), changed_at = sqlc.arg(at), changed_by = sqlc.arg(by_name)
WHERE id = sqlc.arg(id) AND phase = sqlc.arg(current);

-- name: Campaign :one
SELECT * FROM campaign_campaign WHERE id = $1;

-- name: CampaignOfParticipant :one
SELECT sqlc.embed(campaign_campaign), CAST(p.excluded_at IS NOT NULL AS BOOLEAN) AS excluded
FROM campaign_participant p JOIN campaign_campaign ON campaign_campaign.id = p.campaign_id WHERE p.id = $1;

-- name: CampaignByPublicID :one
SELECT * FROM campaign_campaign WHERE public_id = $1;

-- name: Campaigns :many
SELECT * FROM campaign_campaign ORDER BY opens_at DESC, id DESC;

-- name: OpenCampaigns :many
SELECT * FROM campaign_campaign WHERE phase = 'open' ORDER BY closes_at, id;

-- name: SetReminded :exec
UPDATE campaign_campaign SET reminded = $2 WHERE id = $1;

-- name: AddStep :exec
INSERT INTO campaign_step (campaign_id, phase, at, by_name) VALUES ($1, $2, $3, $4);

-- name: Steps :many
SELECT * FROM campaign_step WHERE campaign_id = $1 ORDER BY at, phase;

-- name: RemoveCohorts :exec
DELETE FROM campaign_cohort WHERE campaign_id = $1;

-- name: Cohorts :many
SELECT * FROM campaign_cohort ORDER BY campaign_id, cohort_id;

-- name: CohortsOfCampaign :many
SELECT cohort_id FROM campaign_cohort WHERE campaign_id = $1 ORDER BY cohort_id;

-- name: CountChange :exec
UPDATE campaign_campaign SET changes = changes + 1 WHERE public_id = $1;

-- name: CountInputChange :exec
UPDATE campaign_campaign SET inputs = inputs + 1 WHERE id = $1;
