package identity

import (
	"context"
	"time"
)

// AdminLock is what ending a role takes first.
const AdminLock = adminLock

// MaxWaiting is how many passwords wait at most.
const MaxWaiting = maxWaiting

// TicketQuiet and NodeQuiet are when a person, and a node, are taken to have left.
const (
	TicketQuiet = ticketQuiet
	NodeQuiet   = nodeQuiet
	TicketLife  = ticketLife
)

// OneByOne lets this queue look at one password at a time, whatever the other tests
// of the process do.
func (q *Queue) OneByOne() { q.turns = &turns{most: 1, busy: func() bool { return false }} }

// Hold takes a turn, so that nobody else's password is looked at before it is
// given back.
func (q *Queue) Hold(ctx context.Context) (release func(), err error) {
	return q.turns.give, q.turns.take(ctx)
}

// Waits reports whether the queue waits for a turn.
func (q *Queue) Waits() bool {
	q.turns.mu.Lock()
	defer q.turns.mu.Unlock()
	return len(q.turns.waiting) > 0
}

// Pass gives a turn back to those who wait now, and takes the next one after them.
func (q *Queue) Pass(ctx context.Context) error {
	come := make(chan struct{})
	q.turns.mu.Lock()
	q.turns.waiting = append(q.turns.waiting, come)
	q.turns.mu.Unlock()
	q.turns.give()
	select {
	case <-come:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Report says that the node is there, and lets those go who left.
func (q *Queue) Report(ctx context.Context) error { return q.report(ctx) }

// Pretend makes the queue as long as if n more waited.
func (q *Queue) Pretend(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.held += n
}

// Die ends the queue as a power cut would: nothing is written.
func (q *Queue) Die() {
	q.stop()
	q.work.Wait()
}

// Idle reports whether nothing waits and nothing is being looked at.
func (q *Queue) Idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.held == 0 && q.atOnce == 0 && len(q.entries) == 0
}

// SetPace makes the queue believe that it takes this long from one password to the
// next.
func (q *Queue) SetPace(d time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pace = d
}

// Turns returns turns of which so many may run at once, for a test of their own.
func Turns(most int, busy func() bool) (take func(context.Context) error, give func()) {
	t := &turns{most: most, busy: busy}
	return t.take, t.give
}

// TicketsLock names what tickets of the node wait for.
func (q *Queue) TicketsLock() string { return q.ticketsLock() }
