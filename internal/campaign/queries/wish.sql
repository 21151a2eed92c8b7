-- name: AddList :exec
INSERT INTO campaign_list (participant_id, campaign_id, version, wishes, hash, confirmed) VALUES ($1, $2, 0, '[]', '', 0);

-- name: List :one
SELECT * FROM campaign_list WHERE participant_id = $1;

-- name: OwnList :one
-- What a save needs to know, in one step.
SELECT sqlc.embed(c), sqlc.embed(p), sqlc.embed(l)
FROM campaign_list l
JOIN campaign_participant p ON p.id = l.participant_id
JOIN campaign_campaign c ON c.id = l.campaign_id
WHERE l.participant_id = $1;

-- name: Lists :many
SELECT * FROM campaign_list WHERE campaign_id = $1 ORDER BY participant_id;

-- name: ReplaceList :execrows
UPDATE campaign_list SET version = $2, wishes = $3, hash = $4, saved_at = $5
WHERE participant_id = $1 AND version = sqlc.arg(base);

-- name: ConfirmList :execrows
UPDATE campaign_list SET confirmed = $2 WHERE participant_id = $1 AND version = $2;

-- name: AddVersion :exec
INSERT INTO campaign_version (participant_id, number, at, author, author_name, channel, wishes, hash, previous, request)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: Version :one
SELECT * FROM campaign_version WHERE participant_id = $1 AND number = $2;

-- name: VersionOfRequest :one
SELECT * FROM campaign_version WHERE participant_id = $1 AND request = $2;

-- name: Versions :many
SELECT * FROM campaign_version WHERE participant_id = $1 ORDER BY number;
