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
