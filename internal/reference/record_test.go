package reference_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/text"
)

var system = identity.System("test")

func read[T any](t *testing.T, db *store.DB, look func(context.Context, *store.Tx) (T, error)) T {
	t.Helper()
	found, err := store.Get(t.Context(), db, func(tx *store.Tx) (T, error) { return look(t.Context(), tx) })
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// holder is somebody called as their role, who has it for one faculty.
func holder(t *testing.T, db *store.DB, role string) (a identity.Actor) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		if err := identity.DeclareRights(t.Context(), tx, reference.Capability().Rights); err != nil {
			return err
		}
		p, err := identity.AddPerson(t.Context(), tx, "test", identity.PersonForm{FamilyName: role})
		if err != nil {
			return err
		}
		if err := identity.GrantRole(t.Context(), tx, p.ID, role, identity.Faculty("VALMER"), "label", tx.Now, time.Time{}); err != nil {
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

// wrongs are the fields that an error names, each with its sentence.
func wrongs(err error) (fields []string) {
	for _, f := range fieldsOf(err) {
		fields = append(fields, f.Name+" "+f.Key)
	}
	return fields
}

func fieldsOf(err error) []fault.Field {
	if e, is := errors.AsType[*fault.Error](err); is {
		return e.Fields
	}
	return nil
}

func year(code, from, to string) reference.AcademicYear {
	return reference.AcademicYear{Code: code, Name: code, Interval: reference.Interval{From: reference.Date(from), To: reference.Date(to)}}
}

func period(code string, days ...reference.Date) reference.Period {
	p := reference.Period{Code: code, Name: code}
	for i := 0; i+1 < len(days); i += 2 {
		p.Intervals = append(p.Intervals, reference.Interval{From: days[i], To: days[i+1]})
	}
	return p
}

// All that is wrong in a form is told at once, each thing at its field.
func TestEveryWrongFieldIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		faculty := func(f reference.Faculty) error { _, err := reference.SaveFaculty(ctx, db, system, f); return err }
		level := func(l reference.Level) error { _, err := reference.SaveLevel(ctx, db, system, l); return err }
		years := func(y reference.AcademicYear) error {
			_, err := reference.SaveAcademicYear(ctx, db, system, y)
			return err
		}
		periods := func(p reference.Period) error { _, err := reference.SavePeriod(ctx, db, system, p); return err }
		long := strings.Repeat("é", 255)
		for name, err := range map[string]error{
			"a faculty":             faculty(reference.Faculty{Code: strings.Repeat("é", reference.MaxCode), Name: long, UAI: "0951099D"}),
			"another one":           faculty(reference.Faculty{Code: "OUEST", Name: long}),
			"one more without UAI":  faculty(reference.Faculty{Code: "EST", Name: "Est"}),
			"a level":               level(reference.Level{Code: "D1", Name: "D1"}),
			"a year":                years(year("2026", "2026-09-01", "2026-09-02")),
			"a period of one day":   periods(period("DAY", "2026-09-01", "2026-09-01")),
			"a period with a break": periods(period("BREAK", "2026-09-01", "2026-09-04", "2026-09-05", "2026-09-06")),
		} {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, tt := range []struct {
			name string
			err  error
			want []string
		}{
			{"a faculty without anything", faculty(reference.Faculty{Code: " ", Name: "\n"}), []string{"code form.required", "name form.required"}},
			{"a faculty with long fields", faculty(reference.Faculty{Code: strings.Repeat("a", 65), Name: long + "e", UAI: "0951099E"}), []string{"code form.long", "name form.long", "uai identifier.uai.key"}},
			{"a faculty with what others have", faculty(reference.Faculty{Code: " ouest", Name: "x", UAI: "0951099d"}), []string{"code form.taken", "uai form.taken"}},
			{"a level without anything", level(reference.Level{}), []string{"code form.required", "name form.required"}},
			{"a level with the code of another", level(reference.Level{Code: "d1", Name: "x"}), []string{"code form.taken"}},
			{"a year without anything", years(reference.AcademicYear{}), []string{"code form.required", "name form.required", "from form.required", "to form.required"}},
			{"a year of days that are none", years(year("x", "2026-02-30", "01/09/2027")), []string{"from reference.date", "to reference.date"}},
			{"a year of one day", years(year("x", "2026-09-01", "2026-09-01")), []string{"to reference.interval.order"}},
			{"a year that ends before it begins", years(year("2026", "2026-09-01", "2026-08-31")), []string{"to reference.interval.order", "code form.taken"}},
			{"a period without days", periods(reference.Period{}), []string{"code form.required", "name form.required", "from form.required"}},
			{"a period that ends before it begins", periods(period("day", "2026-09-02", "2026-09-01")), []string{"to reference.interval.order", "code form.taken"}},
			{"a period whose intervals share a day", periods(period("x", "2026-09-04", "2026-09-06", "2026-09-01", "2026-09-04")), []string{"from reference.interval.overlap"}},
			{"a period whose first and last intervals share days", periods(period("x", "2026-09-01", "2026-09-04", "2026-09-10", "2026-09-12", "2026-09-03", "2026-09-05")), []string{"from reference.interval.overlap"}},
		} {
			if got := wrongs(tt.err); fault.KindOf(tt.err) != fault.Invalid || !slices.Equal(got, tt.want) {
				t.Errorf("%s: %v, want %v", tt.name, tt.err, tt.want)
			}
		}
		for _, sign := range []string{" ", "\t", "\u00a0", ";", ",", "/", `"`, "'", "?", "#", "|"} {
			if got := wrongs(level(reference.Level{Code: "A" + sign + "B", Name: "x"})); !slices.Equal(got, []string{"code reference.code.signs"}) {
				t.Errorf("a code with %q: %v", sign, got)
			}
		}
	})
}

