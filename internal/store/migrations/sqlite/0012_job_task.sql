-- Background work, asked for in the very transaction of the change that needs
-- it, and taken by any node that has a hand free.
--
-- One column, due, says when a task may be taken: not before that instant if it
-- is queued; if it is running, when its lease ends and another node may take it
-- from one that has died. Each taking has a number, and only the latest may write
-- how the task ended: one that was thought dead writes nothing.

-- +goose Up
CREATE TABLE job_task (
	id         INTEGER PRIMARY KEY,
	public_id  TEXT        NOT NULL UNIQUE,
	kind       TEXT        NOT NULL,
	subject    TEXT        NOT NULL, -- public identifier of what it concerns, or empty
	asked_by   TEXT        NOT NULL, -- the name of who asked, or empty for a schedule
	unique_key TEXT        NOT NULL, -- at most one unfinished task has it; empty for none
	payload    TEXT        NOT NULL, -- JSON
	state      TEXT        NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
	due        TEXT        NOT NULL,
	cancel     BOOLEAN     NOT NULL, -- somebody asked a running task to stop
	attempts   BIGINT      NOT NULL,
	claims     BIGINT      NOT NULL, -- how often it was taken; never reset
	node       TEXT        NOT NULL, -- the node that has it, or had it last
	done       BIGINT      NOT NULL, -- progress: so many of total
	total      BIGINT      NOT NULL,
	note       TEXT        NOT NULL, -- catalogue key of what it is doing, or empty
	note_args  TEXT        NOT NULL, -- JSON
	error      TEXT        NOT NULL, -- catalogue key of why it failed, or empty
	error_kind INTEGER     NOT NULL,
	error_args TEXT        NOT NULL, -- JSON
	detail     TEXT        NOT NULL, -- the last error as the log has it
	queued_at  TEXT        NOT NULL,
	started_at TEXT,
	ended_at   TEXT
);

CREATE UNIQUE INDEX job_task_unfinished ON job_task (unique_key)
	WHERE unique_key <> '' AND state IN ('queued', 'running');
CREATE INDEX job_task_due ON job_task (due, id) WHERE state IN ('queued', 'running');
CREATE INDEX job_task_by_subject ON job_task (subject, id);

-- When each schedule last queued its task. Nodes move it on by compare and set:
-- exactly one of them queues the task of a tick, and a tick that passed while all
-- were down is made up for once.
CREATE TABLE job_schedule (
	kind TEXT        NOT NULL,
	spec TEXT        NOT NULL, -- as cron writes it
	tick TEXT        NOT NULL,

	PRIMARY KEY (kind, spec)
);

-- +goose Down
DROP TABLE job_schedule;
DROP TABLE job_task;
