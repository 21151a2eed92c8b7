-- What people are told by mail: written in the transaction of what it tells,
-- already in the reader's language, and kept as it was sent.
--
-- While a message is waiting, due says when it may be taken for sending; taking
-- it moves due on, so that no two nodes send it at once, and a node that dies
-- leaves it to the others.

-- +goose Up
CREATE TABLE notice_message (
	id         INTEGER PRIMARY KEY,
	public_id  TEXT        NOT NULL UNIQUE,
	unique_key TEXT        NOT NULL, -- what makes it the same message; empty for none
	kind       TEXT        NOT NULL,
	scope      TEXT        NOT NULL, -- public identifier of the campaign, or empty
	person     BIGINT      NOT NULL, -- 0: somebody who has no account
	name       TEXT        NOT NULL,
	address    TEXT        NOT NULL, -- empty if none is known
	lang       TEXT        NOT NULL,
	subject    TEXT        NOT NULL,
	body       TEXT        NOT NULL,
	reply_to   TEXT        NOT NULL, -- address that answers, or empty
	state      TEXT        NOT NULL CHECK (state IN
		('waiting', 'held', 'sent', 'caught', 'failed', 'undeliverable', 'cancelled')),
	due        TEXT        NOT NULL,
	attempts   BIGINT      NOT NULL,
	reason     TEXT        NOT NULL, -- catalogue key of why it did not leave, or empty
	detail     TEXT        NOT NULL, -- the mail server's own words
	queued_at  TEXT        NOT NULL,
	left_at    TEXT                  -- when it was sent or caught
);

CREATE UNIQUE INDEX notice_message_once ON notice_message (unique_key) WHERE unique_key <> '';
CREATE INDEX notice_message_due ON notice_message (due, id) WHERE state = 'waiting';
CREATE INDEX notice_message_by_person ON notice_message (person, id);
CREATE INDEX notice_message_by_scope ON notice_message (scope, kind, id);

CREATE TABLE notice_attachment (
	message_id BIGINT  NOT NULL REFERENCES notice_message (id),
	number     INTEGER NOT NULL, -- from 1, in the order of the message
	name       TEXT    NOT NULL,
	media_type TEXT    NOT NULL,
	content    BLOB   NOT NULL,

	PRIMARY KEY (message_id, number)
);

-- +goose Down
DROP TABLE notice_attachment;
DROP TABLE notice_message;
