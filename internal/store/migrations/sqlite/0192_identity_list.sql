-- People are listed by their last change, and narrowed to those who hold a role
-- somewhere; the holders of a role are counted along an index.

-- +goose Up
CREATE INDEX identity_person_by_change ON identity_person (changed_at, id);
CREATE INDEX identity_grant_by_perimeter ON identity_grant (perimeter_kind, perimeter_key, person_id);
DROP INDEX identity_grant_by_role;
CREATE INDEX identity_grant_by_role ON identity_grant (role_id, person_id, valid_from, valid_until);

-- +goose Down
DROP INDEX identity_grant_by_role;
CREATE INDEX identity_grant_by_role ON identity_grant (role_id);
DROP INDEX identity_grant_by_perimeter;
DROP INDEX identity_person_by_change;
