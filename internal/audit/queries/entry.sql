-- name: Add :exec
INSERT INTO audit_entry (at, person, person_name, behalf, behalf_name, origin, action, args, object_kind, object, scope, before, after, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: OfObject :many
SELECT * FROM audit_entry WHERE object_kind = $1 AND object = $2 AND id < $3 ORDER BY id DESC LIMIT $4;

-- name: OfScope :many
SELECT * FROM audit_entry WHERE scope = $1 AND id < $2 ORDER BY id DESC LIMIT $3;

-- name: OfPerson :many
SELECT * FROM audit_entry WHERE person = $1 AND id < $2 ORDER BY id DESC LIMIT $3;

-- name: Latest :many
SELECT * FROM audit_entry WHERE id < $1 ORDER BY id DESC LIMIT $2;
