package result_test

import (
	"context"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/store"
)

// placements returns what the ledger says that the campaign decided.
func (d *desk) placements(t testing.TB) []placement.Placement {
	t.Helper()
	return get(t, d, func(ctx context.Context, tx *store.Tx) ([]placement.Placement, error) {
		return placement.OfCampaign(ctx, tx, d.ID)
	})
}

// An outcome that cannot be written stops nobody else's, and holds up the release:
// until it is repaired nobody reads anything. What was written is not done again.
func TestNothingOfAPublicationIsReadBeforeItsRelease(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.ready(t)
		d.exec(t, `INSERT INTO campaign_outcome (participant_id, campaign_id, pseudonym, post, placement, facts)
			SELECT id, campaign_id, pseudonym, '', '', '{}' FROM campaign_participant WHERE pseudonym = 'E05'`)
		d.At(t, campaigntest.Publishes)
		d.try(t, d.results.Publish(t.Context(), d.Second, d.ID))
		d.work(t)

		task := get(t, d, func(ctx context.Context, tx *store.Tx) (*job.Task, error) {
			return result.PublicationWork(ctx, tx, d.Get(t))
		})
		if task == nil || task.State != job.Failed || !fault.Has(task.Error, "job.items.failed") {
			t.Fatalf("task %+v", task)
		}
		items := get(t, d, func(ctx context.Context, tx *store.Tx) ([]job.FailedItem, error) {
			return job.FailedItems(ctx, tx, task.ID, 10)
		})
		if len(items) != 1 || items[0].Name != "Ines Baraka" {
			t.Errorf("set aside: %+v", items)
		}
		if n := d.number(t, `SELECT count(*) FROM placement_entry WHERE batch <> 0`); n != 22 {
			t.Errorf("%d lines were written", n)
		}
		if phase := d.Get(t).Phase; phase != campaign.Confirmed {
			t.Errorf("phase %s", phase)
		}
		_, err := read2(t, d, func(ctx context.Context, tx *store.Tx) (result.Result, error) {
			return result.Own(ctx, tx, d.Student["E01"], d.ID)
		})
		wantFault(t, "a student reads their result", err, fault.Closed, "result.early")
		mine := get(t, d, func(ctx context.Context, tx *store.Tx) ([]placement.Placement, error) {
			return placement.OfStudent(ctx, tx, d.studentID(t, "E01"))
		})
		all := get(t, d, placement.All)
		if len(d.placements(t))+len(mine) != 0 || len(all) != 2 || len(d.mails(t, result.NoticePlaced)) != 0 {
			t.Errorf("before the release: %d of the student, %d in the ledger", len(mine), len(all))
		}

		d.unlock(t)
		d.exec(t, `DELETE FROM campaign_outcome WHERE facts = '{}'`)
		d.try(t, d.results.Publish(t.Context(), d.Office, d.ID))
		d.work(t)
		if d.Get(t).Phase != campaign.Published || len(d.placements(t)) != 23 || len(d.mails(t, result.NoticePlaced)) != 23 {
			t.Errorf("after the repair: %d placements", len(d.placements(t)))
		}
		if n := d.number(t, `SELECT count(*) FROM campaign_outcome`); n != 24 {
			t.Errorf("%d outcomes", n)
		}
		if got := d.own(t, "E05").Facts.Place.Post; got != "CHPL-URGE" {
			t.Errorf("Ines is at %q", got)
		}
	})
}

// unlock lets the test remove the outcome that it spoilt.
func (d *desk) unlock(t testing.TB) {
	t.Helper()
	if d.DB.Engine == store.SQLite {
		d.exec(t, `DROP TRIGGER campaign_outcome_append_only_delete`)
		return
	}
	d.exec(t, `ALTER TABLE campaign_outcome DISABLE TRIGGER ALL`)
}

// A publication that failed before it wrote anything can be asked for again, also when
// its work has been forgotten.
func TestAForgottenPublicationIsAskedForAgain(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.ready(t)
		d.At(t, campaigntest.Publishes)
		d.try(t, d.results.Publish(t.Context(), d.Second, d.ID))
		d.exec(t, `DELETE FROM job_task`)
		work := get(t, d, func(ctx context.Context, tx *store.Tx) (*job.Task, error) {
			return result.PublicationWork(ctx, tx, d.Get(t))
		})
		if work != nil {
			t.Errorf("what is left of the work is %+v", work)
		}
		d.try(t, d.results.Publish(t.Context(), d.Second, d.ID))
		wantFault(t, "twice", d.results.Publish(t.Context(), d.Second, d.ID), fault.Conflict, "result.publishing")
		d.work(t)
		if phase := d.Get(t).Phase; phase != campaign.Published {
			t.Errorf("phase %s", phase)
		}
	})
}
