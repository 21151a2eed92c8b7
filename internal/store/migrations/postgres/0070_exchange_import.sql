-- Files that came in: first read and checked, then applied as a whole, and
-- undone as long as nothing depends on them.
--
-- What an import did is kept row by row, before and after, as JSON objects of
-- texts: that is what undoing puts back, and what answers "which file says so?".
-- The file itself is kept for some days, so that what is applied is what was
-- checked, and then removed; its hash stays.

-- +goose Up
CREATE TABLE exchange_import (
	id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_id     TEXT        NOT NULL UNIQUE,
	kind          TEXT        NOT NULL, -- what the file is about: students, sites…
	scope         TEXT        NOT NULL, -- public identifier of what it belongs to, or empty
	file_name     TEXT        NOT NULL,
	file_hash     TEXT        NOT NULL, -- SHA-256, hexadecimal
	decisions     TEXT        NOT NULL, -- JSON: what a person settled about single rows
	state         TEXT        NOT NULL CHECK (state IN ('checked', 'applied', 'undone')),
	report        TEXT        NOT NULL, -- JSON: counts and what was said about columns; empty until applied
	uploaded_at   TIMESTAMPTZ NOT NULL,
	uploaded_by   TEXT        NOT NULL, -- as they were called then
	applied_at    TIMESTAMPTZ,
	applied_by    TEXT        NOT NULL,
	undone_at     TIMESTAMPTZ,
	undone_by     TEXT        NOT NULL
);
CREATE INDEX exchange_import_by_kind ON exchange_import (kind, scope, id);

CREATE TABLE exchange_import_file (
	import_id BIGINT PRIMARY KEY REFERENCES exchange_import (id),
	content   BYTEA  NOT NULL
);

CREATE TABLE exchange_import_row (
	import_id BIGINT  NOT NULL REFERENCES exchange_import (id),
	line      INTEGER NOT NULL, -- of the file
	row_key   TEXT    NOT NULL, -- what the row is about, as its owner names it
	outcome   TEXT    NOT NULL CHECK (outcome IN ('created', 'changed', 'unchanged', 'left')),
	before    TEXT    NOT NULL, -- JSON, or empty: nothing was there
	after     TEXT    NOT NULL, -- JSON, or empty: left out
	findings  TEXT    NOT NULL, -- JSON: the warnings with which it went in
	PRIMARY KEY (import_id, line)
);

-- +goose Down
DROP TABLE exchange_import_row;
DROP TABLE exchange_import_file;
DROP TABLE exchange_import;
