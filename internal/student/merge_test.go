package student_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// lenas adds two records of one person: the first is in the cohort, has wishes
// elsewhere and an open account; the second has an e-mail address and an INE.
func lenas(t *testing.T, db *store.DB) (keep, drop student.Student) {
	t.Helper()
	valmer(t, db)
	a := newStudent("Marchetti", "Léna")
	a.Number, a.BirthDate = "2100012", "2004-06-09"
	b := newStudent("MARCHETTI", "Lena")
	b.Number, b.BirthDate, b.Person.Email = "2200412", "2004-06-09", "lena.marchetti@valmer.example"
	b.INE, b.INEKind = "1234567890V", reference.INEBEA
	keep, drop = saved(t, db, a), saved(t, db, b)
	if err := student.JoinCohort(t.Context(), db, system, cohortID(t, db, "VALMER-DFASM2"), keep.PublicID); err != nil {
		t.Fatal(err)
	}
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		for login, id := range map[string]int64{"lena": keep.Person.ID, "lena2": drop.Person.ID} {
			if _, err := identity.AddAccount(t.Context(), tx, id, login, identity.PasswordHash{}, false); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return byPublicID(t, db, keep.PublicID), byPublicID(t, db, drop.PublicID)
}

func byPublicID(t *testing.T, db *store.DB, id string) student.Student {
	t.Helper()
	return read(t, db, func(ctx context.Context, tx *store.Tx) (student.Student, error) {
		return student.ByPublicID(ctx, tx, id)
	})
}

func openAccounts(t *testing.T, db *store.DB, person int64) int {
	t.Helper()
	accounts := read(t, db, func(ctx context.Context, tx *store.Tx) ([]identity.Account, error) {
		return identity.AccountsOfPerson(ctx, tx, person)
	})
	return len(slices.DeleteFunc(accounts, func(a identity.Account) bool { return !a.Disabled.IsZero() }))
}

func TestAMergeIsPreviewedDoneAndUndone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		keep, drop := lenas(t, db)
		preview := read(t, db, func(ctx context.Context, tx *store.Tx) (student.MergePreview, error) {
			return student.PreviewMerge(ctx, tx, system, keep.PublicID, drop.PublicID)
		})
		var differ []string
		for _, d := range preview.Differences {
			differ = append(differ, fmt.Sprint(d.Field, " ", d.Suggested))
		}
		want := []string{"family_name false", "given_name false", "email true", "number false", "ine true"}
		if !slices.Equal(differ, want) || len(preview.Closes) != 1 || preview.Closes[0].Login != "lena2" {
			t.Errorf("preview differs in %q and closes %v", differ, preview.Closes)
		}
		for _, d := range preview.Differences {
			if !text.In(text.English, "").Has("reference.field." + d.Field) {
				t.Errorf("field %s has no name", d.Field)
			}
		}

		merge, err := student.MergeStudents(t.Context(), db, system, student.MergeForm{
			Keep: keep.PublicID, Drop: drop.PublicID, Take: []string{"email", "ine"}, Reason: "même personne",
		})
		if err != nil {
			t.Fatal(err)
		}
		merged := byPublicID(t, db, drop.PublicID)
		if merged.ID != keep.ID || merged.Person.Email != drop.Person.Email || merged.INE != drop.INE || merged.INEKind != drop.INEKind || merged.Number != keep.Number {
			t.Errorf("merged into %+v", merged)
		}
		if openAccounts(t, db, drop.Person.ID) != 0 || openAccounts(t, db, keep.Person.ID) != 1 {
			t.Error("the wrong accounts are open after the merge")
		}
		if list := read(t, db, func(ctx context.Context, tx *store.Tx) ([]student.Student, error) {
			return student.ListFor(system).All(ctx, tx, student.SeenBy(system, student.RightView))
		}); len(list) != 1 {
			t.Errorf("%d students in the list", len(list))
		}
		if now := standing(t, db, drop.ID); now.ID != keep.ID {
			t.Errorf("key %d gives %d, want %d", drop.ID, now.ID, keep.ID)
		}

		if err := student.UndoMerge(t.Context(), db, system, merge, "deux personnes"); err != nil {
			t.Fatal(err)
		}
		for _, before := range []student.Student{keep, drop} {
			after := byPublicID(t, db, before.PublicID)
			after.Stamp, after.Person.ChangedAt, after.Person.ChangedBy = before.Stamp, before.Person.ChangedAt, before.Person.ChangedBy
			if fmt.Sprintf("%+v", after) != fmt.Sprintf("%+v", before) {
				t.Errorf("after undoing\n%+v, before\n%+v", after, before)
			}
		}
		if openAccounts(t, db, drop.Person.ID) != 1 {
			t.Error("the account is still closed")
		}
		if err := student.UndoMerge(t.Context(), db, system, merge, "encore"); !fault.Has(err, "reference.merge.undone") {
			t.Errorf("undone twice: %v", err)
		}
		journal := read(t, db, func(ctx context.Context, tx *store.Tx) ([]student.Merge, error) {
			return student.MergesOf(ctx, tx, system, keep)
		})
		if len(journal) != 1 || !slices.Equal(journal[0].Taken, []string{"email", "ine"}) || journal[0].UndoneAt.IsZero() {
			t.Errorf("journal %+v", journal)
		}
	})
}

