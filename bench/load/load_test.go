package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// Two thousand students save a list at the same moment: on either database, and
// with the server killed in the middle. A run fails if anything acknowledged is
// lost; it asserts no time, and reports it.
func BenchmarkTwoThousandSaveAtOnce(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "stagora")
	if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/stagora").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
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
					binary: binary, database: storetest.URL(b, tt.engine), students: 2000, saves: 1, kill: tt.kill,
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
	binary := filepath.Join(t.TempDir(), "stagora")
	if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/stagora").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
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