// A list is in its own order, and what was typed is cleaned.
func TestShortListsAreReadInTheirOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			ctx := t.Context()
			for _, l := range []reference.Level{{Code: "D1", Name: " Niveau \n un ", Position: 2}, {Code: "P2", Name: "x", Position: 1}, {Code: "C9", Name: "x", Position: 2}} {
				if _, err := reference.PutLevel(ctx, tx, system, l); err != nil {
					return err
				}
			}
			for _, f := range []reference.Faculty{{Code: "A", Name: "Zurich"}, {Code: "Z", Name: "évian", UAI: "0951099d", Archived: true}, {Code: "B", Name: "Dole"}} {
				if _, err := reference.PutFaculty(ctx, tx, system, f); err != nil {
					return err
				}
			}
			for _, y := range []reference.AcademicYear{year("A", "2025-09-01", "2026-08-31"), year("B", "2026-09-01", "2027-08-31")} {
				if _, err := reference.PutAcademicYear(ctx, tx, system, y); err != nil {
					return err
				}
			}
			for _, p := range []reference.Period{period("B", "2026-11-02", "2027-04-30"), period("C", "2027-05-03", "2027-10-29"), period("A", "2027-01-04", "2027-01-08", "2026-11-02", "2026-12-18")} {
				if _, err := reference.PutPeriod(ctx, tx, system, p); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		moved := read(t, db, reference.Faculties)[0]
		if moved.Name = "Ébreuil"; moved.Code != "B" {
			t.Errorf("the first faculty is %+v", moved)
		}
		if _, err := reference.SaveFaculty(t.Context(), db, system, moved); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range read(t, db, reference.Levels) {
			got = append(got, l.Code+" "+l.Name)
		}
		for _, f := range read(t, db, reference.Faculties) {
			got = append(got, f.Name+" "+f.UAI)
		}
		for _, y := range read(t, db, reference.AcademicYears) {
			got = append(got, y.Code+" "+string(y.From)+" "+string(y.To))
		}
		periods := read(t, db, reference.Periods)
		for _, p := range periods {
			got = append(got, p.Code+" "+string(p.Outer().From)+" "+string(p.Outer().To))
		}
		want := []string{
			"P2 x", "C9 x", "D1 Niveau un",
			"Ébreuil ", "évian 0951099D", "Zurich ",
			"B 2026-09-01 2027-08-31", "A 2025-09-01 2026-08-31",
			"C 2027-05-03 2027-10-29", "A 2026-11-02 2027-01-08", "B 2026-11-02 2027-04-30",
		}
		if !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		broken := periods[1]
		for _, tt := range []struct {
			from, to reference.Date
			want     bool
		}{
			{"2026-12-18", "2026-12-18", true},
			{"2026-12-19", "2027-01-03", false}, // in the break
			{"2026-10-01", "2026-11-01", false},
			{"2027-01-08", "2027-02-01", true},
			{"2027-01-09", "2027-02-01", false},
		} {
			if broken.Overlaps(reference.Interval{From: tt.from, To: tt.to}) != tt.want {
				t.Errorf("%v from %s to %s: not %v", broken.Intervals, tt.from, tt.to, tt.want)
			}
		}
		if none := (reference.Period{}).Outer(); none != (reference.Interval{}) {
			t.Errorf("a period without days has %v", none)
		}
	})
}

