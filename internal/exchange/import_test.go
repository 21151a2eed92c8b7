package exchange

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/text"
)

var nadia = audit.Who{Person: 1, Name: "Nadia Lopes", Origin: "test"}

// people is an owner of a table of its own, made by [withPeople].
type people struct {
	failAt int // the line on which writing fails; 0: none
}

func (people) Layout(context.Context, *store.Tx) (Layout, error) {
	return Layout{
		Columns: []Column{
			{Name: "number", Title: "exchange.title.number", Kind: Code, Need: Mandatory, Digits: 8},
			{Name: "family", Title: "exchange.title.family_name", Need: Mandatory, Max: 30},
			{Name: "given", Title: "exchange.title.given_name", Need: Mandatory},
			{Name: "email", Title: "exchange.title.email", Spellings: []string{"E-mail", "Courriel"}, Kind: Email, Need: Advised},
			{Name: "level", Title: "exchange.title.level", Kind: Code, Known: []string{"DFGSM3", "DFASM1", "DFASM2", "DFASM3"}, Unknown: "exchange.unknown.level"},
			{Name: "ine", Title: "exchange.title.ine", Kind: Code, Check: func(s string) (string, *Finding) {
				if len(s) != 11 {
					return s, &Finding{Severity: Warning, Key: "exchange.cell.unknown"}
				}
				return strings.ToUpper(s), nil
			}},
			{Name: "born", Title: "exchange.title.born", Kind: Date},
			{Name: "points", Title: "exchange.title.points", Kind: Amount, Default: "0"},
			{Name: "visible", Title: "exchange.title.visible", Kind: YesNo, Default: Yes},
		},
		Key: "number", Unique: []string{"ine"},
	}, nil
}

var peopleColumns = []string{"family", "given", "email", "level", "ine", "born", "points", "visible"}

func (people) Existing(ctx context.Context, tx *store.Tx, keys []string) (map[string]Values, error) {
	found := map[string]Values{}
	for _, key := range keys {
		v, cells := Values{"number": key}, make([]string, len(peopleColumns))
		into := make([]any, len(cells))
		for i := range cells {
			into[i] = &cells[i]
		}
		err := tx.QueryRowContext(ctx, "SELECT "+strings.Join(peopleColumns, ", ")+" FROM people WHERE number = $1", key).Scan(into...)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for i, name := range peopleColumns {
			v[name] = cells[i]
		}
		found[key] = v
	}
	return found, nil
}

// Review finds people of the same name under another number.
func (people) Review(ctx context.Context, tx *store.Tx, lines []*Line) ([]Finding, error) {
	var findings []Finding
	for _, line := range lines {
		var n int
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM people WHERE family = $1 AND given = $2 AND number <> $3",
			line.After["family"], line.After["given"], line.Key).Scan(&n)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			findings = append(findings, Finding{Line: line.Row.Line, Column: "family", Severity: Doubt, Key: "exchange.cell.unknown", Found: line.After["family"]})
		}
	}
	return findings, nil
}

func (p people) Write(ctx context.Context, tx *store.Tx, who audit.Who, changes []Change) error {
	for _, c := range changes {
		if err := p.write(ctx, tx, who, c); err != nil {
			return &RowError{c.Line, err}
		}
	}
	return nil
}

func (p people) write(ctx context.Context, tx *store.Tx, who audit.Who, c Change) error {
	if who != nadia || c.Line == p.failAt {
		return errors.New("cannot write")
	}
	if c.Before != nil {
		if _, err := tx.ExecContext(ctx, "DELETE FROM people WHERE number = $1", c.Key); err != nil {
			return err
		}
	}
	if c.After == nil {
		return nil
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO people (number, family, given, email, level, ine, born, points, visible) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		c.Key, c.After["family"], c.After["given"], c.After["email"], c.After["level"], c.After["ine"], c.After["born"], c.After["points"], c.After["visible"])
	return err
}

