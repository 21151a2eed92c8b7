package main

import (
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/store/storetest"
)

// Two thousand people sign in by password within a minute, first alone and then
// while 6,000 who are signed in look at two pages. Hashes with nothing beside, in the
// same run, are what the first is held against.
func BenchmarkSignIn(b *testing.B) {
	binary := built(b)
	for _, engine := range storetest.Engines {
		b.Run(string(engine), func(b *testing.B) {
			for b.Loop() {
				signInsOf(b, settings{binary: binary, database: emptyDatabase(b, engine), students: sizeOf().people})
			}
		})
	}
}

func signInsOf(b *testing.B, s settings) {
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
	bare := bareHashes(5 * time.Second)
	size := sizeOf()
	fmt.Printf("\n| %d sign-ins in %.0f s | failed | on the page, loads each | overtaken | told p50 / p95 / max | in p50 / p95 / max | elapsed | a second | bare hashes | ratio | server CPU |\n", size.signIns, size.over.Seconds())
	f, err := m.signIn(b.Context(), server, size.signIns, size.over)
	if err != nil {
		b.Fatal(err)
	}
	f.print("alone", bare)
	var o opening
	var all sync.WaitGroup
	all.Go(func() {
		var failed error
		if o, failed = m.opening(b.Context(), server, size.over); failed != nil {
			b.Error(failed)
		}
	})
	f, err = m.signIn(b.Context(), server, size.signIns, size.over)
	all.Wait()
	if err != nil {
		b.Fatal(err)
	}
	f.print(fmt.Sprintf("beside %d", size.people), bare)
	load, _ := os.ReadFile("/proc/loadavg")
	fmt.Printf("beside them: home %s, wishes %s, errors %d; load average %s", o.home, o.list, o.errors, load)
	if err := server.stop(); err != nil {
		b.Fatal(err)
	}
}

func (f signIns) print(name string, bare float64) {
	rate := float64(f.people-len(f.failures)) / f.total.Seconds()
	fmt.Printf("| %s | %d | %d, %.1f | %d | %s | %s | %.1f s | %.1f | %.1f | %.2f | %.1f s |\n", name, len(f.failures), f.waited,
		float64(f.asked)/float64(max(f.waited, 1)), f.overtook, f.told, f.in, f.total.Seconds(), rate, bare, rate/bare, f.cpu.Seconds())
	for _, err := range f.failures[:min(3, len(f.failures))] {
		fmt.Printf("  %v\n", err)
	}
}

// Sixty people who sign in at once are all told where they are, in order, and let in.
func TestASmallCrowdIsLetIn(t *testing.T) {
	t.Parallel()
	binary := built(t)
	for _, engine := range storetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			s := settings{binary: binary, database: storetest.URL(t, engine), students: 60}
			m, err := fill(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			server := &server{binary: s.binary, database: s.database}
			if err := server.start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer server.kill()
			f, err := m.signIn(t.Context(), server, 60, time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			if len(f.failures) != 0 || f.overtook != 0 || f.waited == 0 || f.in.max == 0 {
				t.Errorf("%+v", f)
			}
		})
	}
}
