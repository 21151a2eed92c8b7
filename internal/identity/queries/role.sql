-- name: AddRole :one
INSERT INTO identity_role (code, name_fr, name_en) VALUES ($1, $2, $3) RETURNING id;

-- name: Roles :many
SELECT * FROM identity_role ORDER BY id;

-- name: RoleByCode :one
SELECT * FROM identity_role WHERE code = $1;

-- name: RightsOfRoles :many
SELECT r.code, rr.right_code
FROM identity_role_right rr
JOIN identity_role r ON r.id = rr.role_id
ORDER BY r.id, rr.right_code;

-- name: AddRight :exec
INSERT INTO identity_role_right (role_id, right_code) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: RemoveRight :exec
DELETE FROM identity_role_right WHERE role_id = $1 AND right_code = $2;

-- name: AddGrant :exec
INSERT INTO identity_grant (public_id, person_id, role_id, perimeter_kind, perimeter_key, perimeter_label, valid_from, valid_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: EndGrant :execrows
UPDATE identity_grant SET valid_until = $2 WHERE public_id = $1 AND (valid_until IS NULL OR valid_until > $2);

-- name: GrantByPublicID :one
SELECT g.*, r.code AS role_code
FROM identity_grant g
JOIN identity_role r ON r.id = g.role_id
WHERE g.public_id = $1;

-- name: GrantsOfPerson :many
SELECT g.*, r.code AS role_code, r.name_fr, r.name_en
FROM identity_grant g
JOIN identity_role r ON r.id = g.role_id
WHERE g.person_id = $1
ORDER BY g.valid_from, g.id;

-- name: RightsOfPerson :many
SELECT rr.right_code, g.perimeter_kind, g.perimeter_key
FROM identity_grant g
JOIN identity_role_right rr ON rr.role_id = g.role_id
WHERE g.person_id = $1 AND g.valid_from <= $2 AND (g.valid_until IS NULL OR g.valid_until > $2);

-- name: PeopleWithRight :many
SELECT DISTINCT p.*
FROM identity_person p
JOIN identity_grant g ON g.person_id = p.id
JOIN identity_role_right rr ON rr.role_id = g.role_id
WHERE rr.right_code = $1 AND g.valid_from <= $2 AND (g.valid_until IS NULL OR g.valid_until > $2)
ORDER BY p.sort_key, p.id;

-- name: AccountsWithRight :one
-- Counts the open accounts of people who hold a right on everything now.
SELECT count(*)
FROM identity_account a
JOIN identity_grant g ON g.person_id = a.person_id
JOIN identity_role_right rr ON rr.role_id = g.role_id
WHERE rr.right_code = $1 AND g.perimeter_kind = 'everything' AND a.disabled_at IS NULL
	AND g.valid_from <= $2 AND (g.valid_until IS NULL OR g.valid_until > $2);

-- name: KnownRights :many
SELECT code FROM identity_known_right ORDER BY position, code;

-- name: CountNewRights :one
SELECT count(*) FROM identity_known_right WHERE later AND first_seen_at > $1;

-- name: AddKnownRight :exec
INSERT INTO identity_known_right (code, position, first_seen_at, later) VALUES ($1, $2, $3, $4);

-- name: PlaceRight :exec
UPDATE identity_known_right SET position = $2 WHERE code = $1 AND position <> $2;
