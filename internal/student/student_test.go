package student_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

var system = identity.System("test")

// valmer is the smallest world in which every form can be filled in.
func valmer(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := t.Context()
	must(t)(reference.SaveFaculty(ctx, db, system, reference.Faculty{Code: "VALMER", Name: "UFR Santé de Valmer", UAI: "0751717J"}))
	must(t)(reference.SaveFaculty(ctx, db, system, reference.Faculty{Code: "OUEST", Name: "UFR de l’Ouest"}))
	for i, code := range []string{"DFGSM2", "DFGSM3", "DFASM1", "DFASM2", "DFASM3"} {
		must(t)(reference.SaveLevel(ctx, db, system, reference.Level{Code: code, Name: code, Position: i + 1}))
	}
	must(t)(reference.SaveAcademicYear(ctx, db, system, reference.AcademicYear{
		Code: "2025-2026", Name: "2025-2026", Interval: reference.Interval{From: "2025-09-01", To: "2026-08-31"},
	}))
	must(t)(site.SaveCategory(ctx, db, system, site.Category{Code: "CHIR", Acronym: "CHIR", Name: "Chirurgie", Main: true}))
	must(t)(site.SaveInstitution(ctx, db, system, site.Institution{
		Code: "CHUV", Name: "CHU de Valmer", Kind: site.UniversityHospital, FINESS: "750712184",
	}))
	must(t)(student.SaveCohort(ctx, db, system, cohort("VALMER-DFASM2")))
	must(t)(reference.SavePeriod(ctx, db, system, reference.Period{
		Code: "S2", Name: "Semestre 2", Intervals: []reference.Interval{{From: "2026-05-04", To: "2026-10-30"}},
	}))
}

func cohort(code string) student.Cohort {
	return student.Cohort{
		Code: code, Name: "Promotion " + code, Expected: 24,
		Level: reference.Ref{Code: "DFASM2"}, Year: reference.Ref{Code: "2025-2026"}, Faculty: reference.Ref{Code: "VALMER"},
	}
}

func newStudent(family, given string) student.Student {
	return student.Student{
		Person: identity.Person{FamilyName: family, GivenName: given}, Active: true,
		Level: reference.Ref{Code: "DFASM2"}, Faculty: reference.Ref{Code: "VALMER"},
	}
}

