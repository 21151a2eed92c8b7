-- Mails are listed latest first, by state and by kind, among hundreds of thousands:
-- each has an index that gives them in this order.

-- +goose Up
CREATE INDEX notice_message_by_state ON notice_message (state, id);
CREATE INDEX notice_message_by_kind ON notice_message (kind, id);
DROP INDEX notice_message_by_scope;
CREATE INDEX notice_message_by_scope ON notice_message (scope, id);
DROP INDEX notice_message_failed; -- the first gives them too

-- +goose Down
CREATE INDEX notice_message_failed ON notice_message (id) WHERE state = 'failed';
DROP INDEX notice_message_by_scope;
CREATE INDEX notice_message_by_scope ON notice_message (scope, kind, id);
DROP INDEX notice_message_by_kind;
DROP INDEX notice_message_by_state;
