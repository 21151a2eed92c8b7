-- Students and their cohorts.
--
-- A student is a person in training: name, e-mail and account stay with the
-- person. When two records turn out to be one person, one is merged into the
-- other and keeps its row: whatever refers to it stays where it is, and readers
-- go through merged_into. That is also what makes a merge undoable.

-- +goose Up
CREATE TABLE reference_cohort (
	id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_id   TEXT        NOT NULL UNIQUE,
	code        TEXT        NOT NULL UNIQUE,
	name        TEXT        NOT NULL,
	sort_key    TEXT        NOT NULL,
	level_id    BIGINT      NOT NULL REFERENCES reference_level (id),
	year_id     BIGINT      NOT NULL REFERENCES reference_year (id),
	faculty_id  BIGINT      NOT NULL REFERENCES reference_faculty (id),
	expected    BIGINT      NOT NULL CHECK (expected >= 0),     -- headcount that the office counts on
	previous_id BIGINT      UNIQUE REFERENCES reference_cohort (id), -- the same students, a year before
	archived    BOOLEAN     NOT NULL,
	changed_at  TIMESTAMPTZ NOT NULL,
	changed_by  TEXT        NOT NULL,
	UNIQUE (id, year_id)
);

CREATE TABLE reference_student (
	id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_id   TEXT        NOT NULL UNIQUE,
	person_id   BIGINT      NOT NULL UNIQUE REFERENCES identity_person (id),
	number      TEXT        NOT NULL, -- given by the university; empty: not known
	ine         TEXT        NOT NULL,
	ine_kind    TEXT        NOT NULL, -- never guessed from the number's shape
	birth_date  TEXT        NOT NULL, -- empty: not known
	level_id    BIGINT      NOT NULL REFERENCES reference_level (id),
	faculty_id  BIGINT      NOT NULL REFERENCES reference_faculty (id),
	active      BOOLEAN     NOT NULL, -- false: has left the studies
	merged_into BIGINT      REFERENCES reference_student (id),
	changed_at  TIMESTAMPTZ NOT NULL,
	changed_by  TEXT        NOT NULL,
	CHECK (merged_into <> id)
);
CREATE UNIQUE INDEX reference_student_by_number ON reference_student (number) WHERE number <> '' AND merged_into IS NULL;
CREATE INDEX reference_student_by_merged_into ON reference_student (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX reference_student_by_level ON reference_student (level_id);

CREATE TABLE reference_leave (
	id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_id  TEXT        NOT NULL UNIQUE,
	student_id BIGINT      NOT NULL REFERENCES reference_student (id),
	starts_on  TEXT        NOT NULL,
	ends_on    TEXT        NOT NULL, -- the last day
	comment    TEXT        NOT NULL,
	changed_at TIMESTAMPTZ NOT NULL,
	changed_by TEXT        NOT NULL,
	CHECK (starts_on <= ends_on)
);
CREATE INDEX reference_leave_by_student ON reference_leave (student_id);

-- At most one cohort per student and academic year.
CREATE TABLE reference_member (
	cohort_id  BIGINT      NOT NULL,
	student_id BIGINT      NOT NULL REFERENCES reference_student (id),
	year_id    BIGINT      NOT NULL,
	changed_at TIMESTAMPTZ NOT NULL,
	changed_by TEXT        NOT NULL,
	PRIMARY KEY (cohort_id, student_id),
	UNIQUE (student_id, year_id),
	FOREIGN KEY (cohort_id, year_id) REFERENCES reference_cohort (id, year_id)
);

-- The journal of merges. What was copied from the dropped record to the kept one
-- is told before and after, so that an undo puts back exactly that.
CREATE TABLE reference_merge (
	id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_id  TEXT        NOT NULL UNIQUE,
	kept_id    BIGINT      NOT NULL REFERENCES reference_student (id),
	dropped_id BIGINT      NOT NULL REFERENCES reference_student (id),
	copied     TEXT        NOT NULL, -- JSON
	reason     TEXT        NOT NULL,
	merged_at  TIMESTAMPTZ NOT NULL,
	merged_by  TEXT        NOT NULL,
	undone_at  TIMESTAMPTZ,
	undone_by  TEXT        NOT NULL,
	CHECK (kept_id <> dropped_id)
);
-- Two people merging the same record at once: one of them wins.
CREATE UNIQUE INDEX reference_merge_in_force ON reference_merge (dropped_id) WHERE undone_at IS NULL;
CREATE INDEX reference_merge_by_kept ON reference_merge (kept_id);

-- Pairs that look alike and that somebody has declared to be two people.
CREATE TABLE reference_distinct (
	low_id     BIGINT      NOT NULL REFERENCES reference_student (id),
	high_id    BIGINT      NOT NULL REFERENCES reference_student (id),
	reason     TEXT        NOT NULL,
	changed_at TIMESTAMPTZ NOT NULL,
	changed_by TEXT        NOT NULL,
	PRIMARY KEY (low_id, high_id),
	CHECK (low_id < high_id)
);

-- +goose Down
DROP TABLE reference_distinct;
DROP TABLE reference_merge;
DROP TABLE reference_member;
DROP TABLE reference_leave;
DROP TABLE reference_student;
DROP TABLE reference_cohort;
