-- Ranked lists, every version of them, and the receipts given for them.
--
-- A list is replaced as a whole: each save appends a version, which nothing can
-- change any more, and whose hash covers the version before it. campaign_list
-- points to the last one and is what saves compete for: a save names the version
-- that it replaces, and only one save can replace it.

-- +goose Up
CREATE TABLE campaign_list (
	participant_id BIGINT PRIMARY KEY REFERENCES campaign_participant (id),
	campaign_id    BIGINT      NOT NULL REFERENCES campaign_campaign (id),
	version        BIGINT      NOT NULL, -- the number of the last one; 0: nothing saved yet
	wishes         TEXT        NOT NULL, -- of that version
	hash           TEXT        NOT NULL, -- of that version; empty before the first
	saved_at       TEXT,
	confirmed      BIGINT      NOT NULL  -- the last version that the student confirmed; 0: none
);
CREATE INDEX campaign_list_by_campaign ON campaign_list (campaign_id);

CREATE TABLE campaign_version (
	participant_id BIGINT      NOT NULL REFERENCES campaign_list (participant_id),
	number         BIGINT      NOT NULL CHECK (number >= 1),
	at             TEXT        NOT NULL,
	author         BIGINT      NOT NULL, -- a person; 0: Stagora itself
	author_name    TEXT        NOT NULL,
	channel        TEXT        NOT NULL, -- "page", "restore", "import"…
	wishes         TEXT        NOT NULL, -- JSON, best first
	hash           TEXT        NOT NULL, -- SHA-256 of the canonical form of this row
	previous       TEXT        NOT NULL, -- hash of the version before; empty for the first
	request        TEXT        NOT NULL, -- given by the page: a request sent twice is one version
	PRIMARY KEY (participant_id, number)
);
CREATE UNIQUE INDEX campaign_version_once ON campaign_version (participant_id, request) WHERE request <> '';

CREATE TABLE campaign_receipt (
	id             INTEGER PRIMARY KEY,
	code           TEXT        NOT NULL UNIQUE, -- for the public page that checks it; cannot be guessed
	campaign_id    BIGINT      NOT NULL REFERENCES campaign_campaign (id),
	participant_id BIGINT      NOT NULL REFERENCES campaign_list (participant_id),
	number         BIGINT      NOT NULL, -- within the campaign, from 1
	version        BIGINT      NOT NULL, -- 0: a receipt for having saved nothing
	hash           TEXT        NOT NULL, -- of that version
	kind           TEXT        NOT NULL CHECK (kind IN ('confirmed', 'deadline')),
	issued_at      TEXT        NOT NULL,
	UNIQUE (campaign_id, number)
);
CREATE INDEX campaign_receipt_by_participant ON campaign_receipt (participant_id, id);
-- One receipt at the deadline for a version, however often the work is started again.
CREATE UNIQUE INDEX campaign_receipt_once ON campaign_receipt (participant_id, kind, version);

-- +goose StatementBegin
CREATE TRIGGER campaign_version_append_only_update BEFORE UPDATE ON campaign_version
BEGIN
	SELECT RAISE(ABORT, 'versions and receipts are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER campaign_version_append_only_delete BEFORE DELETE ON campaign_version
BEGIN
	SELECT RAISE(ABORT, 'versions and receipts are append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER campaign_receipt_append_only_update BEFORE UPDATE ON campaign_receipt
BEGIN
	SELECT RAISE(ABORT, 'versions and receipts are append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER campaign_receipt_append_only_delete BEFORE DELETE ON campaign_receipt
BEGIN
	SELECT RAISE(ABORT, 'versions and receipts are append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE campaign_receipt;
DROP TABLE campaign_version;
DROP TABLE campaign_list;
