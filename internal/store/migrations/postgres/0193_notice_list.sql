-- Mails are looked for by when they were queued and by address.

-- +goose Up
CREATE INDEX notice_message_by_queued ON notice_message (queued_at);
CREATE INDEX notice_message_by_address ON notice_message (address);

-- +goose Down
DROP INDEX notice_message_by_address;
DROP INDEX notice_message_by_queued;
