-- Background work is listed latest first, by state and by kind.

-- +goose Up
CREATE INDEX job_task_by_state ON job_task (state, id);
CREATE INDEX job_task_by_kind ON job_task (kind, id);
DROP INDEX job_task_failed; -- the first gives them too

-- +goose Down
CREATE INDEX job_task_failed ON job_task (id) WHERE state = 'failed';
DROP INDEX job_task_by_kind;
DROP INDEX job_task_by_state;
