package result_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
)

// adopted has scenario A adopted.
func (d *desk) adopted(t testing.TB) *desk {
	t.Helper()
	d.adopt(t, d.run(t, result.RunForm{}), result.AdoptForm{})
	return d
}

// CHPL-GERI has one seat left. Two officers give it to two students at once.
func TestTheLastSeatGoesToOneOfTwo(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.adopted(t)
		forms := []result.DecisionForm{d.move("E22", "", "CHPL-GERI"), d.move("E06", "MSPB-MG2", "CHPL-GERI")}
		errs := make([]error, len(forms))
		var both sync.WaitGroup
		for i, actor := range []identity.Actor{d.Office, d.Second} {
			both.Go(func() { _, errs[i] = d.attempt(t, actor, forms[i]) })
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("both or none: %v", errs)
		}
		for _, err := range errs {
			if err != nil {
				wantFault(t, "the second", err, fault.Conflict, "result.full")
			}
		}
		for _, p := range d.proposal(t).Posts {
			if p.Filled > p.Seats {
				t.Errorf("beyond seats: %+v", p)
			}
		}
	})
}

func TestDecisionsAreRefusedForAReason(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.adopted(t)
		d.decide(t, d.move("E01", "CHUV-PEDI", "")) // leaves a seat where Quentin was before
		none := d.move("E22", "", "CHUV-GERI")
		none.Motive, none.Reason = "unplaced", " "
		odd := none
		odd.Motive, odd.Reason = "because", "x"
		cost := result.DecisionForm{Student: d.Record["E06"], Kind: result.Reprice, Cost: 1_000_00_00}
		for _, tt := range []struct {
			name string
			form result.DecisionForm
			kind fault.Kind
			key  string
		}{
			{"a full post", d.move("E22", "", "CHUV-REAN"), fault.Conflict, "result.full"},
			{"a page that is no longer true", d.move("E22", "CHUV-REAN", "CHUV-GERI"), fault.Conflict, "result.elsewhere"},
			{"where the student is already", d.move("E06", "MSPB-MG2", "MSPB-MG2"), fault.Conflict, "result.elsewhere"},
			{"a site already done", d.move("E14", "MSPB-MG1", "CHUV-PEDI"), fault.Conflict, "result.setaside"},
			{"a post of another campaign", d.move("E22", "", "NOWHERE"), fault.Invalid, ""},
			{"somebody of another campaign", result.DecisionForm{Student: "x", Kind: result.Keep}, fault.NotFound, ""},
			{"kept without a post, who has one", result.DecisionForm{Student: d.Record["E06"], Kind: result.Keep}, fault.Conflict, "result.elsewhere"},
			{"a cost seen beside another post", result.DecisionForm{Student: d.Record["E06"], Kind: result.Reprice, From: "CHUV-REAN", Cost: 1}, fault.Conflict, "result.elsewhere"},
			{"the cost of no placement", result.DecisionForm{Student: d.Record["E22"], Kind: result.Reprice, Cost: 1}, fault.Conflict, "result.elsewhere"},
			{"a cost beyond measure", cost, fault.Invalid, ""},
			{"no kind", result.DecisionForm{Student: d.Record["E06"]}, fault.Invalid, ""},
			{"no reason", none, fault.Invalid, ""},
			{"no motive of the list", odd, fault.Invalid, ""},
		} {
			_, err := d.attempt(t, d.Office, tt.form)
			wantFault(t, tt.name, err, tt.kind, tt.key)
		}
		aside := d.move("E14", "MSPB-MG1", "CHUV-PEDI")
		aside.SetAside = true
		d.decide(t, aside)
		if last := d.line(t, "E14").Last(); last.Lifted != campaign.RuleAlreadyDone {
			t.Errorf("the rule set aside is not kept: %+v", last)
		}
		for _, who := range []identity.Actor{d.Observer, d.Student["E06"], {}} {
			if _, err := d.attempt(t, who, d.move("E22", "", "CHUV-GERI")); fault.KindOf(err) != fault.Denied && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s decides: %v", who.Name, err)
			}
		}
		if n := len(d.proposal(t).Decisions); n != 2 {
			t.Errorf("%d decisions are kept", n)
		}
	})
}

// A form that is sent four times at once decides once; another reason is another decision.
func TestADecisionIsRecordedOnce(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.adopted(t)
		keep := result.DecisionForm{Student: d.Record["E22"], Kind: result.Keep, Motive: "unplaced", Reason: "vue en commission"}
		cost := result.DecisionForm{Student: d.Record["E06"], Kind: result.Reprice, From: "MSPB-MG2", Cost: 1, Motive: "error", Reason: "coût revu"}
		for _, form := range []result.DecisionForm{keep, cost} {
			said := make(chan error, 4)
			for range cap(said) {
				go func() { _, err := d.results.Decide(t.Context(), d.Office, d.ID, form); said <- err }()
			}
			done := 0
			for range cap(said) {
				if err := <-said; err == nil {
					done++
				} else {
					wantFault(t, "the same again", err, fault.Conflict, "result.decision.same")
				}
			}
			if done != 1 {
				t.Errorf("%s was decided %d times", form.Kind, done)
			}
		}
		keep.Reason = "vue en commission, et avec le site"
		cost.Cost = 2
		d.decide(t, keep)
		d.decide(t, cost)
	})
}

