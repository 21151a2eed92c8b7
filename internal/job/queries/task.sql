-- name: Add :many
-- Adds nothing if an unfinished task has the key.
INSERT INTO job_task (public_id, kind, subject, asked_by, unique_key, payload, state, due, cancel,
	attempts, claims, node, done, total, after_key, note, note_args, error, error_kind, error_args, detail, queued_at)
VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, FALSE, 0, 0, '', 0, 0, 0, '', '{}', '', 0, '{}', '', $8)
ON CONFLICT (unique_key) WHERE unique_key <> '' AND state IN ('queued', 'running') DO NOTHING
RETURNING public_id;

-- name: Unfinished :one
SELECT public_id FROM job_task WHERE unique_key = $1 AND unique_key <> '' AND state IN ('queued', 'running');

-- name: ByPublicID :one
SELECT * FROM job_task WHERE public_id = $1;

-- name: CountFailed :one
SELECT COUNT(*) FROM (SELECT 1 FROM job_task WHERE state = 'failed' LIMIT @most) AS failed;

-- name: IsDue :one
SELECT EXISTS (
	SELECT 1 FROM job_task
	WHERE state IN ('queued', 'running') AND due <= @now AND CAST(@kinds AS TEXT) LIKE '%,' || kind || ',%'
);

-- name: Claim :many
-- For a database with one writer at a time.
UPDATE job_task
SET state = 'running', due = @lease, attempts = attempts + 1, claims = claims + 1, node = @node, started_at = @now
WHERE id = (
	SELECT t.id FROM job_task t
	WHERE t.state IN ('queued', 'running') AND t.due <= @now AND CAST(@kinds AS TEXT) LIKE '%,' || t.kind || ',%'
	ORDER BY t.due, t.id LIMIT 1
)
RETURNING *;

-- name: ClaimSkipping :many
-- For a database with several writers: what another is about to take is passed over.
UPDATE job_task
SET state = 'running', due = @lease, attempts = attempts + 1, claims = claims + 1, node = @node, started_at = @now
WHERE id = (
	SELECT t.id FROM job_task t
	WHERE t.state IN ('queued', 'running') AND t.due <= @now AND CAST(@kinds AS TEXT) LIKE '%,' || t.kind || ',%'
	ORDER BY t.due, t.id LIMIT 1
	FOR UPDATE SKIP LOCKED
)
RETURNING *;

-- name: Renew :many
UPDATE job_task SET due = @lease WHERE id = @id AND claims = @claims AND state = 'running'
RETURNING cancel;

-- name: Progress :many
UPDATE job_task SET done = @done, total = @total, note = @note, note_args = @note_args
WHERE id = @id AND claims = @claims AND state = 'running'
RETURNING cancel;

-- name: End :execrows
UPDATE job_task
SET state = @state, cancel = FALSE, error = @error, error_kind = @error_kind, error_args = @error_args,
	detail = @detail, ended_at = @ended_at
WHERE id = @id AND claims = @claims AND state = 'running';

-- name: Forget :execrows
DELETE FROM job_task WHERE id = $1 AND claims = $2 AND state = 'running';

-- name: PutBack :execrows
UPDATE job_task SET state = 'queued', due = @due, attempts = @attempts, detail = @detail
WHERE id = @id AND claims = @claims AND state = 'running';

-- name: CancelQueued :execrows
UPDATE job_task SET state = 'cancelled', ended_at = $2 WHERE public_id = $1 AND state = 'queued';

-- name: CancelRunning :execrows
UPDATE job_task SET cancel = TRUE WHERE public_id = $1 AND state = 'running';

-- name: Retry :execrows
-- Work in steps goes on where it stopped.
UPDATE job_task
SET state = 'queued', due = @now, cancel = FALSE, attempts = 0,
	done = CASE WHEN after_key = 0 THEN 0 ELSE done END, total = CASE WHEN after_key = 0 THEN 0 ELSE total END,
	note = '', note_args = '{}', error = '', error_kind = 0, error_args = '{}', detail = '', started_at = NULL, ended_at = NULL
WHERE public_id = @public_id AND state IN ('failed', 'cancelled');

-- name: Purge :execrows
-- Work by steps that stopped half way is kept: somebody may have it go on.
DELETE FROM job_task WHERE ended_at < $1 AND (state = 'done' OR state IN ('cancelled', 'failed') AND done = 0);

-- name: ClaimOne :many
UPDATE job_task
SET state = 'running', due = @lease, attempts = attempts + 1, claims = claims + 1, node = @node, started_at = @now
WHERE public_id = @public_id AND state = 'queued'
RETURNING *;
