-- One person's list reopened after the deadline: asked for by somebody with a
-- reason, and agreed to, or refused, by somebody else.

-- +goose Up
CREATE TABLE campaign_late (
	id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_id      TEXT        NOT NULL UNIQUE,
	campaign_id    BIGINT      NOT NULL REFERENCES campaign_campaign (id),
	participant_id BIGINT      NOT NULL REFERENCES campaign_participant (id),
	until_at       TIMESTAMPTZ NOT NULL, -- exclusive, as the deadline
	reason         TEXT        NOT NULL,
	asked_at       TIMESTAMPTZ NOT NULL,
	asked_by       BIGINT      NOT NULL,
	asked_name     TEXT        NOT NULL,
	decided_at     TIMESTAMPTZ,
	decided_by     BIGINT      NOT NULL, -- 0: nobody yet
	decided_name   TEXT        NOT NULL,
	agreed         BOOLEAN     NOT NULL,
	CHECK (NOT agreed OR (decided_at IS NOT NULL AND decided_by <> asked_by))
);
CREATE INDEX campaign_late_by_campaign ON campaign_late (campaign_id, id);
CREATE INDEX campaign_late_by_participant ON campaign_late (participant_id);
-- One request at a time for a person.
CREATE UNIQUE INDEX campaign_late_waiting ON campaign_late (participant_id) WHERE decided_at IS NULL;

-- +goose Down
DROP TABLE campaign_late;
