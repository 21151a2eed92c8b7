-- The sites where students learn, and the people who answer for them.
--
-- The seats kept here are what a site can take in general (at least, ideally, at
-- most); how many a campaign opens belongs to the campaign.

-- +goose Up
CREATE TABLE reference_site (
	id                  INTEGER PRIMARY KEY,
	public_id           TEXT        NOT NULL UNIQUE,
	code                TEXT        NOT NULL UNIQUE,
	name                TEXT        NOT NULL,
	service             TEXT        NOT NULL,
	sort_key            TEXT        NOT NULL, -- of the name
	category_id         BIGINT      NOT NULL REFERENCES reference_category (id),
	institution_id      BIGINT      REFERENCES reference_institution (id),
	faculty_id          BIGINT      REFERENCES reference_faculty (id),
	main                BOOLEAN     NOT NULL,
	wishes_allowed      BOOLEAN     NOT NULL,
	outside_subdivision BOOLEAN     NOT NULL,
	min_seats           BIGINT      NOT NULL,
	ideal_seats         BIGINT      NOT NULL,
	max_seats           BIGINT      NOT NULL,
	description         TEXT        NOT NULL,
	link                TEXT        NOT NULL,
	address             TEXT        NOT NULL,
	postal_code         TEXT        NOT NULL,
	town                TEXT        NOT NULL,
	archived            BOOLEAN     NOT NULL, -- no longer takes students
	changed_at          TEXT        NOT NULL,
	changed_by          TEXT        NOT NULL,
	CHECK (0 <= min_seats AND min_seats <= ideal_seats AND ideal_seats <= max_seats)
);

-- Which secondary sites go with a main site.
CREATE TABLE reference_site_secondary (
	main_id      BIGINT NOT NULL REFERENCES reference_site (id) ON DELETE CASCADE,
	secondary_id BIGINT NOT NULL REFERENCES reference_site (id),
	PRIMARY KEY (main_id, secondary_id),
	CHECK (main_id <> secondary_id)
);

-- The levels whose students a site does not take.
CREATE TABLE reference_site_closed_level (
	site_id  BIGINT NOT NULL REFERENCES reference_site (id) ON DELETE CASCADE,
	level_id BIGINT NOT NULL REFERENCES reference_level (id),
	PRIMARY KEY (site_id, level_id)
);

CREATE TABLE reference_contact (
	id         INTEGER PRIMARY KEY,
	public_id  TEXT        NOT NULL UNIQUE,
	code       TEXT        NOT NULL UNIQUE,
	function   TEXT        NOT NULL, -- "Responsable de terrain de stage"
	name       TEXT        NOT NULL,
	sort_key   TEXT        NOT NULL,
	email      TEXT        NOT NULL,
	phone      TEXT        NOT NULL,
	person_id  BIGINT      REFERENCES identity_person (id), -- null: has never had an account
	archived   BOOLEAN     NOT NULL,
	changed_at TEXT        NOT NULL,
	changed_by TEXT        NOT NULL
);
CREATE INDEX reference_contact_by_person ON reference_contact (person_id);

CREATE TABLE reference_contact_site (
	contact_id    BIGINT      NOT NULL REFERENCES reference_contact (id) ON DELETE CASCADE,
	site_id       BIGINT      NOT NULL REFERENCES reference_site (id) ON DELETE CASCADE,
	visible       BOOLEAN     NOT NULL, -- to students
	responsible   BOOLEAN     NOT NULL,
	gets_arrivals BOOLEAN     NOT NULL,
	validates     BOOLEAN     NOT NULL,
	signs         BOOLEAN     NOT NULL, -- agreements
	signing_order BIGINT      NOT NULL,
	changed_at    TEXT        NOT NULL,
	changed_by    TEXT        NOT NULL,
	PRIMARY KEY (contact_id, site_id)
);
CREATE INDEX reference_contact_site_by_site ON reference_contact_site (site_id);

-- +goose Down
DROP TABLE reference_contact_site;
DROP TABLE reference_contact;
DROP TABLE reference_site_closed_level;
DROP TABLE reference_site_secondary;
DROP TABLE reference_site;
