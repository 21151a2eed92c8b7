package exchange

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// nobody is who applies large files here: the work is done in the name of the
// command, since the person of these tests is in no database.
var nobody = audit.Who{Name: "Nadia Lopes", Origin: "test"}

// An inSteps owner writes people for whoever asks, and tells of each step.
type inSteps struct {
	people
	before func(ctx context.Context, tx *store.Tx, changes []Change) error // a step writes
}

func (o inSteps) Write(ctx context.Context, tx *store.Tx, _ audit.Who, changes []Change) error {
	if o.before != nil {
		if err := o.before(ctx, tx, changes); err != nil {
			return err
		}
	}
	return o.people.Write(ctx, tx, nadia, changes)
}

// many is a file of n people.
func many(n int) string {
	var b strings.Builder
	b.WriteString("Numéro étudiant;Nom;Prénom;Mail;Niveau\n")
	for i := range n {
		fmt.Fprintf(&b, "%08d;Nom%d;Prénom;f%d@x.fr;DFASM2\n", i+1, i, i)
	}
	return b.String()
}

// work does what is due, with the owner that speaks for people.
func work(t *testing.T, db *store.DB, o Owner) error {
	t.Helper()
	owners := func(string, identity.Actor) (Owner, bool) { return o, true }
	runner := &job.Runner{DB: db, Log: slog.New(slog.DiscardHandler), Node: "test", Handlers: map[string]job.Handler{
		ApplyKind: applyWork(db, owners), TakeBackKind: takeBackWork(db, owners),
	}}
	_, err := runner.Step(t.Context())
	return err
}

// started is a file whose import in steps was asked for.
func started(t *testing.T, db *store.DB, content string) Import {
	t.Helper()
	i := upload(t, db, content)
	_, task, err := Apply(t.Context(), db, people{}, i.ID, "", nobody)
	if err != nil || task == "" {
		t.Fatalf("task %q, %v", task, err)
	}
	i = now(t, db, i)
	if i.State != Checked || i.Doing != Applying || i.Total == 0 {
		t.Fatalf("started %+v", i)
	}
	return i
}

func now(t *testing.T, db *store.DB, i Import) Import {
	t.Helper()
	found, err := store.Get(t.Context(), db, func(tx *store.Tx) (Import, error) { return Find(t.Context(), tx, i.ID) })
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func journal(t *testing.T, db *store.DB, i Import) (actions []string) {
	t.Helper()
	lines, err := store.Get(t.Context(), db, func(tx *store.Tx) ([]audit.Line, error) {
		return audit.Find(t.Context(), tx, audit.Search{Kind: "import", Object: i.ID, Limit: 10})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		actions = append([]string{l.Action}, actions...)
	}
	return actions
}

func count(t *testing.T, db *store.DB) int {
	t.Helper()
	if all := census(t, db); all != "" {
		return len(strings.Split(all, "\n"))
	}
	return 0
}

func TestALargeFileIsAppliedAndUndoneInSteps(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		i := started(t, db, many(mostAtOnce+101))
		steps, most := 0, 0
		err := work(t, db, inSteps{before: func(ctx context.Context, tx *store.Tx, changes []Change) error {
			steps, most = steps+1, max(most, len(changes))
			under, err := UnderWay(ctx, tx, "people")
			if len(under) != 1 || under[0].Done == 0 || under[0].Done > under[0].Total {
				t.Errorf("pages are told %+v, %v", under, err)
			}
			return err
		}})
		if err != nil {
			t.Fatal(err)
		}
		if i = now(t, db, i); i.State != Applied || i.Doing != "" || i.Summary.Rows[Created] != 601 || count(t, db) != 601 {
			t.Errorf("after %d steps: %+v, %d people", steps, i, count(t, db))
		}
		if steps < 3 || most > chunk {
			t.Errorf("%d steps, of %d rows at most", steps, most)
		}
		refused(t, apply(t, db, i.ID, ""), "exchange.import.applied", "déjà été importé")
		if err := Undo(t.Context(), db, people{}, i.ID, nobody); err != nil {
			t.Fatal(err)
		}
		if now(t, db, i).Doing != TakingBack {
			t.Error("a large import is undone at once")
		}
		if err := work(t, db, inSteps{}); err != nil {
			t.Fatal(err)
		}
		if i = now(t, db, i); i.State != Undone || i.Doing != "" || count(t, db) != 0 {
			t.Errorf("undone: %+v, %d people", i, count(t, db))
		}
		if got := fmt.Sprint(journal(t, db, i)); got != "[import.applied import.undone]" {
			t.Errorf("the log says %s", got)
		}
	})
}

