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

// openBelow adds to C1 a post that does not take the level above its students', open
// or closed to wishes.
func (d *desk) openBelow(t testing.TB, closed bool) {
	t.Helper()
	err := d.DB.Write(t.Context(), func(tx *store.Tx) error {
		_, err := site.Put(t.Context(), tx, identity.System("test"), site.Site{
			Code: "CHUV-NEUR", Name: "Neurologie", Category: reference.Ref{Code: "STAGE"}, Faculty: reference.Ref{Code: campaigntest.Faculty},
			Main: true, WishesAllowed: true, IdealSeats: 2, MaxSeats: 2, ClosedLevels: []reference.Ref{{Code: "DFASM3"}},
		})
		if err != nil {
			return err
		}
		return campaign.PutPosts(t.Context(), tx, d.Office, d.ID, []campaign.PostForm{{Site: reference.Ref{Code: "CHUV-NEUR"}, Seats: 2, Closed: closed}}, "")
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
// level that a post does not take is the site's own word, also where a post is closed
// to wishes and so the commission's own.
func TestNobodySetsAsideALevelThatAPostDoesNotTake(t *testing.T) {
	t.Parallel()
	for name, closed := range map[string]bool{"a post open to wishes": false, "a post closed to wishes": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				t.Parallel()
				d := prepare(t, db)
				d.openBelow(t, closed)
				d.close(t)
				d.passes(t, "E22")

				for _, kind := range []result.AmendmentKind{result.PinPost, result.AddWish} {
					_, err := d.results.RequestRun(t.Context(), d.Office, d.ID, result.RunForm{Amendments: []result.Amendment{{
						Kind: kind, Student: d.Record["E22"], Post: "CHUV-NEUR", SetAside: true, Motive: "other", Reason: "vu avec le service",
					}}})
					if fault.KindOf(err) != fault.Invalid {
						t.Errorf("%s in a run: %v", kind, err)
					}
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
		})
	}
}

// That a post is closed to wishes hides no other rule: a site that was done already
// is set aside knowingly there too.
func TestAClosedPostThatWasDoneAlreadyIsSetAsideKnowingly(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Parallel()
		d := prepare(t, db)
		d.Open(t)
		d.Rank(t)
		d.try(t, d.DB.Write(t.Context(), func(tx *store.Tx) error {
			return campaign.PutPosts(t.Context(), tx, d.Office, d.ID, []campaign.PostForm{{Site: reference.Ref{Code: "CHUV-PEDI"}, Seats: 3, Closed: true}}, "kept for the commission")
		}))
		d.Close(t)
		d.adopted(t)
		form := d.move("E14", d.line(t, "E14").Now.Post, "CHUV-PEDI")
		_, err := d.attempt(t, d.Office, form)
		wantFault(t, "a site already done", err, fault.Conflict, "result.setaside")
		form.SetAside = true
		d.decide(t, form)
		if last := d.line(t, "E14").Last(); last.Lifted != campaign.RuleAlreadyDone {
			t.Errorf("the rule set aside is not kept: %+v", last)
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
