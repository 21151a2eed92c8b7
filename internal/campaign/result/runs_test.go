package result_test

import (
	"context"
	"testing"

	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
)

func (d *desk) runFor(t testing.TB, run string) result.Run {
	t.Helper()
	return get(t, d, func(ctx context.Context, tx *store.Tx) (result.Run, error) {
		return result.RunFor(ctx, tx, d.Office, d.ID, run)
	})
}

func (d *desk) exec(t testing.TB, statement string, args ...any) {
	t.Helper()
	d.try(t, d.DB.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), statement, args...)
		return err
	}))
}

// A run that was solved before summaries were kept reads as one that has its own,
// and is given one. It does not say of which state of the campaign it is, so it is
// compared with the campaign itself.
func TestARunOfBeforeIsShownAndGetsItsSummary(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		run := d.run(t, result.RunForm{Amendments: d.addForZoe()})
		d.exec(t, `INSERT INTO campaign_run (public_id, campaign_id, number, name, method, cost_rule, amendments, instance_hash,
			task, despite_late, asked_at, asked_by, asked_name)
			SELECT 'old', campaign_id, 2, name, method, cost_rule, amendments, instance_hash, task, despite_late,
			asked_at, asked_by, asked_name FROM campaign_run WHERE public_id = $1`, run)
		d.exec(t, `INSERT INTO campaign_run_file (run_id, name, part, size, content)
			SELECT (SELECT id FROM campaign_run WHERE public_id = 'old'), name, part, size, content FROM campaign_run_file`)
		d.exec(t, `INSERT INTO campaign_run_result (run_id, engine, result_hash, checks, started_at, ended_at)
			SELECT (SELECT id FROM campaign_run WHERE public_id = 'old'), engine, result_hash, checks, started_at, ended_at
			FROM campaign_run_result`)

		want := d.runFor(t, run)
		want.PublicID, want.Number = "old", 2
		same := func(when string) {
			t.Helper()
			if got := d.runFor(t, "old"); !result.Alike(got, want) {
				t.Errorf("%s:\n%+v\n%+v", when, got, want)
			}
		}
		if want.Outdated || len(want.Summary.Posts) != 14 || len(want.Amendments) != 1 || want.Amendments[0].Person.Name == "" {
			t.Errorf("%+v", want)
		}
		same("computed anew")
		if err := d.DB.Write(t.Context(), func(tx *store.Tx) error {
			_, err := job.Enqueue(t.Context(), tx, job.Request{Kind: result.SummaryKind})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		d.work(t)
		same("kept")
		if kept := d.number(t, `SELECT count(*) FROM campaign_run_summary`); kept != 2 {
			t.Errorf("%d summaries", kept)
		}
		d.try(t, d.Campaigns.Exclude(t.Context(), d.Office, d.ID, d.Record["E05"], "a quitté la promotion"))
		want.Outdated = true
		same("after an exclusion")
		if !d.runFor(t, run).Outdated {
			t.Error("an exclusion outdates no run that counts")
		}
	})
}

func (d *desk) number(t testing.TB, query string) int {
	t.Helper()
	return get(t, d, func(ctx context.Context, tx *store.Tx) (n int, err error) {
		return n, tx.QueryRowContext(ctx, query).Scan(&n)
	})
}

// What pages show of runs costs the same few statements however many there are,
// and what they ask again and again costs hardly any.
func TestARunIsReadWithoutTheOthers(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		count := func(look func(ctx context.Context, tx *store.Tx) error) (statements, rows int) {
			ctx, counter := store.WithCounter(t.Context())
			d.try(t, d.DB.Read(ctx, func(tx *store.Tx) error { return look(ctx, tx) }))
			return counter.Statements(), counter.Rows()
		}
		run := d.run(t, result.RunForm{})
		list := func(ctx context.Context, tx *store.Tx) error {
			_, err := result.RunsFor(ctx, tx, d.Office, d.ID)
			return err
		}
		one := func(ctx context.Context, tx *store.Tx) error {
			_, err := result.RunFor(ctx, tx, d.Office, d.ID, run)
			return err
		}
		progress := func(ctx context.Context, tx *store.Tx) error {
			_, _, err := result.RunProgress(ctx, tx, d.Office, d.ID, run)
			return err
		}
		listed, rows := count(list)
		alone, _ := count(one)
		asked, _ := count(progress)
		for range 2 {
			d.run(t, result.RunForm{})
		}
		if again, more := count(list); again != listed || more != rows+2 {
			t.Errorf("a list of three takes %d statements and %d rows; of one, %d and %d", again, more, listed, rows)
		}
		if again, _ := count(one); again != alone {
			t.Errorf("one of three takes %d statements; alone, %d", again, alone)
		}
		if asked > 2 || alone > 15 {
			t.Errorf("%d statements for one run, %d for its progress", alone, asked)
		}
	})
}

func TestASolvedRunHasDoneAllItsSteps(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.run(t, result.RunForm{})
		var done, total int
		err := d.DB.Read(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRowContext(t.Context(), "SELECT done, total FROM job_task WHERE kind = $1", result.RunKind).Scan(&done, &total)
		})
		if err != nil || total == 0 || done != total {
			t.Errorf("%d of %d steps, %v", done, total, err)
		}
	})
}
