-- The log of what was done: who, for whom, when, to what, before, after, why.
-- Nobody may change or remove a line, not even Stagora: a trigger refuses it.
--
-- Objects and scopes are named by their public identifiers, so that this table
-- refers to no other and outlives what it speaks of.

-- +goose Up
CREATE TABLE audit_entry (
	id          INTEGER PRIMARY KEY,
	at          TEXT    NOT NULL,
	person      BIGINT  NOT NULL, -- 0: Stagora itself (a job, a schedule)
	person_name TEXT    NOT NULL, -- as it was then
	behalf      BIGINT  NOT NULL, -- 0: for themselves
	behalf_name TEXT    NOT NULL,
	origin      TEXT    NOT NULL, -- the network address, or the name of the command or job
	action      TEXT    NOT NULL,
	args        TEXT    NOT NULL, -- JSON object: the blanks of the action's sentence
	object_kind TEXT    NOT NULL,
	object      TEXT    NOT NULL,
	scope       TEXT    NOT NULL, -- what it happened in: a campaign, or empty
	before      TEXT    NOT NULL, -- JSON, or empty
	after       TEXT    NOT NULL,
	reason      TEXT    NOT NULL
);

CREATE INDEX audit_entry_by_object ON audit_entry (object_kind, object, id);
CREATE INDEX audit_entry_by_scope ON audit_entry (scope, id);
CREATE INDEX audit_entry_by_person ON audit_entry (person, id);

-- +goose StatementBegin
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
BEGIN
	SELECT RAISE(ABORT, 'audit_entry is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
BEGIN
	SELECT RAISE(ABORT, 'audit_entry is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE audit_entry;
