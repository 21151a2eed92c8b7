package store

import (
	"database/sql/driver"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// timeLayout has a fixed width, so that SQLite, which keeps times as text, sorts
// and compares them as times.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// A Time is an instant as both databases keep it: UTC, to the microsecond.
type Time struct{ time.Time }

// At returns the instant t as the databases keep it.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Microsecond)} }

// AtOrNil returns nil for the zero time, which stands for "not yet".
func AtOrNil(t time.Time) *Time {
	if t.IsZero() {
		return nil
	}
	at := At(t)
	return &at
}

// OrZero returns the instant, and the zero time for nil.
func (t *Time) OrZero() time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.Time
}

// Value gives the instant to SQLite.
func (t Time) Value() (driver.Value, error) { return t.UTC().Format(timeLayout), nil }

// TimestamptzValue gives the instant to PostgreSQL, whose driver would otherwise try the
// text as a number of microseconds, write an error, and only then send the text.
func (t Time) TimestamptzValue() (pgtype.Timestamptz, error) {
	return pgtype.Timestamptz{Time: t.UTC(), Valid: true}, nil
}

// Scan takes an instant from a database.
func (t *Time) Scan(src any) error {
	switch v := src.(type) {
	case time.Time:
		t.Time = v.UTC()
		return nil
	case string:
		parsed, err := time.Parse(timeLayout, v)
		if err != nil {
			return fmt.Errorf("scan time: %w", err)
		}
		t.Time = parsed
		return nil
	}
	return fmt.Errorf("scan time: cannot read a %T", src)
}

// A MovableClock is a clock for tests and for the demo: it can be set, and then
// runs on or stands still. Production has none.
type MovableClock struct {
	mu     sync.Mutex
	shown  time.Time // what the clock showed when it was last set
	set    time.Time // when that was, by the machine
	frozen bool
}

// Set makes the clock show t and run on from there.
func (c *MovableClock) Set(t time.Time) { c.put(t, false) }

// Freeze makes the clock show t and stand still.
func (c *MovableClock) Freeze(t time.Time) { c.put(t, true) }

func (c *MovableClock) put(t time.Time, frozen bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shown, c.set, c.frozen = t, time.Now(), frozen
}

// Now returns what the clock shows: the machine's time until it is first set.
func (c *MovableClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.set.IsZero():
		return time.Now()
	case c.frozen:
		return c.shown
	}
	return c.shown.Add(time.Since(c.set))
}
