-- Where everybody is, one row a student: what pages list, filter and sort of a run and
-- of the proposal made of it, without reading the run.
--
-- given_* is what the run gave, and never changes. The others are where the student
-- stands: the same until the commission decides otherwise about the adopted run. All
-- of it follows from the run and the decisions, which stay what counts.
--
-- campaign_run_summary.assigned says how many rows of a run stand here; 0: those of a
-- run of before are still to be written, by background work.

-- +goose Up
CREATE TABLE campaign_assignment (
	run_id          BIGINT  NOT NULL REFERENCES campaign_run (id),
	position        BIGINT  NOT NULL, -- in which the student is served
	student_id      BIGINT  NOT NULL REFERENCES student_student (id), -- the record at the time of the run
	participant_id  BIGINT  NOT NULL REFERENCES campaign_participant (id),
	pseudonym       TEXT    NOT NULL,
	sort_key        TEXT    NOT NULL, -- of the name at that time
	score           BIGINT,           -- hundredths; null: unknown
	manual          BIGINT  NOT NULL, -- position decided by hand; 0: none
	given_post      TEXT    NOT NULL, -- code; empty: none
	given_secondary TEXT    NOT NULL,
	given_rank      BIGINT  NOT NULL, -- 0: not from the list
	given_cost      BIGINT,           -- hundredths; null: none. Of the post, the bonus, both
	given_bonus     BIGINT,
	given_total     BIGINT,
	given_mark      TEXT    NOT NULL,
	post            TEXT    NOT NULL,
	secondary       TEXT    NOT NULL,
	rank            BIGINT  NOT NULL,
	cost            BIGINT,
	bonus           BIGINT,
	total           BIGINT,
	mark            TEXT    NOT NULL, -- what stands out
	repriced        BOOLEAN NOT NULL, -- the commission decided the cost
	kept            BOOLEAN NOT NULL, -- without a post, and the commission has looked
	decision_id     BIGINT REFERENCES campaign_decision (id), -- the last one in force; null: none
	PRIMARY KEY (run_id, position),
	UNIQUE (run_id, student_id)
);
CREATE INDEX campaign_assignment_by_name ON campaign_assignment (run_id, sort_key, student_id);
CREATE INDEX campaign_assignment_by_participant ON campaign_assignment (run_id, participant_id);
CREATE INDEX campaign_assignment_without ON campaign_assignment (run_id, position) WHERE post = '';

-- The wishes that each student of a run had, with what the run made of them.
CREATE TABLE campaign_assignment_wishes (
	run_id   BIGINT NOT NULL REFERENCES campaign_run (id),
	position BIGINT NOT NULL,
	wishes   TEXT   NOT NULL, -- JSON
	PRIMARY KEY (run_id, position)
);

-- The proposal of a campaign as it stands, in figures.
CREATE TABLE campaign_proposal (
	campaign_id BIGINT PRIMARY KEY REFERENCES campaign_campaign (id),
	adoption_id BIGINT NOT NULL REFERENCES campaign_adoption (id),
	figures     TEXT   NOT NULL, -- JSON, as that of a run
	posts       TEXT   NOT NULL, -- JSON: how full each post is
	unseen      BIGINT NOT NULL  -- without a post, and the commission has not looked yet
);

ALTER TABLE campaign_run_summary ADD COLUMN assigned BIGINT NOT NULL DEFAULT 0;

DROP TRIGGER campaign_run_summary_append_only ON campaign_run_summary;
CREATE TRIGGER campaign_run_summary_append_only_update BEFORE UPDATE OF run_id, figures, detail ON campaign_run_summary
	FOR EACH ROW EXECUTE FUNCTION campaign_run_refuse();
CREATE TRIGGER campaign_run_summary_append_only_delete BEFORE DELETE ON campaign_run_summary
	FOR EACH ROW EXECUTE FUNCTION campaign_run_refuse();

-- +goose Down
DROP TRIGGER campaign_run_summary_append_only_update ON campaign_run_summary;
DROP TRIGGER campaign_run_summary_append_only_delete ON campaign_run_summary;
CREATE TRIGGER campaign_run_summary_append_only BEFORE UPDATE OR DELETE ON campaign_run_summary
	FOR EACH ROW EXECUTE FUNCTION campaign_run_refuse();
ALTER TABLE campaign_run_summary DROP COLUMN assigned;
DROP TABLE campaign_proposal;
DROP TABLE campaign_assignment_wishes;
DROP TABLE campaign_assignment;
