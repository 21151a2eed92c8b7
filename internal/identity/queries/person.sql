-- name: AddPerson :one
INSERT INTO identity_person (public_id, family_name, given_name, sort_key, search, email, lang, created_at, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
RETURNING id;

-- name: ChangePerson :exec
UPDATE identity_person
SET family_name = $2, given_name = $3, sort_key = $4, search = $5, email = $6, lang = $7, changed_at = $8, changed_by = $9
WHERE id = $1;

-- name: PersonByID :one
SELECT * FROM identity_person WHERE id = $1;

-- name: PersonByPublicID :one
SELECT * FROM identity_person WHERE public_id = $1;

-- name: PeopleByEmail :many
SELECT * FROM identity_person WHERE email = $1 ORDER BY id;

-- name: People :many
SELECT * FROM identity_person ORDER BY sort_key, id;

-- name: RemoveSessionsOfPerson :exec
DELETE FROM identity_session WHERE account_id IN (SELECT id FROM identity_account WHERE person_id = $1);

-- name: RemoveAccountsOfPerson :exec
DELETE FROM identity_account WHERE person_id = $1;

-- name: RemoveGrantsOfPerson :exec
DELETE FROM identity_grant WHERE person_id = $1;

-- name: RemovePerson :exec
DELETE FROM identity_person WHERE id = $1;
