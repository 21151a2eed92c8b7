-- What an office tells the others.

-- +goose Up
CREATE TABLE bulletin_note (
	id          INTEGER PRIMARY KEY,
	public_id   TEXT        NOT NULL UNIQUE,
	said        TEXT        NOT NULL,
	author      BIGINT      NOT NULL, -- a person; 0: Stagora itself
	author_name TEXT        NOT NULL,
	posted_at   TEXT        NOT NULL
);
CREATE INDEX bulletin_note_by_posted_at ON bulletin_note (posted_at, id);

-- +goose Down
DROP TABLE bulletin_note;
