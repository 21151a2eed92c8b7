-- name: SetMergedInto :execrows
UPDATE student_student SET merged_into = $2, changed_at = $3, changed_by = $4 WHERE id = $1 AND merged_into IS NULL;

-- name: ClearMergedInto :execrows
UPDATE student_student SET merged_into = NULL, changed_at = $3, changed_by = $4 WHERE id = $1 AND merged_into = $2;

-- name: Merged :many
SELECT id, merged_into FROM student_student WHERE merged_into IS NOT NULL;

-- name: AddMerge :one
INSERT INTO student_merge (public_id, kept_id, dropped_id, copied, reason, merged_at, merged_by, undone_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, '')
RETURNING id;

-- name: MergesOf :many
SELECT * FROM student_merge WHERE kept_id = $1 OR dropped_id = $1 ORDER BY merged_at DESC, id DESC;

-- name: MergeByPublicID :one
SELECT * FROM student_merge WHERE public_id = $1;

-- name: EndMerge :execrows
UPDATE student_merge SET undone_at = $2, undone_by = $3 WHERE id = $1 AND undone_at IS NULL;

-- name: RemoveDuplicate :exec
DELETE FROM student_duplicate WHERE low_id = $1 AND high_id = $2;

-- name: AddDistinct :exec
INSERT INTO student_distinct (low_id, high_id, reason, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (low_id, high_id) DO NOTHING;
