-- A campaign: one round of placement, the posts it offers, and the steps of its
-- life with their dates.
--
-- A post is known within its campaign by a code, the site's code when the post was
-- opened: lists of wishes, files and the engine all name it so, and renaming a site
-- later changes no list. What the site can take (at least, ideally, at most) is
-- copied with it, so that last year's posts say what was known last year.
--
-- The phase only moves forward, by a conditional update that one of two officers
-- wins.

-- +goose Up
CREATE TABLE campaign_campaign (
	id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_id      TEXT        NOT NULL UNIQUE,
	name           TEXT        NOT NULL,
	faculty_id     BIGINT      NOT NULL REFERENCES reference_faculty (id),
	period_id      BIGINT      NOT NULL REFERENCES reference_period (id),
	zone           TEXT        NOT NULL, -- IANA name: in which its times are told
	contact_name   TEXT        NOT NULL,
	contact_email  TEXT        NOT NULL,
	opens_at       TIMESTAMPTZ NOT NULL,
	closes_at      TIMESTAMPTZ NOT NULL, -- wishes are accepted before this instant, not at it
	commission_at  TIMESTAMPTZ NOT NULL,
	publishes_at   TIMESTAMPTZ NOT NULL,
	phase          TEXT        NOT NULL CHECK (phase IN ('draft', 'open', 'closed', 'proposed', 'confirmed', 'published', 'archived')),
	method         TEXT        NOT NULL,
	costs_method   TEXT        NOT NULL, -- which computes the costs when the method has none
	scoring        TEXT        NOT NULL, -- JSON: the parameters of the costs
	max_wishes     BIGINT      NOT NULL CHECK (max_wishes BETWEEN 1 AND 500),
	advised_wishes BIGINT      NOT NULL CHECK (advised_wishes >= 0),
	reminders      TEXT        NOT NULL, -- hours before closing, largest first: 72,24,3
	show_positions BOOLEAN     NOT NULL, -- results tell the position of the last person served at a post
	created_at     TIMESTAMPTZ NOT NULL,
	changed_at     TIMESTAMPTZ NOT NULL,
	changed_by     TEXT        NOT NULL,
	CHECK (opens_at < closes_at AND closes_at < commission_at AND commission_at <= publishes_at)
);
-- The schedules ask which open campaigns are near their end.
CREATE INDEX campaign_campaign_by_phase ON campaign_campaign (phase, closes_at);

CREATE TABLE campaign_cohort (
	campaign_id BIGINT NOT NULL REFERENCES campaign_campaign (id),
	cohort_id   BIGINT NOT NULL REFERENCES reference_cohort (id),
	PRIMARY KEY (campaign_id, cohort_id)
);
CREATE INDEX campaign_cohort_by_cohort ON campaign_cohort (cohort_id);

-- When each phase was reached, and by whom.
CREATE TABLE campaign_step (
	campaign_id BIGINT      NOT NULL REFERENCES campaign_campaign (id),
	phase       TEXT        NOT NULL,
	at          TIMESTAMPTZ NOT NULL,
	by_name     TEXT        NOT NULL, -- empty: the calendar
	PRIMARY KEY (campaign_id, phase)
);

CREATE TABLE campaign_post (
	id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	campaign_id  BIGINT      NOT NULL REFERENCES campaign_campaign (id),
	site_id      BIGINT      NOT NULL REFERENCES reference_site (id),
	code         TEXT        NOT NULL,
	seats        BIGINT      NOT NULL CHECK (seats >= 0),
	closed       BOOLEAN     NOT NULL, -- to wishes: kept for the commission
	secondary    BOOLEAN     NOT NULL, -- may only accompany a main post
	min_seats    BIGINT      NOT NULL,
	ideal_seats  BIGINT      NOT NULL,
	max_seats    BIGINT      NOT NULL,
	last_name    TEXT        NOT NULL, -- the last campaign that had this site; empty: none
	last_seats   BIGINT      NOT NULL,
	last_cutoff  BIGINT,               -- position of the last person served there; null: it was not full
	cutoff       BIGINT,               -- of this campaign, once published; null: not full, or not yet
	set_by       BIGINT      NOT NULL, -- the person who set the seats last; 0: Stagora
	agreed_seats BIGINT,               -- a number of seats that somebody else found right
	agreed_by    TEXT        NOT NULL,
	agreed_at    TIMESTAMPTZ,
	changed_at   TIMESTAMPTZ NOT NULL,
	changed_by   TEXT        NOT NULL,
	UNIQUE (campaign_id, site_id),
	UNIQUE (campaign_id, code)
);
CREATE INDEX campaign_post_by_site ON campaign_post (site_id);

-- The levels whose students a post does not take.
CREATE TABLE campaign_post_level (
	post_id  BIGINT NOT NULL REFERENCES campaign_post (id) ON DELETE CASCADE,
	level_id BIGINT NOT NULL REFERENCES reference_level (id),
	PRIMARY KEY (post_id, level_id)
);

-- +goose Down
DROP TABLE campaign_post_level;
DROP TABLE campaign_post;
DROP TABLE campaign_step;
DROP TABLE campaign_cohort;
DROP TABLE campaign_campaign;
