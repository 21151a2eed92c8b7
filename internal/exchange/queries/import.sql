-- name: Add :one
INSERT INTO exchange_import (public_id, kind, scope, file_name, file_hash, decisions, state, report,
	uploaded_at, uploaded_by, applied_by, undone_by)
VALUES ($1, $2, $3, $4, $5, '{}', 'checked', '', $6, $7, '', '')
RETURNING *;

-- name: AddFile :exec
INSERT INTO exchange_import_file (import_id, content) VALUES ($1, $2);

-- name: Get :one
SELECT * FROM exchange_import WHERE public_id = $1;

-- name: File :one
SELECT content FROM exchange_import_file WHERE import_id = $1;

-- name: Latest :many
SELECT * FROM exchange_import WHERE kind = $1 AND (scope = $2 OR $2 = '') AND state <> 'checked' ORDER BY id DESC LIMIT $3;

-- name: SetDecisions :execrows
UPDATE exchange_import SET decisions = $2 WHERE public_id = $1 AND state = 'checked';

-- name: SetApplied :execrows
UPDATE exchange_import SET state = 'applied', report = $2, applied_at = $3, applied_by = $4 WHERE id = $1 AND state = 'checked';

-- name: SetUndone :execrows
UPDATE exchange_import SET state = 'undone', undone_at = $2, undone_by = $3 WHERE id = $1 AND state = 'applied';

-- name: DropFiles :exec
DELETE FROM exchange_import_file WHERE import_id IN (SELECT id FROM exchange_import WHERE uploaded_at < $1);

-- name: DropChecked :exec
DELETE FROM exchange_import WHERE state = 'checked' AND uploaded_at < $1;

-- name: AddRow :exec
INSERT INTO exchange_import_row (import_id, line, row_key, outcome, before, after, findings)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: Rows :many
SELECT * FROM exchange_import_row WHERE import_id = $1 ORDER BY line;
