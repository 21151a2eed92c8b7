package placement_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

var system = identity.System("test")

// A world is a cohort's worth of what placements refer to.
type world struct {
	students []student.Student
	sites    []site.Site
	s1, s2   reference.Period
}

func newWorld(t *testing.T, db *store.DB) world {
	t.Helper()
	var w world
	ctx := t.Context()
	err := db.Write(ctx, func(tx *store.Tx) error {
		w = world{}
		if _, err := reference.PutFaculty(ctx, tx, system, reference.Faculty{Code: "VALMER", Name: "UFR"}); err != nil {
			return err
		}
		if _, err := reference.PutLevel(ctx, tx, system, reference.Level{Code: "DFASM2", Name: "DFASM2"}); err != nil {
			return err
		}
		if _, err := site.PutCategory(ctx, tx, system, site.Category{Code: "C", Acronym: "C", Name: "C", Main: true}); err != nil {
			return err
		}
		for _, code := range []string{"CHUV-URGE", "CHUV-PEDI", "MSPB-MG1"} {
			s, err := site.Put(ctx, tx, system, site.Site{Code: code, Name: code, Category: reference.Ref{Code: "C"}, Main: code != "MSPB-MG1", MaxSeats: 3, IdealSeats: 2})
			if err != nil {
				return err
			}
			w.sites = append(w.sites, s)
		}
		for _, name := range []string{"Quentric", "Baraka", "Marchetti"} {
			s, err := student.Put(ctx, tx, system, student.Student{
				Person: identity.Person{FamilyName: name, GivenName: "A"}, Active: true,
				Level: reference.Ref{Code: "DFASM2"}, Faculty: reference.Ref{Code: "VALMER"},
			})
			if err != nil {
				return err
			}
			w.students = append(w.students, s)
		}
		var err error
		if w.s1, err = reference.PutPeriod(ctx, tx, system, reference.Period{Code: "S1", Name: "S1", Intervals: []reference.Interval{{From: "2025-11-03", To: "2026-04-30"}}}); err != nil {
			return err
		}
		w.s2, err = reference.PutPeriod(ctx, tx, system, reference.Period{Code: "S2", Name: "S2", Intervals: []reference.Interval{{From: "2026-05-04", To: "2026-10-30"}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w world) new(student, site int, period reference.Period) placement.New {
	return placement.New{
		StudentID: w.students[student].ID, SiteID: w.sites[site].ID, PeriodID: period.ID,
		Decision: placement.Decision{Procedure: "serial", Campaign: "C1", At: storetest.Start, By: "La commission"},
		Rank:     1, Costs: &placement.Costs{Post: 600, Bonus: -50, Total: 550},
	}
}

func place(t *testing.T, db *store.DB, n placement.New) string {
	t.Helper()
	var id string
	err := db.Write(t.Context(), func(tx *store.Tx) (err error) {
		id, err = placement.Place(t.Context(), tx, "test", n)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func read[T any](t *testing.T, db *store.DB, look func(context.Context, *store.Tx) (T, error)) T {
	t.Helper()
	var found T
	err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
		found, err = look(t.Context(), tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func ofStudent(t *testing.T, db *store.DB, id int64) []placement.Placement {
	return read(t, db, func(ctx context.Context, tx *store.Tx) ([]placement.Placement, error) {
		return placement.OfStudent(ctx, tx, id)
	})
}

func replace(t *testing.T, db *store.DB, old string, n placement.New) (id string, err error) {
	err = db.Write(t.Context(), func(tx *store.Tx) error {
		id, err = placement.Replace(t.Context(), tx, system, old, n)
		return err
	})
	return id, err
}

func cancel(t *testing.T, db *store.DB, id, reason string) error {
	return db.Write(t.Context(), func(tx *store.Tx) error { return placement.Cancel(t.Context(), tx, system, id, reason) })
}

func validate(t *testing.T, db *store.DB, id string, counts bool, reason string) error {
	return db.Write(t.Context(), func(tx *store.Tx) error {
		return placement.Validate(t.Context(), tx, system, id, counts, reason)
	})
}

func TestAPlacementIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		n := w.new(0, 0, w.s2)
		n.SecondaryID, n.Reason = w.sites[2].ID, "attribué au tour 1"
		id := place(t, db, n)
		got := ofStudent(t, db, w.students[0].ID)
		if len(got) != 1 {
			t.Fatalf("%d placements", len(got))
		}
		p := got[0]
		costs := *p.Costs
		p.Costs = nil
		want := placement.Placement{
			ID: p.ID, PublicID: id, StudentID: w.students[0].ID, Site: w.sites[0].Ref(), Secondary: w.sites[2].Ref(),
			Period: w.s2.Ref(), Dates: reference.Interval{From: "2026-05-04", To: "2026-10-30"},
			Decision: n.Decision, Rank: 1, RecordedAt: storetest.Start, RecordedBy: "test",
		}
		if fmt.Sprintf("%+v", p) != fmt.Sprintf("%+v", want) || costs != *n.Costs || !p.Current() || p.Counted() || p.Discounted() {
			t.Errorf("got  %+v %+v\nwant %+v %+v", p, costs, want, *n.Costs)
		}
		none := n
		none.Costs, none.Rank = nil, 0
		place(t, db, none)
		if got := ofStudent(t, db, w.students[0].ID)[1]; got.Costs != nil || got.Rank != 0 {
			t.Errorf("without costs and rank: %+v", got)
		}
	})
}

func TestNothingIsErased(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		place(t, db, w.new(0, 0, w.s1))
		for _, statement := range []string{"UPDATE placement_entry SET reason = 'x'", "DELETE FROM placement_entry"} {
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := tx.ExecContext(t.Context(), statement)
				return err
			})
			if err == nil {
				t.Errorf("%s was accepted", statement)
			}
		}
	})
}

// A replacement elsewhere ends the placement wherever one looks, and a
// cancellation too; both stay readable with their reasons.
func TestWhatEndedIsStillTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		old := place(t, db, w.new(0, 0, w.s1))
		n := w.new(0, 1, w.s2)
		n.Campaign, n.Procedure, n.Reason = "C2", "commission", "permutation accordée"
		now, err := replace(t, db, old, n)
		if err != nil {
			t.Fatal(err)
		}
		other := place(t, db, w.new(1, 0, w.s1))
		if err := cancel(t, db, other, "congé de maternité"); err != nil {
			t.Fatal(err)
		}

		at := read(t, db, func(ctx context.Context, tx *store.Tx) ([]placement.Placement, error) {
			return placement.OfSite(ctx, tx, w.sites[0].ID, w.s1.ID)
		})
		if len(at) != 2 || at[0].ReplacedBy != now || at[1].Cancelled == nil || at[1].Cancelled.Reason != "congé de maternité" || len(placement.Current(at)) != 0 {
			t.Errorf("at the first site: %+v", at)
		}
		for name, list := range map[string][]placement.Placement{
			"of the period": read(t, db, func(ctx context.Context, tx *store.Tx) ([]placement.Placement, error) {
				return placement.OfPeriod(ctx, tx, w.s1.ID)
			}),
			"of the campaign": read(t, db, func(ctx context.Context, tx *store.Tx) ([]placement.Placement, error) {
				return placement.OfCampaign(ctx, tx, "C1")
			}),
		} {
			if len(list) != 2 || len(placement.Current(list)) != 0 {
				t.Errorf("%s: %+v", name, list)
			}
		}
		mine := ofStudent(t, db, w.students[0].ID)
		if len(mine) != 2 || mine[1].Replaces != old || mine[1].PublicID != now || len(placement.Current(mine)) != 1 {
			t.Errorf("of the student: %+v", mine)
		}
		if all := read(t, db, placement.All); len(all) != 3 || len(placement.ByStudent(all)[w.students[0].ID]) != 2 {
			t.Errorf("the whole ledger: %+v", all)
		}
		lines := read(t, db, func(ctx context.Context, tx *store.Tx) ([]audit.Line, error) {
			return audit.Find(ctx, tx, audit.Search{Scope: "C1", Limit: 10})
		})
		if len(lines) != 2 || lines[0].Sentence(text.Printer{}) != "a annulé l’affectation de A Baraka (CHUV-URGE)" || lines[1].Reason != "permutation accordée" {
			t.Errorf("log %+v", lines)
		}
	})
}

func TestWrongChangesAreRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := place(t, db, w.new(0, 0, w.s1))
		gone := place(t, db, w.new(1, 0, w.s1))
		if err := cancel(t, db, gone, "x"); err != nil {
			t.Fatal(err)
		}
		without := w.new(0, 1, w.s1)
		with := without
		with.Reason = "x"
		replaced := place(t, db, w.new(1, 0, w.s2))
		if _, err := replace(t, db, replaced, func() placement.New { n := w.new(1, 1, w.s2); n.Reason = "x"; return n }()); err != nil {
			t.Fatal(err)
		}
		stranger := w.new(2, 1, w.s1)
		stranger.Reason = "x"
		swap := func(old string, n placement.New) error { _, err := replace(t, db, old, n); return err }
		tests := []struct {
			name string
			err  error
			kind fault.Kind
		}{
			{"cancelled without a reason", cancel(t, db, id, " \n"), fault.Invalid},
			{"replaced without a reason", swap(id, without), fault.Invalid},
			{"said not to count without a reason", validate(t, db, id, false, ""), fault.Invalid},
			{"cancelled, and no such placement", cancel(t, db, "nothing", "x"), fault.NotFound},
			{"cancelled twice", cancel(t, db, gone, "x"), fault.Conflict},
			{"replaced after it was cancelled", swap(gone, with), fault.Conflict},
			{"validated after it was cancelled", validate(t, db, gone, true, ""), fault.Conflict},
			{"validated after it was replaced", validate(t, db, replaced, true, ""), fault.Conflict},
			{"passed on to somebody else", swap(id, stranger), fault.Internal},
		}
		for _, tt := range tests {
			if tt.err == nil || fault.KindOf(tt.err) != tt.kind {
				t.Errorf("%s: %v, want %v", tt.name, tt.err, tt.kind)
			}
		}
		if len(read(t, db, placement.All)) != 4 {
			t.Error("something was written")
		}
	})
}

