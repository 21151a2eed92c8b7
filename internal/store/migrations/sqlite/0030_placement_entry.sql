-- The ledger of placements: who goes where, when, by which decision.
--
-- Nothing here is ever changed or removed, a trigger refuses it. What was decided
-- and then undone stays readable: a cancellation, a replacement and the word of
-- whether a placement counts are lines of their own that name the line they speak
-- of.

-- +goose Up
CREATE TABLE placement_entry (
	id           INTEGER PRIMARY KEY,
	public_id    TEXT        NOT NULL UNIQUE,
	kind         TEXT        NOT NULL CHECK (kind IN ('placed', 'cancelled', 'counted', 'discounted')),
	refers_to    BIGINT      REFERENCES placement_entry (id), -- for "placed": the line it replaces
	student_id   BIGINT      NOT NULL REFERENCES reference_student (id),
	site_id      BIGINT      NOT NULL REFERENCES reference_site (id),
	secondary_id BIGINT      REFERENCES reference_site (id),
	period_id    BIGINT      NOT NULL REFERENCES reference_period (id),
	procedure    TEXT        NOT NULL, -- what decided: "serial", "commission", "import"…
	campaign     TEXT        NOT NULL, -- public id of the campaign; empty: decided outside Stagora
	decided_at   TEXT        NOT NULL,
	decided_by   TEXT        NOT NULL,
	rank         BIGINT,               -- of the site on the student's list; null: it was not there
	post_cost    BIGINT,               -- hundredths; null: this procedure has no costs
	bonus        BIGINT,
	cost         BIGINT,               -- post cost and bonus together
	reason       TEXT        NOT NULL,
	recorded_at  TEXT        NOT NULL,
	recorded_by  TEXT        NOT NULL,
	CHECK (kind = 'placed' OR refers_to IS NOT NULL)
);
-- A line is cancelled or replaced once.
CREATE UNIQUE INDEX placement_entry_one_successor ON placement_entry (refers_to) WHERE kind IN ('placed', 'cancelled');
CREATE INDEX placement_entry_by_student ON placement_entry (student_id);
CREATE INDEX placement_entry_by_site ON placement_entry (site_id, period_id);
CREATE INDEX placement_entry_by_period ON placement_entry (period_id);
CREATE INDEX placement_entry_by_campaign ON placement_entry (campaign);
CREATE INDEX placement_entry_by_refers_to ON placement_entry (refers_to);

-- +goose StatementBegin
CREATE TRIGGER placement_entry_no_update BEFORE UPDATE ON placement_entry
BEGIN
	SELECT RAISE(ABORT, 'placement_entry is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER placement_entry_no_delete BEFORE DELETE ON placement_entry
BEGIN
	SELECT RAISE(ABORT, 'placement_entry is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE placement_entry;
