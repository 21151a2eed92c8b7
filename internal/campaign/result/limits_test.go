package result_test

import (
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
)

// openBelow adds to C1 a post that does not take the level above its students'.
func (d *desk) openBelow(t testing.TB) {
	t.Helper()
	err := d.DB.Write(t.Context(), func(tx *store.Tx) error {
		_, err := site.Put(t.Context(), tx, identity.System("test"), site.Site{
			Code: "CHUV-NEUR", Name: "Neurologie", Category: reference.Ref{Code: "STAGE"}, Faculty: reference.Ref{Code: campaigntest.Faculty},
			Main: true, WishesAllowed: true, IdealSeats: 2, MaxSeats: 2, ClosedLevels: []reference.Ref{{Code: "DFASM3"}},
		})
		if err != nil {
			return err
		}
		return campaign.PutPosts(t.Context(), tx, d.Office, d.ID, []campaign.PostForm{{Site: reference.Ref{Code: "CHUV-NEUR"}, Seats: 2}}, "")
	})
	d.try(t, err)
}

// passes has a student enter the level above.
func (d *desk) passes(t testing.TB, pseudonym string) {
	t.Helper()
	err := d.DB.Write(t.Context(), func(tx *store.Tx) error {
		record, err := student.ByPublicID(t.Context(), tx, d.Record[pseudonym])
		if err != nil {
			return err
		}
		record.Level = reference.Ref{Code: "DFASM3"}
		_, err = student.Put(t.Context(), tx, identity.System("test"), record)
		return err
	})
	d.try(t, err)
}

// The commission may set aside that a site was done already, and no other rule: a
// level that a post does not take is the site's own word.
func TestNobodySetsAsideALevelThatAPostDoesNotTake(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Parallel()
		d := prepare(t, db)
		d.openBelow(t)
		d.close(t)
		d.passes(t, "E22")

		_, err := d.results.RequestRun(t.Context(), d.Office, d.ID, result.RunForm{Amendments: []result.Amendment{{
			Kind: result.PinPost, Student: d.Record["E22"], Post: "CHUV-NEUR", SetAside: true, Motive: "other", Reason: "vu avec le service",
		}}})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("kept for her in a run: %v", err)
		}
		d.adopted(t)
		form := d.move("E22", "", "CHUV-NEUR")
		for _, aside := range []bool{false, true} {
			form.SetAside = aside
			_, err := d.attempt(t, d.Office, form)
			wantFault(t, "a level that is not taken", err, fault.Conflict, "result.barred")
		}
		if now := d.line(t, "E22").Now.Post; now != "" {
			t.Errorf("Zoé is at %s", now)
		}
	})
}

// Ines and Ugo have 8 points each. Ugo had the last seat of CHUV-CARD-A: the draw
// alone put him first, unless somebody has decided where one of them stands.
func TestTheDrawAloneIsNotBlamedForAPositionSetByHand(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		student  string
		position int
		tie      bool
	}{
		"nobody's position is set": {"", 0, true},
		"hers is":                  {"E05", 12, false},
		"his is":                   {"E18", 9, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := prepare(t, storetest.Open(t, store.SQLite))
			if tt.student != "" {
				d.try(t, d.Campaigns.SetManual(t.Context(), d.Office, d.ID, d.Record[tt.student], tt.position, "accord de la commission"))
			}
			d.close(t)
			d.adopted(t)
			d.keep(t, "E22")
			d.confirm(t)
			d.publish(t)
			cardiology := d.own(t, "E05").Facts.Wishes[0]
			if cardiology.Outcome != result.Full || cardiology.Cutoff != 9 || cardiology.Tie != tt.tie {
				t.Errorf("Ines is told %+v, want the draw alone: %t", cardiology, tt.tie)
			}
		})
	}
}
