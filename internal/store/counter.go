package store

import (
	"context"
	"database/sql/driver"
	"slices"
	"sync"
	"time"
)

// A Counter counts what is asked of a database under one context: statements, rows
// that the database handed over, and how long the longest change took. It serves tests
// and metrics, and may be read while statements run.
type Counter struct {
	mu         sync.Mutex
	statements int
	rows       int
	longest    time.Duration
	recording  bool
	recorded   []*Statement
}

// A Statement is one that was run: its text, its arguments as the driver had them,
// and how many rows were read from it.
type Statement struct {
	SQL  string
	Args []any
	Rows int
}

type counterKey struct{}

// WithCounter returns a context under which every statement is counted, and its
// counter. The beginning and the end of transactions are not counted.
func WithCounter(ctx context.Context) (context.Context, *Counter) {
	c := &Counter{}
	return context.WithValue(ctx, counterKey{}, c), c
}

// counterOf returns the counter of a context, or nil.
func counterOf(ctx context.Context) *Counter {
	c, _ := ctx.Value(counterKey{}).(*Counter)
	return c
}

// Record makes the counter keep the statements that run from now on.
func (c *Counter) Record() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recording = true
}

// Statements returns how many statements ran.
func (c *Counter) Statements() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.statements
}

// Rows returns how many rows were read.
func (c *Counter) Rows() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rows
}

// LongestWrite returns how long the longest transaction took that wrote something: from
// when it began, on SQLite with the first of the changes that shared it, until its commit
// was on disk.
func (c *Counter) LongestWrite() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.longest
}

// wrote records how long a transaction took that wrote something.
func (c *Counter) wrote(took time.Duration) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.longest = max(c.longest, took)
}

// Recorded returns the statements that ran since [Counter.Record], in order.
func (c *Counter) Recorded() []Statement {
	c.mu.Lock()
	defer c.mu.Unlock()
	recorded := make([]Statement, len(c.recorded))
	for i, s := range c.recorded {
		recorded[i] = *s
		recorded[i].Args = slices.Clone(s.Args)
	}
	return recorded
}

// A running statement is one whose rows are still being counted; nil if nobody
// counts.
type running struct {
	counter *Counter
	kept    *Statement // nil: not recorded
}

// statement counts a statement that is about to run.
func (c *Counter) statement(query string, args []driver.NamedValue) *running {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.statements++
	run := &running{counter: c}
	if c.recording {
		run.kept = &Statement{SQL: query, Args: make([]any, len(args))}
		for i, a := range args {
			run.kept.Args[i] = a.Value
		}
		c.recorded = append(c.recorded, run.kept)
	}
	return run
}

// watch returns rows that are counted as they are read.
func (r *running) watch(rows driver.Rows, err error) (driver.Rows, error) {
	if r == nil || err != nil {
		return rows, err
	}
	return watchedRows{rows, r}, nil
}

func (r *running) row() {
	r.counter.mu.Lock()
	defer r.counter.mu.Unlock()
	r.counter.rows++
	if r.kept != nil {
		r.kept.Rows++
	}
}
