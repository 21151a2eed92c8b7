-- Who removes a site looks for entries that still name it, by an index for each
-- reference.

-- +goose Up
CREATE INDEX placement_entry_by_secondary ON placement_entry (secondary_id) WHERE secondary_id IS NOT NULL;

-- +goose Down
DROP INDEX placement_entry_by_secondary;
