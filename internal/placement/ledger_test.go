package placement_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// readers are all the ways to read the ledger, as they tell of one student, site,
// period and campaign.
func (w world) readers(t *testing.T, db *store.DB) map[string][]placement.Placement {
	t.Helper()
	of := func(look func(context.Context, *store.Tx) ([]placement.Placement, error)) []placement.Placement {
		return read(t, db, look)
	}
	return map[string][]placement.Placement{
		"of the student": ofStudent(t, db, w.students[0].ID),
		"of students": read(t, db, func(ctx context.Context, tx *store.Tx) (map[int64][]placement.Placement, error) {
			return placement.OfStudents(ctx, tx, store.Condition{})
		})[w.students[0].ID],
		"of the site": of(func(ctx context.Context, tx *store.Tx) ([]placement.Placement, error) {
			return placement.OfSite(ctx, tx, w.sites[0].ID, w.s1.ID)
		}),
		"of the secondary site": of(func(ctx context.Context, tx *store.Tx) ([]placement.Placement, error) {
			return placement.OfSite(ctx, tx, w.sites[2].ID, w.s1.ID)
		}),
		"of the period": of(func(ctx context.Context, tx *store.Tx) ([]placement.Placement, error) {
			return placement.OfPeriod(ctx, tx, w.s1.ID)
		}),
		"of the campaign": of(func(ctx context.Context, tx *store.Tx) ([]placement.Placement, error) {
			return placement.OfCampaign(ctx, tx, "C1")
		}),
		"all": of(placement.All),
	}
}