// Blockers finds people with a wish.
func (people) Blockers(ctx context.Context, tx *store.Tx, changes []Change) ([]Finding, error) {
	var findings []Finding
	for _, c := range changes {
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM wish WHERE number = $1", c.Key).Scan(&n); err != nil {
			return nil, err
		}
		if n > 0 {
			findings = append(findings, Finding{Line: c.Line, Severity: Error, Key: "exchange.undo.changed", Found: c.Key})
		}
	}
	return findings, nil
}

// withPeople runs a test on both engines, with the table of people in it.
func withPeople(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), `CREATE TABLE people (number TEXT PRIMARY KEY, family TEXT NOT NULL, given TEXT NOT NULL,
				email TEXT NOT NULL, level TEXT NOT NULL, ine TEXT NOT NULL, born TEXT NOT NULL, points TEXT NOT NULL, visible TEXT NOT NULL)`)
			if err == nil {
				_, err = tx.ExecContext(t.Context(), `CREATE TABLE wish (number TEXT NOT NULL)`)
			}
			return err
		})
		test(t, db)
	})
}

func write(t testing.TB, db *store.DB, do func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

// census returns everybody, to compare what was with what is.
func census(t testing.TB, db *store.DB) string {
	t.Helper()
	var all []string
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.QueryContext(t.Context(), "SELECT number || ' ' || family || ' ' || email || ' ' || level || ' ' || born || ' ' || points || ' ' || visible FROM people ORDER BY number")
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				return err
			}
			all = append(all, s)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

func upload(t testing.TB, db *store.DB, content string) Import {
	t.Helper()
	i, err := Upload{Kind: "people", Scope: "c1", Name: "people.csv", Content: []byte(content), By: nadia}.Add(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func report(t testing.TB, db *store.DB, id string) Report {
	t.Helper()
	var r Report
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		i, err := Find(t.Context(), tx, id)
		if err == nil {
			r, err = i.Report(t.Context(), tx, people{})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func decide(t testing.TB, db *store.DB, i Import, d Decisions) {
	t.Helper()
	if err := i.Decide(t.Context(), db, people{}, func(now *Decisions) { *now = d }); err != nil {
		t.Fatal(err)
	}
}

func apply(t testing.TB, db *store.DB, id, shown string) error {
	t.Helper()
	_, _, err := Apply(t.Context(), db, people{}, id, shown, nadia)
	return err
}

func undo(t testing.TB, db *store.DB, id string) error {
	t.Helper()
	return Undo(t.Context(), db, people{}, id, nadia)
}

// said returns the sentences about one line, without no-break spaces.
func said(r Report, p text.Printer, line int) string {
	for _, l := range r.Lines {
		if l.Row.Line == line {
			return strings.ReplaceAll(reasons(p, l.Findings), "\u00a0", " ")
		}
	}
	return ""
}

func counts(r Report) string {
	return fmt.Sprintf("created %d changed %d unchanged %d refused %d doubtful %d left %d warnings %d",
		r.Count(Created), r.Count(Changed), r.Count(Unchanged), r.Count(Refused), r.Count(Doubtful), r.Count(Left), r.Warnings())
}

// rentree is a file of 25 rows: line 8 has no e-mail, lines 13 and 26 the same
// INE, line 20 a level that does not exist.
func rentree() string {
	var b strings.Builder
	b.WriteString(";Numéro étudiant;NOM;Prénom;Mail;Niveau;INE;Commentaire\n")
	for i := range 25 {
		line, email, level, ine := i+2, fmt.Sprintf("f%02d@etu.estuaire.example", i), "DFASM2", fmt.Sprintf("%010dA", i)
		switch line {
		case 8:
			email = ""
		case 20:
			level = "DFSAM2"
		case 26:
			ine = fmt.Sprintf("%010dA", 13-2)
		}
		fmt.Fprintf(&b, ";%08d;Nom%d;Prénom;%s;%s;%s;rien\n", 2100000+i, i, email, level, ine)
	}
	return b.String()
}

func TestAFileIsTriedDecidedAppliedAndUndone(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		i := upload(t, db, rentree())
		r := report(t, db, i.ID)
		if got := counts(r); got != "created 23 changed 0 unchanged 0 refused 1 doubtful 1 left 0 warnings 1" {
			t.Errorf("the dry run says %s", got)
		}
		if got := said(r, french, 20); got != "Niveau DFSAM2 inconnu. Vouliez-vous dire DFASM2 ?" {
			t.Errorf("line 20: %s", got)
		}
		if got := said(r, french, 26); !strings.Contains(got, "INE : « 0000000011A » est déjà à la ligne 13.") {
			t.Errorf("line 26: %s", got)
		}
		if got := said(r, english, 8); !strings.Contains(got, "E-mail: the cell is empty.") {
			t.Errorf("line 8: %s", got)
		}
		if !slices.Equal(r.Ignored, []string{"Commentaire"}) || !slices.Equal(r.Open(), []int{20, 26}) {
			t.Errorf("ignored %q, open %v", r.Ignored, r.Open())
		}
		refused(t, apply(t, db, i.ID, ""), "exchange.apply.open", "2 lignes", "Rien n’a été enregistré")
		if got := census(t, db); got != "" {
			t.Errorf("a refused file wrote\n%s", got)
		}

		decide(t, db, i, Decisions{Corrections: []Correction{{20, "level", "DFASM2"}}, Left: []int{26}})
		r = report(t, db, i.ID)
		if got := counts(r); got != "created 24 changed 0 unchanged 0 refused 0 doubtful 0 left 1 warnings 1" {
			t.Errorf("after decisions the dry run says %s", got)
		}
		shown, err := r.Digest()
		if err != nil {
			t.Fatal(err)
		}
		if err := apply(t, db, i.ID, shown); err != nil {
			t.Fatal(err)
		}
		if got := len(strings.Split(census(t, db), "\n")); got != 24 {
			t.Errorf("%d people, want 24", got)
		}
		refused(t, apply(t, db, i.ID, shown), "exchange.import.applied", "déjà été importé")
		sealed(t, db, i)

		if err := undo(t, db, i.ID); err != nil {
			t.Fatal(err)
		}
		if got := census(t, db); got != "" {
			t.Errorf("undone, and still there:\n%s", got)
		}
		refused(t, undo(t, db, i.ID), "exchange.undo.state", "déjà été annulé")
		left, err := store.Get(t.Context(), db, func(tx *store.Tx) ([]Change, error) { return i.written(t.Context(), tx, 0, 100) })
		if err != nil || len(left) > 0 {
			t.Errorf("undone, and %d rows are kept as written: %v", len(left), err)
		}
	})
}

// sealed checks what is kept of an applied import.
func sealed(t *testing.T, db *store.DB, i Import) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		all, err := Latest(t.Context(), tx, "people", "c1", 10)
		if err != nil {
			return err
		}
		if len(all) != 1 || all[0].ID != i.ID || all[0].State != Applied || all[0].AppliedBy != "Nadia Lopes" ||
			!all[0].AppliedAt.Equal(storetest.Start) || all[0].Summary.Rows[Created] != 24 || all[0].Hash != i.Hash {
			t.Errorf("kept %+v", all)
		}
		lines, err := all[0].Lines(t.Context(), tx, 0, 100)
		if err != nil {
			return err
		}
		if len(lines) != 25 || lines[24].Outcome != Left || lines[18].After["level"] != "DFASM2" || lines[0].Before != nil ||
			!strings.Contains(lines[6].Findings[0].Sentence(french), "Mail") {
			t.Errorf("kept lines %+v", lines)
		}
		entries, err := audit.Find(t.Context(), tx, audit.Search{Kind: "import", Object: i.ID, Limit: 5})
		if err != nil {
			return err
		}
		if len(entries) != 1 || !strings.Contains(entries[0].Sentence(french), "lignes créées\u00a0: 24, modifiées\u00a0: 0, écartées\u00a0: 1") {
			t.Errorf("audit %+v", entries)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFileIsComparedWithWhatIsThere(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		first := upload(t, db, "Numéro étudiant;Nom;Prénom;Mail;Niveau;Date de naissance;Points\n"+
			"02100001;Baraka;Inès;ines@x.fr;dfasm2;14/07/2003;6,9\n02100002;Oster;Karim;k@x.fr;DFASM2;;\n02100003;Vallin;Zoé;z@x.fr;DFASM1;;\n")
		if err := apply(t, db, first.ID, ""); err != nil {
			t.Fatal(err)
		}
		before := census(t, db)
		if want := "02100001 Baraka ines@x.fr DFASM2 2003-07-14 690 yes\n02100002 Oster k@x.fr DFASM2  0 yes\n02100003 Vallin z@x.fr DFASM1  0 yes"; before != want {
			t.Fatalf("there are\n%s\nwant\n%s", before, want)
		}

		// The file has no dates, no points and no levels: those stay as they are.
		second := upload(t, db, "Numéro étudiant;Nom;Prénom;Courriel\n2100001;Baraka;Inès;INES@x.fr\n02100002;Oster;Karim;karim@x.fr\n02100009;Vallin;Zoé;z9@x.fr\n")
		r := report(t, db, second.ID)
		if got := counts(r); got != "created 0 changed 1 unchanged 1 refused 0 doubtful 1 left 0 warnings 1" {
			t.Errorf("the dry run says %s", got)
		}
		if got := said(r, french, 2); !strings.Contains(got, "zéros de tête") {
			t.Errorf("line 2: %s", got)
		}
		decide(t, db, second, Decisions{Confirmed: []int{4}})
		if got := counts(report(t, db, second.ID)); got != "created 1 changed 1 unchanged 1 refused 0 doubtful 0 left 0 warnings 2" {
			t.Errorf("once confirmed the dry run says %s", got)
		}
		if err := apply(t, db, second.ID, ""); err != nil {
			t.Fatal(err)
		}
		if got := census(t, db); !strings.Contains(got, "02100002 Oster karim@x.fr DFASM2") || !strings.Contains(got, "02100001 Baraka ines@x.fr DFASM2 2003-07-14 690 yes") {
			t.Errorf("there are\n%s", got)
		}
		if err := undo(t, db, second.ID); err != nil {
			t.Fatal(err)
		}
		if got := census(t, db); got != before {
			t.Errorf("undone, there are\n%s\nwant\n%s", got, before)
		}
	})
}

func TestOneFailureLeavesNothing(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		i := upload(t, db, rentree())
		decide(t, db, i, Decisions{Left: []int{20, 26}})
		_, _, err := Apply(t.Context(), db, people{failAt: 24}, i.ID, "", nadia)
		if err == nil || !strings.Contains(err.Error(), "line 24") {
			t.Errorf("got %v, want the line that failed", err)
		}
		if got := census(t, db); got != "" {
			t.Errorf("half a file is there:\n%s", got)
		}
		if err := apply(t, db, i.ID, ""); err != nil {
			t.Errorf("a failed file cannot be applied again: %v", err)
		}
	})
}