// must returns what checks the outcome of a call that may not fail.
func must(t *testing.T) func(any, error) {
	return func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

func saved(t *testing.T, db *store.DB, s student.Student) student.Student {
	t.Helper()
	s, err := student.Save(t.Context(), db, system, s)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newSite(code string) site.Site {
	return site.Site{
		Code: code, Name: "Chirurgie " + code, Category: reference.Ref{Code: "CHIR"}, Institution: reference.Ref{Code: "CHUV"},
		Faculty: reference.Ref{Code: "VALMER"}, Main: true, WishesAllowed: true, MinSeats: 1, IdealSeats: 2, MaxSeats: 3,
	}
}

// office gives an actor rights on a perimeter, as a role would.
func office(t *testing.T, db *store.DB, role string, on identity.Perimeter) identity.Actor {
	t.Helper()
	var a identity.Actor
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		if err := identity.DeclareRights(t.Context(), tx, node.Rights()); err != nil {
			return err
		}
		p, err := identity.AddPerson(t.Context(), tx, "test", identity.PersonForm{FamilyName: "Lopes", GivenName: "Nadia"})
		if err != nil {
			return err
		}
		if err := identity.GrantRole(t.Context(), tx, p.ID, role, on, "label", tx.Now, time.Time{}); err != nil {
			return err
		}
		a, err = identity.LoadActor(t.Context(), tx, p, "test")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
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

// wrongFields lists "field sentence" of a refused form.
func wrongFields(err error) []string {
	var list []string
	if e, ok := errors.AsType[*fault.Error](err); ok {
		for _, f := range e.Fields {
			list = append(list, f.Name+" "+f.Key)
		}
	}
	return list
}

func TestWrongFormsAreRefusedFieldByField(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valmer(t, db)
		must(t)(site.Save(t.Context(), db, system, newSite("CHUV-CHIR-D")))
		must(t)(student.Save(t.Context(), db, system, func() student.Student { s := newStudent("Baraka", "Ines"); s.Number = "2100005"; return s }()))
		ctx := t.Context()
		saveSite := func(change func(*site.Site)) error {
			s := newSite("NEW")
			change(&s)
			_, err := site.Save(ctx, db, system, s)
			return err
		}
		saveStudent := func(change func(*student.Student)) error {
			s := newStudent("Oster", "Karim")
			change(&s)
			_, err := student.Save(ctx, db, system, s)
			return err
		}
		savePeriod := func(intervals ...reference.Interval) error {
			_, err := reference.SavePeriod(ctx, db, system, reference.Period{Code: "S9", Name: "Semestre 9", Intervals: intervals})
			return err
		}
		saveInstitution := func(change func(*site.Institution)) error {
			i := site.Institution{Code: "CHPL", Name: "CH de Port-Lune", Kind: site.Hospital}
			change(&i)
			_, err := site.SaveInstitution(ctx, db, system, i)
			return err
		}
		saveCohort := func(change func(*student.Cohort)) error {
			c := cohort("NEW")
			change(&c)
			_, err := student.SaveCohort(ctx, db, system, c)
			return err
		}
		tests := []struct {
			name string
			err  error
			want []string
		}{
			{"an empty site", saveSite(func(s *site.Site) { *s = site.Site{} }), []string{"code form.required", "name form.required", "category form.required"}},
			{"a code with a space", saveSite(func(s *site.Site) { s.Code = "CHUV URGE" }), []string{"code reference.code.signs"}},
			{"a code that is taken, in other letters", saveSite(func(s *site.Site) { s.Code = "chuv-chir-d" }), []string{"code form.taken"}},
			{"an unknown category", saveSite(func(s *site.Site) { s.Category = reference.Ref{Code: "CHIRR"} }), []string{"category form.choice"}},
			{"an unknown institution and level", saveSite(func(s *site.Site) {
				s.Institution, s.ClosedLevels = reference.Ref{ID: 99}, []reference.Ref{{Code: "DFSAM2"}}
			}), []string{"institution form.choice", "closed_levels form.choice"}},
			{"fewer seats than none", saveSite(func(s *site.Site) { s.MinSeats = -1 }), []string{"min_seats form.range"}},
			{"seats out of order", saveSite(func(s *site.Site) { s.MinSeats, s.IdealSeats, s.MaxSeats = 5, 4, 3 }), []string{"ideal_seats reference.seats.ideal", "max_seats reference.seats.max"}},
			{"a link that runs code", saveSite(func(s *site.Site) { s.Link = "javascript:alert(1)" }), []string{"link reference.link"}},
			{"a main site as its own secondary", saveSite(func(s *site.Site) { s.Secondaries = []reference.Ref{{Code: "CHUV-CHIR-D"}} }), []string{"secondaries form.choice"}},
			{"a secondary site with secondaries", saveSite(func(s *site.Site) {
				s.Main, s.Secondaries = false, []reference.Ref{{Code: "CHUV-CHIR-D"}}
			}), []string{"secondaries reference.secondary.of-secondary"}},
			{"a student without name or level", saveStudent(func(s *student.Student) { *s = student.Student{} }), []string{"family_name form.required", "level form.required", "faculty form.required"}},
			{"an e-mail address without a dot", saveStudent(func(s *student.Student) { s.Person.Email = "karim@valmer" }), []string{"email form.email"}},
			{"a number that is taken", saveStudent(func(s *student.Student) { s.Number = " 2100005 " }), []string{"number form.taken"}},
			{"an INE of no kind", saveStudent(func(s *student.Student) { s.INE = "1234567890V" }), []string{"ine_kind form.required"}},
			{"an INE with a wrong key", saveStudent(func(s *student.Student) { s.INE, s.INEKind = "1234567890W", reference.INEBEA }), []string{"ine identifier.ine.key"}},
			{"a day that does not exist", saveStudent(func(s *student.Student) { s.BirthDate = "2004-02-30" }), []string{"birth_date reference.date"}},
			{"somebody born last year", saveStudent(func(s *student.Student) { s.BirthDate = "2026-03-01" }), []string{"birth_date reference.birth-date.young"}},
			{"a level with two letters exchanged", saveStudent(func(s *student.Student) { s.Level = reference.Ref{Code: "DFSAM2"} }), []string{"level form.choice"}},
			{"a period without days", savePeriod(), []string{"from form.required"}},
			{"a period that ends before it starts", savePeriod(reference.Interval{From: "2026-05-02", To: "2026-05-01"}), []string{"to reference.interval.order"}},
			{"a period that overlaps itself", savePeriod(reference.Interval{From: "2026-06-01", To: "2026-07-01"}, reference.Interval{From: "2026-05-01", To: "2026-06-01"}), []string{"from reference.interval.overlap"}},
			{"an institution of no kind", saveInstitution(func(i *site.Institution) { i.Kind = "palace" }), []string{"kind form.choice"}},
			{"a FINESS with a wrong key, a SIRET that is a SIREN", saveInstitution(func(i *site.Institution) { i.FINESS, i.SIRET = "750712185", "732829320" }), []string{"finess identifier.finess.key", "siret identifier.siret.form"}},
			{"a FINESS that is taken", saveInstitution(func(i *site.Institution) { i.FINESS = "75 071 218 4" }), []string{"finess form.taken"}},
			{"a cohort of unknown year", saveCohort(func(c *student.Cohort) { c.Year = reference.Ref{Code: "2031"} }), []string{"year form.choice"}},
			{"a cohort that expects too many", saveCohort(func(c *student.Cohort) { c.Expected = 50_000 }), []string{"expected form.range"}},
		}
		for _, tt := range tests {
			if got := wrongFields(tt.err); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %q, want %q (%v)", tt.name, got, tt.want, tt.err)
			}
		}
		if n := len(read(t, db, student.All)); n != 1 {
			t.Errorf("%d students after refused forms, want 1", n)
		}
		if n := len(read(t, db, people)); n != 1 {
			t.Errorf("%d people after refused forms, want 1", n)
		}
	})
}

