package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// A size is how many come to an opening, and within what time.
type size struct {
	people  int // with a session
	signIns int // by password
	savers  int // at the same moment
	over    time.Duration

	enrolled int // in the largest campaign
}

// sizeOf is the size of an opening day, or a tenth of it with STAGORA_BENCH=tenth, to
// try the benches themselves.
func sizeOf() size {
	if os.Getenv("STAGORA_BENCH") == "tenth" {
		return size{people: 600, signIns: 200, savers: 200, over: 6 * time.Second, enrolled: 2016}
	}
	return size{people: 6000, signIns: 2000, savers: 2000, over: time.Minute, enrolled: 20160}
}

// emptyDatabase returns the address of a database that keeps what it answered: a
// file, or a PostgreSQL server of the bench's own that writes before it answers.
func emptyDatabase(b *testing.B, engine store.Engine) string {
	b.Helper()
	if engine == store.Postgres {
		return storetest.Durable(b)
	}
	return filepath.Join(b.TempDir(), "load.db")
}

// Two thousand students save a list at the same moment: on either database, and
// with the server killed in the middle. A run fails if anything acknowledged is
// lost; it asserts no time, and reports it.
func BenchmarkTwoThousandSaveAtOnce(b *testing.B) {
	binary := built(b)
	for _, tt := range []struct {
		name   string
		engine store.Engine
		kill   bool
	}{
		{"sqlite", store.SQLite, false}, {"postgres", store.Postgres, false},
		{"sqlite-killed", store.SQLite, true}, {"postgres-killed", store.Postgres, true},
	} {
		b.Run(tt.name, func(b *testing.B) {
			for b.Loop() {
				f, err := run(b.Context(), settings{
					binary: binary, database: emptyDatabase(b, tt.engine), students: sizeOf().savers, saves: 1, kill: tt.kill,
				})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(f.p50.Seconds(), "p50-s")
				b.ReportMetric(f.p95.Seconds(), "p95-s")
				b.ReportMetric(f.max.Seconds(), "max-s")
				b.ReportMetric(float64(f.saves)/f.total.Seconds(), "saves/s")
				b.ReportMetric(0, "lost")
			}
		})
	}
}

// A small rush shows that the check can fail and that a restart loses nothing.
func TestASmallRushLosesNothingThroughAKill(t *testing.T) {
	t.Parallel()
	binary := built(t)
	for _, engine := range storetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			s := settings{binary: binary, database: storetest.URL(t, engine), students: 60, saves: 5, kill: true}
			f, err := run(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			if f.saves != 300 {
				t.Errorf("%d saves were acknowledged", f.saves)
			}
		})
	}
}

func TestALostSaveIsSeen(t *testing.T) {
	t.Parallel()
	c := client{acknowledged: []acknowledgment{{version: 1, wishes: []string{"T001"}}}}
	if c.missing(nil) != 1 {
		t.Error("an acknowledged save that is nowhere was not missed")
	}
}
