-- name: AddDecision :one
INSERT INTO campaign_decision (public_id, adoption_id, participant_id, kind, from_post, to_post, cost, lifted, motive, reason,
	undoes, decided_at, decided_by, decided_name)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
RETURNING id;

-- name: Decisions :many
SELECT * FROM campaign_decision WHERE adoption_id = $1 ORDER BY id;

-- name: AddMinutes :exec
INSERT INTO campaign_minutes (campaign_id, content, hash, confirmed_at, confirmed_by, confirmed_name)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: Minutes :one
SELECT * FROM campaign_minutes WHERE campaign_id = $1;

-- name: LastDecision :one
SELECT CAST(COALESCE(max(id), 0) AS BIGINT) FROM campaign_decision WHERE adoption_id = $1;