func TestASiteIsReadAsItWasSaved(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valmer(t, db)
		secondary := newSite("MSPB-MG1")
		secondary.Main = false
		must(t)(site.Save(t.Context(), db, system, secondary))
		s := newSite("CHUV-CARD-A")
		s.Description, s.Link = "Deux gardes par mois.\r\nVestiaire au sous-sol.  ", "https://chuv.example/card"
		s.Secondaries = []reference.Ref{{Code: "mspb-mg1"}}
		s.ClosedLevels = []reference.Ref{{Code: "DFGSM3"}, {Code: "DFGSM2"}, {Code: "DFGSM3"}}
		s, err := site.Save(t.Context(), db, system, s)
		if err != nil {
			t.Fatal(err)
		}
		got := read(t, db, func(ctx context.Context, tx *store.Tx) (site.Site, error) {
			return site.For(ctx, tx, system, s.PublicID)
		})
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", s) {
			t.Errorf("read\n%+v, saved\n%+v", got, s)
		}
		if got.Takes(got.ClosedLevels[0].ID) || !got.Takes(0) || len(got.ClosedLevels) != 2 {
			t.Errorf("closed to %v", got.ClosedLevels)
		}
		if got.Description != "Deux gardes par mois.\nVestiaire au sous-sol." {
			t.Errorf("description %q", got.Description)
		}
		// A secondary site in use cannot become a main one, nor be removed.
		found := read(t, db, site.All)
		secondary = found[slices.IndexFunc(found, func(s site.Site) bool { return !s.Main })]
		secondary.Main = true
		if _, err := site.Save(t.Context(), db, system, secondary); !slices.Equal(wrongFields(err), []string{"main reference.secondary.used"}) {
			t.Errorf("made a secondary site a main one: %v", err)
		}
		if err := site.Remove(t.Context(), db, system, secondary.PublicID); !fault.Has(err, "reference.in-use") {
			t.Errorf("removed a secondary site in use: %v", err)
		}
		if err := site.Remove(t.Context(), db, system, s.PublicID); err != nil {
			t.Errorf("remove a site that nothing refers to: %v", err)
		}
	})
}

func TestSavingWhatStandsThereWritesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valmer(t, db)
		before, err := site.Save(t.Context(), db, system, newSite("CHUV-CARD-A"))
		if err != nil {
			t.Fatal(err)
		}
		storetest.Clock(t, db).Freeze(storetest.Start.Add(time.Hour))
		after, err := site.Save(t.Context(), db, system, before)
		if err != nil || !after.ChangedAt.Equal(before.ChangedAt) {
			t.Errorf("changed at %s, was %s, %v", after.ChangedAt, before.ChangedAt, err)
		}
		s := saved(t, db, newStudent("Baraka", "Ines"))
		if again := saved(t, db, s); !again.ChangedAt.Equal(s.ChangedAt) {
			t.Errorf("changed at %s, was %s", again.ChangedAt, s.ChangedAt)
		}
	})
}

func TestAStaleFormOverwritesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valmer(t, db)
		opened, err := site.Save(t.Context(), db, system, newSite("CHUV-CARD-A"))
		if err != nil {
			t.Fatal(err)
		}
		storetest.Clock(t, db).Freeze(storetest.Start.Add(time.Minute))
		first, second := opened, opened
		first.MaxSeats, second.Name = 7, "Cardiologie"
		must(t)(site.Save(t.Context(), db, system, first))
		if _, err := site.Save(t.Context(), db, system, second); !fault.Has(err, "reference.stale") {
			t.Errorf("a stale form was taken: %v", err)
		}
		second.ChangedAt = time.Time{}
		if _, err := site.Save(t.Context(), db, system, second); err != nil {
			t.Errorf("an import, which saw nothing, was refused: %v", err)
		}
	})
}

// Two offices create the same code at the same time: one is told that it is taken.
func TestOneCodeIsCreatedOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valmer(t, db)
		errs := atOnce(8, func(int) error {
			_, err := site.Save(t.Context(), db, system, newSite("CHUV-CARD-A"))
			return err
		})
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if got := wrongFields(err); !slices.Equal(got, []string{"code form.taken"}) {
				t.Errorf("refused with %v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d created it", won)
		}
	})
}

// atOnce runs n actors together and returns what each got.
func atOnce(n int, act func(int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = act(i) })
	}
	wg.Wait()
	return errs
}

