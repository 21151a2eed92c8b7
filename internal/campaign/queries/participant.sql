-- name: AddParticipant :one
INSERT INTO campaign_participant (campaign_id, student_id, pseudonym, points_reason, manual_reason,
	excluded_by, excluded_reason, changed_at, changed_by)
VALUES ($1, $2, $3, '', '', '', '', $4, $5)
RETURNING id;

-- name: Participants :many
SELECT * FROM campaign_participant WHERE campaign_id = $1 ORDER BY id;

-- name: SetPseudonym :exec
UPDATE campaign_participant SET pseudonym = $2 WHERE id = $1;

-- name: SetPoints :exec
UPDATE campaign_participant SET points = $2, points_reason = $3, changed_at = $4, changed_by = $5 WHERE id = $1;

-- name: SetManual :exec
UPDATE campaign_participant SET manual = $2, manual_reason = $3, changed_at = $4, changed_by = $5 WHERE id = $1;

-- name: SetExcluded :exec
UPDATE campaign_participant
SET excluded_at = $2, excluded_by = $3, excluded_reason = $4, changed_at = $5, changed_by = $6
WHERE id = $1;

-- name: EnrolledPerson :one
SELECT p.id, p.campaign_id
FROM campaign_participant p
JOIN campaign_campaign c ON c.id = p.campaign_id
WHERE c.public_id = $1 AND p.person_id = $2 AND p.enrolled_at IS NOT NULL AND p.excluded_at IS NULL AND c.phase <> 'draft';

-- name: EnrolledStudent :one
SELECT p.id, p.campaign_id
FROM campaign_participant p
JOIN campaign_campaign c ON c.id = p.campaign_id
WHERE c.public_id = $1 AND p.student_id = $2 AND p.enrolled_at IS NOT NULL AND p.excluded_at IS NULL AND c.phase <> 'draft';

-- name: Participant :one
SELECT * FROM campaign_participant WHERE id = $1;

-- name: SetEnrolled :exec
UPDATE campaign_campaign SET enrolled = $2 WHERE id = $1;
