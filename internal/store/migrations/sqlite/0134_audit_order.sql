-- The log is read newest first, from the latest line back: of everything, of one
-- thing, of one campaign, of what one person did, of one action. Each of these has
-- an index that gives its lines in this order, so that a page reads its lines and
-- no others, however long the log is.

-- +goose Up
DROP INDEX audit_entry_by_object;
DROP INDEX audit_entry_by_scope;
DROP INDEX audit_entry_by_person;
CREATE INDEX audit_entry_by_time ON audit_entry (at, id);
CREATE INDEX audit_entry_by_kind ON audit_entry (object_kind, at, id);
CREATE INDEX audit_entry_by_object ON audit_entry (object_kind, object, at, id);
CREATE INDEX audit_entry_by_scope ON audit_entry (scope, at, id);
CREATE INDEX audit_entry_by_person ON audit_entry (person, at, id);
CREATE INDEX audit_entry_by_action ON audit_entry (action, at, id);

-- +goose Down
DROP INDEX audit_entry_by_action;
DROP INDEX audit_entry_by_person;
DROP INDEX audit_entry_by_scope;
DROP INDEX audit_entry_by_object;
DROP INDEX audit_entry_by_kind;
DROP INDEX audit_entry_by_time;
CREATE INDEX audit_entry_by_object ON audit_entry (object_kind, object, id);
CREATE INDEX audit_entry_by_scope ON audit_entry (scope, id);
CREATE INDEX audit_entry_by_person ON audit_entry (person, id);
