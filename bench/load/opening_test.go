package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// The opening of a campaign of 6,000 students and 110 posts: everybody, with a
// session, looks at two pages within a minute; then saves are held against bare
// inserts, three rounds. PostgreSQL writes to disk before it answers.
func BenchmarkOpening(b *testing.B) {
	binary := built(b)
	for _, engine := range storetest.Engines {
		b.Run(string(engine), func(b *testing.B) {
			for b.Loop() {
				openingOf(b, settings{binary: binary, database: emptyDatabase(b, engine), students: sizeOf().people})
			}
		})
	}
}

// The opening of a campaign of as many students as the large world has at most: nothing
// that it writes may keep others waiting.
func BenchmarkStepsOfOpening(b *testing.B) {
	for _, engine := range storetest.Engines {
		b.Run(string(engine), func(b *testing.B) {
			for b.Loop() {
				s := settings{database: emptyDatabase(b, engine), students: sizeOf().enrolled}
				m, err := fill(b.Context(), s)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(m.opened.took.Seconds(), "s")
				b.ReportMetric(m.opened.longest.Seconds()*1000, "longest-write-ms")
			}
		})
	}
}

func built(b testing.TB) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "stagora")
	if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/stagora").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

func openingOf(b *testing.B, s settings) {
	b.Helper()
	if err := migrated(b.Context(), s.database); err != nil {
		b.Fatal(err)
	}
	m, err := fill(b.Context(), s)
	if err != nil {
		b.Fatal(err)
	}
	server := &server{binary: s.binary, database: s.database}
	if err := server.start(b.Context()); err != nil {
		b.Fatal(err)
	}
	defer server.kill()
	over := sizeOf().over
	o, err := m.opening(b.Context(), server, over)
	if err != nil {
		b.Fatal(err)
	}
	load, _ := os.ReadFile("/proc/loadavg")
	fmt.Printf("\nload average %s| opening, %d people in %.0f s | home p50 / p95 / max | wishes p50 / p95 / max | errors | server CPU | elapsed |\n", load, o.people, over.Seconds())
	fmt.Printf("| | %s | %s | %d | %.1f s | %.1f s |\n", o.home, o.list, o.errors, o.cpu.Seconds(), o.total.Seconds())
	fmt.Printf("| saves a second | bare inserts a second | ratio | p50 / p95 / max | server CPU a save |\n")
	for round := range 3 {
		r, err := m.rate(b.Context(), server, s.database, round)
		if err != nil {
			b.Fatal(err)
		}
		fmt.Printf("| %.0f | %.0f | %.2f | %s | %.2f ms |\n", r.saves, r.bare, r.saves/r.bare, r.took, r.cpu.Seconds()*1000)
	}
	if err := server.stop(); err != nil {
		b.Fatal(err)
	}
}

func (q quantiles) String() string {
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 }
	return fmt.Sprintf("%.0f / %.0f / %.0f ms", ms(q.p50), ms(q.p95), ms(q.max))
}

// A small opening shows that everybody is answered and counted.
func TestASmallOpeningAnswersEverybody(t *testing.T) {
	t.Parallel()
	s := settings{binary: built(t), database: storetest.URL(t, store.SQLite), students: 40}
	m, err := fill(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	server := &server{binary: s.binary, database: s.database}
	if err := server.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer server.kill()
	o, err := m.opening(t.Context(), server, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if o.people != 40 || o.errors != 0 || o.home.max == 0 || o.list.max == 0 || o.cpu == 0 {
		t.Errorf("%+v", o)
	}
}
