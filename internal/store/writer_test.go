package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// sheet opens an SQLite database with a table of numbers, of which one may refer
// to another by the end of the transaction.
func sheet(t *testing.T) *store.DB {
	t.Helper()
	db := storetest.Open(t, store.SQLite)
	db.ShareForever()
	write(t, db, func(tx *store.Tx) error {
		return execAll(t.Context(), tx,
			"CREATE TABLE sheet (n BIGINT PRIMARY KEY, of BIGINT REFERENCES sheet (n) DEFERRABLE INITIALLY DEFERRED)",
			"CREATE TRIGGER sheet_full BEFORE INSERT ON sheet WHEN NEW.n = 666 BEGIN SELECT RAISE(ROLLBACK, 'the disk is full'); END")
	})
	return db
}

func put(ctx context.Context, tx *store.Tx, n int) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO sheet (n) VALUES ($1)", n)
	return err
}

// numbers are those on the sheet, as another connection sees them.
func numbers(t *testing.T, db *store.DB) []int {
	t.Helper()
	found, err := store.Get(context.Background(), db, numbersIn)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func numbersIn(tx *store.Tx) (found []int, err error) {
	rows, err := tx.QueryContext(context.Background(), "SELECT n FROM sheet ORDER BY n")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		found = append(found, n)
	}
	return found, rows.Err()
}

// together runs changes so that all of them wait, in this order, while another
// one has the turn; then it lets them go, and returns how each ended.
func together(t *testing.T, db *store.DB, changes ...func(*store.Tx) error) []error {
	t.Helper()
	holding, release := make(chan bool), make(chan bool)
	outcomes := make([]error, len(changes))
	var all sync.WaitGroup
	all.Go(func() {
		err := db.WriteAlone(t.Context(), func(*store.Tx) error {
			close(holding)
			<-release
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-holding
	for i, change := range changes {
		all.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					outcomes[i] = fmt.Errorf("panic: %v", r)
				}
			}()
			outcomes[i] = errors.New("did not return")
			outcomes[i] = db.Write(t.Context(), change)
		})
		for db.Waiting() <= i {
			runtime.Gosched()
		}
	}
	close(release)
	all.Wait()
	return outcomes
}

func TestChangesThatWaitShareACommit(t *testing.T) {
	t.Parallel()
	db := sheet(t)
	var inside, outside []int
	var nows []int64
	outcomes := together(t, db,
		func(tx *store.Tx) error { return put(t.Context(), tx, 1) },
		func(tx *store.Tx) error { return put(t.Context(), tx, 2) },
		func(tx *store.Tx) (err error) {
			inside, err = numbersIn(tx)
			outside = numbers(t, db)
			nows = append(nows, tx.Now.UnixMicro())
			return errors.Join(err, put(t.Context(), tx, 3))
		})
	if err := errors.Join(outcomes...); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(inside, []int{1, 2}) || len(outside) != 0 {
		t.Errorf("the third change sees %v, others see %v: they do not share a transaction", inside, outside)
	}
	if got := numbers(t, db); !slices.Equal(got, []int{1, 2, 3}) || len(nows) != 1 {
		t.Errorf("on disk: %v", got)
	}
}

func TestAChangeThatFailsTakesNothingWithIt(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	for _, c := range []struct {
		name    string
		fails   func(*store.Tx) error
		outcome string
		runs    int // of the change before
	}{
		{"refused", func(tx *store.Tx) error { return errors.Join(put(t.Context(), tx, 2), refused) }, "refused", 1},
		{"a panic", func(tx *store.Tx) error { _ = put(t.Context(), tx, 2); panic("lost") }, "panic: lost", 1},
		{"it ends its goroutine", func(tx *store.Tx) error { _ = put(t.Context(), tx, 2); runtime.Goexit(); return nil }, "did not return", 1},
		{"a key twice", func(tx *store.Tx) error { _ = put(t.Context(), tx, 2); return put(t.Context(), tx, 2) }, "UNIQUE", 1},
		{"its context ends", func(tx *store.Tx) error {
			ended, end := context.WithCancel(t.Context())
			_ = put(ended, tx, 2)
			end()
			return put(ended, tx, 22)
		}, "context canceled", 1},
		{"its context ends within a statement", func(tx *store.Tx) error {
			ctx, end := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer end()
			_, err := tx.ExecContext(ctx, "INSERT INTO sheet (n) WITH RECURSIVE c(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM c WHERE i < 200000) SELECT i FROM c")
			<-ctx.Done()
			return errors.Join(err, put(ctx, tx, 22))
		}, "context deadline exceeded", 1},
		{"the database ends the transaction", func(tx *store.Tx) error { _ = put(t.Context(), tx, 2); return put(t.Context(), tx, 666) }, "disk is full", 2},
		{"the same, and it says nothing", func(tx *store.Tx) error { _ = put(t.Context(), tx, 666); return nil }, "no such savepoint", 2}, // the first is told when it commits
		{"the commit fails", func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), "INSERT INTO sheet (n, of) VALUES (2, 99)")
			return err
		}, "FOREIGN KEY", 2},
	} {
		t.Run(c.name+", before another", func(t *testing.T) {
			db := sheet(t)
			outcomes := together(t, db, c.fails, func(tx *store.Tx) error { return put(t.Context(), tx, 3) })
			outcome := strings.Replace(c.outcome, "no such savepoint", "no transaction is active", 1)
			if outcomes[1] != nil || outcomes[0] == nil || !strings.Contains(outcomes[0].Error(), outcome) {
				t.Errorf("outcomes %v", outcomes)
			}
			if got := numbers(t, db); !slices.Equal(got, []int{3}) {
				t.Errorf("on disk: %v", got)
			}
		})
		t.Run(c.name, func(t *testing.T) {
			db := sheet(t)
			runs := 0
			outcomes := together(t, db,
				func(tx *store.Tx) error { runs++; return put(t.Context(), tx, 1) },
				c.fails,
				func(tx *store.Tx) error { return put(t.Context(), tx, 3) })
			if outcomes[0] != nil || outcomes[2] != nil || outcomes[1] == nil || !strings.Contains(outcomes[1].Error(), c.outcome) {
				t.Errorf("outcomes %v", outcomes)
			}
			if got := numbers(t, db); !slices.Equal(got, []int{1, 3}) || runs != c.runs {
				t.Errorf("on disk: %v; the first ran %d times, want %d", got, runs, c.runs)
			}
			write(t, db, func(tx *store.Tx) error { return put(t.Context(), tx, 4) })
		})
	}
}