func TestADecisionIsUndoneByAnother(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.adopted(t)
		undo := func(decision string) error {
			return d.results.UndoDecision(t.Context(), d.Second, d.ID, decision, "erreur de saisie")
		}
		first := d.decide(t, d.move("E22", "", "CHUV-GERI"))
		second := d.decide(t, d.move("E22", "CHUV-GERI", "CHPL-GERI"))
		wantFault(t, "not the last one", undo(first), fault.Conflict, "result.decision.past")
		wantFault(t, "no reason", d.results.UndoDecision(t.Context(), d.Office, d.ID, second, " "), fault.Invalid, "")
		wantFault(t, "no such decision", undo("x"), fault.NotFound, "")
		d.try(t, undo(second))
		if now := d.line(t, "E22").Now.Post; now != "CHUV-GERI" {
			t.Errorf("Zoé is at %q", now)
		}
		wantFault(t, "twice", undo(second), fault.Conflict, "result.decision.past")
		d.try(t, undo(first))
		line := d.line(t, "E22")
		if line.Now.Post != "" || line.Moved() || line.Last() != nil {
			t.Errorf("Zoé: %+v", line)
		}

		// Ines leaves CHPL-URGE, Zoé takes the seat: Ines cannot go back.
		leaves := d.decide(t, d.move("E05", "CHPL-URGE", "CHPL-GERI"))
		d.decide(t, d.move("E22", "", "CHPL-URGE"))
		wantFault(t, "back to a seat that is taken", undo(leaves), fault.Conflict, "result.full")
		if len(d.proposal(t).Decisions) != 6 {
			t.Error("not every decision is told")
		}
	})
}

// Adopting another run leaves the decisions before it readable, out of force.
func TestAnotherRunCanBeAdoptedUntilTheCommissionConfirms(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		a := d.run(t, result.RunForm{})
		b := d.run(t, result.RunForm{Amendments: d.addForZoe()})
		d.adopt(t, a, result.AdoptForm{})
		wantFault(t, "the same again", d.results.Adopt(t.Context(), d.Office, d.ID, a, result.AdoptForm{Reason: "x"}), fault.Conflict, "result.adopted")
		d.decide(t, d.move("E06", "MSPB-MG2", "CHPL-GERI"))
		wantFault(t, "without a reason", d.results.Adopt(t.Context(), d.Office, d.ID, b, result.AdoptForm{}), fault.Invalid, "")
		d.adopt(t, b, result.AdoptForm{Compared: a, Reason: "Zoé est placée"})
		p := d.proposal(t)
		if len(p.Decisions) != 0 || p.Compared == nil || p.Compared.PublicID != a || d.line(t, "E06").Now.Post != "MSPB-MG2" || d.line(t, "E22").Now.Post != "CHUV-GERI" {
			t.Errorf("after the second adoption: %+v", p.Decisions)
		}
		lines := get(t, d, func(ctx context.Context, tx *store.Tx) ([]audit.Line, error) {
			return audit.Find(ctx, tx, audit.Search{Scope: d.ID, Limit: 50})
		})
		told := ""
		for _, l := range lines {
			told += l.Sentence(french) + "\n"
		}
		if strings.Count(told, "a retenu le calcul") != 2 || !strings.Contains(told, "a changé l’affectation de") || strings.Contains(told, "⟦") {
			t.Errorf("log:\n%s", told)
		}
	})
}

// What was prepared for a proposal is not written once anything else was decided.
func TestAProposalThatChangedSinceItWasReadIsKnown(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		a := d.run(t, result.RunForm{})
		b := d.run(t, result.RunForm{Amendments: d.addForZoe()})
		d.adopt(t, a, result.AdoptForm{})
		for _, after := range []struct {
			name    string
			happens func()
		}{
			{"nothing", func() {}},
			{"another run, about which nothing is decided either", func() { d.adopt(t, b, result.AdoptForm{Reason: "x"}) }},
			{"a decision", func() { d.decide(t, d.move("E06", "MSPB-MG2", "CHPL-GERI")) }},
		} {
			moved := get(t, d, func(ctx context.Context, tx *store.Tx) (func(context.Context, *store.Tx) (bool, error), error) {
				return result.ReadProposal(ctx, tx, d.ID)
			})
			after.happens()
			if got := get(t, d, moved); got != (after.name != "nothing") {
				t.Errorf("after %s: changed %v", after.name, got)
			}
		}
	})
}

