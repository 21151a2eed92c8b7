-- Mails of one campaign in one state are found by both: nearly all mails have been sent.

-- +goose Up
CREATE INDEX notice_message_by_scope_state ON notice_message (scope, state, queued_at, id, person);

-- +goose Down
DROP INDEX notice_message_by_scope_state;
