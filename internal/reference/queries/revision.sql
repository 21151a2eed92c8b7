-- name: CountChange :exec
UPDATE reference_revision SET number = number + 1;

-- name: Revision :one
SELECT number FROM reference_revision;
