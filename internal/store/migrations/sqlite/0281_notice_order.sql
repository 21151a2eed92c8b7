-- Mails are listed in the order in which they were queued: of everything, of a state,
-- of a kind, of a campaign, of a person, of the beginning of an address. Each of these
-- has an index that gives them in this order. Whether a reader may see a mail is told
-- by its person and its scope: the indexes hold both, so that what is not shown is
-- passed over without reading the mail, which is long.

-- +goose Up
DROP INDEX notice_message_by_queued;
DROP INDEX notice_message_by_state;
DROP INDEX notice_message_by_kind;
DROP INDEX notice_message_by_scope;
DROP INDEX notice_message_by_person;
DROP INDEX notice_message_by_address;
CREATE INDEX notice_message_by_queued ON notice_message (queued_at, id, person, scope);
CREATE INDEX notice_message_by_state ON notice_message (state, queued_at, id, person, scope);
CREATE INDEX notice_message_by_kind ON notice_message (kind, queued_at, id, person, scope);
CREATE INDEX notice_message_by_scope ON notice_message (scope, queued_at, id, person);
CREATE INDEX notice_message_by_person ON notice_message (person, queued_at, id, scope);
CREATE INDEX notice_message_by_address ON notice_message (address, queued_at, id, person, scope);

-- +goose Down
DROP INDEX notice_message_by_address;
DROP INDEX notice_message_by_person;
DROP INDEX notice_message_by_scope;
DROP INDEX notice_message_by_kind;
DROP INDEX notice_message_by_state;
DROP INDEX notice_message_by_queued;
CREATE INDEX notice_message_by_address ON notice_message (address);
CREATE INDEX notice_message_by_person ON notice_message (person, id);
CREATE INDEX notice_message_by_scope ON notice_message (scope, id);
CREATE INDEX notice_message_by_kind ON notice_message (kind, id);
CREATE INDEX notice_message_by_state ON notice_message (state, id);
CREATE INDEX notice_message_by_queued ON notice_message (queued_at);
