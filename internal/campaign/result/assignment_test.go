package result_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
)

// upToDate checks that the rows which pages read say what follows from the adopted run
// and the decisions.
func (d *desk) upToDate(t testing.TB, when string) {
	t.Helper()
	stale := get(t, d, func(ctx context.Context, tx *store.Tx) (string, error) { return result.Stale(ctx, tx, d.ID) })
	if stale != "" {
		t.Fatalf("%s, %s", when, stale)
	}
}

// Whatever the commission decides and undoes, under both rules of costs, one of which
// looks at everybody, the rows stay those of the run and the decisions.
func TestTheRowsOfAProposalFollowItsDecisions(t *testing.T) {
	for _, rule := range []string{format.ScoreV1, format.ScoreV2} {
		t.Run(rule, func(t *testing.T) {
			each(t, func(t *testing.T, d *desk) {
				first := d.run(t, result.RunForm{CostRule: rule, Amendments: []result.Amendment{
					{Kind: result.PinPost, Student: d.Record["E14"], Post: "CHPL-MEDP", Motive: "health", Reason: "prise en charge à Plain"},
				}})
				second := d.run(t, result.RunForm{CostRule: rule, Amendments: d.addForZoe()})
				d.adopt(t, first, result.AdoptForm{})
				d.upToDate(t, "adopted")
				r := rand.New(rand.NewPCG(7, 0))
				d.decideAnything(t, r, 12)
				d.adopt(t, second, result.AdoptForm{Reason: "Zoé est placée"})
				d.upToDate(t, "another one adopted")
				if p := d.proposal(t); p.Decided != 0 || p.Summary.Placed != 24 {
					t.Errorf("%d decisions, %d placed", p.Decided, p.Summary.Placed)
				}
				d.decideAnything(t, r, 3)
				d.adopt(t, first, result.AdoptForm{Reason: "finalement"})
				d.upToDate(t, "the first one again")
				if p := d.proposal(t); p.Decided != 0 {
					t.Errorf("%d decisions of the first adoption are in force", p.Decided)
				}
			})
		})
	}
}

// decideAnything has the commission try decisions of every kind, of which many are
// refused.
func (d *desk) decideAnything(t testing.TB, r *rand.Rand, wanted int) {
	t.Helper()
	var decisions []string
	for done := 0; done < wanted; {
		who := campaigntest.Lines[r.IntN(len(campaigntest.Lines))].Pseudonym
		line := d.line(t, who)
		form := d.move(who, line.Now.Post, line.Options[r.IntN(len(line.Options))].Code)
		form.SetAside = true
		switch n := r.IntN(10); {
		case n < 2:
			form.To = ""
		case n < 4:
			form.Kind, form.Cost = result.Reprice, int64(r.IntN(2000))
		case n < 5:
			form.Kind = result.Keep
		case n < 7 && len(decisions) > 0:
			decision := decisions[r.IntN(len(decisions))]
			if d.results.UndoDecision(t.Context(), d.Office, d.ID, decision, "erreur de saisie") == nil {
				d.upToDate(t, "undone")
				done++
			}
			continue
		}
		decision, err := d.attempt(t, d.Office, form)
		if kind := fault.KindOf(err); err != nil && kind != fault.Conflict && kind != fault.Invalid {
			t.Fatal(err)
		}
		if err == nil {
			d.upToDate(t, string(form.Kind))
			decisions = append(decisions, decision)
			done++
		}
	}
}

// A run of before has no rows: the pages say so until background work has written them,
// with what was decided meanwhile by the version of before.
func TestAProposalOfBeforeGetsItsRows(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.adopted(t)
		d.decide(t, d.move("E06", "MSPB-MG2", "CHPL-GERI"))
		d.keep(t, "E22")
		for _, table := range []string{"campaign_proposal", "campaign_assignment", "campaign_assignment_wishes"} {
			d.exec(t, "DELETE FROM "+table)
		}
		d.exec(t, "UPDATE campaign_run_summary SET assigned = 0")
		_, err := read2(t, d, func(ctx context.Context, tx *store.Tx) (result.Proposal, error) {
			return result.ProposalFor(ctx, tx, d.Office, d.ID)
		})
		wantFault(t, "read", err, fault.Conflict, "result.preparing")
		_, err = d.attempt(t, d.Office, d.move("E22", "", "CHUV-GERI"))
		wantFault(t, "decided", err, fault.Conflict, "result.preparing")
		d.At(t, campaigntest.Commits)
		wantFault(t, "confirmed", d.results.ConfirmProposal(t.Context(), d.Office, d.ID), fault.Conflict, "result.preparing")
		d.try(t, d.DB.Write(t.Context(), func(tx *store.Tx) error {
			_, err := job.Enqueue(t.Context(), tx, job.Request{Kind: result.SummaryKind})
			return err
		}))
		d.work(t)
		d.upToDate(t, "written later")
		if l := d.line(t, "E06"); !l.Moved() || l.Last() == nil || l.Now.Post != "CHPL-GERI" || l.Given.Post != "MSPB-MG2" {
			t.Errorf("Jeanne: %+v", l.Assignment)
		}
		d.confirm(t)
	})
}
