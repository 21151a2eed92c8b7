package identity

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// turns lets few passwords be hashed at once, in the order in which they came.
//
// A hash keeps one core busy for as long as it lasts. There are at most as many at
// once as there are cores, so that more of them would only make each slower; and
// one alone while somebody who is signed in waits for a page. One may always run:
// an office that keeps the server busy must not keep everybody else out.
type turns struct {
	most int         // hashes at once when nobody waits for a page
	busy func() bool // whether somebody who is signed in waits for a page

	mu      sync.Mutex
	running int
	waiting []chan struct{} // closed when the turn has come
}

// hashing are the turns of this process: the cores are the process's, however many
// nodes and databases it holds.
var hashing = &turns{most: runtime.GOMAXPROCS(0), busy: func() bool { return answering.Load() > 0 }}

// answering counts the requests of open sessions that are being answered.
var answering atomic.Int64

// Answering says that a request of an open session is being answered, until done
// is called: passwords leave it the better part of the machine.
func Answering() (done func()) {
	answering.Add(1)
	return func() { answering.Add(-1) }
}

// take waits for a turn, which ends with [turns.give]. It gives up with the
// context, and then there is nothing to give back.
func (t *turns) take(ctx context.Context) error {
	t.mu.Lock()
	if len(t.waiting) == 0 && t.running < t.limit() {
		t.running++
		t.mu.Unlock()
		return nil
	}
	come := make(chan struct{})
	t.waiting = append(t.waiting, come)
	t.mu.Unlock()
	select {
	case <-come:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	at := slices.Index(t.waiting, come)
	if at >= 0 {
		t.waiting = slices.Delete(t.waiting, at, at+1)
	}
	t.mu.Unlock()
	if at < 0 { // the turn came at the same moment
		t.give()
	}
	return ctx.Err()
}

// give ends a turn, and lets those begin whose turn it is.
func (t *turns) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running--
	for len(t.waiting) > 0 && t.running < t.limit() {
		close(t.waiting[0])
		t.waiting = slices.Delete(t.waiting, 0, 1)
		t.running++
	}
}

func (t *turns) limit() int {
	if t.busy() {
		return 1
	}
	return t.most
}