// What is counted of all cohorts is kept between changes of records.
func TestMembersAreCountedAnewAfterEachChange(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		keep, drop := lenas(t, db)
		cohort := cohortID(t, db, "VALMER-DFASM2")
		counted := func(change string, want int, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(change, err)
			}
			all := read(t, db, student.CountAllMembers)
			for _, c := range read(t, db, student.AllCohorts) {
				one := read(t, db, func(ctx context.Context, tx *store.Tx) (int, error) { return student.CountMembers(ctx, tx, c.ID) })
				if c.PublicID == cohort && one != want || all[c.ID] != one {
					t.Errorf("%s: %s has %d members, %d among all, want %d", change, c.Code, one, all[c.ID], want)
				}
			}
		}
		counted("one joined", 1, nil)
		counted("another joined", 2, student.JoinCohort(t.Context(), db, system, cohort, drop.PublicID))
		merge, err := student.MergeStudents(t.Context(), db, system, student.MergeForm{Keep: keep.PublicID, Drop: drop.PublicID, Reason: "même personne"})
		counted("merged", 1, err)
		counted("taken apart", 2, student.UndoMerge(t.Context(), db, system, merge, "deux personnes"))
		counted("one left", 1, student.LeaveCohort(t.Context(), db, system, cohort, drop.PublicID))
	})
}

func TestAnUndoneMergeKeepsWhatWasChangedSince(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		keep, drop := lenas(t, db)
		merge, err := student.MergeStudents(t.Context(), db, system, student.MergeForm{
			Keep: keep.PublicID, Drop: drop.PublicID, Take: []string{"email", "number"}, Reason: "même personne",
		})
		if err != nil {
			t.Fatal(err)
		}
		now := byPublicID(t, db, keep.PublicID)
		now.Person.Email = "lena@autre.example"
		saved(t, db, now)
		if err := student.UndoMerge(t.Context(), db, system, merge, "deux personnes"); err != nil {
			t.Fatal(err)
		}
		if after := byPublicID(t, db, keep.PublicID); after.Person.Email != "lena@autre.example" || after.Number != keep.Number {
			t.Errorf("after undoing: %s, %s", after.Person.Email, after.Number)
		}
		if after := byPublicID(t, db, drop.PublicID); after.Number != drop.Number {
			t.Errorf("the dropped record has number %s", after.Number)
		}
	})
}

func TestAMergeIsUndoneForThirtyDays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		keep, drop := lenas(t, db)
		merge, err := student.MergeStudents(t.Context(), db, system, student.MergeForm{Keep: keep.PublicID, Drop: drop.PublicID, Reason: "x"})
		if err != nil {
			t.Fatal(err)
		}
		storetest.Clock(t, db).Freeze(storetest.Start.AddDate(0, 0, student.UndoDays))
		if err := student.UndoMerge(t.Context(), db, system, merge, "trop tard"); !fault.Has(err, "reference.merge.late") {
			t.Errorf("undone after thirty days: %v", err)
		}
		storetest.Clock(t, db).Freeze(storetest.Start.AddDate(0, 0, student.UndoDays).Add(-time.Microsecond))
		if err := student.UndoMerge(t.Context(), db, system, merge, ""); !slices.Equal(wrongFields(err), []string{"reason form.reason"}) {
			t.Errorf("undone without a reason: %v", err)
		}
		if err := student.UndoMerge(t.Context(), db, system, merge, "juste à temps"); err != nil {
			t.Errorf("not undone in time: %v", err)
		}
	})
}

