-- name: ByKey :one
SELECT public_id FROM notice_message WHERE unique_key = $1 AND unique_key <> '';

-- name: Attach :exec
INSERT INTO notice_attachment (message_id, number, name, media_type, content)
VALUES ((SELECT m.id FROM notice_message m WHERE m.public_id = @public_id), @number, @name, @media_type, @content);

-- name: Attachments :many
SELECT * FROM notice_attachment WHERE message_id = $1 ORDER BY number;

-- name: ByPublicID :one
SELECT * FROM notice_message WHERE public_id = $1;

-- name: CountFailed :one
SELECT COUNT(*) FROM (SELECT 1 FROM notice_message WHERE state = 'failed' LIMIT @most) AS failed;

-- name: IsDue :one
SELECT EXISTS (SELECT 1 FROM notice_message WHERE state = 'waiting' AND urgent = @urgent AND due <= @now);

-- name: Due :many
SELECT id FROM notice_message WHERE state = 'waiting' AND urgent = @urgent AND due <= @now
ORDER BY due, id LIMIT @most;

-- name: Waiting :one
SELECT * FROM notice_message WHERE id = $1 AND state = 'waiting';

-- name: Left :exec
-- A message cancelled while it was leaving has left all the same.
UPDATE notice_message SET state = @state, attempts = @attempts, left_at = @left_at, reason = '', detail = ''
WHERE id = @id AND state IN ('waiting', 'cancelled');

-- name: Stay :exec
UPDATE notice_message SET state = @state, due = @due, attempts = @attempts, reason = @reason, detail = @detail
WHERE id = @id AND state = 'waiting';

-- name: Cancel :execrows
UPDATE notice_message SET state = 'cancelled'
WHERE public_id = $1 AND state IN ('waiting', 'held');

-- name: ReleaseScope :execrows
UPDATE notice_message SET state = 'waiting', due = $3
WHERE scope = $1 AND kind = $2 AND state = 'held';

-- name: Resend :execrows
UPDATE notice_message
SET state = 'waiting', due = @now, attempts = 0, reason = '', detail = '', left_at = NULL, address = @address
WHERE public_id = @public_id AND state NOT IN ('waiting', 'held');