// A row that somebody has added meanwhile stops the third step: what the first two
// wrote is taken back, and the journal says both.
func TestARowThatNoLongerHoldsTakesAllBack(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		i := started(t, db, many(mostAtOnce+101))
		steps := 0
		err := work(t, db, inSteps{before: func(ctx context.Context, tx *store.Tx, changes []Change) error {
			if steps++; steps != 2 {
				return nil
			}
			later := fmt.Sprintf("%08d", changes[len(changes)-1].Line+2)
			_, err := tx.ExecContext(ctx, "INSERT INTO people VALUES ($1, 'Autre', 'X', '', '', '', '', '0', 'yes')", later)
			return err
		}})
		if err != nil {
			t.Fatal(err)
		}
		i = now(t, db, i)
		if i.State != Checked || i.Doing != "" || i.Stopped == nil || i.Stopped.Key != "exchange.row.moved" || i.Stopped.Line == 0 {
			t.Fatalf("stopped: %+v", i)
		}
		if listed := latest(t, db, i); len(listed) != 1 || listed[0].ID != i.ID {
			t.Errorf("the list of imports does not show what was stopped: %+v", listed)
		}
		if got := census(t, db); !strings.Contains(got, "Autre") || strings.Contains(got, "\n") {
			t.Errorf("left behind:\n%s", got)
		}
		if got := fmt.Sprint(journal(t, db, i)); got != "[import.stopped import.taken-back]" {
			t.Errorf("the log says %s", got)
		}
		// The new check tells the row, and the file can be applied again.
		if r := report(t, db, i.ID); r.Count(Changed) != 1 || r.Count(Created) != 600 {
			t.Errorf("the new check says %s", counts(r))
		}
		if _, _, err := Apply(t.Context(), db, people{}, i.ID, "", nobody); err != nil {
			t.Fatal(err)
		}
		if err := work(t, db, inSteps{}); err != nil || now(t, db, i).State != Applied || count(t, db) != 601 {
			t.Errorf("applied again: %v, %+v, %d people", err, now(t, db, i), count(t, db))
		}
	})
}

// latest returns the imports that are listed of a kind.
func latest(t *testing.T, db *store.DB, of Import) []Import {
	t.Helper()
	listed, err := store.Get(t.Context(), db, func(tx *store.Tx) ([]Import, error) { return Latest(t.Context(), tx, of.Kind, "", 20) })
	if err != nil {
		t.Fatal(err)
	}
	return listed
}

// A node dies between two steps, and while a step writes: the next one goes on, and
// each row is written once.
func TestAnImportGoesOnAfterAKill(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		i := started(t, db, many(mostAtOnce+101))
		killed := errors.New("killed")
		steps := 0
		dies := inSteps{before: func(context.Context, *store.Tx, []Change) error {
			if steps++; steps == 3 {
				return killed
			}
			return nil
		}}
		if err := work(t, db, dies); err != nil {
			t.Fatal(err)
		}
		half := now(t, db, i)
		if half.Doing != Applying || half.Done == 0 || half.Done == half.Total || count(t, db) != half.Done {
			t.Fatalf("after the kill: %+v, %d people", half, count(t, db))
		}
		storetest.Clock(t, db).Freeze(storetest.Start.Add(time.Hour)) // when it is tried again
		if err := work(t, db, inSteps{}); err != nil {
			t.Fatal(err)
		}
		if i = now(t, db, i); i.State != Applied || i.Stopped != nil || count(t, db) != 601 {
			t.Errorf("went on to %+v, %d people", i, count(t, db))
		}
	})
}

func TestOnlyOneImportOfAKindIsUnderWay(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		i := started(t, db, many(mostAtOnce+1))
		refused(t, apply(t, db, i.ID, ""), "exchange.apply.busy", "déjà en cours")
		small := upload(t, db, "Numéro étudiant;Nom;Prénom;Mail\n99999999;A;A;a@x.fr\n")
		refused(t, apply(t, db, small.ID, ""), "exchange.apply.other", "en cours d’import")
		large := upload(t, db, many(mostAtOnce+1))
		refused(t, apply(t, db, large.ID, ""), "exchange.apply.other")
		err := i.Decide(t.Context(), db, people{}, func(d *Decisions) { d.Left = []int{2} })
		refused(t, err, "exchange.apply.busy")

		// Somebody stops it: nothing is left.
		if err := Undo(t.Context(), db, people{}, i.ID, nobody); err != nil {
			t.Fatal(err)
		}
		if err := work(t, db, inSteps{}); err != nil {
			t.Fatal(err)
		}
		if i = now(t, db, i); i.Doing != "" || i.State != Checked || i.Stopped == nil || count(t, db) != 0 {
			t.Errorf("stopped: %+v", i)
		}
		if err := apply(t, db, small.ID, ""); err != nil {
			t.Errorf("once it is over: %v", err)
		}
	})
}