func TestWhatWasNotShownIsNotApplied(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		i := upload(t, db, "Numéro étudiant;Nom;Prénom;Mail\n02100001;Baraka;Inès;i@x.fr\n")
		shown, _ := report(t, db, i.ID).Digest()
		other := upload(t, db, "Numéro étudiant;Nom;Prénom;Mail\n02100001;Baraka;Inès;other@x.fr\n")
		if err := apply(t, db, other.ID, ""); err != nil {
			t.Fatal(err)
		}
		refused(t, apply(t, db, i.ID, shown), "exchange.apply.moved", "ont changé depuis le contrôle")
		if got := census(t, db); !strings.Contains(got, "other@x.fr") {
			t.Errorf("there are %s", got)
		}
	})
}

func TestAnImportIsUndoneOnlyWhileNothingDependsOnIt(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		i := upload(t, db, "Numéro étudiant;Nom;Prénom;Mail\n02100001;A;A;a@x.fr\n02100002;B;B;b@x.fr\n02100003;C;C;c@x.fr\n")
		if err := apply(t, db, i.ID, ""); err != nil {
			t.Fatal(err)
		}
		for _, change := range []string{
			"UPDATE people SET email = 'new@x.fr' WHERE number = '02100001'",
			"DELETE FROM people WHERE number = '02100002'",
			"INSERT INTO wish (number) VALUES ('02100003')",
		} {
			write(t, db, func(tx *store.Tx) error { _, err := tx.ExecContext(t.Context(), change); return err })
		}
		before := census(t, db)
		refused(t, undo(t, db, i.ID), "exchange.undo.blocked", "3 éléments", "Rien n’a été annulé")
		if got := census(t, db); got != before {
			t.Errorf("a refused undo changed\n%s\nto\n%s", before, got)
		}
		var found []Finding
		write(t, db, func(tx *store.Tx) (err error) {
			i, err := Find(t.Context(), tx, i.ID)
			if err == nil {
				found, err = i.Blockers(t.Context(), tx, people{})
			}
			return err
		})
		got := strings.ReplaceAll(reasons(french, found), "\u00a0", " ")
		if want := "« 02100001 » (ligne 2) a été modifié depuis l’import.\n« 02100002 » (ligne 3) n’existe plus.\n« 02100003 » (ligne 4) a été modifié depuis l’import."; got != want {
			t.Errorf("blockers say\n%s\nwant\n%s", got, want)
		}
	})
}

