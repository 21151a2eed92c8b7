// Package imports measures how a file of 20,000 students comes in: what the check
// and the applying cost, how much memory the process takes, and how long somebody
// waits who saves something meanwhile.
package imports

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/exchange/stagetrek"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
)

const rows = 20_000

var system = identity.System("bench")

// BenchmarkImport brings 20,000 students with accounts, INE and birth dates into an
// empty faculty, while somebody else saves ten times a second.
func BenchmarkImport(b *testing.B) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		b.Run(string(engine), func(b *testing.B) {
			for b.Loop() {
				bringIn(b, engine)
			}
		})
	}
}

func bringIn(b *testing.B, engine store.Engine) {
	b.Helper()
	ctx := b.Context()
	db, err := store.Open(ctx, storetest.URL(b, engine), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.Write(ctx, func(tx *store.Tx) error { return faculty(ctx, tx) }); err != nil {
		b.Fatal(err)
	}
	content := file()
	debug.FreeOSMemory() // what making the database and the file left behind
	resetPeak()
	idle := peak()
	owner, _ := stagetrek.Owner(stagetrek.KindStudents, system)
	i, err := exchange.Upload{Kind: stagetrek.KindStudents, Name: "students.csv", Content: content, By: system.Who()}.Add(ctx, db)
	if err != nil {
		b.Fatal(err)
	}
	before := cpu()
	r, err := store.Get(ctx, db, func(tx *store.Tx) (exchange.Report, error) { return i.Report(ctx, tx, owner) })
	if err != nil || r.Check() != nil {
		b.Fatal(err, r.Check(), r.Count(exchange.Doubtful))
	}
	b.ReportMetric((cpu() - before).Seconds(), "check-cpu-s")
	b.ReportMetric(float64(peak())/1024, "check-peak-MB")
	r = exchange.Report{}

	waits := saveMeanwhile(b, db)
	before = cpu()
	if _, _, err := exchange.Apply(ctx, db, owner, i.ID, "", system.Who()); err != nil {
		b.Fatal(err)
	}
	timed := &timing{Owner: owner}
	owners := func(string, identity.Actor) (exchange.Owner, bool) { return timed, true }
	work := exchange.Capability(db, owners).Work
	runner := &job.Runner{DB: db, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Node: "bench", Handlers: map[string]job.Handler{
		exchange.ApplyKind: work[exchange.ApplyKind], exchange.TakeBackKind: work[exchange.TakeBackKind],
	}}
	for done := 1; done > 0; {
		if done, err = runner.Step(ctx); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((cpu() - before).Seconds(), "apply-cpu-s")
	b.ReportMetric(float64(peak())/1024, "apply-peak-MB")
	b.ReportMetric(float64(idle)/1024, "idle-MB")
	b.ReportMetric(float64(timed.longest)/float64(time.Millisecond), "longest-write-ms")
	b.ReportMetric(float64(timed.longCPU)/float64(time.Millisecond), "longest-write-cpu-ms")
	b.ReportMetric(float64(waits())/float64(time.Millisecond), "longest-wait-ms")
	done, err := store.Get(ctx, db, func(tx *store.Tx) (exchange.Import, error) { return exchange.Find(ctx, tx, i.ID) })
	if err != nil || done.State != exchange.Applied {
		b.Fatalf("%+v, %v", done, err)
	}
}

// A timing owner measures the longest transaction in which rows are written, from
// the look at what stands there to the end of the writing: by the clock, and by the
// processor, which does not count how long others had it.
type timing struct {
	exchange.Owner
	began            time.Time
	used             time.Duration // of the thread, when it began
	longest, longCPU time.Duration
}

func (t *timing) Existing(ctx context.Context, tx *store.Tx, keys []string) (map[string]exchange.Values, error) {
	runtime.LockOSThread()
	t.began, t.used = time.Now(), cpuOf(rusageThread)
	return t.Owner.Existing(ctx, tx, keys)
}

func (t *timing) Write(ctx context.Context, tx *store.Tx, who audit.Who, changes []exchange.Change) error {
	defer func() {
		t.longest, t.longCPU = max(t.longest, time.Since(t.began)), max(t.longCPU, cpuOf(rusageThread)-t.used)
		runtime.UnlockOSThread()
	}()
	return t.Owner.Write(ctx, tx, who, changes)
}

// faculty writes what the file refers to.
func faculty(ctx context.Context, tx *store.Tx) error {
	if err := identity.DeclareRights(ctx, tx, node.Rights()); err != nil {
		return err
	}
	if _, err := reference.PutFaculty(ctx, tx, system, reference.Faculty{Code: "VALMER", Name: "UFR Santé de Valmer"}); err != nil {
		return err
	}
	if _, err := reference.PutLevel(ctx, tx, system, reference.Level{Code: "DFASM2", Name: "DFASM2", Position: 1}); err != nil {
		return err
	}
	year := reference.AcademicYear{Code: "2025-2026", Name: "2025-2026", Interval: reference.Interval{From: "2025-09-01", To: "2026-08-31"}}
	if _, err := reference.PutAcademicYear(ctx, tx, system, year); err != nil {
		return err
	}
	for i := range 84 {
		_, err := student.PutCohort(ctx, tx, system, student.Cohort{
			Code: fmt.Sprintf("M%02d", i), Name: fmt.Sprintf("Promotion %02d", i), Level: reference.Ref{Code: "DFASM2"}, Year: reference.Ref{Code: year.Code}, Faculty: reference.Ref{Code: "VALMER"},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// file is 20,000 students whose names are far from one another.
func file() []byte {
	var s strings.Builder
	s.WriteString("Numéro étudiant;Nom;Prénom;Mail;Date de naissance;Groupe;Niveau;UFR;Identifiant\n")
	born := time.Date(1998, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range rows {
		name := spelled(i)
		fmt.Fprintf(&s, "99%06d;%s;%s;%s@etu.example;%s;M%02d;DFASM2;VALMER;%s\n",
			i, name, "Yv"+spelled(i*7919%rows), name, born.AddDate(0, 0, i%2500).Format("02/01/2006"), i%84, name)
	}
	return []byte(s.String())
}

// spelled writes a number in syllables, so that two numbers differ by many letters.
func spelled(n int) string {
	syllables := []string{"bara", "conde", "dufil", "estor", "ganvi", "lomer", "nuque", "parti", "sivan", "tolec"}
	s := ""
	for _, digit := range fmt.Sprintf("%05d", n) {
		s += syllables[digit-'0']
	}
	return s
}

// saveMeanwhile saves ten times a second and returns, when it is stopped, the
// longest wait until a change began.
func saveMeanwhile(b *testing.B, db *store.DB) (stop func() time.Duration) {
	ctx, cancel := context.WithCancel(b.Context())
	longest := make(chan time.Duration)
	go func() {
		var most time.Duration
		for ctx.Err() == nil {
			asked := time.Now()
			var began time.Time
			err := db.Write(ctx, func(tx *store.Tx) error {
				began = time.Now()
				_, err := tx.ExecContext(ctx, "UPDATE reference_level SET name = name")
				return err
			})
			if err == nil {
				most = max(most, began.Sub(asked))
			}
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
		}
		longest <- most
	}()
	return func() time.Duration { cancel(); return <-longest }
}

// rusageThread asks for what the calling thread used; it has no name in package syscall.
const rusageThread = 1

// cpu returns the processor time that this process has used.
func cpu() time.Duration { return cpuOf(syscall.RUSAGE_SELF) }

func cpuOf(whom int) time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(whom, &u) // it fails for nobody of its own
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resetPeak makes [peak] count from now on.
func resetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// peak returns the greatest memory of this process in kilobytes.
func peak() int64 {
	content, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(content)) {
		if rest, is := strings.CutPrefix(line, "VmHWM:"); is {
			n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return n
		}
	}
	return 0
}
