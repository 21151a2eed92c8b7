package identity

import (
	"context"
	"crypto/rand"
	"database/sql"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity/queries"
	"stagora.org/stagora/internal/store"
)

// A Queue is where people wait for their password to be looked at, on one node.
// Passwords wait in its memory alone; the tickets that stand for them are in the
// database, where any node answers them ([Ask]).
//
// While few come at once nobody sees it: their request waits for the hash and is
// answered with the login session.
type Queue struct {
	db    *store.DB
	log   *slog.Logger
	name  string // of the node, in the database
	turns *turns

	ctx  context.Context // ends with the queue
	stop context.CancelFunc
	work sync.WaitGroup // everything that outlives a request

	beating sync.Mutex // held while the node says that it is there

	mu      sync.Mutex
	atOnce  int     // requests that wait themselves
	held    int     // passwords that wait or are being looked at, and requests about to add one
	entries []entry // passwords that wait, the next one first
	serving bool    // a goroutine takes entries
	keeping bool    // a goroutine says that the node is there
	beat    time.Time
	looked  time.Time     // when the last password had been looked at
	pace    time.Duration // from one password looked at to the next
}

// An entry is a password that waits, under its ticket.
type entry struct {
	ticket int64
	credentials
}

// How many may wait.
const (
	maxWaiting = 4000 // passwords in the memory of one node
	fewAtOnce  = 4    // requests a core that wait themselves: a tenth of a second or so
)

// FullRetry is when to come back if too many wait.
const FullRetry = 30 * time.Second

// usualPace is what is told before anything was measured: a hash on one core.
const usualPace = 30 * time.Millisecond

// NewQueue returns the queue of this node over a database. It is to be closed.
func NewQueue(db *store.DB, log *slog.Logger) *Queue {
	q := &Queue{
		db: db, log: log, name: rand.Text(), turns: hashing,
		pace: usualPace / time.Duration(runtime.GOMAXPROCS(0)),
	}
	q.ctx, q.stop = context.WithCancel(context.Background())
	return q
}

// An Admission is the answer to a login and a password: a login session, or a
// ticket with which to ask for it later.
type Admission struct {
	Token  string // of the login session; empty: there is a ticket
	Ticket Ticket
}

// SignIn does as the function [SignIn] while few people come at once. When there
// are more it keeps the password and returns a ticket. When [maxWaiting] wait
// already it returns an Unavailable fault: come back after [FullRetry].
func (q *Queue) SignIn(ctx context.Context, login, password, origin string) (Admission, error) {
	c, err := newCredentials(login, password, origin)
	if err != nil {
		return Admission{}, err
	}
	now, err := q.enter()
	if err != nil {
		return Admission{}, err
	}
	if now {
		defer q.leave(&q.atOnce)
		token, err := c.signIn(ctx, q.db, q.turns)
		return Admission{Token: token}, err
	}
	ticket, err := q.add(ctx, c)
	if err != nil {
		q.leave(&q.held)
	}
	return Admission{Ticket: ticket}, err
}

// enter makes room for one more, and says whether their own request may wait.
func (q *Queue) enter() (now bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.ctx.Err() != nil || q.held >= maxWaiting:
		return false, fault.New(fault.Unavailable, "signin.full", "wait", FullRetry)
	case q.held == 0 && q.atOnce < fewAtOnce*q.turns.most:
		q.atOnce++
		return true, nil
	}
	q.held++
	return false, nil
}

// leave gives back the room that was made.
func (q *Queue) leave(room *int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	*room--
}