// Whoever decides at once on several rows, nothing of it is lost; what is not about the
// file is refused, and so is more than a file may need.
func TestDecisionsAreKeptTogether(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		const rows = 24
		i := upload(t, db, many(rows))
		decide := func(change func(*Decisions)) error { return i.Decide(t.Context(), db, people{}, change) }
		var wait sync.WaitGroup
		errs := make([]error, rows)
		for n := range errs {
			wait.Go(func() { errs[n] = decide(func(d *Decisions) { d.Left = append(d.Left, n+2) }) })
		}
		wait.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		kept := func() Decisions {
			now, err := store.Get(t.Context(), db, func(tx *store.Tx) (Import, error) { return Find(t.Context(), tx, i.ID) })
			if err != nil {
				t.Fatal(err)
			}
			return now.Decisions
		}
		if got := kept().Left; len(got) != rows {
			t.Errorf("%d of %d decisions are kept", len(got), rows)
		}
		long := strings.Repeat("x", maxDecisions)
		for name, tt := range map[string]struct {
			key    string
			change func(*Decisions)
		}{
			"the header":               {"exchange.decide.unknown", func(d *Decisions) { d.Left = append(d.Left, 1) }},
			"a line beyond the file":   {"exchange.decide.unknown", func(d *Decisions) { d.Confirmed = append(d.Confirmed, rows+2) }},
			"a line before all":        {"exchange.decide.unknown", func(d *Decisions) { d.Left = append(d.Left, -5) }},
			"a cell of no line":        {"exchange.decide.unknown", func(d *Decisions) { d.Corrections = []Correction{{Line: 9999, Column: "family"}} }},
			"a column that nobody has": {"exchange.decide.unknown", func(d *Decisions) { d.Corrections = []Correction{{Line: 2, Column: "7"}} }},
			"a value without end":      {"exchange.decide.many", func(d *Decisions) { d.Corrections = []Correction{{Line: 2, Column: "family", Value: long}} }},
		} {
			t.Run(name, func(t *testing.T) { refused(t, decide(tt.change), tt.key, "people.csv") })
		}
		if got := kept(); len(got.Left) != rows || len(got.Corrections)+len(got.Confirmed) > 0 {
			t.Errorf("after what was refused, %v is kept", got)
		}
	})
}

