package student_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
)

// mixedUp fills two faculties with students in cohorts of two years, some of whom
// look like others and some of whom are merged, one after another.
func mixedUp(t *testing.T, db *store.DB, random *rand.Rand) {
	t.Helper()
	valmer(t, db)
	must(t)(reference.SaveAcademicYear(t.Context(), db, system, reference.AcademicYear{
		Code: "2026-2027", Name: "2026-2027", Interval: reference.Interval{From: "2026-09-01", To: "2027-08-31"},
	}))
	cohorts := []string{cohortID(t, db, "VALMER-DFASM2")}
	for _, c := range []struct{ code, year, faculty string }{{"OTHER", "2025-2026", "OUEST"}, {"NEXT", "2026-2027", "VALMER"}, {"LAST", "2026-2027", "OUEST"}} {
		x := cohort(c.code)
		x.Year.Code, x.Faculty.Code = c.year, c.faculty
		x, err := student.SaveCohort(t.Context(), db, system, x)
		if err != nil {
			t.Fatal(err)
		}
		cohorts = append(cohorts, x.PublicID)
	}
	var ids []string
	for i := range 24 {
		s := newStudent([]string{"Martin", "Martinez", "Durand"}[random.IntN(3)], fmt.Sprintf("Zoé %c", 'A'+i))
		s.Number, s.BirthDate, s.Active = fmt.Sprintf("%d", 1000+i), "2003-01-25", random.IntN(4) > 0
		if random.IntN(3) > 0 {
			s.Person.Email = fmt.Sprintf("zoe%d@univ.example", i/2)
		}
		s.Faculty.Code = []string{"VALMER", "OUEST"}[random.IntN(2)]
		s = saved(t, db, s)
		ids = append(ids, s.PublicID)
		for range random.IntN(3) {
			_ = student.JoinCohort(t.Context(), db, system, cohorts[random.IntN(len(cohorts))], s.PublicID) // at most one a year
		}
	}
	for range 8 {
		_, _ = student.MergeStudents(t.Context(), db, system, student.MergeForm{Keep: ids[random.IntN(len(ids))], Drop: ids[random.IntN(len(ids))], Reason: "test"})
	}
}

// shown returns the whole list as an actor sees it, page by page.
func shown(t *testing.T, db *store.DB, actor identity.Actor, ask store.Ask) []student.Student {
	t.Helper()
	list, where := student.ListFor(actor), student.SeenBy(actor, student.RightView)
	return read(t, db, func(ctx context.Context, tx *store.Tx) (all []student.Student, err error) {
		ask.Size = 5
		for {
			page, err := list.Page(ctx, tx, where, ask)
			if err == nil {
				err = student.Complete(ctx, tx, page.Rows)
			}
			if err != nil {
				return nil, err
			}
			if all = append(all, page.Rows...); page.Next == "" {
				n, _, err := list.Count(ctx, tx, where, ask)
				if n != len(all) {
					t.Errorf("%+v: %d are counted, %d are shown", ask, n, len(all))
				}
				return all, err
			}
			ask.After = page.Next
		}
	})
}

func same(a, b []student.Student) bool {
	return slices.EqualFunc(a, b, func(a, b student.Student) bool { return reflect.DeepEqual(a, b) })
}

