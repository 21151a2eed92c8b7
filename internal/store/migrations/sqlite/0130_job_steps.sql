-- Work over many things is done in steps, a few things a transaction. The task
-- keeps after which thing the next step begins, so that a node that is killed
-- loses one step, and another goes on.
--
-- A thing that fails does not stop the others: it is set aside here with the
-- reason, and done alone later.

-- +goose Up
ALTER TABLE job_task ADD COLUMN after_key BIGINT NOT NULL DEFAULT 0;

CREATE TABLE job_failed_item (
	task_id    BIGINT      NOT NULL REFERENCES job_task (id) ON DELETE CASCADE,
	key        BIGINT      NOT NULL, -- what the work calls the thing
	name       TEXT        NOT NULL, -- what people call it, as it was then
	error      TEXT        NOT NULL, -- catalogue key of why it failed
	error_args TEXT        NOT NULL, -- JSON
	detail     TEXT        NOT NULL, -- the error as the log has it
	attempts   BIGINT      NOT NULL, -- to do it alone
	failed_at  TEXT        NOT NULL,

	PRIMARY KEY (task_id, key)
);

-- What has failed is counted on the home page of administrators.
CREATE INDEX job_task_failed ON job_task (id) WHERE state = 'failed';

-- +goose Down
DROP INDEX job_task_failed;
DROP TABLE job_failed_item;
ALTER TABLE job_task DROP COLUMN after_key;
