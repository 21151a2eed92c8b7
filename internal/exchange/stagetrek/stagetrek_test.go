package stagetrek

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/internal/capability"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

var (
	system = identity.System("test")
	french = text.In(text.French, text.DefaultZone)
)

// An office is a database with what files refer to.
type office struct {
	t  testing.TB
	db *store.DB
}

// inOffice runs a test in an office on both engines.
func inOffice(t *testing.T, test func(t *testing.T, o office)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := office{t, db}
		o.fill()
		test(t, o)
	})
}

func (o office) write(do func(tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Write(o.t.Context(), do); err != nil {
		o.t.Fatal(err)
	}
}

func (o office) fill() {
	o.t.Helper()
	ctx := o.t.Context()
	o.write(func(tx *store.Tx) error {
		if err := identity.DeclareRights(ctx, tx, declaredRights()); err != nil {
			return err
		}
		if _, err := reference.PutFaculty(ctx, tx, system, reference.Faculty{Code: "valmer", Name: "Santé de Valmer"}); err != nil {
			return err
		}
		for i, code := range []string{"DFASM1", "DFASM2", "DFASM3"} {
			if _, err := reference.PutLevel(ctx, tx, system, reference.Level{Code: code, Name: code, Position: i + 1}); err != nil {
				return err
			}
		}
		year := reference.AcademicYear{Code: "2025-2026", Name: "2025-2026", Interval: reference.Interval{From: "2025-09-01", To: "2026-08-31"}}
		if _, err := reference.PutAcademicYear(ctx, tx, system, year); err != nil {
			return err
		}
		for code, level := range map[string]string{"M4": "DFASM1", "M5": "DFASM2"} {
			if _, err := student.PutCohort(ctx, tx, system, student.Cohort{
				Code: code, Name: "Promotion " + code, Level: reference.Ref{Code: level}, Year: reference.Ref{Code: year.Code}, Faculty: reference.Ref{Code: "valmer"},
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// census counts the rows of every table that an import may write.
func (o office) census() string {
	o.t.Helper()
	var all []string
	err := o.db.Read(o.t.Context(), func(tx *store.Tx) error {
		for _, table := range []string{
			"identity_person", "identity_account", "identity_grant", "student_student", "student_member",
			"site_category", "site_site", "site_contact", "site_contact_site",
		} {
			n := 0
			if err := tx.QueryRowContext(o.t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
				return err
			}
			all = append(all, fmt.Sprintf("%s %d", table, n))
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return strings.Join(all, ", ")
}

func owner(t testing.TB, kind string) exchange.Owner {
	t.Helper()
	speaks, known := Owner(kind, system)
	if !known {
		t.Fatalf("nobody speaks for %s", kind)
	}
	return speaks
}

func (o office) decide(i exchange.Import, made exchange.Decisions) {
	o.t.Helper()
	err := i.Decide(o.t.Context(), o.db, owner(o.t, i.Kind), func(d *exchange.Decisions) { *d = made })
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o office) upload(kind, name string, content []byte) (exchange.Import, error) {
	return exchange.Upload{Kind: kind, Name: name, Content: content, By: system.Who()}.Add(o.t.Context(), o.db)
}

func (o office) report(i exchange.Import) (exchange.Report, error) {
	var r exchange.Report
	err := o.db.Read(o.t.Context(), func(tx *store.Tx) error {
		kept, err := exchange.Find(o.t.Context(), tx, i.ID)
		if err == nil {
			r, err = kept.Report(o.t.Context(), tx, owner(o.t, i.Kind))
		}
		return err
	})
	return r, err
}

func (o office) apply(i exchange.Import) error {
	_, _, err := exchange.Apply(o.t.Context(), o.db, owner(o.t, i.Kind), i.ID, "", system.Who())
	return err
}

func (o office) undo(i exchange.Import) error {
	return exchange.Undo(o.t.Context(), o.db, owner(o.t, i.Kind), i.ID, system.Who())
}

// bring imports a file that must be right.
func (o office) bring(kind string, content string) exchange.Import {
	o.t.Helper()
	i, err := o.upload(kind, kind+".csv", []byte(content))
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.apply(i); err != nil {
		r, _ := o.report(i)
		o.t.Fatalf("%v\n%s", err, said(r))
	}
	return i
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// said is what a report says, line by line, with plain spaces.
func said(r exchange.Report) string {
	var all []string
	add := func(line int, findings []exchange.Finding) {
		for _, f := range findings {
			all = append(all, fmt.Sprintf("%d: %s", line, f.Sentence(french)))
		}
	}
	for _, f := range r.Findings {
		add(f.Line, []exchange.Finding{f})
	}
	for _, line := range r.Lines {
		add(line.Row.Line, line.Findings)
	}
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(strings.Join(all, "\n"))
}

func counts(r exchange.Report) string {
	return fmt.Sprintf("%d created, %d warnings, %d changed, %d unchanged, %d refused, %d doubtful, %d left", r.Count(exchange.Created),
		r.Warnings(), r.Count(exchange.Changed), r.Count(exchange.Unchanged), r.Count(exchange.Refused), r.Count(exchange.Doubtful), r.Count(exchange.Left))
}

func TestTheFileOfTheDemoIsTriedDecidedAppliedAndUndone(t *testing.T) {
	t.Parallel()
	inOffice(t, func(t *testing.T, o office) {
		before := o.census()
		for _, name := range []string{"students.csv", "students-windows-1252.csv"} {
			i, err := o.upload(KindStudents, name, sample(t, name))
			if err != nil {
				t.Fatal(err)
			}
			r, err := o.report(i)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := counts(r), "23 created, 1 warnings, 0 changed, 0 unchanged, 1 refused, 1 doubtful, 0 left"; got != want {
				t.Errorf("%s: %s, want %s\n%s", name, got, want, said(r))
			}
			if want := "20: Niveau DFSAM2 inconnu. Vouliez-vous dire DFASM2 ?"; !strings.Contains(said(r), want) {
				t.Errorf("%s does not say %q:\n%s", name, want, said(r))
			}
			if err := o.apply(i); fault.KindOf(err) != fault.Invalid {
				t.Errorf("an open report was applied: %v", err)
			}
			if got := o.census(); got != before {
				t.Fatalf("something was written: %s, was %s", got, before)
			}
			o.decide(i, exchange.Decisions{Corrections: []exchange.Correction{{Line: 20, Column: "level", Value: "DFASM2"}}, Left: []int{13}})
			if err := o.apply(i); err != nil {
				t.Fatal(err)
			}
			if got := o.census(); !strings.Contains(got, "identity_person 24,") || !strings.Contains(got, "student_student 24,") {
				t.Errorf("after %s: %s", name, got)
			}
			if err := o.undo(i); err != nil {
				t.Fatal(err)
			}
			if got := o.census(); got != before {
				t.Errorf("after undoing: %s, was %s", got, before)
			}
		}
	})
}

// Every sample goes in, says the same thing a second time, and can be undone in
// the order that references ask for.
func TestEverySampleGoesInTwiceAndOut(t *testing.T) {
	t.Parallel()
	inOffice(t, func(t *testing.T, o office) {
		before := o.census()
		var done []exchange.Import
		for _, kind := range []string{KindCategories, KindSites, KindContacts, KindLinks} {
			i := o.bring(kind, string(sample(t, kind+".csv")))
			again, err := o.upload(kind, "again.csv", sample(t, kind+".csv"))
			if err != nil {
				t.Fatal(err)
			}
			r, err := o.report(again)
			if err != nil || r.Count(exchange.Unchanged) != len(r.Lines) {
				t.Errorf("%s a second time: %s %v\n%s", kind, counts(r), err, said(r))
			}
			done = append(done, i)
		}
		site := o.site("CHUV-CHIR-D")
		if site.Address != (reference.Address{Lines: "1, avenue du Port\nBâtiment B", PostalCode: "01400", Town: "Valmer CEDEX 9"}) || !site.Main {
			t.Errorf("the site is %+v", site)
		}
		if site = o.site("ETE-MEDECINE"); !site.WishesAllowed || site.OutsideSubdivision {
			t.Errorf("a site without code or details is %+v", site)
		}
		if err := o.undo(done[0]); fault.KindOf(err) != fault.Conflict {
			t.Errorf("categories with sites were undone: %v", err)
		}
		for _, i := range slices.Backward(done) {
			if err := o.undo(i); err != nil {
				t.Errorf("%s: %v", i.Kind, err)
			}
		}
		if got := o.census(); got != before {
			t.Errorf("after undoing: %s, was %s", got, before)
		}
	})
}

func (o office) site(code string) (found site.Site) {
	o.t.Helper()
	err := o.db.Read(o.t.Context(), func(tx *store.Tx) error {
		all, err := site.All(o.t.Context(), tx)
		found = find(all, func(s site.Site) bool { return s.Code == code })
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return found
}

func (o office) student(number string) (s student.Student) {
	o.t.Helper()
	err := o.db.Read(o.t.Context(), func(tx *store.Tx) (err error) {
		s, err = student.ByNumber(o.t.Context(), tx, number)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return s
}

func TestAStudentTakesLevelFacultyAndLoginAndKeepsWhatCellsLeaveEmpty(t *testing.T) {
	t.Parallel()
	inOffice(t, func(t *testing.T, o office) {
		first := o.bring(KindStudents, "numero etudiant;nom;prenom;mail;groupe;identifiant\n0042;Roy;Ana;ana@v.fr;M4;Ana.Roy\n")
		s := o.student("0042")
		if s.Level.Code != "DFASM1" || s.Faculty.Code != "valmer" || groupsOf(s) != "M4" || !s.Active {
			t.Errorf("added %+v", s)
		}
		change := o.bring(KindStudents, "numero etudiant;nom;prenom;mail;niveau\n0042;Roy;Anna;;DFASM2\n")
		if s = o.student("0042"); s.Person.GivenName != "Anna" || s.Person.Email != "ana@v.fr" || s.Level.Code != "DFASM2" || groupsOf(s) != "M4" {
			t.Errorf("changed to %+v", s)
		}
		if err := o.undo(first); fault.KindOf(err) != fault.Conflict {
			t.Errorf("undone before the import that followed: %v", err)
		}
		for _, i := range []exchange.Import{change, first} {
			if err := o.undo(i); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestWhoMayBeThereAlreadyIsShownUntilSomebodyDecides(t *testing.T) {
	t.Parallel()
	inOffice(t, func(t *testing.T, o office) {
		o.bring(KindStudents, "numero etudiant;nom;prenom;mail;date de naissance;groupe;ine\n1;Roy;Ana;ana@v.fr;01/02/2003;M4;123456789AB\n")
		for row, want := range map[string]string{
			"2;Autre;Zoé;z@v.fr;;M4;123456789AB":                       "2: Peut-être déjà dans Stagora : Ana Roy, n° 1 (même INE). Dites si c’est la même personne.",
			"2;ROY;ana;z@v.fr;2003-02-01;M4;":                          "2: Peut-être déjà dans Stagora : Ana Roy, n° 1 (même nom et même date de naissance). Dites si c’est la même personne.",
			"2;Autre;Zoé;ANA@v.fr;;M4;":                                "2: Peut-être déjà dans Stagora : Ana Roy, n° 1 (même adresse électronique). Dites si c’est la même personne.",
			"2;A;B;a@v.fr;01/02/2003;M4;\n3;B;A;b@v.fr;01/02/2003;M4;": "3: Peut-être la même personne qu’à la ligne 2 (même nom et même date de naissance). Gardez l’une des deux lignes, ou dites que ce sont deux personnes.",
		} {
			i, err := o.upload(KindStudents, "x.csv", []byte("numero etudiant;nom;prenom;mail;date de naissance;groupe;ine\n"+row+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			r, err := o.report(i)
			if err != nil || said(r) != want || r.Count(exchange.Doubtful) != 1 {
				t.Errorf("%s:\n got %s\nwant %s %v", row, said(r), want, err)
			}
			line := r.Open()[0]
			o.decide(i, exchange.Decisions{Confirmed: []int{line}})
			if r, err = o.report(i); err != nil || r.Check() != nil {
				t.Errorf("%s: not settled: %v", row, said(r))
			}
		}
	})
}

func TestAnImportThatOthersBuiltOnIsNotUndoneAndSaysWhy(t *testing.T) {
	t.Parallel()
	inOffice(t, func(t *testing.T, o office) {
		i := o.bring(KindStudents, "numero etudiant;nom;prenom;mail;groupe\n1;Roy;Ana;ana@v.fr;M4\n")
		if _, err := student.SaveLeave(t.Context(), o.db, system, o.student("1").PublicID, student.Leave{Interval: reference.Interval{From: "2026-01-01", To: "2026-02-01"}}); err != nil {
			t.Fatal(err)
		}
		ana := o.student("1").Person.ID
		o.write(func(tx *store.Tx) error {
			_, err := identity.AddAccount(t.Context(), tx, ana, "ana", identity.PasswordHash{}, false)
			return err
		})
		before := o.census()
		if err := o.undo(i); fault.KindOf(err) != fault.Conflict {
			t.Fatalf("undone: %v", err)
		}
		var found []exchange.Finding
		err := o.db.Read(t.Context(), func(tx *store.Tx) error {
			kept, err := exchange.Find(t.Context(), tx, i.ID)
			if err == nil {
				found, err = kept.Blockers(t.Context(), tx, owner(t, KindStudents))
			}
			return err
		})
		if err != nil || len(found) != 2 || found[0].Sentence(french) != "Ana Roy a une disponibilité enregistrée." ||
			found[1].Sentence(french) != "Ana Roy a reçu un compte depuis l’import." {
			t.Errorf("blocked by %v %v", found, err)
		}
		if got := o.census(); got != before {
			t.Errorf("half undone: %s, was %s", got, before)
		}
	})
}

// declaredRights are those of imports and of what they write.
func declaredRights() []identity.DeclaredRight {
	return capability.Union(
		capability.Ground(nil), reference.Capability(), site.Capability(), student.Capability(nil), exchange.Capability(nil, Owner),
	).Rights
}
