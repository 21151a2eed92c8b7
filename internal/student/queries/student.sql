-- name: ChangeStudent :exec
UPDATE student_student
SET number = $2, ine = $3, ine_kind = $4, birth_date = $5, level_id = $6, faculty_id = $7, active = $8, changed_at = $9, changed_by = $10, name_key = $11
WHERE id = $1;

-- name: SetNameKey :exec
UPDATE student_student SET name_key = $2 WHERE id = $1;

-- name: ToCompare :many
SELECT id FROM student_student WHERE name_key IS NULL ORDER BY id LIMIT $1;

-- name: CompareAgain :exec
-- The person's name or e-mail address has changed.
UPDATE student_student SET name_key = NULL WHERE person_id = $1;

-- name: AddLeave :one
INSERT INTO student_leave (public_id, student_id, starts_on, ends_on, comment, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id;

-- name: ChangeLeave :exec
UPDATE student_leave SET starts_on = $2, ends_on = $3, comment = $4, changed_at = $5, changed_by = $6 WHERE id = $1;

-- name: LeavesOfStudent :many
SELECT * FROM student_leave WHERE student_id = $1 ORDER BY starts_on;

-- name: LeaveByPublicID :one
SELECT * FROM student_leave WHERE public_id = $1;

-- name: RemoveLeave :exec
DELETE FROM student_leave WHERE id = $1;