// add counts the try, writes the ticket and lets the password wait.
func (q *Queue) add(ctx context.Context, c credentials) (Ticket, error) {
	if err := q.appear(ctx); err != nil {
		return Ticket{}, err
	}
	ticket := newTicket()
	var id int64
	err := q.db.Write(ctx, func(tx *store.Tx) (err error) {
		if c.attempt, err = countAttempt(ctx, tx, c.login, c.origin); err != nil {
			return err
		}
		// Tickets of a node become known in the order of their keys: who was told a place is
		// never told a later one.
		if err := tx.Lock(ctx, q.ticketsLock()); err != nil {
			return err
		}
		id, err = queries.New(tx).AddTicket(ctx, queries.AddTicketParams{
			TokenHash: ticket.hash(), Node: q.name, AttemptID: c.attempt, CreatedAt: store.At(tx.Now),
		})
		return err
	})
	if err != nil {
		return Ticket{}, err
	}
	q.push(entry{ticket: id, credentials: c})
	return ticket, nil
}

// ticketsLock names what tickets of the node wait for, each until the one before is known.
func (q *Queue) ticketsLock() string { return "identity:queue:" + q.name }

// push puts an entry at its place, which is nearly always the last one, and sees
// to it that somebody serves.
func (q *Queue) push(e entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	at, _ := slices.BinarySearchFunc(q.entries, e.ticket, func(e entry, id int64) int { return int(e.ticket - id) })
	q.entries = slices.Insert(q.entries, at, e)
	if !q.serving && q.ctx.Err() == nil {
		q.serving = true
		q.work.Go(q.serve)
	}
}

// serve looks at one password after the other, as turns come, until none waits.
func (q *Queue) serve() {
	for q.turns.take(q.ctx) == nil {
		e, some := q.next()
		if !some {
			q.turns.give()
			return
		}
		q.work.Go(func() { q.look(e) })
	}
}

func (q *Queue) next() (e entry, some bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.entries) == 0 {
		q.entries, q.serving = nil, false
		return entry{}, false
	}
	e, q.entries[0] = q.entries[0], entry{} // nothing else keeps the password
	q.entries = q.entries[1:]
	return e, true
}

// look ends an entry's wait. The turn is given back before the outcome is written:
// a disk that is slow leaves no core idle.
func (q *Queue) look(e entry) {
	defer q.leave(&q.held)
	state, account := q.verdict(e)
	q.turns.give()
	q.measure()
	if state == "" {
		return
	}
	for {
		err := q.settle(e, state, account)
		if err == nil || q.ctx.Err() != nil {
			return
		}
		q.log.ErrorContext(q.ctx, "sign-in: outcome not written, trying again", "err", err)
		select {
		case <-time.After(time.Second):
		case <-q.ctx.Done():
		}
	}
}

// verdict looks at a password. An empty state means that nobody waits for it any
// more.
func (q *Queue) verdict(e entry) (state string, account queries.IdentityAccount) {
	var left bool
	var refused error
	err := q.db.Read(q.ctx, func(tx *store.Tx) error {
		ticket, err := queries.New(tx).TicketByID(q.ctx, e.ticket)
		if err != nil {
			return err
		}
		left = ticket.State != ticketWaiting || tx.Now.Sub(ticket.SeenAt.Time) > ticketQuiet
		refused = refuseAttempts(q.ctx, tx, originSubject(e.origin), attemptsByOrigin)
		if refused != nil && fault.KindOf(refused) != fault.TooMany {
			return refused
		}
		account, err = e.account(q.ctx, tx)
		return err
	})
	switch {
	case q.ctx.Err() != nil:
		return "", account // [Queue.Close] says what became of them
	case err != nil:
		q.log.ErrorContext(q.ctx, "sign-in: account not read", "err", err)
		return ticketLost, account
	case left:
		return ticketLeft, account
	case refused != nil:
		return ticketRefused, account
	case matches(account.Password, e.password):
		return ticketGood, account
	}
	return ticketWrong, account
}

