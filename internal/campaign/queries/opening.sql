-- name: AddOpening :exec
INSERT INTO campaign_opening (campaign_id, task, asked_at, asked_by, asked_name, asked_origin, changes)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: Opening :one
SELECT * FROM campaign_opening WHERE campaign_id = $1;

-- name: ForgetOpening :exec
DELETE FROM campaign_opening WHERE campaign_id = $1;

-- name: SomeEnrolled :many
SELECT id FROM campaign_participant WHERE campaign_id = $1 AND enrolled_at IS NOT NULL LIMIT $2;
