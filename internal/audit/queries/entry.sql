-- name: Add :exec
INSERT INTO audit_entry (at, person, person_name, behalf, behalf_name, origin, action, args, object_kind, object, scope, before, after, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);