// Several people merge the same two records at the same time, either way round.
func TestOneMergeWins(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		keep, drop := lenas(t, db)
		errs := atOnce(6, func(i int) error {
			f := student.MergeForm{Keep: keep.PublicID, Drop: drop.PublicID, Reason: "même personne"}
			if i%2 == 1 {
				f.Keep, f.Drop = f.Drop, f.Keep
			}
			_, err := student.MergeStudents(t.Context(), db, system, f)
			return err
		})
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !fault.Has(err, "reference.merge.gone") {
				t.Errorf("refused with %v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d merged", won)
		}
		if c := read(t, db, student.LoadCanonical); len(c) != 1 {
			t.Errorf("merged: %v", c)
		}
	})
}

func TestWrongMergesAreRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		keep, drop := lenas(t, db)
		tests := []struct {
			name string
			form student.MergeForm
			want string
		}{
			{"a record with itself", student.MergeForm{Keep: keep.PublicID, Drop: keep.PublicID, Reason: "x"}, "reference.merge.self"},
			{"no such record", student.MergeForm{Keep: keep.PublicID, Drop: "nobody", Reason: "x"}, "reference.unknown"},
			{"without a reason", student.MergeForm{Keep: keep.PublicID, Drop: drop.PublicID, Reason: " "}, "form.wrong"},
			{"a field that is none", student.MergeForm{Keep: keep.PublicID, Drop: drop.PublicID, Reason: "x", Take: []string{"merged_into"}}, "form.wrong"},
		}
		for _, tt := range tests {
			if _, err := student.MergeStudents(t.Context(), db, system, tt.form); !fault.Has(err, tt.want) {
				t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
			}
		}
		if c := read(t, db, student.LoadCanonical); len(c) != 0 {
			t.Errorf("merged: %v", c)
		}
	})
}

// Chains of merges end at one record, and each student keeps every cohort that
// any record of theirs was in.
func TestMergesMayFollowOneAnother(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first, second := lenas(t, db)
		third := saved(t, db, newStudent("Marchetti", "Léna Marie"))
		for _, f := range []student.MergeForm{
			{Keep: second.PublicID, Drop: first.PublicID, Reason: "x"},
			{Keep: third.PublicID, Drop: second.PublicID, Reason: "x"},
		} {
			if _, err := student.MergeStudents(t.Context(), db, system, f); err != nil {
				t.Fatal(err)
			}
		}
		c := read(t, db, student.LoadCanonical)
		if c.Of(first.ID) != third.ID || !slices.Equal(c.Same(second.ID), []int64{third.ID, first.ID, second.ID}) {
			t.Errorf("canonical %v", c)
		}
		for _, s := range []student.Student{byPublicID(t, db, first.PublicID), standing(t, db, first.ID)} {
			if len(s.Cohorts) != 1 || s.Cohorts[0].Cohort.Code != "VALMER-DFASM2" {
				t.Errorf("student %d is in %v", s.ID, s.Cohorts)
			}
		}
		ids := []int64{second.ID, first.ID, third.ID, -1}
		people := read(t, db, func(ctx context.Context, tx *store.Tx) (map[int64]identity.Person, error) {
			return student.PeopleOf(ctx, tx, ids)
		})
		for _, id := range ids[:3] {
			if people[id] != byPublicID(t, db, third.PublicID).Person {
				t.Errorf("record %d stands for %v", id, people[id])
			}
		}
		if len(people) != 3 {
			t.Errorf("%d people of three records", len(people))
		}
	})
}