// Two people apply the same file at once: it goes in once.
func TestAFileIsAppliedOnce(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		i := upload(t, db, "Numéro étudiant;Nom;Prénom;Mail\n02100001;A;A;a@x.fr\n")
		var wait sync.WaitGroup
		errs := make([]error, 4)
		for n := range errs {
			wait.Go(func() { errs[n] = apply(t, db, i.ID, "") })
		}
		wait.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if !fault.Has(err, "exchange.import.applied") {
				t.Errorf("got %v", err)
			}
		}
		if done != 1 || census(t, db) == "" {
			t.Errorf("applied %d times: %s", done, census(t, db))
		}
	})
}

func TestFilesAreForgotten(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		applied := upload(t, db, "Numéro étudiant;Nom;Prénom;Mail\n02100001;A;A;a@x.fr\n")
		if err := apply(t, db, applied.ID, ""); err != nil {
			t.Fatal(err)
		}
		waiting := upload(t, db, "Numéro étudiant;Nom;Prénom;Mail\n02100002;B;B;b@x.fr\n")
		storetest.Clock(t, db).Freeze(storetest.Start.Add(48 * time.Hour))
		fresh := upload(t, db, "Numéro étudiant;Nom;Prénom;Mail\n02100003;C;C;c@x.fr\n")
		if err := Forget(t.Context(), db, db.Now().Add(-24*time.Hour)); err != nil {
			t.Fatal(err)
		}

		err := db.Read(t.Context(), func(tx *store.Tx) error {
			if _, err := Find(t.Context(), tx, waiting.ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("a file nobody applied: %v", err)
			}
			i, err := Find(t.Context(), tx, applied.ID)
			if err != nil {
				return err
			}
			if _, err := i.Report(t.Context(), tx, people{}); !fault.Has(err, "exchange.import.forgotten") {
				t.Errorf("an applied file: %v", err)
			}
			if lines, err := i.Lines(t.Context(), tx, 0, 100); err != nil || len(lines) != 1 {
				t.Errorf("what it did: %v %v", lines, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := counts(report(t, db, fresh.ID)); !strings.HasPrefix(got, "created 1 ") {
			t.Errorf("a fresh file: %s", got)
		}
		if err := undo(t, db, applied.ID); err != nil {
			t.Errorf("an import without its file cannot be undone: %v", err)
		}
	})
}

func TestRowsToCorrectLeaveAndComeBackInTheirLayout(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		r := report(t, db, upload(t, db, rentree()).ID)
		out, err := file(r.OpenRows(french).CSV, french)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\r\n")
		if len(lines) != 3 || !strings.HasSuffix(lines[0], ";Commentaire;Motifs") || !strings.Contains(lines[1], ";DFSAM2;") || !strings.Contains(lines[1], "Vouliez-vous dire") {
			t.Fatalf("got\n%s", out)
		}
		again := report(t, db, upload(t, db, strings.Replace(string(out), "DFSAM2;", "DFASM3;", 1)).ID)
		if got := counts(again); !strings.HasPrefix(got, "created 2 ") || !slices.Equal(again.Ignored, []string{"Commentaire", "Motifs"}) {
			t.Errorf("corrected and read again: %s, ignored %q", got, again.Ignored)
		}
	})
}

