-- name: AddList :exec
INSERT INTO ranking_list (scope, owner, name, version, wishes, hash, confirmed, length) VALUES ($1, $2, $3, 0, '[]', '', 0, 0);

-- name: List :one
SELECT * FROM ranking_list WHERE scope = $1 AND owner = $2;

-- name: Lists :many
SELECT * FROM ranking_list WHERE scope = $1 ORDER BY owner;

-- name: NextLists :many
SELECT * FROM ranking_list WHERE scope = $1 AND owner > $2 ORDER BY owner LIMIT $3;

-- name: Count :one
-- Each along an index.
SELECT (SELECT COUNT(*) FROM ranking_list a WHERE a.scope = sqlc.arg(scope)) AS lists,
	(SELECT COUNT(*) FROM ranking_list b WHERE b.scope = sqlc.arg(scope) AND b.length = 0) AS empty_lists,
	(SELECT COUNT(*) FROM ranking_list c WHERE c.scope = sqlc.arg(scope) AND c.length > 0 AND c.length < CAST(sqlc.arg(advised) AS BIGINT)) AS short_lists,
	(SELECT COUNT(*) FROM ranking_list d WHERE d.scope = sqlc.arg(scope) AND d.version > 0 AND d.confirmed = d.version) AS confirmed;

-- name: ReplaceList :exec
UPDATE ranking_list SET version = $2, wishes = $3, hash = $4, saved_at = $5, length = $6
WHERE id = $1 AND version = sqlc.arg(base);

-- name: ConfirmList :execrows
UPDATE ranking_list SET confirmed = $2 WHERE id = $1 AND version = $2;

-- name: AddVersion :exec
INSERT INTO ranking_version (list_id, number, at, author, author_name, channel, wishes, form, hash, previous, request)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT DO NOTHING;

-- name: Version :one
SELECT * FROM ranking_version WHERE list_id = $1 AND number = $2;

-- name: VersionOfRequest :one
SELECT * FROM ranking_version WHERE list_id = $1 AND request = $2;

-- name: Versions :many
SELECT v.*
FROM ranking_list l
JOIN ranking_version v ON v.list_id = l.id
WHERE l.scope = $1 AND l.owner = $2
ORDER BY v.number;

-- name: VersionsBetween :many
-- Of the lists of some owners, in their order.
SELECT v.*
FROM ranking_list l
JOIN ranking_version v ON v.list_id = l.id
WHERE l.scope = sqlc.arg(scope) AND l.owner >= sqlc.arg(first) AND l.owner <= sqlc.arg(last)
ORDER BY l.owner, v.number;
