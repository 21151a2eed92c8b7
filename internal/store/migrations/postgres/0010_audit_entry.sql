-- The log of what was done: who, for whom, when, to what, before, after, why.
-- Nobody may change or remove a line, not even Stagora: a trigger refuses it.
--
-- Objects and scopes are named by their public identifiers, so that this table
-- refers to no other and outlives what it speaks of.

-- +goose Up
CREATE TABLE audit_entry (
	id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at          TIMESTAMPTZ NOT NULL,
	person      BIGINT      NOT NULL, -- 0: Stagora itself (a job, a schedule)
	person_name TEXT        NOT NULL, -- as it was then
	behalf      BIGINT      NOT NULL, -- 0: for themselves
	behalf_name TEXT        NOT NULL,
	origin      TEXT        NOT NULL, -- the network address, or the name of the command or job
	action      TEXT        NOT NULL,
	args        TEXT        NOT NULL, -- JSON object: the blanks of the action's sentence
	object_kind TEXT        NOT NULL,
	object      TEXT        NOT NULL,
	scope       TEXT        NOT NULL, -- what it happened in: a campaign, or empty
	before      TEXT        NOT NULL, -- JSON, or empty
	after       TEXT        NOT NULL,
	reason      TEXT        NOT NULL
);

CREATE INDEX audit_entry_by_object ON audit_entry (object_kind, object, id);
CREATE INDEX audit_entry_by_scope ON audit_entry (scope, id);
CREATE INDEX audit_entry_by_person ON audit_entry (person, id);

-- +goose StatementBegin
CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'audit_entry is append-only';
END
$$;
-- +goose StatementEnd

CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
	FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse();

-- +goose Down
DROP TABLE audit_entry;
DROP FUNCTION audit_entry_refuse();
