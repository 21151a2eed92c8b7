-- name: AddCorrection :exec
INSERT INTO campaign_correction (public_id, campaign_id, student_id, finding, trace, message, asked_at, asked_by, asked_name, answered_by, answer)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '');

-- name: CorrectionsOf :many
SELECT * FROM campaign_correction WHERE campaign_id = $1 AND student_id = $2 ORDER BY id DESC;

-- name: AnswerCorrection :execrows
UPDATE campaign_correction SET answered_at = $3, answered_by = $4, answer = $5
WHERE campaign_id = $1 AND public_id = $2 AND answered_at IS NULL;
