-- Participants are counted by their points and by their last possible position along
-- indexes, as they are by the first one.

-- +goose Up
CREATE INDEX campaign_participant_by_score ON campaign_participant (campaign_id, score);
CREATE INDEX campaign_participant_by_last ON campaign_participant (campaign_id, last_position);

-- +goose Down
DROP INDEX campaign_participant_by_last;
DROP INDEX campaign_participant_by_score;