// Several people end one placement at the same time, each in their own way: one
// is first, and the others are told.
func TestAPlacementEndsOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := place(t, db, w.new(0, 0, w.s1))
		errs := make([]error, 8)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				if i%2 == 0 {
					errs[i] = cancel(t, db, id, "x")
					return
				}
				n := w.new(0, 1, w.s1)
				n.Reason = "x"
				_, errs[i] = replace(t, db, id, n)
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if fault.KindOf(err) != fault.Conflict {
				t.Errorf("refused with %v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d ended it", won)
		}
	})
}

func TestHistoryForTheRulesAndTheScore(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		mael := w.students[0].ID
		later := w.new(0, 1, w.s2)
		later.Costs = &placement.Costs{Post: 300, Total: 300}
		second := place(t, db, later)
		before := w.new(0, 0, w.s1) // written after, and earlier in the year
		before.Decision = placement.Decision{Procedure: "import", At: storetest.Start.AddDate(-1, 0, 0), By: "Ancien système"}
		before.SecondaryID, before.Rank = w.sites[2].ID, 0
		first := place(t, db, before)

		done := func(site int) []placement.Placement {
			return read(t, db, func(ctx context.Context, tx *store.Tx) ([]placement.Placement, error) {
				placements, err := placement.OfStudent(ctx, tx, mael)
				return placement.Done(placements, w.sites[site].ID), err
			})
		}
		if got := done(0); len(got) != 1 || got[0].Dates.To != "2026-04-30" || got[0].Campaign != "" {
			t.Errorf("already done: %+v", got)
		}
		if len(done(2)) != 1 || len(done(1)) != 1 {
			t.Error("a site done as secondary, or in the second period, is not found")
		}
		if got := placement.CostHistory(ofStudent(t, db, mael)); !slices.Equal(got, []placement.Costs{{600, -50, 550}, {300, 0, 300}}) {
			t.Errorf("costs %v", got)
		}
		if err := validate(t, db, second, true, ""); err != nil {
			t.Fatal(err)
		}
		if err := validate(t, db, first, true, ""); err != nil {
			t.Fatal(err)
		}
		storetest.Clock(t, db).Freeze(storetest.Start.Add(time.Hour))
		if err := validate(t, db, first, false, "absences"); err != nil {
			t.Fatal(err)
		}
		mine := ofStudent(t, db, mael)
		if !mine[0].Discounted() || mine[0].Validation.Reason != "absences" || !mine[1].Counted() {
			t.Errorf("after the last word: %+v", mine)
		}
		if len(done(0)) != 0 || len(placement.CostHistory(mine)) != 1 {
			t.Error("what does not count still counts")
		}
	})
}

// Merged records share one history; undoing the merge gives each its own back.
func TestHistoryFollowsMerges(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		keep, drop := w.students[0], w.students[1]
		place(t, db, w.new(0, 0, w.s1))
		dropped := place(t, db, w.new(1, 1, w.s2))
		merge, err := student.MergeStudents(t.Context(), db, system, student.MergeForm{Keep: keep.PublicID, Drop: drop.PublicID, Reason: "x"})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []int64{keep.ID, drop.ID} {
			got := ofStudent(t, db, id)
			if len(got) != 2 || got[0].StudentID != keep.ID || got[1].StudentID != keep.ID {
				t.Errorf("history of %d: %+v", id, got)
			}
		}
		n := w.new(0, 2, w.s2)
		n.Reason = "après la fusion"
		if _, err := replace(t, db, dropped, n); err != nil {
			t.Fatal(err)
		}
		if err := student.UndoMerge(t.Context(), db, system, merge, "x"); err != nil {
			t.Fatal(err)
		}
		if got := ofStudent(t, db, keep.ID); len(got) != 1 || !got[0].Current() {
			t.Errorf("history of the kept one: %+v", got)
		}
		if got := ofStudent(t, db, drop.ID); len(got) != 2 || len(placement.Current(got)) != 1 || got[1].Site.Code != "MSPB-MG1" {
			t.Errorf("history of the dropped one: %+v", got)
		}
	})
}

func TestEveryActHasItsSentence(t *testing.T) {
	t.Parallel()
	for _, lang := range text.Langs {
		p := text.In(lang, "")
		for _, key := range []string{
			"audit.placement.replaced", "audit.placement.cancelled", "audit.placement.counted", "audit.placement.discounted",
			"procedure.serial", "procedure.score-v1", "procedure.score-v2", "procedure.commission", "procedure.import",
		} {
			if !p.Has(key) {
				t.Errorf("no %s in %s", key, lang)
			}
		}
	}
}