func TestRightsHoldOnPerimeters(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valmer(t, db)
		nadia := office(t, db, identity.RoleOffice, identity.Faculty("VALMER"))
		ines := saved(t, db, newStudent("Baraka", "Ines"))
		far := newStudent("Loin", "Tom")
		far.Faculty.Code = "OUEST"
		tom := saved(t, db, far)
		away := newSite("WEST")
		away.Faculty.Code = "OUEST"
		west, err := site.Save(t.Context(), db, system, away)
		if err != nil {
			t.Fatal(err)
		}
		must(t)(site.Save(t.Context(), db, nadia, newSite("HERE")))
		if sites := read(t, db, func(ctx context.Context, tx *store.Tx) ([]site.Site, error) {
			return site.List.All(ctx, tx, site.SeenBy(nadia, site.RightView))
		}); len(sites) != 1 || sites[0].Code != "HERE" {
			t.Errorf("the office sees %d sites", len(sites))
		}
		list := read(t, db, func(ctx context.Context, tx *store.Tx) ([]student.Student, error) {
			return student.ListFor(nadia).All(ctx, tx, student.SeenBy(nadia, student.RightView))
		})
		if len(list) != 1 || list[0].ID != ines.ID {
			t.Errorf("the office sees %d students", len(list))
		}
		tests := []struct {
			name string
			act  func() error
			want fault.Kind
		}{
			{"change a student elsewhere", func() error { _, err := student.Save(t.Context(), db, nadia, tom); return err }, fault.NotFound},
			{"move one's student elsewhere", func() error {
				s := ines
				s.Faculty = reference.Ref{Code: "OUEST"}
				_, err := student.Save(t.Context(), db, nadia, s)
				return err
			}, fault.Denied},
			{"take a student from elsewhere", func() error {
				s := tom
				s.Faculty = reference.Ref{Code: "VALMER"}
				_, err := student.Save(t.Context(), db, nadia, s)
				return err
			}, fault.NotFound},
			{"add a site elsewhere", func() error {
				s := newSite("FAR")
				s.Faculty.Code = "OUEST"
				_, err := site.Save(t.Context(), db, nadia, s)
				return err
			}, fault.Denied},
			{"take a site from elsewhere", func() error {
				s := west
				s.Faculty = reference.Ref{Code: "VALMER"}
				_, err := site.Save(t.Context(), db, nadia, s)
				return err
			}, fault.Denied},
			{"remove a site elsewhere", func() error { return site.Remove(t.Context(), db, nadia, west.PublicID) }, fault.Denied},
			{"link a contact to a site elsewhere", func() error {
				helene, err := site.SaveContact(t.Context(), db, nadia, site.Contact{Code: "sorel", Function: "RTS", Name: "Hélène Sorel"})
				if err != nil {
					return err
				}
				return site.SaveContactSite(t.Context(), db, nadia, site.ContactSite{Contact: helene.Ref(), Site: west.Ref()})
			}, fault.Denied},
			{"look at a student elsewhere", func() error {
				return db.Read(t.Context(), func(tx *store.Tx) error {
					_, err := student.For(t.Context(), tx, nadia, tom.PublicID)
					return err
				})
			}, fault.NotFound},
			{"merge across", func() error {
				_, err := student.MergeStudents(t.Context(), db, nadia, student.MergeForm{Keep: ines.PublicID, Drop: tom.PublicID, Reason: "x"})
				return err
			}, fault.NotFound},
			{"save a site, as nobody", func() error { _, err := site.Save(t.Context(), db, identity.Actor{}, newSite("X")); return err }, fault.Denied},
			{"save a student, as nobody", func() error { _, err := student.Save(t.Context(), db, identity.Actor{}, ines); return err }, fault.Denied},
			{"remove a level, as nobody", func() error { return reference.RemoveLevel(t.Context(), db, identity.Actor{}, "x") }, fault.Denied},
			{"join a cohort, as nobody", func() error {
				return student.JoinCohort(t.Context(), db, identity.Actor{}, cohortID(t, db, "VALMER-DFASM2"), ines.PublicID)
			}, fault.Denied},
			{"declare a leave, as nobody", func() error {
				_, err := student.SaveLeave(t.Context(), db, identity.Actor{}, ines.PublicID, student.Leave{Interval: reference.Interval{From: "2026-05-01", To: "2026-05-02"}})
				return err
			}, fault.NotFound},
		}
		for _, tt := range tests {
			if err := tt.act(); err == nil || fault.KindOf(err) != tt.want {
				t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
			}
		}
	})
}

func people(ctx context.Context, tx *store.Tx) ([]identity.Person, error) {
	return identity.List(tx.Now).All(ctx, tx, store.Condition{})
}

func cohortID(t *testing.T, db *store.DB, code string) string {
	t.Helper()
	for _, c := range read(t, db, student.AllCohorts) {
		if c.Code == code {
			return c.PublicID
		}
	}
	t.Fatalf("no cohort %s", code)
	return ""
}