// What is read of one student or site reads their lines and those about them, not the
// ledger, however long it is.
func TestReadersGoToTheirLines(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		place(t, db, w.new(0, 0, w.s1))
		place(t, db, w.new(1, 1, w.s2))
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			const columns = "kind, refers_to, site_id, period_id, procedure, campaign, decided_at, decided_by, post_cost, bonus, cost, reason, recorded_at, recorded_by, batch"
			_, err := tx.ExecContext(t.Context(), "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"+
				" INSERT INTO placement_entry (public_id, student_id, "+columns+") SELECT 'line ' || n.i, student_id, "+columns+
				" FROM placement_entry, n WHERE student_id = $1", w.students[1].ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		storetest.Analyze(t, db)
		ctx, counter := store.WithCounter(t.Context())
		counter.Record()
		err = db.Read(ctx, func(tx *store.Tx) error {
			for name, look := range map[string]func() ([]placement.Placement, error){
				"student": func() ([]placement.Placement, error) { return placement.OfStudent(ctx, tx, w.students[0].ID) },
				"site":    func() ([]placement.Placement, error) { return placement.OfSite(ctx, tx, w.sites[0].ID, w.s1.ID) },
			} {
				if found, err := look(); err != nil || len(found) != 1 {
					t.Errorf("%d placements of a %s: %v", len(found), name, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for query, plan := range storetest.Scanned(t, db, counter.Recorded(), "placement_entry") {
			t.Errorf("the whole ledger is read: %s\n%s", query, plan)
		}
	})
}

// A batch is read by nobody before it is released, and by everybody afterwards; until
// then nothing of it can be undone.
func TestABatchComesIntoForceAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		open := func() (batch int64) {
			if err := db.Write(t.Context(), func(tx *store.Tx) (err error) { batch, err = placement.OpenBatch(t.Context(), tx); return err }); err != nil {
				t.Fatal(err)
			}
			return batch
		}
		batch, other := open(), open()
		var id string
		for _, b := range []int64{batch, other} {
			err := db.Write(t.Context(), func(tx *store.Tx) (err error) {
				n := w.new(0, 0, w.s1)
				n.SecondaryID = w.sites[2].ID
				if b == other {
					_, err = placement.PlaceInBatch(t.Context(), tx, "test", b, n)
					return err
				}
				id, err = placement.PlaceInBatch(t.Context(), tx, "test", b, n)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for name, list := range w.readers(t, db) {
			if len(list) != 0 {
				t.Errorf("%s: read before it is released: %+v", name, list)
			}
		}
		for name, err := range map[string]error{"cancelled": cancel(t, db, id, "x"), "said to count": validate(t, db, id, true, "")} {
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s before it is released: %v", name, err)
			}
		}
		release := func(b int64) error {
			return db.Write(t.Context(), func(tx *store.Tx) error { return placement.Release(t.Context(), tx, b) })
		}
		if err := release(batch); err != nil {
			t.Fatal(err)
		}
		for name, list := range w.readers(t, db) {
			if len(list) != 1 || list[0].PublicID != id {
				t.Errorf("%s: once released: %+v", name, list)
			}
		}
		if release(batch) == nil || release(batch+other+1) == nil {
			t.Error("a batch is released twice, or one that is none")
		}
		if err := cancel(t, db, id, "x"); err != nil {
			t.Errorf("once released: %v", err)
		}
	})
}

// Whatever became of placements, each way to read the ledger tells the same of them.
func TestAllReadersTellTheSameStory(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		for i := range w.students {
			for site := range w.sites[:2] {
				n := w.new(i, site, w.s1)
				n.SecondaryID, n.Campaign = w.sites[2].ID, fmt.Sprint("C", site)
				if site == 1 {
					n.PeriodID = w.s2.ID
				}
				old := place(t, db, n)
				switch i {
				case 0:
					if err := validate(t, db, old, site == 0, "x"); err != nil {
						t.Fatal(err)
					}
				case 1:
					if err := cancel(t, db, old, "x"); err != nil {
						t.Fatal(err)
					}
				case 2:
					n.Reason, n.StudentID, n.Campaign = "échange", 0, "C1" // whoever it was
					n.SiteID, n.PeriodID = w.sites[1-site].ID, w.s1.ID+w.s2.ID-n.PeriodID
					if _, err := replace(t, db, old, n); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		merge := student.MergeForm{Keep: w.students[0].PublicID, Drop: w.students[1].PublicID, Reason: "x"}
		if _, err := student.MergeStudents(t.Context(), db, system, merge); err != nil {
			t.Fatal(err)
		}
		all := read(t, db, placement.All)
		if len(all) != 8 {
			t.Fatalf("%d placements", len(all))
		}
		if !slices.IsSortedFunc(all, func(a, b placement.Placement) int {
			if c := strings.Compare(string(a.Dates.From), string(b.Dates.From)); c != 0 {
				return c
			}
			return int(a.ID - b.ID)
		}) {
			t.Error("not in the order of dates, then of writing")
		}
		those := func(of func(p placement.Placement) bool) string {
			return said(slices.DeleteFunc(slices.Clone(all), func(p placement.Placement) bool { return !of(p) }))
		}
		at := func(site int) string {
			return those(func(p placement.Placement) bool {
				return p.Period.ID == w.s1.ID && (p.Site.ID == w.sites[site].ID || p.Secondary.ID == w.sites[site].ID)
			})
		}
		mine := those(func(p placement.Placement) bool { return p.StudentID == w.students[0].ID })
		want := map[string]string{
			"of the student": mine, "of students": mine, "of the site": at(0), "of the secondary site": at(2), "all": said(all),
			"of the period":   those(func(p placement.Placement) bool { return p.Period.ID == w.s1.ID }),
			"of the campaign": those(func(p placement.Placement) bool { return p.Campaign == "C1" }),
		}
		for name, list := range w.readers(t, db) {
			if got := said(list); got != want[name] || got == "" {
				t.Errorf("%s:\ngot  %s\nwant %s", name, got, want[name])
			}
		}
		some := read(t, db, func(ctx context.Context, tx *store.Tx) (map[int64][]placement.Placement, error) {
			return placement.OfStudents(ctx, tx, store.In("s.id", []int64{w.students[0].ID}))
		})
		if len(some) != 1 || said(some[w.students[0].ID]) != mine {
			t.Errorf("of one of the students: %+v\nwant %s", some, mine)
		}
		for _, site := range w.sites {
			everybody := store.Where("s.merged_into IS NULL")
			there := read(t, db, func(ctx context.Context, tx *store.Tx) (map[int64][]placement.Placement, error) {
				return placement.OfStudentsAt(ctx, tx, everybody, []int64{site.ID})
			})
			for _, s := range w.students {
				got, want := said(placement.Done(there[s.ID], site.ID)), said(placement.Done(placement.ByStudent(all)[s.ID], site.ID))
				if got != want {
					t.Errorf("done by %d at %s:\ngot  %s\nwant %s", s.ID, site.Code, got, want)
				}
			}
		}
		if swapped := ofStudent(t, db, w.students[2].ID); len(swapped) != 4 || len(placement.Current(swapped)) != 2 {
			t.Errorf("replaced without naming the student again: %s", said(swapped))
		}
	})
}

// What is done to a placement while its record is merged into another one stays with it
// when the two are taken apart.
func TestWhatBecameOfAPlacementStaysWithItsRecord(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		var old []string
		for site := range w.sites {
			old = append(old, place(t, db, w.new(1, site, w.s1)))
		}
		merge, err := student.MergeStudents(t.Context(), db, system, student.MergeForm{Keep: w.students[0].PublicID, Drop: w.students[1].PublicID, Reason: "x"})
		if err != nil {
			t.Fatal(err)
		}
		n := w.new(0, 1, w.s2)
		n.Reason = "échange"
		later, err := replace(t, db, old[0], n)
		if err := errors.Join(err, cancel(t, db, old[1], "x"), validate(t, db, old[2], false, "x"), student.UndoMerge(t.Context(), db, system, merge, "x")); err != nil {
			t.Fatal(err)
		}
		ids := []int64{w.students[0].ID, w.students[1].ID}
		together := read(t, db, func(ctx context.Context, tx *store.Tx) (map[int64][]placement.Placement, error) {
			return placement.OfStudents(ctx, tx, store.In("s.id", ids))
		})
		for i, list := range [][]placement.Placement{ofStudent(t, db, ids[1]), together[ids[1]]} {
			of := map[string]placement.Placement{}
			for _, p := range list {
				of[p.PublicID] = p
			}
			if len(of) != 4 || of[old[0]].ReplacedBy != later || of[old[1]].Cancelled == nil || !of[old[2]].Discounted() || of[later].Replaces != old[0] {
				t.Errorf("%d: %s", i, said(list))
			}
		}
		if n := len(ofStudent(t, db, ids[0])) + len(together[ids[0]]); n != 0 {
			t.Errorf("the other record has %d placements", n)
		}
	})
}

func said(list []placement.Placement) string {
	var lines []string
	for _, p := range list {
		line := fmt.Sprintf("%s %d %s %s ->%s", p.PublicID, p.StudentID, p.Site.Code, p.Dates.From, p.ReplacedBy)
		if p.Cancelled != nil {
			line += " cancelled " + p.Cancelled.Reason
		}
		if p.Validation != nil {
			line += fmt.Sprint(" counts ", p.Validation.Counts)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// A line says who wrote it and why, and whoever comes too late is told who was first.
func TestAnActIsSignedInTheLedgerAndInTheLog(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		actor := identity.System("test")
		actor.Name = "Nadia Lopes"
		id := place(t, db, w.new(0, 0, w.s1))
		later := storetest.Start.Add(time.Hour)
		storetest.Clock(t, db).Freeze(later)
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			if err := placement.Validate(t.Context(), tx, actor, id, true, ""); err != nil {
				return err
			}
			if err := placement.Validate(t.Context(), tx, actor, id, false, " absences "); err != nil {
				return err
			}
			return placement.Cancel(t.Context(), tx, actor, id, "\n congé ")
		})
		if err != nil {
			t.Fatal(err)
		}
		p := ofStudent(t, db, w.students[0].ID)[0]
		ended := placement.Event{At: p.Cancelled.At, By: "Nadia Lopes", Reason: "congé"}
		if *p.Cancelled != ended || !ended.At.Equal(later) || p.Validation.Counts || p.Validation.Reason != "absences" || p.Validation.By != "Nadia Lopes" {
			t.Errorf("cancelled %+v, counts %+v", p.Cancelled, p.Validation)
		}
		again := cancel(t, db, id, "x")
		if e, is := errors.AsType[*fault.Error](again); !is || e.Key != "placement.ended-by" || e.Args["by"] != "Nadia Lopes" || !e.Args["at"].(time.Time).Equal(later) {
			t.Errorf("the second is told %v", again)
		}
		n := w.new(1, 0, w.s1)
		old := place(t, db, n)
		n.Campaign, n.Reason = "C2", "échange"
		now, err := replace(t, db, old, n)
		if err != nil {
			t.Fatal(err)
		}
		var got, actions []string
		for _, line := range read(t, db, func(ctx context.Context, tx *store.Tx) ([]audit.Line, error) {
			return audit.Find(ctx, tx, audit.Search{Scope: "C1", Kind: "placement", Limit: 10})
		}) {
			actions = append(actions, line.Action)
			got = append(got, strings.TrimSpace(line.Sentence(text.In(text.English, ""))+" / "+line.Name+" / "+strings.TrimSpace(line.Reason)))
			if line.Action == "placement.replaced" && (line.Object != old || !strings.Contains(line.After, now)) {
				t.Errorf("the log says %+v", line)
			}
		}
		if !slices.Equal(actions, []string{"placement.replaced", "placement.cancelled", "placement.discounted", "placement.counted"}) {
			t.Errorf("the log tells of %v", actions)
		}
		var about string // a line about a placement is none itself
		err = db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRowContext(t.Context(), "SELECT public_id FROM placement_entry WHERE kind = 'counted'").Scan(&about)
		})
		if err != nil || fault.KindOf(cancel(t, db, about, "x")) != fault.NotFound {
			t.Errorf("a word about a placement is cancelled: %v", err)
		}
		if len(got) != 4 || !strings.HasSuffix(got[0], " / échange") || !strings.HasSuffix(got[1], "/ Nadia Lopes / congé") || !strings.HasSuffix(got[2], "/ Nadia Lopes / absences") ||
			!strings.Contains(got[3], "A Quentric") || !strings.Contains(got[3], "CHUV-URGE") {
			t.Errorf("the log says %q", got)
		}
	})
}

