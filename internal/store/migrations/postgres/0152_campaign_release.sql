-- A publication under way: who asked for it, the batch that its placements carry in
-- the ledger, and the work that writes them. What a student is told is written by
-- that work, step by step, so that outcomes now come before the publication that
-- makes them readable.

-- +goose Up
CREATE TABLE campaign_release (
	campaign_id  BIGINT PRIMARY KEY REFERENCES campaign_campaign (id),
	batch        BIGINT      NOT NULL, -- in the ledger
	task         TEXT        NOT NULL, -- the work that publishes
	asked_at     TIMESTAMPTZ NOT NULL,
	asked_by     BIGINT      NOT NULL,
	asked_name   TEXT        NOT NULL,
	asked_origin TEXT        NOT NULL
);

ALTER TABLE campaign_outcome DROP CONSTRAINT campaign_outcome_campaign_id_fkey;
ALTER TABLE campaign_outcome ADD CONSTRAINT campaign_outcome_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign_campaign (id);

-- +goose Down
DROP TABLE campaign_release;
