-- Campaigns have a kind, which says through which phases they go and what may be
-- done in each.

-- +goose Up
ALTER TABLE campaign_campaign ADD COLUMN kind TEXT NOT NULL DEFAULT 'ranked-wishes';

-- +goose Down
ALTER TABLE campaign_campaign DROP COLUMN kind;
