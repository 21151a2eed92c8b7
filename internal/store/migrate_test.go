package store_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// released holds the SHA-256 of the migrations of every release, as sha256sum
// writes them. A release adds its lines; none ever changes.
const released = "testdata/released.sha256"

func TestAReleasedMigrationNeverChanges(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile(released)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(list)), "\n")
	if len(lines) < 32 {
		t.Errorf("%s names %d files: those of 0.1 alone are 32", released, len(lines))
	}
	for _, line := range lines {
		want, name, _ := strings.Cut(line, "  ")
		content, err := os.ReadFile(filepath.Join("migrations", name))
		if err != nil {
			t.Error(err)
			continue
		}
		if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s was released and has changed: write a new migration", name)
		}
	}
}

func TestMigrationsAreOneSequence(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile(released)
	if err != nil {
		t.Fatal(err)
	}
	names := map[store.Engine][]string{}
	for _, engine := range storetest.Engines {
		entries, err := os.ReadDir(filepath.Join("migrations", string(engine)))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names[engine] = append(names[engine], e.Name())
		}
	}
	if !slices.Equal(names[store.SQLite], names[store.Postgres]) {
		t.Errorf("the engines have other migrations:\n%v\n%v", names[store.SQLite], names[store.Postgres])
	}
	seen, last, fresh := map[string]string{}, "", false
	for _, name := range names[store.SQLite] {
		parts := regexp.MustCompile(`^(\d{4})_([a-z]+)_[a-z_]+\.sql$`).FindStringSubmatch(name)
		if parts == nil {
			t.Errorf("%s is not named NNNN_owner_what.sql", name)
			continue
		}
		number, owner := parts[1], parts[2]
		if seen[number] != "" {
			t.Errorf("%s and %s have one number", seen[number], name)
		}
		seen[number] = name
		if !ownsTables(owner) {
			t.Errorf("%s: there is no package %s", name, owner)
		}
		switch isReleased := strings.Contains(string(list), "sqlite/"+name); {
		case isReleased && fresh:
			t.Errorf("%s comes before %s, which is released: a database that is upgraded would lack it", last, name)
		case !isReleased:
			fresh = true
		}
		last = name
	}
}

// ownsTables reports whether a package of this name exists, or did when a
// migration that is released was written.
func ownsTables(owner string) bool {
	for _, pattern := range []string{"../" + owner, "../*/" + owner} {
		if found, err := filepath.Glob(pattern); err == nil && len(found) > 0 {
			return true
		}
	}
	return owner == "reference"
}

func TestPendingTellsWhichMigrationsLack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error {
			return execAll(t.Context(), tx, "DELETE FROM goose_db_version WHERE version_id = 43")
		})
		if pending, err := db.Pending(t.Context()); err != nil || !slices.Equal(pending, []string{"0043_campaign_late.sql"}) {
			t.Errorf("without 0043 these are pending: %v, %v", pending, err)
		}
		if err := db.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "0043_campaign_late.sql") {
			t.Errorf("a migration was made up for out of order: %v", err)
		}
	})
}

func TestASchemaThatIsNotKnownIsRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error {
			return execAll(t.Context(), tx, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9876, TRUE)")
		})
		_, errPending := db.Pending(t.Context())
		for what, err := range map[string]error{"Pending": errPending, "Migrate": db.Migrate(t.Context())} {
			if unknown, ok := errors.AsType[*store.UnknownSchemaError](err); !ok || unknown.Migration != 9876 || !strings.Contains(err.Error(), "9876") {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// migrated names the database that a test binary migrates, to be killed.
const migrated = "STAGORA_STORE_MIGRATED"

func TestMain(m *testing.M) {
	var err error
	if database := os.Getenv(migrated); database != "" {
		err = migrate(database)
	} else if database := os.Getenv(saver); database != "" {
		err = save(database)
	} else {
		os.Exit(m.Run())
	}
	if err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

// migrate migrates a database, and says before that it is open.
func migrate(database string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, database, nil)
	if err != nil {
		return err
	}
	os.Stdout.WriteString("open\n")
	return db.Migrate(ctx)
}

// The process is killed as soon as some of the migrations are seen to be there;
// it is then in the midst of the next ones, wherever that is.
func TestAMigrationGoesOnAfterItsProcessIsKilled(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		fresh, err := store.Get(t.Context(), storetest.Open(t, engine), func(tx *store.Tx) ([]string, error) { return columns(t.Context(), tx) })
		if err != nil {
			t.Fatal(err)
		}
		for _, after := range []int{0, 1, 4, 9, 13} {
			url := storetest.EmptyURL(t, engine)
			db, err := store.Open(t.Context(), url, nil)
			if err != nil {
				t.Fatal(err)
			}
			pending := func() int {
				names, err := db.Pending(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				return len(names)
			}
			all := pending()
			process := exec.CommandContext(t.Context(), os.Args[0])
			process.Env = append(os.Environ(), migrated+"="+url)
			process.Stderr = os.Stderr
			said, err := process.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := process.Start(); err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(said).ReadString('\n'); err != nil || line != "open\n" {
				t.Fatalf("the process said %q, %v", line, err)
			}
			for all-pending() < after {
			}
			if err := process.Process.Signal(syscall.SIGKILL); err != nil {
				t.Logf("%s, after %d: it was already done", engine, after)
			}
			_ = process.Wait() // it was killed
			if err := db.Migrate(t.Context()); err != nil {
				t.Errorf("%s, killed after %d: %v", engine, after, err)
			}
			now, err := store.Get(t.Context(), db, func(tx *store.Tx) ([]string, error) { return columns(t.Context(), tx) })
			if err != nil || !slices.Equal(now, fresh) {
				t.Errorf("%s, killed after %d: the schema is another one, %v", engine, after, err)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// The session that migrates holds the lock: what a server still does for a node that died
// keeps the next one waiting.
func TestWhoMigratesHoldsTheLock(t *testing.T) {
	t.Parallel()
	url := storetest.EmptyURL(t, store.Postgres)
	db, err := store.Open(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	// A table of the same name, not yet committed, holds the first migration up.
	for _, statement := range []string{"BEGIN", "CREATE TABLE identity_person (id BIGINT)"} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	migrated := make(chan error, 1)
	go func() { migrated <- db.Migrate(t.Context()) }()
	const waiting = "SELECT l.pid FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE NOT l.granted AND a.datname = current_database()"
	var held, up int
	for up == 0 {
		if err := conn.QueryRow(t.Context(), "SELECT COUNT(*) FROM ("+waiting+") w").Scan(&up); err != nil {
			t.Fatal(err)
		}
	}
	const holding = "SELECT COUNT(*) FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND l.pid IN (" + waiting + ")"
	if err := conn.QueryRow(t.Context(), holding).Scan(&held); err != nil || held != 1 {
		t.Errorf("the session that migrates holds %d locks, %v", held, err)
	}
	if _, err := conn.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := <-migrated; err != nil {
		t.Error(err)
	}
}
