-- What was published: the bundle that anybody can verify, and what each student is
-- told, computed once in the transaction that publishes.

-- +goose Up
CREATE TABLE campaign_publication (
	campaign_id    BIGINT PRIMARY KEY REFERENCES campaign_campaign (id),
	run_id         BIGINT      NOT NULL REFERENCES campaign_run (id),
	bundle         BYTEA       NOT NULL, -- zip: campaign.json, instance.json, result.json
	bundle_hash    TEXT        NOT NULL,
	cutoffs        TEXT        NOT NULL, -- JSON: by post, seats, people, position of the last person served
	published_at   TIMESTAMPTZ NOT NULL,
	published_by   BIGINT      NOT NULL,
	published_name TEXT        NOT NULL
);

CREATE TABLE campaign_outcome (
	participant_id BIGINT PRIMARY KEY REFERENCES campaign_participant (id),
	campaign_id    BIGINT NOT NULL REFERENCES campaign_publication (campaign_id),
	pseudonym      TEXT   NOT NULL,
	post           TEXT   NOT NULL, -- code; empty: none
	placement      TEXT   NOT NULL, -- public id in the ledger; empty: none
	facts          TEXT   NOT NULL, -- JSON: why, wish by wish, and the next score
	UNIQUE (campaign_id, pseudonym)
);

-- +goose StatementBegin
CREATE FUNCTION campaign_publication_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'results are append-only';
END
$$;
-- +goose StatementEnd

CREATE TRIGGER campaign_publication_append_only BEFORE UPDATE OR DELETE ON campaign_publication
	FOR EACH ROW EXECUTE FUNCTION campaign_publication_refuse();
CREATE TRIGGER campaign_outcome_append_only BEFORE UPDATE OR DELETE ON campaign_outcome
	FOR EACH ROW EXECUTE FUNCTION campaign_publication_refuse();

-- +goose Down
DROP TABLE campaign_outcome;
DROP TABLE campaign_publication;
DROP FUNCTION campaign_publication_refuse();