// The list in the database is what the rules say of one student at a time: where
// they lie, which cohorts are theirs, whom they look like, by what they are found.
func TestTheListIsWhatTheRulesSay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const seed = 5
		mixedUp(t, db, rand.New(rand.NewPCG(seed, seed)))
		everybody := read(t, db, student.All)
		someone := everybody[slices.IndexFunc(everybody, func(s student.Student) bool { return s.MergedInto == 0 })].Person.PublicID
		for _, on := range []identity.Perimeter{
			identity.Everything, identity.Faculty("VALMER"), identity.Faculty("nowhere"), identity.Self(someone),
			student.CohortPerimeter("VALMER-DFASM2"), student.CohortPerimeter("LAST"), {Kind: identity.KindSite, Key: "VALMER"},
		} {
			actor := office(t, db, identity.RoleOffice, on)
			may := slices.DeleteFunc(slices.Clone(everybody), func(s student.Student) bool {
				return s.MergedInto != 0 || !actor.Can(student.RightView, s.Perimeters()...)
			})
			if is := shown(t, db, actor, store.Ask{}); !same(is, may) {
				t.Errorf("on %v: the list is\n%v, not\n%v", on, is, may)
			}
			twins := map[int64]bool{}
			for _, p := range read(t, db, func(ctx context.Context, tx *store.Tx) ([]student.DuplicatePair, error) {
				return student.DuplicatePairs(ctx, tx, actor)
			}) {
				twins[p.First.ID], twins[p.Second.ID] = true, true
			}
			among := read(t, db, func(ctx context.Context, tx *store.Tx) (map[int64]bool, error) {
				return student.DuplicatesAmong(ctx, tx, actor, may)
			})
			if !reflect.DeepEqual(among, twins) {
				t.Errorf("on %v: duplicates are %v, not %v", on, among, twins)
			}
			for ask, holds := range map[[2]string]func(student.Student) bool{
				{"cohort", "NEXT"}:       func(s student.Student) bool { return slices.Contains(s.Perimeters(), student.CohortPerimeter("NEXT")) },
				{"faculty", "OUEST"}:     func(s student.Student) bool { return s.Faculty.Code == "OUEST" },
				{"level", "DFASM2"}:      func(s student.Student) bool { return s.Level.Code == "DFASM2" },
				{"number", "10-1"}:       func(s student.Student) bool { return s.Number[:3] == "101" },
				{"name", "mart"}:         func(s student.Student) bool { return s.Person.FamilyName != "Durand" },
				{"watch", "twin"}:        func(s student.Student) bool { return twins[s.ID] },
				{"watch", "left"}:        func(s student.Student) bool { return !twins[s.ID] && !s.Active },
				{"watch", "no-email"}:    func(s student.Student) bool { return !twins[s.ID] && s.Active && s.Person.Email == "" },
				{"watch", "fine"}:        func(s student.Student) bool { return !twins[s.ID] && s.Active && s.Person.Email != "" },
				{"watch", "what"}:        func(student.Student) bool { return false },
				{"search", "ZOE martin"}: func(s student.Student) bool { return s.Person.FamilyName != "Durand" },
				{"search", "1003"}:       func(s student.Student) bool { return s.Number == "1003" },
			} {
				asked := store.Ask{Filters: map[string]string{ask[0]: ask[1]}}
				if ask[0] == "search" {
					asked = store.Ask{Search: ask[1]}
				}
				want := slices.DeleteFunc(slices.Clone(may), func(s student.Student) bool { return !holds(s) })
				if is := shown(t, db, actor, asked); !same(is, want) {
					t.Errorf("on %v, %v: the list is\n%v, not\n%v", on, ask, is, want)
				}
			}
		}
	})
}

// A word that many have finds whom it finds when few have it.
func TestWhoHasAWordIsFoundByIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		must(t)(identity.CreatePerson(t.Context(), db, system, identity.PersonForm{FamilyName: "Roux", GivenName: "Zoé"})) // nobody's record has their key
		mixedUp(t, db, rand.New(rand.NewPCG(7, 7)))
		for word, finds := range map[string]bool{"mart": true, "zoe": true, "1003": true, "100": true, "nobody": false} {
			low, high := word, word+"\U0010FFFF"
			found := func(where store.Condition) []int64 {
				list := store.List[int64]{Select: "s.id", From: student.From, ID: "s.id", Scan: func(row store.Row) (id int64, err error) { return id, row.Scan(&id) }}
				return read(t, db, func(ctx context.Context, tx *store.Tx) ([]int64, error) { return list.All(ctx, tx, where) })
			}
			having := found(store.Where("s.id IN ("+student.Words.Having()+")", low, high))
			has := found(store.Where(student.Words.Has(), low, high))
			if !slices.Equal(has, having) || (len(has) > 0) != finds {
				t.Errorf("%s: %v have it, %v are found by it", word, has, having)
			}
			listed := student.ListFor(system)
			for _, place := range listed.Words {
				by := func(from, condition string) []int64 {
					list := store.List[int64]{Select: listed.ID, From: from, ID: listed.ID, Scan: func(row store.Row) (id int64, err error) { return id, row.Scan(&id) }}
					return read(t, db, func(ctx context.Context, tx *store.Tx) ([]int64, error) {
						return list.All(ctx, tx, store.Where(condition, low, high))
					})
				}
				having := by(student.From, listed.ID+" IN ("+place.Having+")")
				if has, alone := by(student.From, place.Has), by(listed.Alone, place.Alone); !slices.Equal(has, having) || !slices.Equal(alone, having) {
					t.Errorf("%s in %s: %v have it, %v are found, %v in the table alone", word, place.Having, having, has, alone)
				}
			}
		}
	})
}
