package identity

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity/queries"
	"stagora.org/stagora/internal/store"
)

// A Ticket stands for a place in sign-in's queue. Its identifier is in the address
// of the page where one waits, its key in a cookie: one without the other is
// nothing. It is exchanged for a login session once.
type Ticket struct{ ID, Key string }

func newTicket() Ticket { return Ticket{ID: rand.Text(), Key: rand.Text()} }

func (t Ticket) hash() string { return tokenHash(t.ID + " " + t.Key) }

// What may become of a ticket.
const (
	ticketWaiting = "waiting"
	ticketGood    = "good"
	ticketWrong   = "wrong"
	ticketRefused = "refused" // too many wrong passwords came from the address
	ticketLeft    = "left"
	ticketLost    = "lost"
)

// How long things of the queue last.
const (
	ticketLife  = 15 * time.Minute // within which a ticket is exchanged
	ticketQuiet = time.Minute      // after which its holder is taken to have left
	ticketTouch = 10 * time.Second // how stale "last asked" may be, to spare writes
	nodeBeat    = 5 * time.Second  // how often a node says that it is there
	nodeQuiet   = 20 * time.Second // after which it is taken to be gone
)

// A Turn is what the holder of a ticket is told: how long it will be, or the token
// of the login session that was opened.
type Turn struct {
	Token string        // not empty: signed in
	Place int           // from 1: who is next
	Wait  time.Duration // as things go now
}

// Ask tells the holder of a ticket where they are, and exchanges a good one for a
// login session: the first who asks gets it. Any node may be asked. Every other
// end is a fault that says why a password is asked for again: it was wrong, too
// many were, its holder had left, the node that held it is gone, or there is no
// such ticket.
func Ask(ctx context.Context, db *store.DB, ticket Ticket, origin string) (Turn, error) {
	var row queries.IdentityTicket
	var turn Turn
	var now time.Time
	err := db.Read(ctx, func(tx *store.Tx) (err error) {
		row, err = queries.New(tx).TicketByHash(ctx, ticket.hash())
		if errors.Is(err, sql.ErrNoRows) || err == nil && tx.Now.Sub(row.CreatedAt.Time) > ticketLife {
			return errNoTicket
		}
		if err != nil {
			return fmt.Errorf("read ticket: %w", err)
		}
		now = tx.Now
		if row.State == ticketWaiting {
			turn, err = place(ctx, tx, row)
		}
		return err
	})
	if err != nil {
		return Turn{}, err
	}
	switch row.State {
	case ticketGood:
		token, err := redeem(ctx, db, ticket, origin)
		return Turn{Token: token}, err
	case ticketWrong:
		return Turn{}, fault.New(fault.SignIn, "signin.wrong")
	case ticketRefused:
		return Turn{}, errTooMany
	case ticketLeft:
		return Turn{}, fault.New(fault.SignIn, "ticket.left")
	case ticketLost:
		return Turn{}, errTicketLost
	}
	if now.Sub(row.SeenAt.Time) <= ticketTouch {
		return turn, nil
	}
	return turn, db.Write(ctx, func(tx *store.Tx) error {
		return queries.New(tx).TouchTicket(ctx, queries.TouchTicketParams{ID: row.ID, SeenAt: store.At(tx.Now)})
	})
}

var (
	errNoTicket   = fault.New(fault.SignIn, "ticket.unknown")
	errTicketLost = fault.New(fault.SignIn, "ticket.lost")
)

// place returns where a ticket is in the queue of its node.
func place(ctx context.Context, tx *store.Tx, row queries.IdentityTicket) (Turn, error) {
	q := queries.New(tx)
	node, err := q.NodeByName(ctx, row.Node)
	if errors.Is(err, sql.ErrNoRows) || err == nil && tx.Now.Sub(node.SeenAt.Time) > nodeQuiet {
		return Turn{}, errTicketLost
	}
	if err != nil {
		return Turn{}, fmt.Errorf("read node: %w", err)
	}
	n, err := q.CountBefore(ctx, queries.CountBeforeParams{Node: row.Node, ID: row.ID})
	if err != nil {
		return Turn{}, fmt.Errorf("count who waits: %w", err)
	}
	return Turn{Place: int(n), Wait: time.Duration(n*node.Pace) * time.Microsecond}, nil
}

// redeem takes a good ticket away and opens the login session that it stands for.
func redeem(ctx context.Context, db *store.DB, ticket Ticket, origin string) (token string, err error) {
	err = db.Write(ctx, func(tx *store.Tx) error {
		account, err := queries.New(tx).RedeemTicket(ctx, queries.RedeemTicketParams{
			TokenHash: ticket.hash(), CreatedAt: store.At(tx.Now.Add(-ticketLife)),
		})
		if errors.Is(err, sql.ErrNoRows) {
			return errNoTicket
		}
		if err != nil {
			return fmt.Errorf("redeem ticket: %w", err)
		}
		token, err = OpenSession(ctx, tx, account.Int64, origin)
		return err
	})
	return token, err
}
