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
SELECT * FROM exchange_import
WHERE kind = $1 AND (scope = $2 OR $2 = '') AND (state <> 'checked' OR doing <> '' OR stopped <> '') ORDER BY id DESC LIMIT $3;

-- name: UnderWay :many
SELECT * FROM exchange_import WHERE doing <> '' AND (kind = $1 OR $1 = '') ORDER BY id;

-- name: SetDecisions :exec
UPDATE exchange_import SET decisions = $2, stopped = '' WHERE id = $1;

-- name: Start :execrows
UPDATE exchange_import SET doing = 'applying', planned = FALSE, shown = $2, done = 0, total = $3, stopped = ''
WHERE id = $1 AND state = 'checked' AND doing = '';

-- name: SetPlanned :exec
UPDATE exchange_import SET planned = TRUE, report = $2 WHERE id = $1;

-- name: Advance :execrows
UPDATE exchange_import SET done = done + sqlc.arg(rows) WHERE id = sqlc.arg(id) AND doing = sqlc.arg(doing);

-- name: TakeBack :execrows
UPDATE exchange_import SET doing = 'taking-back', stopped = $2, done = 0, total = 0 WHERE id = $1 AND doing <> 'taking-back';

-- name: SetTotal :exec
UPDATE exchange_import SET total = $2 WHERE id = $1;

-- name: Rest :execrows
UPDATE exchange_import SET doing = '', planned = FALSE, shown = '', report = '' WHERE id = $1 AND state = 'checked';

-- name: SetApplied :execrows
UPDATE exchange_import SET state = 'applied', doing = '', stopped = '', report = $2, applied_at = $3, applied_by = $4
WHERE id = $1 AND state = 'checked';

-- name: SetUndone :execrows
UPDATE exchange_import SET state = 'undone', doing = '', undone_at = $2, undone_by = $3 WHERE id = $1 AND state = 'applied';

-- name: DropFiles :exec
DELETE FROM exchange_import_file WHERE import_id IN (
	SELECT id FROM exchange_import WHERE exchange_import.uploaded_at < $1 AND exchange_import.doing = ''
);

-- name: ToDrop :many
SELECT * FROM exchange_import WHERE state = 'checked' AND doing = '' AND uploaded_at < $1 ORDER BY id;

-- name: Drop :exec
DELETE FROM exchange_import WHERE id = $1 AND state = 'checked' AND doing = '';

-- name: Rows :many
SELECT * FROM exchange_import_row WHERE import_id = $1 AND line > $2 ORDER BY line LIMIT $3;

-- name: LineBefore :one
SELECT line FROM exchange_import_row WHERE import_id = $1 AND line <= $2 ORDER BY line DESC LIMIT 1 OFFSET $3;

-- name: Written :many
SELECT * FROM exchange_import_row WHERE import_id = $1 AND written AND line > $2 ORDER BY line LIMIT $3;

-- name: CountWritten :one
SELECT COUNT(*) FROM exchange_import_row WHERE import_id = $1 AND written;

-- name: ToWrite :many
SELECT line FROM exchange_import_row
WHERE import_id = $1 AND line > $2 AND outcome IN ('created', 'changed') AND NOT written ORDER BY line LIMIT $3;

-- name: RowsToWrite :many
SELECT * FROM exchange_import_row
WHERE import_id = sqlc.arg(import_id) AND line BETWEEN sqlc.arg(first_line) AND sqlc.arg(last_line)
	AND outcome IN ('created', 'changed') AND NOT written
ORDER BY line;

-- name: ToTakeBack :many
SELECT line FROM exchange_import_row WHERE import_id = $1 AND line < $2 AND written ORDER BY line DESC LIMIT $3;

-- name: RowsToTakeBack :many
SELECT * FROM exchange_import_row
WHERE import_id = sqlc.arg(import_id) AND line BETWEEN sqlc.arg(first_line) AND sqlc.arg(last_line) AND written
ORDER BY line;

-- name: Mark :exec
UPDATE exchange_import_row SET written = sqlc.arg(written)
WHERE import_id = sqlc.arg(import_id) AND line BETWEEN sqlc.arg(first_line) AND sqlc.arg(last_line)
	AND outcome IN ('created', 'changed');

-- name: ForgetRows :execrows
DELETE FROM exchange_import_row WHERE exchange_import_row.import_id = $1 AND exchange_import_row.line IN (
	SELECT o.line FROM exchange_import_row o WHERE o.import_id = $1 ORDER BY o.line LIMIT $2
);
