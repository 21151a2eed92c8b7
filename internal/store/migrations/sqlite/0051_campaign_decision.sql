-- What the commission decides about one student after a run was adopted, and its
-- minutes.
--
-- A decision speaks of the adopted run: adopting another one leaves the decisions
-- before it readable and out of force. Undoing one is a decision too.

-- +goose Up
CREATE TABLE campaign_decision (
	id             INTEGER PRIMARY KEY,
	public_id      TEXT        NOT NULL UNIQUE,
	adoption_id    BIGINT      NOT NULL REFERENCES campaign_adoption (id),
	participant_id BIGINT      NOT NULL REFERENCES campaign_participant (id),
	kind           TEXT        NOT NULL CHECK (kind IN ('move', 'cost', 'keep', 'undo')),
	from_post      TEXT        NOT NULL, -- of a move: code of the post before; empty: none
	to_post        TEXT        NOT NULL, -- of a move: code of the post after; empty: none
	cost           BIGINT,               -- hundredths, of a cost
	lifted         TEXT        NOT NULL, -- the rule that was set aside; empty: none
	motive         TEXT        NOT NULL, -- a code of a closed list, fit to be published
	reason         TEXT        NOT NULL, -- in words, for the commission alone
	undoes         BIGINT      UNIQUE REFERENCES campaign_decision (id), -- null: nothing; a decision is undone once
	decided_at     TEXT        NOT NULL,
	decided_by     BIGINT      NOT NULL,
	decided_name   TEXT        NOT NULL,
	CHECK ((kind = 'undo') = (undoes IS NOT NULL)),
	CHECK ((kind = 'cost') = (cost IS NOT NULL))
);
CREATE INDEX campaign_decision_by_adoption ON campaign_decision (adoption_id, id);
CREATE INDEX campaign_decision_by_participant ON campaign_decision (participant_id);

-- The minutes as they stood when the commission confirmed, so that they can be
-- printed again, the same, whatever changes names since.
CREATE TABLE campaign_minutes (
	campaign_id    BIGINT PRIMARY KEY REFERENCES campaign_campaign (id),
	content        TEXT        NOT NULL, -- JSON
	hash           TEXT        NOT NULL,
	confirmed_at   TEXT        NOT NULL,
	confirmed_by   BIGINT      NOT NULL,
	confirmed_name TEXT        NOT NULL
);

-- +goose StatementBegin
CREATE TRIGGER campaign_decision_append_only_update BEFORE UPDATE ON campaign_decision
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER campaign_decision_append_only_delete BEFORE DELETE ON campaign_decision
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER campaign_minutes_append_only_update BEFORE UPDATE ON campaign_minutes
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER campaign_minutes_append_only_delete BEFORE DELETE ON campaign_minutes
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE campaign_minutes;
DROP TABLE campaign_decision;