// Unplaced students must have been looked at before the commission confirms.
func TestTheCommissionLooksAtEverybodyWithoutAPost(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.adopted(t)
		d.At(t, campaigntest.Commits)
		wantFault(t, "nobody looked at Zoé", d.results.ConfirmProposal(t.Context(), d.Office, d.ID), fault.Conflict, "campaign.notready")
		zoe := d.line(t, "E22")
		var free []string
		for _, o := range zoe.Free() {
			free = append(free, o.Code)
		}
		if strings.Join(free, " ") != "CHPL-GERI CHSA-ORTH CHUV-GERI" || len(zoe.Wishes) != 2 || zoe.Wishes[0].Cutoff != 3 {
			t.Errorf("Zoé: %+v", zoe)
		}
		d.keep(t, "E22")
		d.confirm(t)
		d.work(t)
		checks := d.checks(t, d.Office)
		if checks["second"] != campaign.Warning || d.checks(t, d.Second)["second"] != campaign.OK || checks["verified"] != campaign.OK || checks["announced"] != campaign.Warning {
			t.Errorf("checks %v", checks)
		}
	})
}

func (d *desk) checks(t testing.TB, actor identity.Actor) map[string]campaign.State {
	t.Helper()
	states := map[string]campaign.State{}
	c := d.Get(t)
	list := get(t, d, func(ctx context.Context, tx *store.Tx) ([]campaign.Check, error) {
		return result.Readiness(ctx, tx, actor, c)
	})
	for _, check := range list {
		for _, key := range []string{"ready." + check.Name, check.Detail} {
			if !french.Has(key) {
				t.Errorf("no sentence %s", key)
			}
		}
		states[check.Name] = check.State
	}
	return states
}

func TestARunWaitsForOpenLateCasesUnlessSomebodySaysSo(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		until := campaigntest.Closes.Add(17 * time.Hour)
		late, err := d.Campaigns.AskLate(t.Context(), d.Office, d.ID, d.Record["E22"], until, "certificat médical")
		d.try(t, err)
		d.try(t, d.Campaigns.DecideLate(t.Context(), d.Second, d.ID, late, true))
		_, err = d.results.RequestRun(t.Context(), d.Office, d.ID, result.RunForm{})
		wantFault(t, "a list is open", err, fault.Conflict, "result.late")
		if d.checks(t, d.Office)["late"] != campaign.Warning {
			t.Error("the table does not tell")
		}
		early := d.run(t, result.RunForm{DespiteLate: true})
		d.Save(t, "E22", campaigntest.Wishes("CHUV-REAN", "CHUV-CARD-A", "CHUV-GERI")...)
		if runs := d.runs(t); !runs[0].Outdated || runs[0].DespiteLate != 1 {
			t.Errorf("run %+v", runs[0])
		}
		wantFault(t, "an earlier state", d.results.Adopt(t.Context(), d.Office, d.ID, early, result.AdoptForm{}), fault.Conflict, "result.run.outdated")
		d.At(t, until)
		run := d.run(t, result.RunForm{})
		if s := d.runs(t)[1].Summary; s.Placed != 24 {
			t.Errorf("with the late list %d are placed", s.Placed)
		}
		d.adopt(t, run, result.AdoptForm{})
	})
}

// Somebody excluded after the draw keeps their place in the order, and nothing else:
// the bundle can still be checked.
func TestAnExclusionAfterTheDrawLeavesTheOrderVerifiable(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		before := d.run(t, result.RunForm{})
		d.try(t, d.Campaigns.Exclude(t.Context(), d.Office, d.ID, d.Record["E13"], "année de césure"))
		wantFault(t, "a run with the excluded", d.results.Adopt(t.Context(), d.Office, d.ID, before, result.AdoptForm{}), fault.Conflict, "result.run.outdated")
		d.adopted(t)
		p := d.proposal(t)
		if len(p.Lines) != 23 || p.Summary.Students != 23 || d.line(t, "E05").Position != 12 || d.line(t, "E05").Now.Post != "CHUV-CARD-A" {
			t.Errorf("%d lines, Ines %+v", len(p.Lines), d.line(t, "E05").Now)
		}
		d.upToDate(t, "one is excluded")
		for _, l := range p.Lines {
			if l.Now.Post == "" {
				d.keep(t, l.Pseudonym)
			}
		}
		d.confirm(t)
		d.publish(t)
		holds(t, d.bundle(t).Content)
		_, err := read2(t, d, func(ctx context.Context, tx *store.Tx) (result.Result, error) {
			return result.Own(ctx, tx, d.Student["E13"], d.ID)
		})
		wantFault(t, "the excluded student", err, fault.NotFound, "")
	})
}

