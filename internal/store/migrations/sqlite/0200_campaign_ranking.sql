-- Ranked lists, their versions and the receipts given for them become tables of
-- package ranking, which knows no campaign: a list belongs to a scope, by its public
-- identifier, and to an owner, by the key that the scope's package knows it by. What
-- hashes call the owner stands with the list, and the form of each hash with its
-- version.

-- +goose Up
CREATE TABLE campaign_ranking (
	id        INTEGER PRIMARY KEY,
	scope     TEXT   NOT NULL, -- public identifier of what the list is made for
	owner     BIGINT NOT NULL, -- who ranks
	name      TEXT   NOT NULL, -- what hashes call the owner
	version   BIGINT NOT NULL, -- the number of the last one; 0: nothing saved yet
	wishes    TEXT   NOT NULL, -- of that version
	hash      TEXT   NOT NULL, -- of that version; empty before the first
	saved_at  TEXT,
	confirmed BIGINT NOT NULL, -- the last version that the owner confirmed; 0: none
	length    BIGINT NOT NULL, -- how many wishes the last version has
	UNIQUE (scope, owner)
);
INSERT INTO campaign_ranking (id, scope, owner, name, version, wishes, hash, saved_at, confirmed, length)
SELECT l.participant_id, c.public_id, l.participant_id, p.pseudonym, l.version, l.wishes, l.hash, l.saved_at, l.confirmed, l.length
FROM campaign_list l
JOIN campaign_participant p ON p.id = l.participant_id
JOIN campaign_campaign c ON c.id = l.campaign_id;

CREATE TABLE campaign_ranking_version (
	list_id     BIGINT NOT NULL REFERENCES campaign_ranking (id),
	number      BIGINT NOT NULL CHECK (number >= 1),
	at          TEXT   NOT NULL,
	author      BIGINT NOT NULL, -- a person; 0: Stagora itself
	author_name TEXT   NOT NULL,
	channel     TEXT   NOT NULL, -- "page", "restore", "import"…
	wishes      TEXT   NOT NULL, -- JSON, best first
	form        BIGINT NOT NULL, -- of the hash
	hash        TEXT   NOT NULL, -- SHA-256 of the canonical form of this row
	previous    TEXT   NOT NULL, -- hash of the version before; empty for the first
	request     TEXT   NOT NULL, -- given by the page: a request sent twice is one version
	PRIMARY KEY (list_id, number)
);
INSERT INTO campaign_ranking_version (list_id, number, at, author, author_name, channel, wishes, form, hash, previous, request)
SELECT participant_id, number, at, author, author_name, channel, wishes, 1, hash, previous, request FROM campaign_version;

CREATE TABLE campaign_ranking_receipt (
	id        INTEGER PRIMARY KEY,
	code      TEXT   NOT NULL UNIQUE, -- for the public page that checks it; cannot be guessed
	scope     TEXT   NOT NULL,
	list_id   BIGINT NOT NULL REFERENCES campaign_ranking (id),
	number    BIGINT NOT NULL, -- within the scope, from 1
	version   BIGINT NOT NULL, -- 0: a receipt for having saved nothing
	hash      TEXT   NOT NULL, -- of that version
	kind      TEXT   NOT NULL CHECK (kind IN ('confirmed', 'deadline')),
	issued_at TEXT   NOT NULL,
	UNIQUE (scope, number)
);
INSERT INTO campaign_ranking_receipt (id, code, scope, list_id, number, version, hash, kind, issued_at)
SELECT r.id, r.code, c.public_id, r.participant_id, r.number, r.version, r.hash, r.kind, r.issued_at
FROM campaign_receipt r
JOIN campaign_campaign c ON c.id = r.campaign_id;

DROP TABLE campaign_receipt;
DROP TABLE campaign_version;
DROP TABLE campaign_list;
ALTER TABLE campaign_ranking RENAME TO ranking_list;
ALTER TABLE campaign_ranking_version RENAME TO ranking_version;
ALTER TABLE campaign_ranking_receipt RENAME TO ranking_receipt;

CREATE UNIQUE INDEX ranking_version_once ON ranking_version (list_id, request) WHERE request <> '';
CREATE INDEX ranking_receipt_by_list ON ranking_receipt (list_id, id);
-- One receipt of a kind for a version, however often the work is started again.
CREATE UNIQUE INDEX ranking_receipt_once ON ranking_receipt (list_id, kind, version);

-- +goose StatementBegin
CREATE TRIGGER ranking_version_append_only_update BEFORE UPDATE ON ranking_version
BEGIN
	SELECT RAISE(ABORT, 'versions and receipts are append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ranking_version_append_only_delete BEFORE DELETE ON ranking_version
BEGIN
	SELECT RAISE(ABORT, 'versions and receipts are append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ranking_receipt_append_only_update BEFORE UPDATE ON ranking_receipt
BEGIN
	SELECT RAISE(ABORT, 'versions and receipts are append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ranking_receipt_append_only_delete BEFORE DELETE ON ranking_receipt
BEGIN
	SELECT RAISE(ABORT, 'versions and receipts are append-only');
END;
-- +goose StatementEnd
