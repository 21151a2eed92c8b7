package result_test

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// A text is cut between two letters, and all of it is in the parts.
func TestAFileIsCutBetweenLetters(t *testing.T) {
	t.Parallel()
	for n := range 9 {
		text := strings.Repeat("x", 993+n) + "é€😀" + strings.Repeat("éa", 700)
		parts := result.Parts(text)
		if strings.Join(parts, "") != text {
			t.Errorf("%d: the parts are another text", n)
		}
		for i, part := range parts {
			if !utf8.ValidString(part) || len(part) > 1000 || (len(part) < 997 && i < len(parts)-1) {
				t.Errorf("%d: part %d has %d bytes, valid %t", n, i, len(part), utf8.ValidString(part))
			}
		}
	}
	if parts := result.Parts(""); len(parts) != 1 {
		t.Errorf("an empty file has %d parts", len(parts))
	}
}

// takePart takes the last part of what goes into a run away, and returns what puts it back.
func (d *desk) takePart(t *testing.T, name string) (putBack func()) {
	t.Helper()
	const last = " FROM campaign_run_file WHERE name = $1 AND run_id = (SELECT max(id) FROM campaign_run)" +
		" AND part = (SELECT max(f.part) FROM campaign_run_file f WHERE f.name = $1 AND f.run_id = (SELECT max(id) FROM campaign_run))"
	var run, part, size int64
	var content string
	d.try(t, d.DB.Read(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRowContext(t.Context(), "SELECT run_id, part, size, content"+last, name).Scan(&run, &part, &size, &content)
	}))
	if part == 0 {
		t.Fatal("the file has one part")
	}
	d.unlockResults(t)
	d.exec(t, "DELETE"+last, name)
	return func() {
		d.exec(t, "INSERT INTO campaign_run_file (run_id, name, part, size, content) VALUES ($1, $2, $3, $4, $5)", run, name, part, size, content)
	}
}

// task returns where the work of the last run stands.
func (d *desk) task(t *testing.T) (state job.State, why string) {
	t.Helper()
	d.try(t, d.DB.Read(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRowContext(t.Context(), "SELECT state, error FROM job_task WHERE kind = $1 ORDER BY id DESC LIMIT 1", result.RunKind).Scan(&state, &why)
	}))
	return state, why
}

// A run whose files are on their way is solved when they are there, and given up if they
// never come: the node that wrote them has died.
func TestARunWaitsForItsFiles(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		for _, name := range []string{"instance", "roster"} {
			run, err := d.results.RequestRun(t.Context(), d.Office, d.ID, result.RunForm{})
			d.try(t, err)
			putBack := d.takePart(t, name)
			d.work(t)
			if state, _ := d.task(t); state != job.Queued {
				t.Fatalf("without a part of the %s the run is %s", name, state)
			}
			putBack()
			d.later(t, 2*time.Second)
			d.work(t)
			if state, why := d.task(t); state != job.Done {
				t.Fatalf("with its files the run is %s: %s", state, why)
			}
			if got := d.runFor(t, run); got.Summary.Placed == 0 {
				t.Errorf("%+v", got)
			}
		}
		run, err := d.results.RequestRun(t.Context(), d.Office, d.ID, result.RunForm{})
		d.try(t, err)
		d.takePart(t, "instance")
		wantFault(t, "adopted", d.results.Adopt(t.Context(), d.Office, d.ID, run, result.AdoptForm{}), fault.Conflict, "result.run.unsolved")
		d.later(t, job.Takeover)
		d.work(t)
		if state, why := d.task(t); state != job.Failed || why != "result.run.incomplete" {
			t.Errorf("a run without its files is %s: %s", state, why)
		}
	})
}

// later moves the clock on.
func (d *desk) later(t *testing.T, by time.Duration) {
	t.Helper()
	now, err := store.Get(t.Context(), d.DB, func(tx *store.Tx) (time.Time, error) { return tx.Now, nil })
	d.try(t, err)
	d.At(t, now.Add(by))
}

// Wherever somebody leaves the page while a run is recorded, the run is there with all its
// files or not at all.
func TestARunIsRecordedWholeThoughItsAskerLeaves(t *testing.T) {
	t.Parallel()
	d := newDesk(t, storetest.Open(t, store.SQLite))
	database, err := d.DB.Copy(t.Context())
	d.try(t, err)
	recorded := 0
	for looks := 1; ; looks++ {
		n := nodeOn(t, database, campaigntest.Closes.Add(time.Hour), looks)
		_, err := (&result.Results{DB: n.db}).RequestRun(n.end, d.Office, d.ID, result.RunForm{})
		var runs, cut int
		d.try(t, n.db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRowContext(t.Context(), `SELECT (SELECT COUNT(*) FROM campaign_run),
				(SELECT COUNT(*) FROM (SELECT 1 FROM campaign_run_file GROUP BY run_id, name HAVING SUM(OCTET_LENGTH(content)) <> MAX(size)))`).Scan(&runs, &cut)
		}))
		d.try(t, n.db.Close())
		if cut > 0 {
			t.Errorf("left at look %d: %d files are cut short", looks, cut)
		}
		recorded = max(recorded, runs)
		if n.end.Err() == nil {
			d.try(t, err)
			break
		}
	}
	if recorded < 2 {
		t.Errorf("nobody left after a run was recorded: %d runs", recorded)
	}
}

// What an attempt has left that was cut short is no part of what the next one keeps.
func TestOutputThatWasCutShortIsWrittenAnew(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		run, err := d.results.RequestRun(t.Context(), d.Office, d.ID, result.RunForm{})
		d.try(t, err)
		d.exec(t, "INSERT INTO campaign_run_file (run_id, name, part, size, content) SELECT max(id), 'result', 900, 5, 'stale' FROM campaign_run")
		d.work(t)
		if got := d.runFor(t, run); got.Summary.Placed == 0 {
			t.Errorf("%+v", got)
		}
		d.adopt(t, run, result.AdoptForm{})
		if stale := get(t, d, func(ctx context.Context, tx *store.Tx) (string, error) { return result.Stale(ctx, tx, d.ID) }); stale != "" {
			t.Error(stale)
		}
	})
}
