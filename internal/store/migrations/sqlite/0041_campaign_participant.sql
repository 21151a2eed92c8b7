-- Who takes part, in which order, by which draw.
--
-- A row stands for a student that the campaign has something to say about: points,
-- a position decided by hand, an exclusion. Who is in is computed from the students
-- of the cohorts until the campaign opens; then enrolled_at tells it, and score,
-- first_position and last_position are frozen.
--
-- The draw is made once. Its seed stands in a table of its own, which no list
-- joins, and triggers refuse that anything of it be changed: a seed cannot be
-- replaced, a revealed draw cannot be touched, an order cannot be computed again.

-- +goose Up
CREATE TABLE campaign_participant (
	id              INTEGER PRIMARY KEY,
	campaign_id     BIGINT      NOT NULL REFERENCES campaign_campaign (id),
	student_id      BIGINT      NOT NULL REFERENCES reference_student (id),
	person_id       BIGINT      REFERENCES identity_person (id), -- who signed in for the student at enrolment
	pseudonym       TEXT        NOT NULL, -- the name under which the draw is made and the result is checked
	points          BIGINT,               -- hundredths, entered by the office; null: from the history
	points_reason   TEXT        NOT NULL,
	manual          BIGINT      CHECK (manual >= 1), -- position decided by the office; null: none
	manual_reason   TEXT        NOT NULL,
	excluded_at     TEXT,          -- null: nobody excluded this student
	excluded_by     TEXT        NOT NULL,
	excluded_reason TEXT        NOT NULL,
	enrolled_at     TEXT,
	score           BIGINT,               -- hundredths, frozen at opening; null: unknown
	first_position  BIGINT,               -- the first position possible over all draws
	last_position   BIGINT,
	changed_at      TEXT        NOT NULL,
	changed_by      TEXT        NOT NULL,
	UNIQUE (campaign_id, student_id),
	UNIQUE (campaign_id, pseudonym)
);
CREATE INDEX campaign_participant_by_student ON campaign_participant (student_id);
CREATE INDEX campaign_participant_by_person ON campaign_participant (person_id, campaign_id);

CREATE TABLE campaign_draw (
	campaign_id   BIGINT PRIMARY KEY REFERENCES campaign_campaign (id),
	seed          TEXT        NOT NULL,
	commitment    TEXT        NOT NULL, -- SHA-256 of the seed, published at opening
	standing      TEXT        NOT NULL, -- canonical JSON: pseudonyms, scores, manual positions
	standing_hash TEXT        NOT NULL,
	committed_at  TEXT        NOT NULL,
	revealed_at   TEXT,
	order_hash    TEXT        NOT NULL  -- empty until the seed is revealed
);

CREATE TABLE campaign_position (
	participant_id BIGINT PRIMARY KEY REFERENCES campaign_participant (id),
	campaign_id    BIGINT NOT NULL REFERENCES campaign_draw (campaign_id),
	hash           TEXT   NOT NULL, -- what the student drew
	automatic      BIGINT NOT NULL, -- by score and draw alone
	effective      BIGINT NOT NULL, -- in which the student is served
	UNIQUE (campaign_id, effective)
);

-- Requests to correct what keeps a student out, with the trace that shows it.
CREATE TABLE campaign_correction (
	id          INTEGER PRIMARY KEY,
	public_id   TEXT        NOT NULL UNIQUE,
	campaign_id BIGINT      NOT NULL REFERENCES campaign_campaign (id),
	student_id  BIGINT      NOT NULL REFERENCES reference_student (id),
	finding     TEXT        NOT NULL, -- the predicate that is red
	trace       TEXT        NOT NULL, -- JSON: every predicate as it stood
	message     TEXT        NOT NULL,
	asked_at    TEXT        NOT NULL,
	asked_by    BIGINT      NOT NULL,
	asked_name  TEXT        NOT NULL,
	answered_at TEXT,
	answered_by TEXT        NOT NULL,
	answer      TEXT        NOT NULL
);
CREATE INDEX campaign_correction_by_campaign ON campaign_correction (campaign_id, id);
-- Asking twice about the same thing changes nothing.
CREATE UNIQUE INDEX campaign_correction_open ON campaign_correction (campaign_id, student_id, finding) WHERE answered_at IS NULL;

-- +goose StatementBegin
CREATE TRIGGER campaign_draw_once BEFORE UPDATE ON campaign_draw
	WHEN (OLD.revealed_at IS NOT NULL OR NEW.campaign_id <> OLD.campaign_id OR NEW.seed <> OLD.seed
		OR NEW.commitment <> OLD.commitment OR NEW.standing <> OLD.standing OR NEW.standing_hash <> OLD.standing_hash
		OR NEW.committed_at <> OLD.committed_at)
BEGIN
	SELECT RAISE(ABORT, 'a draw is made once');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER campaign_draw_kept BEFORE DELETE ON campaign_draw
BEGIN
	SELECT RAISE(ABORT, 'a draw is made once');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER campaign_position_once_update BEFORE UPDATE ON campaign_position
BEGIN
	SELECT RAISE(ABORT, 'a draw is made once');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER campaign_position_once_delete BEFORE DELETE ON campaign_position
BEGIN
	SELECT RAISE(ABORT, 'a draw is made once');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE campaign_correction;
DROP TABLE campaign_position;
DROP TABLE campaign_draw;
DROP TABLE campaign_participant;
