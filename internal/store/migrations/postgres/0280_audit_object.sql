-- The log is asked for one thing by its identifier alone too, without its kind.

-- +goose Up
DROP INDEX audit_entry_by_object;
CREATE INDEX audit_entry_by_object ON audit_entry (object, object_kind, at, id);

-- +goose Down
DROP INDEX audit_entry_by_object;
CREATE INDEX audit_entry_by_object ON audit_entry (object_kind, object, at, id);
