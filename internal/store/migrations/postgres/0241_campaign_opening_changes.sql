-- At which count of changes of the campaign its opening was asked for: work that failed
-- opens nothing else than what was checked.

-- +goose Up
ALTER TABLE campaign_opening ADD COLUMN changes BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE campaign_opening DROP COLUMN changes;
