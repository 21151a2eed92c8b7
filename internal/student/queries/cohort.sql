-- name: Cohorts :many
SELECT * FROM student_cohort ORDER BY sort_key, id;

-- name: AddCohort :one
INSERT INTO student_cohort (public_id, code, name, sort_key, level_id, year_id, faculty_id, expected, previous_id, archived, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
RETURNING id;

-- name: ChangeCohort :exec
UPDATE student_cohort
SET code = $2, name = $3, sort_key = $4, level_id = $5, year_id = $6, faculty_id = $7, expected = $8, previous_id = $9,
	archived = $10, changed_at = $11, changed_by = $12
WHERE id = $1;

-- name: RemoveCohort :exec
DELETE FROM student_cohort WHERE id = $1;

-- name: CountMembersOfOtherYear :one
SELECT COUNT(*) FROM student_member WHERE cohort_id = $1 AND year_id <> $2;

-- name: CountMembers :one
-- Each person once; a merged record counts unless the one that stands for it is in
-- another cohort that year.
SELECT COUNT(DISTINCT COALESCE(r.canonical_id, r.id)) FROM student_member m JOIN student_student r ON r.id = m.student_id
WHERE m.cohort_id = $1 AND NOT EXISTS (
	SELECT 1 FROM student_member o WHERE o.student_id = r.canonical_id AND o.year_id = m.year_id AND o.cohort_id <> m.cohort_id
);

-- name: CountAllMembers :many
-- As CountMembers, for each cohort that has any.
SELECT m.cohort_id, COUNT(DISTINCT COALESCE(r.canonical_id, r.id)) AS members
FROM student_member m JOIN student_student r ON r.id = m.student_id
WHERE NOT EXISTS (
	SELECT 1 FROM student_member o WHERE o.student_id = r.canonical_id AND o.year_id = m.year_id AND o.cohort_id <> m.cohort_id
)
GROUP BY m.cohort_id;

-- name: AddMember :exec
INSERT INTO student_member (cohort_id, student_id, year_id, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5);

-- name: RemoveMember :execrows
DELETE FROM student_member WHERE cohort_id = $1 AND student_id = $2;
