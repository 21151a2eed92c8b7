package job_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// victimOf names the database that a test binary works on to be killed.
const victimOf = "STAGORA_JOB_VICTIM"

func TestMain(m *testing.M) {
	if database := os.Getenv(victimOf); database != "" {
		fmt.Fprintln(os.Stderr, victim(database))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// victim counts things and says so in the middle of a transaction; there it waits
// for the end.
func victim(database string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, database, nil)
	if err != nil {
		return err
	}
	steps := counting()
	steps.Most = 10
	steps.Prepare = func(_ context.Context, _ *job.Run, keys []int64) (job.Write, error) {
		return func(ctx context.Context, tx *store.Tx) error {
			if err := count(keys)(ctx, tx); err != nil {
				return err
			}
			if slices.Contains(keys, 45) {
				fmt.Fprintln(os.Stdout, "in the middle")
				select {}
			}
			return nil
		}, nil
	}
	_, err = runner(db, steps.Handle).Step(ctx)
	return err
}

func TestStepsGoOnAfterTheirProcessIsKilled(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, engine)
			ahead := time.Duration(0)
			db, err := store.Open(t.Context(), url, func() time.Time { return time.Now().Add(ahead) })
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			things(t, db, 100)
			id := enqueue(t, db, job.Request{})

			process := exec.CommandContext(t.Context(), os.Args[0])
			process.Env = append(os.Environ(), victimOf+"="+url)
			process.Stderr = os.Stderr
			said, err := process.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := process.Start(); err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(said).ReadString('\n'); err != nil || line != "in the middle\n" {
				t.Fatalf("the victim said %q, %v", line, err)
			}
			if err := process.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = process.Wait() // it was killed

			if task := find(t, db, id); task.State != job.Running || task.Done == 0 || task.Done > 44 {
				t.Errorf("after the kill: %+v", task)
			}
			ahead = time.Minute // its lease has ended
			step(t, runner(db, counting().Handle), 1)
			once(t, db)
			if task := find(t, db, id); task.State != job.Done || task.Done != 100 || task.Attempts != 1 {
				t.Errorf("at the end: %+v", task)
			}
		})
	}
}
