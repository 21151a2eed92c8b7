-- A site, a contact or an institution is found by its code, whatever its case, and
-- an institution by its numbers: who writes one asks whether another has them.

-- +goose Up
CREATE INDEX site_site_by_lower_code ON site_site (lower(code));
CREATE INDEX site_contact_by_lower_code ON site_contact (lower(code));
CREATE INDEX site_institution_by_lower_code ON site_institution (lower(code));
CREATE INDEX site_institution_by_finess ON site_institution (finess) WHERE finess <> '';
CREATE INDEX site_institution_by_siret ON site_institution (siret) WHERE siret <> '';
CREATE INDEX site_secondary_by_secondary ON site_secondary (secondary_id);

-- +goose Down
DROP INDEX site_secondary_by_secondary;
DROP INDEX site_institution_by_siret;
DROP INDEX site_institution_by_finess;
DROP INDEX site_institution_by_lower_code;
DROP INDEX site_contact_by_lower_code;
DROP INDEX site_site_by_lower_code;
