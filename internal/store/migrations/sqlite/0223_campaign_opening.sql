-- An opening that was asked for: by whom, and the work that enrols everybody, step by
-- step. Until its last step the campaign is in draft, and nobody reads as enrolled whom
-- it has enrolled so far.

-- +goose Up
CREATE TABLE campaign_opening (
	campaign_id  BIGINT PRIMARY KEY REFERENCES campaign_campaign (id),
	task         TEXT        NOT NULL, -- the work that opens
	asked_at     TEXT        NOT NULL,
	asked_by     BIGINT      NOT NULL,
	asked_name   TEXT        NOT NULL,
	asked_origin TEXT        NOT NULL
);

-- +goose Down
DROP TABLE campaign_opening;
