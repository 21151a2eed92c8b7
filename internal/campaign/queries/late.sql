-- name: AddLate :exec
INSERT INTO campaign_late (public_id, campaign_id, participant_id, until_at, reason, asked_at, asked_by, asked_name, decided_by, decided_name, agreed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', FALSE);

-- name: DecideLate :execrows
UPDATE campaign_late SET decided_at = $2, decided_by = $3, decided_name = $4, agreed = $5
WHERE id = $1 AND decided_at IS NULL;

-- name: LateByPublicID :one
SELECT * FROM campaign_late WHERE campaign_id = $1 AND public_id = $2;

-- name: Lates :many
SELECT sqlc.embed(l), p.student_id
FROM campaign_late l
JOIN campaign_participant p ON p.id = l.participant_id
WHERE l.campaign_id = $1
ORDER BY l.id DESC;

-- name: WaitingLates :many
-- Of every campaign; there are few at a time.
SELECT sqlc.embed(l), p.student_id
FROM campaign_late l
JOIN campaign_participant p ON p.id = l.participant_id
WHERE l.decided_at IS NULL
ORDER BY l.id DESC;

-- name: LateInForce :one
SELECT * FROM campaign_late
WHERE participant_id = $1 AND agreed AND until_at > $2
ORDER BY until_at DESC
LIMIT 1;

-- name: CountLates :one
SELECT CAST(COALESCE(sum(CASE WHEN agreed THEN 1 ELSE 0 END), 0) AS BIGINT) AS agreed,
	CAST(COALESCE(sum(CASE WHEN agreed AND until_at > sqlc.arg(now) THEN 1 ELSE 0 END), 0) AS BIGINT) AS open,
	CAST(COALESCE(sum(CASE WHEN decided_at IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS waiting
FROM campaign_late WHERE campaign_id = sqlc.arg(campaign_id);