func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		r := report(t, db, upload(t, db, "Numéro étudiant;Nom;Prénom;Mail;Date de naissance\n"+
			";Baraka;;ines;31/02/2003\n02100002;B;B;b@x.fr;14/07/2003;;rue des Lilas\n02100003;C;C;c@x.fr;\n02100003;C;C;c@x.fr;\n").ID)
		for line, wants := range map[int][]string{
			2: {"Numéro étudiant : la cellule est vide", "Prénom : la cellule est vide", "« ines » n’est pas une adresse", "« 31/02/2003 » n’est pas une date"},
			3: {"La ligne a 7 cellules, alors que le fichier a 5 titres"},
			5: {"Numéro étudiant : « 02100003 » est déjà à la ligne 4"},
		} {
			got := said(r, french, line)
			for _, want := range wants {
				if !strings.Contains(got, want) {
					t.Errorf("line %d says\n%s\nand not %q", line, got, want)
				}
			}
		}
		if got := counts(r); got != "created 1 changed 0 unchanged 0 refused 2 doubtful 1 left 0 warnings 0" {
			t.Error(got)
		}
	})
}

func TestAFileWithoutAMandatoryColumnIsRefusedWhole(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		i := upload(t, db, "Numéro étudiant;Nom\n02100001;A\n")
		if r := report(t, db, i.ID); r.Count(Refused) != 1 || len(r.Findings) != 2 {
			t.Errorf("%s %+v", counts(r), r.Findings)
		}
		refused(t, apply(t, db, i.ID, ""), "exchange.apply.columns", "une colonne obligatoire manque", "Rien n’a été enregistré")
	})
}
