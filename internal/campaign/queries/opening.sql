-- name: AddOpening :exec
INSERT INTO campaign_opening (campaign_id, task, asked_at, asked_by, asked_name, asked_origin) VALUES ($1, $2, $3, $4, $5, $6);

-- name: Opening :one
SELECT * FROM campaign_opening WHERE campaign_id = $1;
