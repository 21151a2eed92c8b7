-- name: AddReceipt :exec
INSERT INTO campaign_receipt (code, campaign_id, participant_id, number, version, hash, kind, issued_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: LastReceiptNumber :one
SELECT CAST(COALESCE(max(number), 0) AS BIGINT) FROM campaign_receipt WHERE campaign_id = $1;

-- name: ReceiptByCode :one
SELECT * FROM campaign_receipt WHERE code = $1;

-- name: ReceiptOfVersion :one
SELECT * FROM campaign_receipt WHERE participant_id = $1 AND kind = $2 AND version = $3;

-- name: ReceiptsOfParticipant :many
SELECT * FROM campaign_receipt WHERE participant_id = $1 ORDER BY id DESC;

-- name: LastReceipt :one
SELECT code FROM campaign_receipt WHERE participant_id = $1 ORDER BY id DESC LIMIT 1;

-- name: WithoutDeadlineReceipt :many
SELECT l.participant_id
FROM campaign_list l
WHERE l.campaign_id = $1 AND l.version > 0
	AND NOT EXISTS (
		SELECT 1 FROM campaign_receipt r
		WHERE r.participant_id = l.participant_id AND r.kind = 'deadline' AND r.version = l.version)
ORDER BY l.participant_id
LIMIT $2;