func TestEveryAbsenceIsExplained(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		keep, drop := lenas(t, db)
		add := func(family string, change func(*student.Student)) student.Student {
			s := newStudent(family, "A")
			s.Person.Email = strings.ToLower(family) + "@valmer.example"
			change(&s)
			s = saved(t, db, s)
			if err := student.JoinCohort(t.Context(), db, system, cohortID(t, db, "VALMER-DFASM2"), s.PublicID); err != nil {
				t.Fatal(err)
			}
			return s
		}
		add("Amblard", func(s *student.Student) { s.Level.Code = "DFASM1" })
		add("Oster", func(s *student.Student) { s.Person.Email = "" })
		add("Parti", func(s *student.Student) { s.Active = false })
		add("Baraka", func(*student.Student) {})
		away := add("Repos", func(*student.Student) {})
		must(t)(student.SaveLeave(t.Context(), db, system, away.PublicID, student.Leave{Interval: reference.Interval{From: "2026-10-01", To: "2027-01-31"}}))
		saved(t, db, newStudent("Dehors", "A"))

		want := map[string]string{
			"Amblard A": "level DFASM1", "Oster A": "warning email absence.email.none", "Parti A": "active absence.active.no",
			"Baraka A": "in", "Repos A": "leave absence.leave.found", "Dehors A": "cohort absence.cohort.none",
			"Marchetti Léna": "single absence.single.twin", "MARCHETTI Lena": "single absence.single.twin",
		}
		explain := func() map[string]string {
			standings := read(t, db, everybody)
			cohort := read(t, db, student.AllCohorts)[0]
			period := read(t, db, reference.Periods)[0]
			got := map[string]string{}
			for _, s := range standings {
				got[s.Student.Person.SortedName()] = tell(s.Findings(student.Criteria(student.Expected{Cohorts: []student.Cohort{cohort}, Period: period})))
			}
			return got
		}
		if got := explain(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}

		must(t)(student.MergeStudents(t.Context(), db, system, student.MergeForm{Keep: keep.PublicID, Drop: drop.PublicID, Take: []string{"email"}, Reason: "x"}))
		want["Marchetti Léna"], want["MARCHETTI Lena"] = "in", "single absence.single.merged"
		if got := explain(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("after the merge: got  %v\nwant %v", got, want)
		}
		for search, want := range map[string]int{"amb": 1, "  ": 0, "lena march": 2, "%": 0, "_": 0, "2100012": 1, "1234567890v": 1} {
			found := read(t, db, func(ctx context.Context, tx *store.Tx) ([]student.State, error) {
				where, err := student.Matching(ctx, tx, search)
				if err != nil {
					return nil, err
				}
				return student.States(ctx, tx, where)
			})
			if len(found) != want {
				t.Errorf("%q finds %d records, want %d", search, len(found), want)
			}
		}
	})
}

func everybody(ctx context.Context, tx *store.Tx) ([]student.State, error) {
	return student.States(ctx, tx, store.Condition{})
}

// tell sums findings up, and fails on one that has no sentence.
func tell(findings []student.Finding) string {
	for _, f := range append(findings, student.Missing("x"), student.Hidden()) {
		for _, lang := range text.Langs {
			p := text.In(lang, "")
			for _, key := range []string{"absence." + f.Predicate, f.Found.Key, f.Expected.Key} {
				if !p.Has(key) {
					return "no sentence for " + key
				}
			}
			if s := p.Message(f.Found.Key, f.Found.Args); strings.Contains(s, "no value") {
				return f.Found.Key + " lacks a blank: " + s
			}
		}
	}
	if f, out := student.Excluded(findings); out {
		if f.Found.Key == "absence.value" {
			return fmt.Sprint(f.Predicate, " ", f.Found.Args["value"])
		}
		return f.Predicate + " " + f.Found.Key
	}
	if warned := student.Warned(findings); len(warned) > 0 {
		return "warning " + warned[0].Predicate + " " + warned[0].Found.Key
	}
	return "in"
}

func TestTwoPeopleDeclaredDistinctStayApart(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		keep, drop := lenas(t, db)
		pairs := func() []student.DuplicatePair {
			return read(t, db, func(ctx context.Context, tx *store.Tx) ([]student.DuplicatePair, error) {
				return student.DuplicatePairs(ctx, tx, system)
			})
		}
		if got := pairs(); len(got) != 1 || got[0].First.ID != keep.ID || !slices.Equal(got[0].Why, []student.MatchReason{student.SameName}) {
			t.Fatalf("pairs %+v", got)
		}
		if err := student.DeclareDistinct(t.Context(), db, system, drop.PublicID, keep.PublicID, "jumelles"); err != nil {
			t.Fatal(err)
		}
		if got := pairs(); len(got) != 0 {
			t.Errorf("still alike: %+v", got)
		}
		draft := newStudent("marchetti", "LÉNA")
		draft.BirthDate = "2004-06-09"
		alike := read(t, db, func(ctx context.Context, tx *store.Tx) ([]student.Duplicate, error) {
			return student.FindDuplicates(ctx, tx, draft)
		})
		if len(alike) != 2 {
			t.Errorf("a third record looks like %d", len(alike))
		}
	})
}

// Brothers and sisters born together have names that are close; their INE tells
// them apart.
func TestSiblingsAreNotTakenForOnePerson(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valmer(t, db)
		for given, ine := range map[string]string{"Léa": "1234567890V", "Léo": "0512003456W"} {
			s := newStudent("Martin", given)
			s.BirthDate, s.INE, s.INEKind = "2004-06-09", ine, reference.INEBEA
			saved(t, db, s)
		}
		pairs := read(t, db, func(ctx context.Context, tx *store.Tx) ([]student.DuplicatePair, error) {
			return student.DuplicatePairs(ctx, tx, system)
		})
		if len(pairs) != 0 {
			t.Errorf("taken for one: %+v", pairs)
		}
		third := newStudent("Martin", "Lea")
		third.BirthDate = "2004-06-09"
		alike := read(t, db, func(ctx context.Context, tx *store.Tx) ([]student.Duplicate, error) {
			return student.FindDuplicates(ctx, tx, third)
		})
		if len(alike) != 2 {
			t.Errorf("a record without an INE looks like %d of them", len(alike))
		}
	})
}

