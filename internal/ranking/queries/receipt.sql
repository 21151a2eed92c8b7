-- name: AddReceipt :exec
INSERT INTO ranking_receipt (code, scope, list_id, number, version, hash, kind, issued_at, facts)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: LastReceiptNumber :one
SELECT CAST(COALESCE(max(number), 0) AS BIGINT) FROM ranking_receipt WHERE scope = $1;

-- name: ReceiptByCode :one
SELECT sqlc.embed(r), l.owner, l.version AS stands
FROM ranking_receipt r
JOIN ranking_list l ON l.id = r.list_id
WHERE r.code = $1;

-- name: ReceiptOfVersion :one
SELECT code FROM ranking_receipt WHERE list_id = $1 AND kind = $2 AND version = $3;

-- name: ReceiptsOfOwner :many
SELECT r.*
FROM ranking_list l
JOIN ranking_receipt r ON r.list_id = l.id
WHERE l.scope = $1 AND l.owner = $2
ORDER BY r.id DESC;

-- name: ReceiptsBetween :many
-- Of the lists of some owners.
SELECT r.*
FROM ranking_list l
JOIN ranking_receipt r ON r.list_id = l.id
WHERE l.scope = sqlc.arg(scope) AND l.owner >= sqlc.arg(first) AND l.owner <= sqlc.arg(last)
ORDER BY r.id;

-- name: CountWithoutReceipt :one
SELECT count(*)
FROM ranking_list l
WHERE l.scope = sqlc.arg(scope) AND l.version > 0
	AND NOT EXISTS (
		SELECT 1 FROM ranking_receipt r
		WHERE r.list_id = l.id AND r.kind = sqlc.arg(kind) AND r.version = l.version);

-- name: WithoutReceipt :many
-- Whose list has no receipt of a kind as it stands.
SELECT l.owner
FROM ranking_list l
WHERE l.scope = sqlc.arg(scope) AND l.owner > sqlc.arg(after) AND l.version > 0
	AND NOT EXISTS (
		SELECT 1 FROM ranking_receipt r
		WHERE r.list_id = l.id AND r.kind = sqlc.arg(kind) AND r.version = l.version)
ORDER BY l.owner
LIMIT sqlc.arg(most);
