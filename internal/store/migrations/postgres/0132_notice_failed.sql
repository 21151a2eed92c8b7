-- Mails that failed are counted on the home page of administrators, among
-- hundreds of thousands that left.

-- +goose Up
CREATE INDEX notice_message_failed ON notice_message (id) WHERE state = 'failed';

-- +goose Down
DROP INDEX notice_message_failed;