// Whatever is about a student or a site is counted, ended or not.
func TestLinesAreCountedByStudentAndSite(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		n := w.new(0, 0, w.s1)
		n.SecondaryID = w.sites[2].ID
		if err := cancel(t, db, place(t, db, n), "x"); err != nil {
			t.Fatal(err)
		}
		place(t, db, w.new(1, 2, w.s2))
		students := read(t, db, func(ctx context.Context, tx *store.Tx) (map[int64]int, error) {
			return placement.CountOfStudents(ctx, tx, []int64{w.students[0].ID, w.students[2].ID})
		})
		if len(students) != 1 || students[w.students[0].ID] != 2 {
			t.Errorf("by student: %v", students)
		}
		sites := read(t, db, func(ctx context.Context, tx *store.Tx) (map[int64]int, error) {
			return placement.CountAtSites(ctx, tx, []int64{w.sites[0].ID, w.sites[1].ID, w.sites[2].ID})
		})
		if len(sites) != 2 || sites[w.sites[0].ID] != 2 || sites[w.sites[2].ID] != 3 {
			t.Errorf("by site: %v", sites)
		}
	})
}

// A place that somebody left, or that does not count, may be chosen again, and its costs
// weigh no more.
func TestWhatEndedIsNotDone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		n := w.new(0, 0, w.s1)
		old := place(t, db, n)
		n.SiteID, n.Reason, n.Costs = w.sites[1].ID, "x", nil
		if _, err := replace(t, db, old, n); err != nil {
			t.Fatal(err)
		}
		mine := ofStudent(t, db, w.students[0].ID)
		if len(placement.Done(mine, w.sites[0].ID)) != 0 || len(placement.Done(mine, w.sites[1].ID)) != 1 || placement.CostHistory(mine) != nil {
			t.Errorf("done: %s, costs %v", said(mine), placement.CostHistory(mine))
		}
	})
}