// What a change writes is read again, with who made it and when; and the key and the
// public id stay.
func TestEachKindOfRecordIsChangedArchivedAndRemoved(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		administrator := holder(t, db, identity.RoleAdministrator)
		later := storetest.Start.Add(time.Hour)

		f, errFaculty := reference.SaveFaculty(ctx, db, system, reference.Faculty{Code: "F", Name: "Un", UAI: "0951099D"})
		l, errLevel := reference.SaveLevel(ctx, db, system, reference.Level{Code: "L", Name: "Un", Position: 1})
		y, errYear := reference.SaveAcademicYear(ctx, db, system, year("Y", "2025-09-01", "2026-08-31"))
		p, errPeriod := reference.SavePeriod(ctx, db, system, period("P", "2025-09-01", "2025-12-31", "2026-02-01", "2026-03-01"))
		if err := errors.Join(errFaculty, errLevel, errYear, errPeriod); err != nil {
			t.Fatal(err)
		}
		storetest.Clock(t, db).Freeze(later)
		f.Code, f.Name, f.UAI, f.Archived = "F2", "Deux", "0751717J", true
		l.Code, l.Name, l.Position, l.Archived = "L2", "Deux", 7, true
		y.Code, y.Name, y.Interval, y.Archived = "Y2", "Deux", reference.Interval{From: "2026-09-01", To: "2027-08-31"}, true
		p.Code, p.Name, p.Intervals, p.Archived = "P2", "Deux", []reference.Interval{{From: "2026-01-05", To: "2026-01-06"}}, true
		f, errFaculty = reference.SaveFaculty(ctx, db, administrator, f)
		l, errLevel = reference.SaveLevel(ctx, db, administrator, l)
		y, errYear = reference.SaveAcademicYear(ctx, db, administrator, y)
		p, errPeriod = reference.SavePeriod(ctx, db, administrator, p)
		if err := errors.Join(errFaculty, errLevel, errYear, errPeriod); err != nil {
			t.Fatal(err)
		}
		if got := read(t, db, reference.Faculties); len(got) != 1 || !sameStamp(got[0].Stamp, f.Stamp) || got[0].Code != "F2" || got[0].Name != "Deux" || got[0].UAI != "0751717J" || !got[0].Archived {
			t.Errorf("faculty %+v", got)
		}
		if got := read(t, db, reference.Levels); len(got) != 1 || !sameStamp(got[0].Stamp, l.Stamp) || got[0].Code != "L2" || got[0].Name != "Deux" || got[0].Position != 7 || !got[0].Archived {
			t.Errorf("level %+v", got)
		}
		if got := read(t, db, reference.AcademicYears); len(got) != 1 || !sameStamp(got[0].Stamp, y.Stamp) || got[0].Ref() != y.Ref() || got[0].Interval != y.Interval || !got[0].Archived {
			t.Errorf("year %+v", got)
		}
		if got := read(t, db, reference.Periods); len(got) != 1 || !sameStamp(got[0].Stamp, p.Stamp) || got[0].Ref() != p.Ref() || !slices.Equal(got[0].Intervals, p.Intervals) || !got[0].Archived {
			t.Errorf("period %+v", got)
		}
		if !f.ChangedAt.Equal(later) || f.ChangedBy != administrator.Name || f.ID == 0 {
			t.Errorf("the stamp is %+v", f.Stamp)
		}
		if found, err := store.Get(ctx, db, func(tx *store.Tx) (reference.Period, error) { return reference.PeriodByID(ctx, tx, p.ID) }); err != nil || found.Code != "P2" {
			t.Errorf("by its key: %+v, %v", found, err)
		}
		for name, err := range map[string]error{
			"faculty": reference.RemoveFaculty(ctx, db, administrator, f.PublicID),
			"level":   reference.RemoveLevel(ctx, db, administrator, l.PublicID),
			"year":    reference.RemoveAcademicYear(ctx, db, administrator, y.PublicID),
			"period":  reference.RemovePeriod(ctx, db, administrator, p.PublicID),
		} {
			if err != nil {
				t.Errorf("remove a %s: %v", name, err)
			}
		}
		left := len(read(t, db, reference.Faculties)) + len(read(t, db, reference.Levels)) + len(read(t, db, reference.AcademicYears)) + len(read(t, db, reference.Periods))
		if left != 0 {
			t.Errorf("%d are left", left)
		}
		_, err := store.Get(ctx, db, func(tx *store.Tx) (reference.Period, error) { return reference.PeriodByID(ctx, tx, p.ID) })
		for name, err := range map[string]error{
			"a period by the key of none": err,
			"a level removed twice":       reference.RemoveLevel(ctx, db, administrator, l.PublicID),
			"a change of no faculty":      func() error { _, err := reference.SaveFaculty(ctx, db, administrator, f); return err }(),
		} {
			if fault.KindOf(err) != fault.NotFound || !fault.Has(err, "reference.unknown") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func sameStamp(a, b reference.Stamp) bool {
	return a.ID == b.ID && a.PublicID == b.PublicID && a.ChangedAt.Equal(b.ChangedAt) && a.ChangedBy == b.ChangedBy
}

// The log tells of each act what it was about, and what stood there before and after;
// saving what stands there already is no act.
func TestTheLogTellsOfEveryChangeOfARecord(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		administrator := holder(t, db, identity.RoleAdministrator)
		l, err := reference.SaveLevel(ctx, db, administrator, reference.Level{Code: "D1", Name: "Premier"})
		if err != nil {
			t.Fatal(err)
		}
		storetest.Clock(t, db).Freeze(storetest.Start.Add(time.Hour))
		if again, err := reference.SaveLevel(ctx, db, system, l); err != nil || !again.ChangedAt.Equal(storetest.Start) || again.ChangedBy != administrator.Name {
			t.Errorf("saved without a change: %+v, %v", again, err)
		}
		l.Name = "Deuxième"
		if l, err = reference.SaveLevel(ctx, db, administrator, l); err != nil {
			t.Fatal(err)
		}
		if err := reference.RemoveLevel(ctx, db, administrator, l.PublicID); err != nil {
			t.Fatal(err)
		}
		lines := read(t, db, func(ctx context.Context, tx *store.Tx) ([]audit.Line, error) {
			return audit.Find(ctx, tx, audit.Search{Kind: "level", Object: l.PublicID, Limit: 10})
		})
		slices.Reverse(lines)
		type told struct {
			action, sentence string
			before, after    string
		}
		var got []told
		name := func(s string) string {
			for _, name := range []string{"Premier", "Deuxième"} {
				if strings.Contains(s, name) {
					return name
				}
			}
			return s
		}
		for _, line := range lines {
			if line.Person != administrator.ID || line.Name != administrator.Name {
				t.Errorf("%s was done by %q", line.Action, line.Name)
			}
			got = append(got, told{line.Action, line.Sentence(text.In(text.English, "")), name(line.Before), name(line.After)})
		}
		want := []told{
			{"level.created", "created level Premier", "", "Premier"},
			{"level.changed", "changed level Deuxième", "Premier", "Deuxième"},
			{"level.removed", "removed level Deuxième", "Deuxième", ""},
		}
		if !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
}

// The calendar is an office's too; the parameters of the platform are not.
func TestWhoMayChangeShortLists(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		f, errFaculty := reference.SaveFaculty(ctx, db, system, reference.Faculty{Code: "F", Name: "F"})
		p, errPeriod := reference.SavePeriod(ctx, db, system, period("P", "2026-01-01", "2026-02-01"))
		if err := errors.Join(errFaculty, errPeriod); err != nil {
			t.Fatal(err)
		}
		for role, may := range map[string]struct{ calendar, settings bool }{
			identity.RoleAdministrator: {true, true}, identity.RoleOffice: {true, false}, identity.RoleObserver: {false, false},
		} {
			actor := holder(t, db, role)
			_, errFaculty := reference.SaveFaculty(ctx, db, actor, reference.Faculty{Code: role, Name: role})
			_, errLevel := reference.SaveLevel(ctx, db, actor, reference.Level{Code: role, Name: role})
			_, errYear := reference.SaveAcademicYear(ctx, db, actor, year(role, "2026-09-01", "2027-08-31"))
			_, errPeriod := reference.SavePeriod(ctx, db, actor, period(role, "2026-09-01", "2027-08-31"))
			for name, tt := range map[string]struct {
				err error
				may bool
			}{"faculty": {errFaculty, may.settings}, "level": {errLevel, may.settings}, "year": {errYear, may.calendar}, "period": {errPeriod, may.calendar}} {
				if (tt.err == nil) != tt.may || (!tt.may && fault.KindOf(tt.err) != fault.Denied) {
					t.Errorf("%s saves a %s: %v", role, name, tt.err)
				}
			}
			if may.settings {
				continue
			}
			if err := reference.RemoveFaculty(ctx, db, actor, f.PublicID); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s removes a faculty: %v", role, err)
			}
			if err := reference.RemovePeriod(ctx, db, holder(t, db, identity.RoleObserver), p.PublicID); fault.KindOf(err) != fault.Denied {
				t.Errorf("an observer removes a period: %v", err)
			}
		}
	})
}

