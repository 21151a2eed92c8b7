-- A publication under way: who asked for it, the batch that its placements carry in
-- the ledger, and the work that writes them. What a student is told is written by
-- that work, step by step, so that outcomes now come before the publication that
-- makes them readable.

-- +goose Up
CREATE TABLE campaign_release (
	campaign_id  BIGINT PRIMARY KEY REFERENCES campaign_campaign (id),
	batch        BIGINT      NOT NULL, -- in the ledger
	task         TEXT        NOT NULL, -- the work that publishes
	asked_at     TEXT        NOT NULL,
	asked_by     BIGINT      NOT NULL,
	asked_name   TEXT        NOT NULL,
	asked_origin TEXT        NOT NULL
);

CREATE TABLE campaign_outcome_apart (
	participant_id BIGINT PRIMARY KEY REFERENCES campaign_participant (id),
	campaign_id    BIGINT NOT NULL REFERENCES campaign_campaign (id),
	pseudonym      TEXT   NOT NULL,
	post           TEXT   NOT NULL, -- code; empty: none
	placement      TEXT   NOT NULL, -- public id in the ledger; empty: none
	facts          TEXT   NOT NULL, -- JSON: why, wish by wish, and the next score
	UNIQUE (campaign_id, pseudonym)
);
INSERT INTO campaign_outcome_apart SELECT participant_id, campaign_id, pseudonym, post, placement, facts FROM campaign_outcome;
DROP TABLE campaign_outcome;
ALTER TABLE campaign_outcome_apart RENAME TO campaign_outcome;

-- +goose StatementBegin
CREATE TRIGGER campaign_outcome_append_only_update BEFORE UPDATE ON campaign_outcome
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER campaign_outcome_append_only_delete BEFORE DELETE ON campaign_outcome
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE campaign_release;
