-- How often reference data, students and sites among them, was changed: figures that
-- were computed from all of it hold as long as this number stands.

-- +goose Up
CREATE TABLE reference_revision (
	id     BIGINT PRIMARY KEY CHECK (id = 1),
	number BIGINT NOT NULL
);
INSERT INTO reference_revision (id, number) VALUES (1, 0);

-- +goose Down
DROP TABLE reference_revision;