func TestOneCohortAYear(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valmer(t, db)
		other := cohort("OTHER")
		must(t)(student.SaveCohort(t.Context(), db, system, other))
		ines := saved(t, db, newStudent("Baraka", "Ines"))
		codes := []string{"VALMER-DFASM2", "OTHER"}
		errs := atOnce(2, func(i int) error {
			return student.JoinCohort(t.Context(), db, system, cohortID(t, db, codes[i]), ines.PublicID)
		})
		if (errs[0] == nil) == (errs[1] == nil) || !(fault.Has(errs[0], "reference.member.elsewhere") || fault.Has(errs[1], "reference.member.elsewhere")) {
			t.Fatalf("joined two cohorts of a year: %v", errs)
		}
		in := codes[0]
		if errs[0] != nil {
			in = codes[1]
		}
		if err := student.JoinCohort(t.Context(), db, system, cohortID(t, db, in), ines.PublicID); err != nil {
			t.Errorf("joining again: %v", err)
		}
		cohorts := read(t, db, student.AllCohorts)
		c := cohorts[slices.IndexFunc(cohorts, func(c student.Cohort) bool { return c.Code == in })]
		must(t)(reference.SaveAcademicYear(t.Context(), db, system, reference.AcademicYear{Code: "Y", Name: "Y", Interval: reference.Interval{From: "2026-09-01", To: "2027-08-31"}}))
		c.Year = reference.Ref{Code: "Y"}
		if _, err := student.SaveCohort(t.Context(), db, system, c); !slices.Equal(wrongFields(err), []string{"year reference.cohort.year"}) {
			t.Errorf("moved a cohort with members to another year: %v", err)
		}
		if err := student.RemoveCohort(t.Context(), db, system, c.PublicID); !fault.Has(err, "reference.in-use") {
			t.Errorf("removed a cohort with members: %v", err)
		}
		if err := student.LeaveCohort(t.Context(), db, system, c.PublicID, ines.PublicID); err != nil {
			t.Error(err)
		}
		if err := student.LeaveCohort(t.Context(), db, system, c.PublicID, ines.PublicID); !fault.Has(err, "reference.member.not") {
			t.Errorf("left twice: %v", err)
		}
	})
}

func TestCohortsFollowOneAnother(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valmer(t, db)
		next := cohort("NEXT")
		next.Previous = reference.Ref{Code: "VALMER-DFASM2"}
		must(t)(student.SaveCohort(t.Context(), db, system, next))
		for _, c := range read(t, db, student.AllCohorts) {
			if c.Code == "VALMER-DFASM2" && c.Next.Code != "NEXT" {
				t.Errorf("followed by %+v", c.Next)
			}
		}
		next.Code = "NEXT2"
		if _, err := student.SaveCohort(t.Context(), db, system, next); !slices.Equal(wrongFields(err), []string{"previous reference.cohort.followed"}) {
			t.Errorf("followed twice: %v", err)
		}
	})
}

func TestContactsOfSites(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valmer(t, db)
		ctx := t.Context()
		must(t)(site.Save(ctx, db, system, newSite("CHUV-CARD-A")))
		_, err := site.SaveContact(ctx, db, system, site.Contact{Code: "sorel", Email: "helene.sorel"})
		if got := wrongFields(err); !slices.Equal(got, []string{"function form.required", "name form.required", "email form.email"}) {
			t.Errorf("a wrong contact: %q", got)
		}
		helene, err := site.SaveContact(ctx, db, system, site.Contact{Code: "sorel", Function: "RTS", Name: "Hélène Sorel", Email: "Helene.Sorel@chuv.example"})
		if err != nil || helene.Email != "helene.sorel@chuv.example" {
			t.Fatal(helene, err)
		}
		link := site.ContactSite{Contact: helene.Ref(), Site: reference.Ref{Code: "CHUV-CARD-A"}, GetsArrivals: true}
		for range 2 {
			if err := site.SaveContactSite(ctx, db, system, link); err != nil {
				t.Fatal(err)
			}
		}
		link.Validates, link.SigningOrder = true, 2
		if err := site.SaveContactSite(ctx, db, system, link); err != nil {
			t.Fatal(err)
		}
		got := read(t, db, site.ContactSites)
		if len(got) != 1 || !got[0].Validates || !got[0].GetsArrivals || got[0].SigningOrder != 2 {
			t.Errorf("links %+v", got)
		}
		err = site.SaveContactSite(ctx, db, system, site.ContactSite{Contact: reference.Ref{Code: "nobody"}, SigningOrder: 99})
		if got := wrongFields(err); !slices.Equal(got, []string{"contact form.choice", "site form.required", "signing_order form.range"}) {
			t.Errorf("a wrong link: %q", got)
		}
		if err := site.RemoveContactSite(ctx, db, system, link); err != nil {
			t.Error(err)
		}
		if err := site.RemoveContactSite(ctx, db, system, link); fault.KindOf(err) != fault.NotFound {
			t.Errorf("removed twice: %v", err)
		}
	})
}

