-- Runs of the engine, and which one was adopted.
--
-- A run is asked for with everything it will be made of: the instance as the engine
-- reads it, who stands behind each pseudonym, and what the commission changed in it.
-- Its result is a row of its own, written when the work is done. Neither is ever
-- changed, so that any run can be replayed and compared years later; adopting
-- another run adds a row.

-- +goose Up
CREATE TABLE campaign_run (
	id             INTEGER PRIMARY KEY,
	public_id      TEXT        NOT NULL UNIQUE,
	campaign_id    BIGINT      NOT NULL REFERENCES campaign_campaign (id),
	number         BIGINT      NOT NULL, -- within the campaign, from 1
	name           TEXT        NOT NULL,
	method         TEXT        NOT NULL,
	cost_rule      TEXT        NOT NULL, -- which computes the costs
	amendments     TEXT        NOT NULL, -- JSON: what the commission changed before it, with reasons
	instance       TEXT        NOT NULL, -- assign/1, canonical
	instance_hash  TEXT        NOT NULL,
	roster         TEXT        NOT NULL, -- JSON: who stands behind each pseudonym, and the rules that bar wishes
	task           TEXT        NOT NULL, -- the work that solves it
	despite_late   BIGINT      NOT NULL, -- lists that were still open by a late case, knowingly
	asked_at       TEXT        NOT NULL,
	asked_by       BIGINT      NOT NULL,
	asked_name     TEXT        NOT NULL,
	UNIQUE (campaign_id, number)
);

CREATE TABLE campaign_run_result (
	run_id      BIGINT PRIMARY KEY REFERENCES campaign_run (id),
	engine      TEXT        NOT NULL, -- name and version
	result      TEXT        NOT NULL, -- assign-result/1, canonical, with its proof
	result_hash TEXT        NOT NULL,
	costs       TEXT        NOT NULL, -- JSON: of each student of the instance, in hundredths
	checks      TEXT        NOT NULL, -- JSON: what the independent verifier looked at
	started_at  TEXT        NOT NULL,
	ended_at    TEXT        NOT NULL
);

-- The last one stands.
CREATE TABLE campaign_adoption (
	id           INTEGER PRIMARY KEY,
	campaign_id  BIGINT      NOT NULL REFERENCES campaign_campaign (id),
	run_id       BIGINT      NOT NULL REFERENCES campaign_run (id),
	compared_id  BIGINT      REFERENCES campaign_run (id), -- the run it was weighed against; null: none
	reason       TEXT        NOT NULL,
	adopted_at   TEXT        NOT NULL,
	adopted_by   BIGINT      NOT NULL,
	adopted_name TEXT        NOT NULL
);
CREATE INDEX campaign_adoption_by_campaign ON campaign_adoption (campaign_id, id);

-- +goose StatementBegin
CREATE TRIGGER campaign_run_append_only_update BEFORE UPDATE ON campaign_run
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER campaign_run_append_only_delete BEFORE DELETE ON campaign_run
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER campaign_run_result_append_only_update BEFORE UPDATE ON campaign_run_result
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER campaign_run_result_append_only_delete BEFORE DELETE ON campaign_run_result
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER campaign_adoption_append_only_update BEFORE UPDATE ON campaign_adoption
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER campaign_adoption_append_only_delete BEFORE DELETE ON campaign_adoption
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE campaign_adoption;
DROP TABLE campaign_run_result;
DROP TABLE campaign_run;