// A row that something depends on by now stays, is told, and is taken back once the
// hindrance is gone.
func TestWhatCannotBeTakenBackIsToldAndTriedAgain(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		i := started(t, db, many(mostAtOnce+101))
		if err := work(t, db, inSteps{}); err != nil {
			t.Fatal(err)
		}
		if err := Undo(t.Context(), db, people{}, i.ID, nobody); err != nil {
			t.Fatal(err)
		}
		write(t, db, func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), "INSERT INTO wish (number) VALUES ('00000300')")
			return err
		})
		if err := work(t, db, inSteps{}); err != nil {
			t.Fatal(err)
		}
		i = now(t, db, i)
		aside, err := store.Get(t.Context(), db, func(tx *store.Tx) ([]Finding, error) { return i.Aside(t.Context(), tx, 10) })
		if err != nil || i.Doing != TakingBack || count(t, db) != 1 || len(aside) != 1 || aside[0].Line != 301 {
			t.Fatalf("one is left: %+v, %d people, aside %+v, %v", i, count(t, db), aside, err)
		}
		// Nobody else has to wait for it.
		small := upload(t, db, "Numéro étudiant;Nom;Prénom;Mail\n99999999;A;A;a@x.fr\n")
		if err := apply(t, db, small.ID, ""); err != nil {
			t.Errorf("another file: %v", err)
		}
		if err := Undo(t.Context(), db, people{}, small.ID, nadia); err != nil {
			t.Fatal(err)
		}
		write(t, db, func(tx *store.Tx) error { _, err := tx.ExecContext(t.Context(), "DELETE FROM wish"); return err })
		if err := Undo(t.Context(), db, people{}, i.ID, nobody); err != nil {
			t.Fatal(err)
		}
		if err := work(t, db, inSteps{}); err != nil || now(t, db, i).State != Undone || count(t, db) != 0 {
			t.Errorf("tried again: %v, %+v, %d people", err, now(t, db, i), count(t, db))
		}
	})
}

// Whoever loses the right while their file comes in writes nothing more, and what they
// wrote is taken back.
func TestAnImportStopsWhenItsRightEnds(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		var who audit.Who
		write(t, db, func(tx *store.Tx) error {
			if err := identity.DeclareRights(t.Context(), tx, Capability(db, nil).Rights); err != nil {
				return err
			}
			p, err := identity.AddPerson(t.Context(), tx, "test", identity.PersonForm{FamilyName: "Lopes"})
			if err != nil {
				return err
			}
			who = audit.Who{Person: p.ID, Name: p.Name(), Origin: "test"}
			return identity.GrantRole(t.Context(), tx, p.ID, identity.RoleOffice, identity.Everything, "label", tx.Now, time.Time{})
		})
		i := upload(t, db, many(mostAtOnce+101))
		if _, _, err := Apply(t.Context(), db, people{}, i.ID, "", who); err != nil {
			t.Fatal(err)
		}
		steps := 0
		o := inSteps{before: func(ctx context.Context, tx *store.Tx, changes []Change) error {
			if changes[0].After != nil {
				steps++
			}
			_, err := tx.ExecContext(ctx, "UPDATE identity_grant SET valid_until = $1", store.At(tx.Now))
			return err
		}}
		if err := work(t, db, o); err != nil {
			t.Fatal(err)
		}
		i = now(t, db, i)
		if steps != 1 || i.Doing != "" || i.State != Checked || count(t, db) != 0 || i.Stopped == nil || i.Stopped.Key != "right.missing" {
			t.Errorf("%d steps, %d people, %+v stopped by %+v", steps, count(t, db), i, i.Stopped)
		}
	})
}

func TestNothingIsStartedThatWasNotShown(t *testing.T) {
	t.Parallel()
	withPeople(t, func(t *testing.T, db *store.DB) {
		i := upload(t, db, many(mostAtOnce+1))
		_, _, err := Apply(t.Context(), db, people{}, i.ID, "another report", nobody)
		if !fault.Has(err, "exchange.apply.moved") {
			t.Errorf("got %v", err)
		}
		// The report changes between the asking and the work.
		i = started(t, db, many(mostAtOnce+1))
		write(t, db, func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), "INSERT INTO people VALUES ('00000001', 'Autre', 'X', '', '', '', '', '0', 'yes')")
			return err
		})
		if err := work(t, db, inSteps{}); err != nil {
			t.Fatal(err)
		}
		if i = now(t, db, i); i.Doing != "" || i.Stopped == nil || count(t, db) != 1 {
			t.Errorf("after the work: %+v, %d people", i, count(t, db))
		}
	})
}

// A file of a whole faculty is applied, and changes nothing when it comes again.
func TestFiveThousandRows(t *testing.T) {
	t.Parallel()
	const rows = 5_000
	withPeople(t, func(t *testing.T, db *store.DB) {
		i := started(t, db, many(rows))
		if err := work(t, db, inSteps{}); err != nil {
			t.Fatal(err)
		}
		if i = now(t, db, i); i.State != Applied || count(t, db) != rows {
			t.Errorf("%d people, %+v", count(t, db), i)
		}
		if r := report(t, db, upload(t, db, many(rows)).ID); r.Count(Unchanged) != rows {
			t.Errorf("the same file again: %s", counts(r))
		}
	})
}
