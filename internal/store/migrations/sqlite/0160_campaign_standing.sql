-- Pages of a campaign ask who takes part, whose position was decided by hand, in
-- which order people come while the seed is sealed, and what was asked about one
-- student. Each is read along an index.

-- +goose Up
CREATE INDEX campaign_participant_by_standing ON campaign_participant (campaign_id, student_id, enrolled_at, excluded_at);
CREATE INDEX campaign_participant_by_manual ON campaign_participant (campaign_id) WHERE manual IS NOT NULL;
CREATE INDEX campaign_participant_by_first ON campaign_participant (campaign_id, first_position, id);
CREATE INDEX campaign_correction_by_student ON campaign_correction (campaign_id, student_id, id);

-- +goose Down
DROP INDEX campaign_correction_by_student;
DROP INDEX campaign_participant_by_first;
DROP INDEX campaign_participant_by_manual;
DROP INDEX campaign_participant_by_standing;
