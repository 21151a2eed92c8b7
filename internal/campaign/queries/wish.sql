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

-- name: CountLists :one
-- Of those who take part still.
SELECT count(*) AS participants,
	CAST(COALESCE(sum(CASE WHEN l.length = 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS empty_lists,
	CAST(COALESCE(sum(CASE WHEN l.length > 0 AND l.length < CAST(sqlc.arg(advised) AS BIGINT) THEN 1 ELSE 0 END), 0) AS BIGINT) AS short_lists,
	CAST(COALESCE(sum(CASE WHEN l.version > 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS saved_lists,
	CAST(COALESCE(sum(CASE WHEN l.version > 0 AND l.confirmed = l.version THEN 1 ELSE 0 END), 0) AS BIGINT) AS confirmed_lists
FROM campaign_list l
JOIN campaign_participant p ON p.id = l.participant_id
WHERE l.campaign_id = sqlc.arg(campaign_id) AND p.excluded_at IS NULL;

-- name: CountShort :one
-- Of everybody enrolled, excluded since or not.
SELECT CAST(COALESCE(sum(CASE WHEN length = 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS empty_lists,
	CAST(COALESCE(sum(CASE WHEN length > 0 AND length < CAST(sqlc.arg(advised) AS BIGINT) THEN 1 ELSE 0 END), 0) AS BIGINT) AS short_lists
FROM campaign_list WHERE campaign_id = sqlc.arg(campaign_id);

-- name: Lists :many
SELECT * FROM campaign_list WHERE campaign_id = $1 ORDER BY participant_id;

-- name: ReplaceList :execrows
UPDATE campaign_list SET version = $2, wishes = $3, hash = $4, saved_at = $5, length = $6
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
