-- A schedule tells when its work last ended and how, so that a run that had
-- nothing to do need not stay among the tasks to be seen.

-- +goose Up
ALTER TABLE job_schedule ADD COLUMN ended_at TEXT;
ALTER TABLE job_schedule ADD COLUMN outcome TEXT NOT NULL DEFAULT ''; -- nothing, done, failed or cancelled; empty: never ended yet

-- +goose Down
ALTER TABLE job_schedule DROP COLUMN outcome;
ALTER TABLE job_schedule DROP COLUMN ended_at;