func TestWrongAmendmentsAreRefusedWhereTheyStand(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		why := func(a result.Amendment) result.Amendment {
			a.Motive, a.Reason = "other", "x"
			return a
		}
		student := d.Record["E06"]
		for name, tt := range map[string]struct {
			field string
			list  []result.Amendment
		}{
			"no reason":              {"amendments.0.reason", []result.Amendment{{Kind: result.SetSeats, Post: "CHUV-GERI", Seats: 1, Motive: "site"}}},
			"no motive":              {"amendments.0.motive", []result.Amendment{{Kind: result.SetSeats, Post: "CHUV-GERI", Seats: 1, Reason: "x"}}},
			"an unknown post":        {"amendments.0.post", []result.Amendment{why(result.Amendment{Kind: result.SetSeats, Post: "X"})}},
			"an unknown student":     {"amendments.0.student", []result.Amendment{why(result.Amendment{Kind: result.AddWish, Post: "CHUV-GERI", Student: "x"})}},
			"no such kind":           {"amendments.0.kind", []result.Amendment{why(result.Amendment{Kind: "x", Post: "CHUV-GERI", Student: student})}},
			"more than the site can": {"amendments.0.seats", []result.Amendment{why(result.Amendment{Kind: result.SetSeats, Post: "CHUV-GERI", Seats: 4})}},
			"less than none":         {"amendments.0.seats", []result.Amendment{why(result.Amendment{Kind: result.SetSeats, Post: "CHUV-GERI", Seats: -1})}},
			"a wish already there":   {"amendments.0.post", []result.Amendment{why(result.Amendment{Kind: result.AddWish, Post: "MSPB-MG2", Student: student})}},
			"a site already done":    {"amendments.0.post", []result.Amendment{why(result.Amendment{Kind: result.PinPost, Post: "CHUV-PEDI", Student: d.Record["E14"]})}},
			"two posts for one": {"amendments.1.student", []result.Amendment{
				why(result.Amendment{Kind: result.PinPost, Post: "CHUV-GERI", Student: student}),
				why(result.Amendment{Kind: result.PinPost, Post: "CHPL-GERI", Student: student}),
			}},
			"two people for one seat": {"amendments.0.post", []result.Amendment{
				why(result.Amendment{Kind: result.PinPost, Post: "CHUV-REAN", Student: student}),
				why(result.Amendment{Kind: result.PinPost, Post: "CHUV-REAN", Student: d.Record["E01"]}),
			}},
		} {
			_, err := d.results.RequestRun(t.Context(), d.Office, d.ID, result.RunForm{Amendments: tt.list})
			wantFault(t, name, err, fault.Invalid, "")
			if !hasField(err, tt.field) {
				t.Errorf("%s: %v, want field %s", name, err, tt.field)
			}
		}
		_, err := d.results.RequestRun(t.Context(), d.Office, d.ID, result.RunForm{Method: "lots"})
		if !hasField(err, "method") {
			t.Errorf("an unknown method: %v", err)
		}
		for _, who := range []identity.Actor{d.Observer, d.Student["E06"], {}} {
			if _, err := d.results.RequestRun(t.Context(), who, d.ID, result.RunForm{}); err == nil {
				t.Errorf("%s may run", who.Name)
			}
		}
		if len(d.runs(t)) != 0 {
			t.Error("a run was kept")
		}
	})
}

func hasField(err error, name string) bool {
	var wrong *fault.Error
	if !errors.As(err, &wrong) {
		return false
	}
	for _, f := range wrong.Fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// Nobody changes a run, a decision or what was published, not even by hand.
func TestResultsAreNeverOverwritten(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.adopted(t)
		d.keep(t, "E22")
		d.confirm(t)
		d.publish(t)
		for _, table := range []string{
			"campaign_run", "campaign_run_file", "campaign_run_result", "campaign_adoption", "campaign_decision", "campaign_minutes", "campaign_publication", "campaign_outcome",
		} {
			for _, statement := range []string{"DELETE FROM " + table, "UPDATE " + table + " SET " + column[table] + " = ''"} {
				err := d.DB.Write(t.Context(), func(tx *store.Tx) error {
					_, err := tx.ExecContext(t.Context(), statement)
					return err
				})
				if err == nil || !strings.Contains(err.Error(), "append-only") {
					t.Errorf("%s: %v", statement, err)
				}
			}
		}
	})
}

var column = map[string]string{
	"campaign_run": "name", "campaign_run_file": "content", "campaign_run_result": "engine", "campaign_adoption": "reason", "campaign_decision": "reason",
	"campaign_minutes": "content", "campaign_publication": "cutoffs", "campaign_outcome": "facts",
}
