-- name: AddNote :exec
INSERT INTO bulletin_note (public_id, said, author, author_name, posted_at) VALUES ($1, $2, $3, $4, $5);

-- name: Note :one
SELECT * FROM bulletin_note WHERE public_id = $1;

-- name: LatestNotes :many
SELECT * FROM bulletin_note ORDER BY posted_at DESC, id DESC LIMIT $1;