func TestALeaveOverlapsNoOther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valmer(t, db)
		ines := saved(t, db, newStudent("Baraka", "Ines"))
		save := func(from, to reference.Date) error {
			_, err := student.SaveLeave(t.Context(), db, system, ines.PublicID, student.Leave{Interval: reference.Interval{From: from, To: to}})
			return err
		}
		if err := save("2026-05-01", "2026-05-31"); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			from, to reference.Date
			want     []string
		}{
			{"2026-05-31", "2026-06-30", []string{"from reference.leave.overlap"}},
			{"2026-06-30", "2026-06-01", []string{"to reference.interval.order"}},
			{"", "2026-06-31", []string{"from form.required", "to reference.date"}},
			{"2026-06-01", "2026-06-30", nil},
		} {
			if got := wrongFields(save(tt.from, tt.to)); !slices.Equal(got, tt.want) {
				t.Errorf("%s to %s: %q, want %q", tt.from, tt.to, got, tt.want)
			}
		}
		leaves := read(t, db, func(ctx context.Context, tx *store.Tx) ([]student.Leave, error) {
			return student.LeavesOf(ctx, tx, ines.ID)
		})
		if len(leaves) != 2 {
			t.Fatalf("%d leaves", len(leaves))
		}
		other := saved(t, db, newStudent("Oster", "Karim"))
		if err := student.RemoveLeave(t.Context(), db, system, other.PublicID, leaves[0].PublicID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("removed a leave through another student: %v", err)
		}
		if err := student.RemoveLeave(t.Context(), db, system, ines.PublicID, leaves[0].PublicID); err != nil {
			t.Error(err)
		}
	})
}

// Whatever was done, the log has a sentence for it in both languages.
func TestEveryChangeHasItsSentence(t *testing.T) {
	t.Parallel()
	for _, lang := range text.Langs {
		p := text.In(lang, "")
		for _, noun := range []string{"faculty", "level", "year", "category", "period", "institution", "site", "contact", "cohort"} {
			for _, key := range []string{"audit." + noun + ".created", "audit." + noun + ".changed", "audit." + noun + ".removed", "reference.noun." + noun} {
				if !p.Has(key) {
					t.Errorf("no %s in %s", key, lang)
				}
			}
		}
		for _, key := range []string{
			"audit.student.created", "audit.student.changed", "audit.student.merged", "audit.student.merge-undone", "audit.student.distinct",
			"audit.member.joined", "audit.member.left", "audit.leave.created", "audit.leave.changed", "audit.leave.removed",
			"audit.contact-site.changed", "audit.contact-site.removed",
			"reference.noun.student", "reference.noun.leave", "reference.noun.merge",
		} {
			if !p.Has(key) {
				t.Errorf("no %s in %s", key, lang)
			}
		}
		for _, kind := range site.InstitutionKinds {
			if !p.Has("institution.kind." + string(kind)) {
				t.Errorf("no kind %s in %s", kind, lang)
			}
		}
		for _, kind := range reference.INEKinds {
			if !p.Has("ine.kind." + string(kind)) {
				t.Errorf("no INE %s in %s", kind, lang)
			}
		}
	}
}

