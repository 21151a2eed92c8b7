package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// How much shares one commit: while one is written to disk, the next changes come
// together; and still nobody waits long for the others.
const (
	batchChanges = 16
	batchTime    = 10 * time.Millisecond
)

// A writer lets the changes of an SQLite database take turns, in the order they
// came. Those that wait share one transaction and one commit (group commit): each
// after the first runs in a savepoint of its own, so that one that fails takes nothing
// of the others with it, and none returns before the commit is on disk. The first needs
// none, since it takes only itself back with the transaction: in a savepoint, SQLite
// writes down each page again that a change touches.
//
// A change runs in the goroutine of its caller, which hands the open transaction
// on to the next one; the last commits for all. So a panic stays with its caller.
type writer struct {
	pool      *sql.DB
	longest   time.Duration // a batch that is older takes no more changes
	committed func()        // is told of each commit

	mu      sync.Mutex
	busy    bool      // somebody has the turn
	waiting []*waiter // in the order they came
}

// A waiter is a change that waits for its turn.
type waiter struct {
	alone bool        // shares its commit with nobody
	turn  chan *batch // gives it the open transaction to join, or nil: it begins one
}

// A batch is one transaction and the changes in it.
type batch struct {
	tx    *sql.Tx
	alone bool
	size  int // changes
	began time.Time
	took  time.Duration // known when ended is closed
	lost  error         // why the transaction is no more, before its commit
	ended chan struct{} // closed when err is known
	err   error         // nil: what did not fail by itself is on disk
}

// errShared tells a change that it was undone for the sake of another one with
// which it shared a transaction: it may be begun again, alone.
var errShared = errors.New("undone with another change")

// write runs a change when its turn comes, and returns when its commit is on disk.
func (w *writer) write(ctx context.Context, alone bool, change func(*sql.Tx) error) error {
	b, err := w.wait(ctx, alone)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if b == nil {
		if b, err = w.begin(alone); err != nil {
			w.next()
			return fmt.Errorf("begin: %w", err)
		}
	}
	if err := w.run(b, change); err != nil {
		return err
	}
	<-b.ended
	counterOf(ctx).wrote(b.took)
	return b.err
}

// wait returns when it is the caller's turn: with an open transaction to join, or
// nil for the first of one.
func (w *writer) wait(ctx context.Context, alone bool) (*batch, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w.mu.Lock()
	if !w.busy {
		w.busy = true
		w.mu.Unlock()
		return nil, nil
	}
	me := &waiter{alone, make(chan *batch, 1)}
	w.waiting = append(w.waiting, me)
	w.mu.Unlock()
	select {
	case b := <-me.turn:
		return b, nil
	case <-ctx.Done():
		w.leave(me)
		return nil, ctx.Err()
	}
}

// leave takes a waiter out of the queue. If its turn has come meanwhile, it is
// passed on.
func (w *writer) leave(me *waiter) {
	w.mu.Lock()
	i := slices.Index(w.waiting, me)
	if i >= 0 {
		w.waiting = slices.Delete(w.waiting, i, i+1)
	}
	w.mu.Unlock()
	if i >= 0 {
		return
	}
	if b := <-me.turn; b != nil {
		w.pass(b)
		return
	}
	w.next()
}

// pause runs something while nobody writes.
func (w *writer) pause(ctx context.Context, do func()) error {
	if _, err := w.wait(ctx, true); err != nil {
		return err
	}
	defer w.next()
	do()
	return nil
}

// begin begins a transaction. No context ends it: it may carry changes of several
// callers.
func (w *writer) begin(alone bool) (*batch, error) {
	tx, err := w.pool.BeginTx(context.Background(), nil)
	if err != nil {
		return nil, err
	}
	return &batch{tx: tx, alone: alone, size: 1, began: time.Now(), ended: make(chan struct{})}, nil
}

// run runs a change, and passes the turn on whatever happens: after a panic too, which
// goes on to the caller.
func (w *writer) run(b *batch, change func(*sql.Tx) error) error {
	first, whole := b.size == 1, false
	defer func() {
		if !whole {
			b.undo(first)
		}
		w.pass(b)
	}()
	if first {
		err := change(b.tx)
		whole = err == nil
		return err
	}
	if b.size == 2 && !b.stands() {
		return errShared
	}
	if err := b.exec("SAVEPOINT change"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := change(b.tx); err != nil {
		return err
	}
	if err := b.exec("RELEASE change"); err != nil {
		return fmt.Errorf("end of a change: %w", err)
	}
	whole = true
	return nil
}

// errUndone says that the only change of a batch has failed.
var errUndone = errors.New("undone")

// undo takes a failed change back: the first with its transaction. Where SQLite has
// ended the whole transaction, because of a full disk for example, the savepoint of
// another is no more, and the batch is lost.
func (b *batch) undo(first bool) {
	if first {
		b.lost = errUndone
		return
	}
	b.lost = errors.Join(b.exec("ROLLBACK TO change"), b.exec("RELEASE change"))
}

// pass hands the open transaction to the next change if it may join, and commits
// otherwise.
func (w *writer) pass(b *batch) {
	w.mu.Lock()
	if len(w.waiting) > 0 && !w.waiting[0].alone && b.mayGrow(w.longest) {
		next := w.waiting[0]
		w.waiting = slices.Delete(w.waiting, 0, 1)
		w.mu.Unlock()
		b.size++
		next.turn <- b
		return
	}
	w.mu.Unlock()
	b.end()
	w.next()
	if b.err == nil {
		w.committed()
	}
}

// mayGrow reports whether another change may join.
func (b *batch) mayGrow(longest time.Duration) bool {
	return b.lost == nil && !b.alone && b.size < batchChanges && time.Since(b.began) < longest
}

// stands reports whether the transaction is still open after the first change, in which
// no other can be begun. Where SQLite has ended it and the change said nothing of the
// error, the savepoint of the next would begin one that nobody commits.
func (b *batch) stands() bool { return b.exec("BEGIN") != nil }

// end commits, and tells those who wait for it.
func (b *batch) end() {
	if b.lost != nil {
		_ = b.tx.Rollback() // of a transaction that is no more
		b.err = b.lost
	} else {
		b.err = b.tx.Commit()
	}
	if b.err != nil {
		b.err = fmt.Errorf("commit: %w", b.err)
	}
	if b.err != nil && b.size > 1 {
		b.err = fmt.Errorf("%w: %w", errShared, b.err)
	}
	b.took = time.Since(b.began)
	close(b.ended)
}

// next gives the turn to the first who waits, to begin a transaction.
func (w *writer) next() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) == 0 {
		w.busy = false
		return
	}
	w.waiting[0].turn <- nil
	w.waiting = slices.Delete(w.waiting, 0, 1)
}

// exec runs a statement that no context ends and no counter counts.
func (b *batch) exec(statement string) error {
	_, err := b.tx.ExecContext(context.Background(), statement)
	return err
}
