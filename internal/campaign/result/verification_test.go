package result_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
)

func (d *desk) verification(t testing.TB) result.Verification {
	t.Helper()
	return get(t, d, func(ctx context.Context, tx *store.Tx) (result.Verification, error) {
		return result.VerificationFor(ctx, tx, d.Office, d.Get(t))
	})
}

// What the verifier said is kept with the hash of what it looked at, and is what checks
// and publication go by.
func TestABundleIsJudgedOnceAndAgainWhenAsked(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.ready(t)
		if v := d.verification(t); v != (result.Verification{}) {
			t.Errorf("judged before the work was done: %+v", v)
		}
		if got := d.checks(t, d.Second)["verified"]; got != campaign.Warning {
			t.Errorf("before it is judged the check is %v", got)
		}
		d.work(t)
		first := d.verification(t)
		if first.Hash == "" || first.Passed == 0 || first.Failed != "" || !first.At.Equal(campaigntest.Commits) || first.By != d.Office.Author() {
			t.Errorf("judged after the commission confirmed: %+v", first)
		}
		if got := d.checks(t, d.Second)["verified"]; got != campaign.OK {
			t.Errorf("once it is judged the check is %v", got)
		}
		d.At(t, campaigntest.Commits.Add(time.Hour))
		d.try(t, d.results.Verify(t.Context(), d.Second, d.ID))
		d.work(t)
		if again := d.verification(t); again.Hash != first.Hash || !again.At.After(first.At) || again.By != d.Second.Author() {
			t.Errorf("judged again: %+v", again)
		}
		d.publish(t)
		if v := d.verification(t); !v.Holds(d.bundle(t).Hash) {
			t.Errorf("published as %s, judged as %+v", d.bundle(t).Hash, v)
		}
		d.try(t, d.results.Verify(t.Context(), d.Office, d.ID))
		d.work(t)
		if v := d.verification(t); !v.Holds(d.bundle(t).Hash) || !v.At.After(first.At) {
			t.Errorf("the published bundle, judged again: %+v", v)
		}
		for _, who := range []identity.Actor{d.Observer, d.Student["E05"], {}} {
			if err := d.results.Verify(t.Context(), who, d.ID); err == nil {
				t.Errorf("%s has it judged", who.Name)
			}
		}
	})
}

// A bundle that nobody judged yet is judged before it is published, and one that does
// not hold is not published.
func TestNothingIsPublishedThatDoesNotHold(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.ready(t)
		d.exec(t, "DELETE FROM job_task WHERE kind = 'campaign.verify'")
		kept := get(t, d, func(ctx context.Context, tx *store.Tx) (kept string, err error) {
			return kept, tx.QueryRowContext(ctx, "SELECT content FROM campaign_run_file WHERE name = 'result' AND content LIKE '%\"placed\":23%'").Scan(&kept)
		})
		// Somebody exchanges two numbers in the database.
		wrong := strings.Replace(kept, `"placed":23`, `"placed":22`, 1)
		if wrong == kept {
			t.Fatal("the result says nothing of 23 placed")
		}
		d.unlockResults(t)
		d.exec(t, "UPDATE campaign_run_file SET content = $1 WHERE content = $2", wrong, kept)
		d.At(t, campaigntest.Publishes)
		d.try(t, d.results.Publish(t.Context(), d.Second, d.ID))
		d.work(t)
		if v := d.verification(t); v.Failed == "" {
			t.Errorf("judged as %+v", v)
		}
		if got := d.Get(t).Phase; got != campaign.Confirmed {
			t.Errorf("what does not hold is %s", got)
		}
		if got := d.checks(t, d.Second)["verified"]; got != campaign.No {
			t.Errorf("the check is %v", got)
		}
		wantFault(t, "asked again", d.results.Publish(t.Context(), d.Second, d.ID), fault.Conflict, "campaign.notready")

		d.exec(t, "UPDATE campaign_run_file SET content = $1 WHERE content = $2", kept, wrong)
		d.try(t, d.results.Verify(t.Context(), d.Second, d.ID))
		d.work(t)
		d.publish(t)
		if got := d.Get(t).Phase; got != campaign.Published {
			t.Errorf("what holds again is %s", got)
		}
	})
}

// unlockResults lets a test spoil the files of a run.
func (d *desk) unlockResults(t testing.TB) {
	t.Helper()
	if d.DB.Engine == store.SQLite {
		d.exec(t, `DROP TRIGGER IF EXISTS campaign_run_file_append_only_update`)
		d.exec(t, `DROP TRIGGER IF EXISTS campaign_run_file_append_only_delete`)
		return
	}
	d.exec(t, `ALTER TABLE campaign_run_file DISABLE TRIGGER ALL`)
}
