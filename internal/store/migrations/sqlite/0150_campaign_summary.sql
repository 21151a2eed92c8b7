-- What pages show of a run, and whether it is out of date, without reading it.
--
-- inputs counts the changes, since the campaign closed, of what runs are made of
-- (lists, seats, exclusions). A run keeps the count that it was made at: another
-- one since, and it can no longer be adopted. -1: a run of before, which is
-- compared with the campaign as it stands.
--
-- A summary is written with the result, and like it never changed: its figures are
-- for lists of runs, its detail for the page of one.

-- +goose Up
ALTER TABLE campaign_campaign ADD COLUMN inputs BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaign_run ADD COLUMN inputs BIGINT NOT NULL DEFAULT -1;

CREATE TABLE campaign_run_summary (
	run_id  BIGINT PRIMARY KEY REFERENCES campaign_run_result (run_id),
	figures TEXT   NOT NULL, -- JSON: how many are placed, ranks, costs
	detail  TEXT   NOT NULL  -- JSON: how full each post is, who has none
);

-- +goose StatementBegin
CREATE TRIGGER campaign_run_summary_append_only_update BEFORE UPDATE ON campaign_run_summary
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER campaign_run_summary_append_only_delete BEFORE DELETE ON campaign_run_summary
BEGIN
	SELECT RAISE(ABORT, 'results are append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE campaign_run_summary;
ALTER TABLE campaign_run DROP COLUMN inputs;
ALTER TABLE campaign_campaign DROP COLUMN inputs;
