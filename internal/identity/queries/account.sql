-- name: AddAccount :one
INSERT INTO identity_account (person_id, login, password, demo, created_at)
VALUES ($1, $2, $3, $4, $5)
RETURNING id;

-- name: AccountByLogin :one
SELECT * FROM identity_account WHERE login = $1;

-- name: AccountsOfPerson :many
SELECT * FROM identity_account WHERE person_id = $1 ORDER BY id;

-- name: Accounts :many
SELECT * FROM identity_account ORDER BY person_id, id;

-- name: DemoAccounts :one
SELECT count(*) FROM identity_account WHERE demo;

-- name: SetPassword :exec
UPDATE identity_account SET password = $2 WHERE id = $1;

-- name: SetDisabled :exec
UPDATE identity_account SET disabled_at = $2 WHERE id = $1;

-- name: AddSession :exec
INSERT INTO identity_session (token_hash, account_id, created_at, expires_at, seen_at, origin)
VALUES ($1, $2, $3, $4, $3, $5);

-- name: SessionRights :many
-- Whose session it is, in a row for each of their rights on something. Without any they
-- have one row; it has no right.
SELECT p.id, p.public_id, p.family_name, p.given_name, p.email, p.lang, s.seen_at,
	COALESCE(rr.right_code, '') AS right_code, COALESCE(g.perimeter_kind, '') AS perimeter_kind, COALESCE(g.perimeter_key, '') AS perimeter_key
FROM identity_session s
JOIN identity_account a ON a.id = s.account_id
JOIN identity_person p ON p.id = a.person_id
LEFT JOIN identity_grant g ON g.person_id = p.id AND g.valid_from <= sqlc.arg(now) AND (g.valid_until IS NULL OR g.valid_until > sqlc.arg(now))
LEFT JOIN identity_role_right rr ON rr.role_id = g.role_id
WHERE s.token_hash = sqlc.arg(token_hash) AND s.expires_at > sqlc.arg(now) AND a.disabled_at IS NULL;

-- name: AccountOfSession :one
SELECT a.*
FROM identity_session s
JOIN identity_account a ON a.id = s.account_id
WHERE s.token_hash = $1 AND s.expires_at > $2;

-- name: EndOtherSessions :exec
DELETE FROM identity_session WHERE account_id = $1 AND token_hash <> $2;

-- name: TouchSession :exec
UPDATE identity_session SET seen_at = $2, expires_at = $3 WHERE token_hash = $1;

-- name: EndSession :exec
DELETE FROM identity_session WHERE token_hash = $1;

-- name: PurgeSessions :exec
DELETE FROM identity_session WHERE expires_at < $1;

-- name: AddAttempt :one
INSERT INTO identity_attempt (subject, at) VALUES ($1, $2) RETURNING id;

-- name: RemoveAttempt :exec
DELETE FROM identity_attempt WHERE id = $1;

-- name: CountAttempts :one
SELECT count(*) FROM identity_attempt WHERE subject = $1 AND at > $2;

-- name: ForgetAttempts :exec
DELETE FROM identity_attempt WHERE subject = $1;

-- name: PurgeAttempts :exec
DELETE FROM identity_attempt WHERE at < $1;