// settle writes what became of an entry.
func (q *Queue) settle(e entry, state string, account queries.IdentityAccount) error {
	return q.db.Write(q.ctx, func(tx *store.Tx) error {
		state, s := state, queries.New(tx)
		if state == ticketGood || state == ticketWrong {
			good, err := e.conclude(q.ctx, tx, account, state == ticketGood)
			if err != nil {
				return err
			}
			if !good {
				state = ticketWrong
			}
		} else if err := s.RemoveAttempt(q.ctx, e.attempt); err != nil {
			return err
		}
		holder := sql.NullInt64{Int64: account.ID, Valid: state == ticketGood}
		_, err := s.SettleTicket(q.ctx, queries.SettleTicketParams{ID: e.ticket, State: state, AccountID: holder})
		return err
	})
}

// measure keeps the pace, as the mean of the last sixteen steps or so. A step
// after a rest says nothing of it.
func (q *Queue) measure() {
	now := q.db.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	if step := now.Sub(q.looked); step > 0 && step < time.Second && len(q.entries) > 0 {
		q.pace += (step - q.pace) / 16
	}
	q.looked = now
}

// appear sees to it that the node is known to be there before a password waits on
// it, and for as long as one does.
func (q *Queue) appear(ctx context.Context) error {
	q.beating.Lock()
	defer q.beating.Unlock()
	if !q.due() {
		return nil
	}
	return q.report(ctx)
}

// due starts whoever reports that the node is there, and says whether a report is
// wanted before that.
func (q *Queue) due() bool {
	now := q.db.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.keeping && q.ctx.Err() == nil {
		q.keeping = true
		q.work.Go(q.keep)
	}
	return now.Before(q.beat) || now.Sub(q.beat) >= nodeBeat
}

// keep reports that the node is there until nobody waits.
func (q *Queue) keep() {
	tick := time.NewTicker(nodeBeat)
	defer tick.Stop()
	for {
		select {
		case <-q.ctx.Done():
			return
		case <-tick.C:
		}
		q.mu.Lock()
		idle := q.held == 0
		q.keeping = !idle
		q.mu.Unlock()
		if idle {
			return
		}
		if err := q.report(q.ctx); err != nil && q.ctx.Err() == nil {
			q.log.ErrorContext(q.ctx, "sign-in: node not shown to be there", "err", err)
		}
	}
}

// report says that the node is there, and lets those go who left.
func (q *Queue) report(ctx context.Context) error {
	q.mu.Lock()
	pace := q.pace
	q.mu.Unlock()
	var left []int64
	var at time.Time
	err := q.db.Write(ctx, func(tx *store.Tx) (err error) {
		s, quiet := queries.New(tx), store.At(tx.Now.Add(-ticketQuiet))
		at = tx.Now
		if err := s.BeatNode(ctx, queries.BeatNodeParams{Name: q.name, Pace: pace.Microseconds(), SeenAt: store.At(at)}); err != nil {
			return err
		}
		if err := s.ForgetAttemptsOfLeft(ctx, queries.ForgetAttemptsOfLeftParams{Node: q.name, SeenAt: quiet}); err != nil {
			return err
		}
		left, err = s.LeaveTickets(ctx, queries.LeaveTicketsParams{Node: q.name, SeenAt: quiet})
		return err
	})
	if err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.beat = at
	before := len(q.entries)
	q.entries = slices.DeleteFunc(q.entries, func(e entry) bool { return slices.Contains(left, e.ticket) })
	q.held -= before - len(q.entries)
	return nil
}

// Close ends the queue, once no request reaches it any more: passwords that still
// wait are forgotten, and their holders are told so.
func (q *Queue) Close(ctx context.Context) error {
	q.mu.Lock()
	q.stop()
	q.mu.Unlock()
	q.work.Wait()
	q.mu.Lock()
	q.entries = nil
	idle := q.beat.IsZero()
	q.mu.Unlock()
	if idle {
		return nil
	}
	return q.db.Write(ctx, func(tx *store.Tx) error {
		s := queries.New(tx)
		if err := s.ForgetAttemptsOfNode(ctx, q.name); err != nil {
			return err
		}
		if err := s.LoseTickets(ctx, q.name); err != nil {
			return err
		}
		return s.RemoveNode(ctx, q.name)
	})
}
