-- What the rest is arranged by: faculties, levels of study, academic years,
-- categories of sites, periods, institutions.
--
-- Days are kept as ISO text (2026-03-20), which both engines compare as days and
-- no time zone can move. A row that something refers to cannot be removed; it is
-- archived, and then offered nowhere but still told.

-- +goose Up
CREATE TABLE reference_faculty (
	id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_id  TEXT        NOT NULL UNIQUE,
	code       TEXT        NOT NULL UNIQUE,
	name       TEXT        NOT NULL,
	sort_key   TEXT        NOT NULL,
	uai        TEXT        NOT NULL, -- empty: not known
	archived   BOOLEAN     NOT NULL,
	changed_at TIMESTAMPTZ NOT NULL,
	changed_by TEXT        NOT NULL
);

CREATE TABLE reference_level (
	id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_id  TEXT        NOT NULL UNIQUE,
	code       TEXT        NOT NULL UNIQUE,
	name       TEXT        NOT NULL,
	position   BIGINT      NOT NULL, -- the order of the studies
	archived   BOOLEAN     NOT NULL,
	changed_at TIMESTAMPTZ NOT NULL,
	changed_by TEXT        NOT NULL
);

CREATE TABLE reference_year (
	id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_id  TEXT        NOT NULL UNIQUE,
	code       TEXT        NOT NULL UNIQUE,
	name       TEXT        NOT NULL,
	starts_on  TEXT        NOT NULL,
	ends_on    TEXT        NOT NULL,
	archived   BOOLEAN     NOT NULL,
	changed_at TIMESTAMPTZ NOT NULL,
	changed_by TEXT        NOT NULL,
	CHECK (starts_on < ends_on)
);

CREATE TABLE reference_category (
	id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_id  TEXT        NOT NULL UNIQUE,
	code       TEXT        NOT NULL UNIQUE,
	acronym    TEXT        NOT NULL,
	name       TEXT        NOT NULL UNIQUE,
	sort_key   TEXT        NOT NULL,
	position   BIGINT      NOT NULL,
	main       BOOLEAN     NOT NULL, -- of main sites, not of secondary ones
	archived   BOOLEAN     NOT NULL,
	changed_at TIMESTAMPTZ NOT NULL,
	changed_by TEXT        NOT NULL
);

CREATE TABLE reference_period (
	id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_id  TEXT        NOT NULL UNIQUE,
	code       TEXT        NOT NULL UNIQUE,
	name       TEXT        NOT NULL,
	archived   BOOLEAN     NOT NULL,
	changed_at TIMESTAMPTZ NOT NULL,
	changed_by TEXT        NOT NULL
);

CREATE TABLE reference_period_interval (
	period_id BIGINT NOT NULL REFERENCES reference_period (id) ON DELETE CASCADE,
	starts_on TEXT   NOT NULL,
	ends_on   TEXT   NOT NULL, -- the last day
	PRIMARY KEY (period_id, starts_on),
	CHECK (starts_on <= ends_on)
);

CREATE TABLE reference_institution (
	id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_id   TEXT        NOT NULL UNIQUE,
	code        TEXT        NOT NULL UNIQUE,
	name        TEXT        NOT NULL,
	sort_key    TEXT        NOT NULL,
	kind        TEXT        NOT NULL CHECK (kind IN ('university-hospital', 'hospital', 'clinic', 'health-centre', 'practice', 'other')),
	finess      TEXT        NOT NULL, -- of the institution itself (ET); empty: not known
	siret       TEXT        NOT NULL,
	address     TEXT        NOT NULL, -- one line of the envelope a line
	postal_code TEXT        NOT NULL,
	town        TEXT        NOT NULL,
	archived    BOOLEAN     NOT NULL,
	changed_at  TIMESTAMPTZ NOT NULL,
	changed_by  TEXT        NOT NULL
);
CREATE UNIQUE INDEX reference_institution_by_finess ON reference_institution (finess) WHERE finess <> '';
CREATE UNIQUE INDEX reference_institution_by_siret ON reference_institution (siret) WHERE siret <> '';

-- +goose Down
DROP TABLE reference_institution;
DROP TABLE reference_period_interval;
DROP TABLE reference_period;
DROP TABLE reference_category;
DROP TABLE reference_year;
DROP TABLE reference_level;
DROP TABLE reference_faculty;
