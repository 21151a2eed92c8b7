-- How often an office changed a campaign: figures that were computed from all of its
-- participants hold as long as this number stands, and that of the students. Those
-- whom somebody excluded are few, and found along an index of their own.

-- +goose Up
ALTER TABLE campaign_campaign ADD COLUMN changes BIGINT NOT NULL DEFAULT 0;
CREATE INDEX campaign_participant_by_exclusion ON campaign_participant (campaign_id) WHERE excluded_at IS NOT NULL;

-- +goose Down
DROP INDEX campaign_participant_by_exclusion;
ALTER TABLE campaign_campaign DROP COLUMN changes;
