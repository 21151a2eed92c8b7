-- What the independent verifier said of the bundle of a campaign: that of the confirmed
-- proposal, then the published one. One row a campaign, the last time it was judged.

-- +goose Up
CREATE TABLE campaign_verification (
	campaign_id BIGINT NOT NULL PRIMARY KEY REFERENCES campaign_campaign (id),
	bundle_hash TEXT   NOT NULL, -- of the bundle that was judged
	passed      BIGINT NOT NULL, -- how many checks passed
	failed      TEXT   NOT NULL, -- the first thing that is wrong; empty: everything holds
	verified_at TIMESTAMPTZ NOT NULL,
	verified_by TEXT   NOT NULL  -- who asked for it
);
