-- name: Advance :many
-- A step that succeeded: whatever went wrong before it no longer counts.
UPDATE job_task SET after_key = @after_key, done = done + @did, attempts = 1
WHERE id = @id AND claims = @claims AND state = 'running'
RETURNING cancel;

-- name: SetTotal :exec
UPDATE job_task SET total = @total WHERE id = @id AND claims = @claims AND state = 'running';

-- name: SetItemAside :exec
INSERT INTO job_failed_item (task_id, key, name, error, error_args, detail, attempts, failed_at)
VALUES ($1, $2, $3, $4, $5, $6, 1, $7)
ON CONFLICT (task_id, key) DO UPDATE SET name = EXCLUDED.name, error = EXCLUDED.error, error_args = EXCLUDED.error_args,
	detail = EXCLUDED.detail, failed_at = EXCLUDED.failed_at, attempts = job_failed_item.attempts + 1;

-- name: RemoveFailedItem :exec
DELETE FROM job_failed_item WHERE task_id = $1 AND key = $2;

-- name: FailedItems :many
SELECT * FROM job_failed_item WHERE task_id = @task_id AND key > @after ORDER BY key LIMIT @most;

-- name: FailedItemsOf :many
SELECT i.* FROM job_failed_item i
WHERE i.task_id = (SELECT t.id FROM job_task t WHERE t.public_id = @public_id)
ORDER BY i.key LIMIT @most;

-- name: CountFailedItems :one
SELECT COUNT(*) FROM job_failed_item WHERE task_id = $1;
