-- name: AddList :exec
INSERT INTO ranking_list (scope, owner, name, version, wishes, hash, confirmed, length) VALUES ($1, $2, $3, 0, '[]', '', 0, 0);

-- name: List :one
SELECT * FROM ranking_list WHERE scope = $1 AND owner = $2;

-- name: Lists :many
SELECT * FROM ranking_list WHERE scope = $1 ORDER BY owner;

-- name: NextLists :many
SELECT * FROM ranking_list WHERE scope = $1 AND owner > $2 ORDER BY owner LIMIT $3;

-- name: CountShort :one
SELECT CAST(COALESCE(sum(CASE WHEN length = 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS empty_lists,
	CAST(COALESCE(sum(CASE WHEN length > 0 AND length < CAST(sqlc.arg(advised) AS BIGINT) THEN 1 ELSE 0 END), 0) AS BIGINT) AS short_lists
FROM ranking_list WHERE scope = sqlc.arg(scope);

-- name: ReplaceList :execrows
UPDATE ranking_list SET version = $2, wishes = $3, hash = $4, saved_at = $5, length = $6
WHERE id = $1 AND version = sqlc.arg(base);

-- name: ConfirmList :execrows
UPDATE ranking_list SET confirmed = $2 WHERE id = $1 AND version = $2;

-- name: AddVersion :exec
INSERT INTO ranking_version (list_id, number, at, author, author_name, channel, wishes, form, hash, previous, request)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

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
