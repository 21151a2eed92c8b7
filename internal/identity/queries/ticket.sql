-- name: BeatNode :exec
INSERT INTO identity_node (name, pace, seen_at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET pace = excluded.pace, seen_at = excluded.seen_at;

-- name: NodeByName :one
SELECT * FROM identity_node WHERE name = $1;

-- name: RemoveNode :exec
DELETE FROM identity_node WHERE name = $1;

-- name: PurgeNodes :exec
DELETE FROM identity_node WHERE seen_at < $1;

-- name: AddTicket :one
INSERT INTO identity_ticket (token_hash, node, state, attempt_id, created_at, seen_at)
VALUES ($1, $2, 'waiting', $3, $4, $4)
RETURNING id;

-- name: TicketByHash :one
SELECT * FROM identity_ticket WHERE token_hash = $1;

-- name: TicketByID :one
SELECT * FROM identity_ticket WHERE id = $1;

-- name: CountBefore :one
-- Counts who waits on a node up to a ticket, the ticket itself included.
SELECT count(*) FROM identity_ticket WHERE node = $1 AND state = 'waiting' AND id <= $2;

-- name: TouchTicket :exec
UPDATE identity_ticket SET seen_at = $2 WHERE id = $1 AND state = 'waiting';

-- name: SettleTicket :execrows
UPDATE identity_ticket SET state = $2, account_id = $3 WHERE id = $1 AND state = 'waiting';

-- name: RedeemTicket :one
-- Takes a good ticket away and returns whose it is, if the account may still sign in.
DELETE FROM identity_ticket
WHERE token_hash = $1 AND state = 'good' AND identity_ticket.created_at > $2
	AND account_id IN (SELECT a.id FROM identity_account a WHERE a.disabled_at IS NULL)
RETURNING account_id;

-- name: EndTicketsOfAccount :exec
DELETE FROM identity_ticket WHERE account_id = $1;

-- name: ForgetAttemptsOfLeft :exec
DELETE FROM identity_attempt
WHERE id IN (SELECT attempt_id FROM identity_ticket WHERE node = $1 AND state = 'waiting' AND seen_at < $2);

-- name: LeaveTickets :many
UPDATE identity_ticket SET state = 'left' WHERE node = $1 AND state = 'waiting' AND seen_at < $2 RETURNING id;

-- name: ForgetAttemptsOfNode :exec
DELETE FROM identity_attempt
WHERE id IN (SELECT attempt_id FROM identity_ticket WHERE node = $1 AND state = 'waiting');

-- name: LoseTickets :exec
UPDATE identity_ticket SET state = 'lost' WHERE node = $1 AND state = 'waiting';

-- name: PurgeTickets :exec
DELETE FROM identity_ticket WHERE created_at < $1;