func TestWhoLeavesTheQueueWritesNothing(t *testing.T) {
	t.Parallel()
	db := sheet(t)
	holding, release := make(chan bool), make(chan bool)
	var all sync.WaitGroup
	all.Go(func() {
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			close(holding)
			<-release
			return put(t.Context(), tx, 1)
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-holding
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() { left <- db.Write(ctx, func(tx *store.Tx) error { return put(ctx, tx, 2) }) }()
	for db.Waiting() < 1 {
		runtime.Gosched()
	}
	all.Go(func() { write(t, db, func(tx *store.Tx) error { return put(t.Context(), tx, 3) }) })
	for db.Waiting() < 2 {
		runtime.Gosched()
	}
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left is told %v", err)
	}
	if err := db.Write(ctx, func(*store.Tx) error { t.Error("ran for one who has left"); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("who comes after leaving is told %v", err)
	}
	close(release)
	all.Wait()
	if got := numbers(t, db); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("on disk: %v", got)
	}
}

// Many at once, who leave, fail and panic as they like: what is told to be saved
// is saved, and nothing else.
func TestAtAnyTimeWhatIsToldIsOnDisk(t *testing.T) {
	t.Parallel()
	db := sheet(t)
	var mu sync.Mutex
	var told []int
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			defer func() { _ = recover() }() // every seventh panics
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if i%5 == 0 {
				go cancel()
			}
			save := db.Write
			if i%11 == 0 {
				save = db.WriteAlone
			}
			err := save(ctx, func(tx *store.Tx) error {
				if err := put(ctx, tx, i+1); err != nil {
					return err
				}
				switch {
				case i%7 == 0:
					panic("lost")
				case i%13 == 0:
					return put(ctx, tx, 666)
				case i%3 == 0:
					return errors.New("refused")
				}
				return nil
			})
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, i+1)
			}
		})
	}
	all.Wait()
	slices.Sort(told)
	if got := numbers(t, db); !slices.Equal(got, told) || len(told) == 0 {
		t.Errorf("on disk: %v\n   told: %v", got, told)
	}
}

// saver names the database into which a test binary saves until it is killed.
const saver = "STAGORA_STORE_SAVER"

// save puts numbers as fast as it can, from several goroutines, and says each one
// that is saved.
func save(database string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, database, nil)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	failed := make(chan error)
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				n := i*8 + g + 1000
				if err := db.Write(ctx, func(tx *store.Tx) error { return put(ctx, tx, n) }); err != nil {
					failed <- err
				}
				mu.Lock()
				fmt.Fprintln(os.Stdout, n)
				mu.Unlock()
			}
		}()
	}
	return <-failed
}

func TestAKillLosesNothingThatWasTold(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, engine)
			db, err := store.Open(t.Context(), url, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			write(t, db, func(tx *store.Tx) error {
				return execAll(t.Context(), tx, "CREATE TABLE sheet (n BIGINT PRIMARY KEY)")
			})
			process := exec.CommandContext(t.Context(), os.Args[0])
			process.Env = append(os.Environ(), saver+"="+url)
			process.Stderr = os.Stderr
			out, err := process.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := process.Start(); err != nil {
				t.Fatal(err)
			}
			said := bufio.NewScanner(out)
			var told []int
			for said.Scan() {
				n, err := strconv.Atoi(said.Text())
				if err != nil {
					break // the kill cut it
				}
				told = append(told, n)
				if len(told) == 300 {
					if err := process.Process.Kill(); err != nil {
						t.Fatal(err)
					}
				}
			}
			_ = process.Wait() // it was killed
			if len(told) < 300 {
				t.Fatalf("only %d were told", len(told))
			}
			kept := numbers(t, db)
			for _, n := range told {
				if !slices.Contains(kept, n) {
					t.Errorf("%d was told to be saved and is lost", n)
				}
			}
		})
	}
}
