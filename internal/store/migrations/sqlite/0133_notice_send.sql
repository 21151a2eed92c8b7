-- Mails are sent by background work like any other: who sends is decided there,
-- and a message tells only when it may leave, and what became of it.
--
-- What somebody waits for at this moment leaves before what is sent to many. A
-- file that can be made at any time is not kept: the message names who makes it,
-- and from what.

-- +goose Up
ALTER TABLE notice_message ADD COLUMN urgent BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE notice_message ADD COLUMN maker TEXT NOT NULL DEFAULT ''; -- of the file that goes with it; empty: none
ALTER TABLE notice_message ADD COLUMN maker_key TEXT NOT NULL DEFAULT ''; -- what the maker makes it from

DROP INDEX notice_message_due;
CREATE INDEX notice_message_due ON notice_message (urgent, due, id) WHERE state = 'waiting';

-- +goose Down
DROP INDEX notice_message_due;
CREATE INDEX notice_message_due ON notice_message (due, id) WHERE state = 'waiting';
ALTER TABLE notice_message DROP COLUMN maker_key;
ALTER TABLE notice_message DROP COLUMN maker;
ALTER TABLE notice_message DROP COLUMN urgent;
