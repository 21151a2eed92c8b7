-- name: AddFilePart :exec
INSERT INTO campaign_run_file (run_id, name, part, size, content) VALUES ($1, $2, $3, $4, $5);

-- name: ForgetOutput :exec
DELETE FROM campaign_run_file WHERE run_id = $1 AND name IN ('result', 'costs');
