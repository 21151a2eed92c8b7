-- Placements that are written in many steps and come into force at once.
--
-- A publication writes thousands of lines, in short transactions. They carry a batch,
-- and until it is released they are no placements: no reader sees them.

-- +goose Up
CREATE TABLE placement_batch (
	id          INTEGER PRIMARY KEY,
	opened_at   TEXT        NOT NULL,
	released_at TEXT
);
CREATE INDEX placement_batch_open ON placement_batch (id) WHERE released_at IS NULL;

ALTER TABLE placement_entry ADD COLUMN batch BIGINT NOT NULL DEFAULT 0; -- 0: in force since it was written

-- +goose Down
ALTER TABLE placement_entry DROP COLUMN batch;
DROP TABLE placement_batch;