func TestTheLogTellsBeforeAndAfter(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valmer(t, db)
		s, err := site.Save(t.Context(), db, system, newSite("CHUV-CARD-A"))
		if err != nil {
			t.Fatal(err)
		}
		s.MaxSeats = 9
		must(t)(site.Save(t.Context(), db, system, s))
		lines := read(t, db, func(ctx context.Context, tx *store.Tx) ([]audit.Line, error) {
			return audit.Find(ctx, tx, audit.Search{Kind: "site", Object: s.PublicID, Limit: 10})
		})
		if len(lines) != 2 || lines[0].Action != "site.changed" || lines[0].Sentence(text.Printer{}) != "a modifié le terrain CHUV-CARD-A" {
			t.Fatalf("log %+v", lines)
		}
		if lines[0].Before == lines[0].After || lines[1].Before != "" {
			t.Errorf("before %s after %s", lines[0].Before, lines[0].After)
		}
	})
}

// Many students are written by few statements, and exactly as one by one.
func TestStudentsWrittenTogetherAreAsIfWrittenAlone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valmer(t, db)
		var all []student.Enrolment
		for i := range 100 {
			s := newStudent(fmt.Sprintf("Nom%c%c", 'a'+i/10, 'a'+i%10), "Zoé")
			s.Number, s.Person.Email = fmt.Sprintf("22%04d", i), fmt.Sprintf("e%d@univ.example", i)
			all = append(all, student.Enrolment{Student: s, In: []string{}, Login: fmt.Sprint("login", i)})
		}
		var saved []student.Student
		write := func(do func(ctx context.Context, tx *store.Tx) error) error {
			return db.Write(t.Context(), func(tx *store.Tx) error { return do(t.Context(), tx) })
		}
		err := write(func(ctx context.Context, tx *store.Tx) error { return identity.DeclareRights(ctx, tx, node.Rights()) })
		if err != nil {
			t.Fatal(err)
		}
		err = write(func(ctx context.Context, tx *store.Tx) (err error) {
			ctx, counter := store.WithCounter(ctx)
			saved, err = student.PutAll(ctx, tx, system, all)
			if n := counter.Statements(); n > 60 {
				t.Errorf("%d statements for %d students", n, len(all))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []student.Student{saved[0], saved[99]} {
			alone := byPublicID(t, db, s.PublicID)
			if fmt.Sprintf("%+v", alone) != fmt.Sprintf("%+v", s) {
				t.Errorf("kept\n%+v, told\n%+v", alone, s)
			}
			if n := openAccounts(t, db, s.Person.ID); n != 1 {
				t.Errorf("%d accounts", n)
			}
		}
		for name, wrong := range map[string]func(e *student.Enrolment){
			"a number twice":           func(e *student.Enrolment) { e.Number = "new-0" },
			"a number that is taken":   func(e *student.Enrolment) { e.Number = "220001" },
			"a login that is taken":    func(e *student.Enrolment) { e.Login = "login7" },
			"a cohort that is not":     func(e *student.Enrolment) { e.In = []string{"nowhere"} },
			"a family name left empty": func(e *student.Enrolment) { e.Person.FamilyName = " " },
		} {
			var some []student.Enrolment
			for i := range 3 {
				s := newStudent("Autre"+fmt.Sprint(i), name)
				s.Number = fmt.Sprint("new-", i)
				some = append(some, student.Enrolment{Student: s})
			}
			wrong(&some[2])
			err := write(func(ctx context.Context, tx *store.Tx) error {
				_, err := student.PutAll(ctx, tx, system, some)
				return err
			})
			if item, is := errors.AsType[*fault.Item](err); !is || item.Index != 2 {
				t.Errorf("%s: %v", name, err)
			}
		}
		err = write(func(ctx context.Context, tx *store.Tx) error {
			ctx, counter := store.WithCounter(ctx)
			err := student.DropAll(ctx, tx, system, saved)
			if n := counter.Statements(); n > 20 {
				t.Errorf("%d statements to remove %d students", n, len(saved))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