// Two people open one form, and both save: the second is told who was first, and
// nothing of the first one's change is lost. Nor do two add the same code.
func TestOfTwoPeopleWhoChangeOneRecordTheSecondIsTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		seen, err := reference.SaveLevel(ctx, db, system, reference.Level{Code: "D1", Name: "D1"})
		if err != nil {
			t.Fatal(err)
		}
		storetest.Clock(t, db).Freeze(storetest.Start.Add(time.Minute))
		both := func(change func(i int) error) (errs [4]error) {
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() { errs[i] = change(i) })
			}
			wg.Wait()
			return errs
		}
		names := []string{"A", "B", "C", "D"}
		saved := both(func(i int) error {
			mine := seen
			mine.Name = names[i]
			_, err := reference.SaveLevel(ctx, db, identity.System(names[i]), mine)
			return err
		})
		stands := read(t, db, reference.Levels)[0]
		for i, err := range saved {
			switch {
			case err == nil && stands.Name == names[i]:
			case fault.Has(err, "reference.stale"):
				if e, _ := errors.AsType[*fault.Error](err); e.Kind != fault.Conflict || e.Args["by"] != stands.ChangedBy {
					t.Errorf("%s is told %v", names[i], err)
				}
			default:
				t.Errorf("%s stands, and %s is told %v", stands.Name, names[i], err)
			}
		}
		blind := seen
		blind.ChangedAt, blind.Name = time.Time{}, "import"
		if _, err := reference.SaveLevel(ctx, db, system, blind); err != nil {
			t.Errorf("saved over whatever stands there: %v", err)
		}
		added := both(func(i int) error {
			_, err := reference.SaveLevel(ctx, db, system, reference.Level{Code: "NEW", Name: names[i]})
			return err
		})
		won := 0
		for _, err := range added {
			if err == nil {
				won++
			} else if got := wrongs(err); !slices.Equal(got, []string{"code form.taken"}) {
				t.Errorf("told %v", err)
			}
		}
		if won != 1 || len(read(t, db, reference.Levels)) != 2 {
			t.Errorf("%d added the same code", won)
		}
	})
}

// Whoever keeps something computed from reference data sees by one number that it has
// changed.
func TestTheRevisionGrowsWithEveryChange(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		before := read(t, db, reference.Revision)
		l, err := reference.SaveLevel(t.Context(), db, system, reference.Level{Code: "D1", Name: "D1"})
		if err != nil {
			t.Fatal(err)
		}
		added := read(t, db, reference.Revision)
		if err := reference.RemoveLevel(t.Context(), db, system, l.PublicID); err != nil {
			t.Fatal(err)
		}
		removed := read(t, db, reference.Revision)
		if before >= added || added >= removed {
			t.Errorf("%d, %d once added, %d once removed", before, added, removed)
		}
		if _, err := reference.SaveLevel(t.Context(), db, system, reference.Level{}); err == nil || read(t, db, reference.Revision) != removed {
			t.Errorf("refused with %v, and counted as a change", err)
		}
	})
}