// Two hundred records are entered a second time, each with one of the mistakes
// that offices report, among two thousand people of whom some share a name or are
// twins. What is found is compared with what was done.
func TestLikelyDuplicatesAreFoundAndLittleElse(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite)
	valmer(t, db)
	random := rand.New(rand.NewPCG(2026, 3))
	families := []string{"Martin", "Le Guen", "Desnoyer", "Vasseur", "Marchetti", "Ben Salem", "Corbin", "Quentric", "Pradel", "Oster", "Hamon", "Thibert", "Delorme", "Xavier", "Zeller", "Bellec", "Ferrec", "Urbain", "Vial", "Wattel",
		"Petit", "Robert", "Nguyen", "Da Silva", "Lefèvre", "Roux", "Moreau", "Garnier", "Diallo", "Traoré", "Benali", "Kervadec", "Lopes", "Sorel", "Amsel", "Delille", "Gautier", "Perrin", "Morvan", "Colas"}
	given := []string{"Léna", "Karim", "Zoé", "Noël", "Camille", "Anne-Sophie", "Jean-Baptiste", "Maël", "Inès", "Oscar", "Paola", "Sami", "Tess", "Ugo", "Victoire", "Wassim", "Yaël", "Rose", "Lou", "Nour"}
	type entry struct {
		family, given, number, email string
		born                         reference.Date
	}
	var people []entry
	for i := range 2000 {
		born := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, random.IntN(1800))
		people = append(people, entry{
			families[random.IntN(len(families))] + " " + families[random.IntN(len(families))], given[random.IntN(len(given))],
			fmt.Sprint(2100000 + i), fmt.Sprintf("p%d@valmer.example", i), reference.Date(born.Format("2006-01-02")),
		})
	}
	mistakes := []func(entry) entry{
		func(e entry) entry { e.family = strings.ToUpper(text.Fold(e.family)); return e },
		func(e entry) entry { e.family, e.given = e.given, e.family; return e },
		func(e entry) entry { e.given += " Marie"; return e },
		func(e entry) entry { e.family = e.family[:2] + e.family[3:]; return e },
		func(e entry) entry { e.born = ""; return e },
		func(e entry) entry {
			if swapped := e.born[:5] + e.born[8:] + "-" + e.born[5:7]; swapped.Valid() {
				e.born = swapped
				return e
			}
			if e.born = e.born[:8] + "0" + e.born[9:]; !e.born.Valid() {
				e.born = e.born[:8] + "10"
			}
			return e
		},
		func(e entry) entry { e.number = "0" + e.number; e.family = "Épouse" + e.number; return e },
		func(e entry) entry {
			e.family, e.born = "Épouse"+e.number, ""
			e.email = strings.ToUpper(e.email)
			return e
		},
	}
	same := map[string]string{} // number → the number it was entered under before
	for i := range 200 {
		e := people[i*10]
		twice := mistakes[i%len(mistakes)](e)
		if twice.number == e.number {
			twice.number = fmt.Sprint(2900000 + i)
		}
		if i%len(mistakes) != 7 {
			twice.email = ""
		}
		same[twice.number] = e.number
		people = append(people, twice)
	}
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		for _, e := range people {
			s := newStudent(e.family, e.given)
			s.Number, s.BirthDate, s.Person.Email = e.number, e.born, e.email
			if _, err := student.Put(t.Context(), tx, system, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	pairs := read(t, db, func(ctx context.Context, tx *store.Tx) ([]student.DuplicatePair, error) {
		return student.DuplicatePairs(ctx, tx, system)
	})
	right := 0
	for _, p := range pairs {
		if same[p.Second.Number] == p.First.Number {
			right++
		}
	}
	t.Logf("found %d of 200 pairs in %d proposals", right, len(pairs))
	if right < 180 || right*100 < len(pairs)*95 {
		t.Error("fewer than 90 % of the pairs, or fewer than 95 % of the proposals, are right")
	}
}

// standing returns the student whom the key of a record stands for now.
func standing(t *testing.T, db *store.DB, record int64) student.Student {
	t.Helper()
	return read(t, db, func(ctx context.Context, tx *store.Tx) (student.Student, error) {
		found, err := student.ByIDs(ctx, tx, []int64{record})
		return found[record], err
	})
}
