-- The lists of a scope are counted along indexes: by how many wishes they have, and
-- those that their owners confirmed as they stand.

-- +goose Up
CREATE INDEX ranking_list_by_length ON ranking_list (scope, length);
CREATE INDEX ranking_list_confirmed ON ranking_list (scope) WHERE version > 0 AND confirmed = version;

-- +goose Down
DROP INDEX ranking_list_confirmed;
DROP INDEX ranking_list_by_length;
