-- Sign-in's queue: who waits for their password to be looked at, and on which node.
--
-- A password waits in the memory of the node that received it and stands in no
-- table. What stands here is the ticket: any node can tell its holder where they
-- are, and the holder of a good one exchanges it for a login session, once.
-- A node that looks at passwords says so every few seconds; when it falls silent,
-- the passwords that waited in its memory are lost and are asked for again.

-- +goose Up
CREATE TABLE identity_node (
	name    TEXT   PRIMARY KEY, -- drawn when the process starts
	pace    BIGINT NOT NULL,    -- microseconds from one password looked at to the next
	seen_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE identity_ticket (
	id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the order in which they came
	token_hash TEXT        NOT NULL UNIQUE, -- SHA-256 of the ticket and of its cookie
	node       TEXT        NOT NULL,        -- where the password waits
	state      TEXT        NOT NULL CHECK (state IN ('waiting', 'good', 'wrong', 'refused', 'left', 'lost')),
	attempt_id BIGINT      NOT NULL,        -- the try that was counted for it, taken back if the password is never looked at
	account_id BIGINT REFERENCES identity_account (id), -- null until the password was good
	created_at TIMESTAMPTZ NOT NULL,
	seen_at    TIMESTAMPTZ NOT NULL         -- when its holder last asked
);
CREATE INDEX identity_ticket_waiting ON identity_ticket (node, id) WHERE state = 'waiting';
CREATE INDEX identity_ticket_by_created_at ON identity_ticket (created_at);
CREATE INDEX identity_ticket_by_account ON identity_ticket (account_id);

-- +goose Down
DROP TABLE identity_ticket;
DROP TABLE identity_node;
