package result_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

var french = text.In(text.French, "")

// A desk is C1 after it has closed, with those who work on its result.
type desk struct {
	*campaigntest.C1
	results *result.Results
	runner  *job.Runner
}

func newDesk(t testing.TB, db *store.DB) *desk {
	t.Helper()
	d := prepare(t, db)
	d.close(t)
	return d
}

// prepare makes a desk whose campaign is still in draft.
func prepare(t testing.TB, db *store.DB) *desk {
	t.Helper()
	d := &desk{C1: campaigntest.New(t, db), results: &result.Results{DB: db, Base: "https://stages.example"}}
	handlers := d.Campaigns.Handlers()
	for kind, handler := range result.Handlers(db, d.results.Base) {
		handlers[kind] = handler
	}
	d.runner = &job.Runner{DB: db, Handlers: handlers}
	return d
}

// close has everybody rank, and the deadline pass.
func (d *desk) close(t testing.TB) {
	t.Helper()
	d.Open(t)
	d.Rank(t)
	d.Close(t)
}

// each runs a test on both engines, with C1 closed.
func each(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Parallel()
		test(t, newDesk(t, db))
	})
}

func (d *desk) try(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// run asks for a run and has it solved.
func (d *desk) run(t testing.TB, f result.RunForm) string {
	t.Helper()
	run, err := d.results.RequestRun(t.Context(), d.Office, d.ID, f)
	d.try(t, err)
	d.work(t)
	return run
}

func (d *desk) work(t testing.TB) {
	t.Helper()
	if _, err := d.runner.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) adopt(t testing.TB, run string, f result.AdoptForm) {
	t.Helper()
	d.try(t, d.results.Adopt(t.Context(), d.Office, d.ID, run, f))
}

// keep says that the commission has looked at a student.
func (d *desk) keep(t testing.TB, pseudonym string) {
	t.Helper()
	d.decide(t, result.DecisionForm{Student: d.Record[pseudonym], Kind: result.Keep})
}

func (d *desk) decide(t testing.TB, f result.DecisionForm) string {
	t.Helper()
	id, err := d.attempt(t, d.Office, f)
	d.try(t, err)
	return id
}

func (d *desk) attempt(t testing.TB, actor identity.Actor, f result.DecisionForm) (string, error) {
	t.Helper()
	if f.Motive == "" {
		f.Motive, f.Reason = "other", "vu en commission"
	}
	return d.results.Decide(t.Context(), actor, d.ID, f)
}

func (d *desk) move(pseudonym, from, to string) result.DecisionForm {
	return result.DecisionForm{Student: d.Record[pseudonym], Kind: result.Move, From: from, To: to}
}

func (d *desk) confirm(t testing.TB) {
	t.Helper()
	d.At(t, campaigntest.Commits)
	d.try(t, d.results.ConfirmProposal(t.Context(), d.Office, d.ID))
}

func (d *desk) publish(t testing.TB) {
	t.Helper()
	d.At(t, campaigntest.Publishes)
	d.try(t, d.results.Publish(t.Context(), d.Second, d.ID))
	d.work(t)
}

// addForZoe is scenario B.
func (d *desk) addForZoe() []result.Amendment {
	return []result.Amendment{{
		Kind: result.AddWish, Student: d.Record["E22"], Post: "CHUV-GERI", Motive: "unplaced", Reason: "Zoé ne serait nulle part",
	}}
}

// get reads one thing.
func get[T any](t testing.TB, d *desk, read func(ctx context.Context, tx *store.Tx) (T, error)) T {
	t.Helper()
	v, err := read2(t, d, read)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func read2[T any](t testing.TB, d *desk, read func(ctx context.Context, tx *store.Tx) (T, error)) (v T, err error) {
	t.Helper()
	err = d.DB.Read(t.Context(), func(tx *store.Tx) error {
		v, err = read(t.Context(), tx)
		return err
	})
	return v, err
}

func (d *desk) runs(t testing.TB) []result.Run {
	t.Helper()
	return get(t, d, func(ctx context.Context, tx *store.Tx) ([]result.Run, error) {
		return result.RunsFor(ctx, tx, d.Office, d.ID)
	})
}

// A proposal with where everybody is, in the order in which they are served.
type proposal struct {
	result.Proposal
	Lines []result.Assignment
}

func (d *desk) proposal(t testing.TB) proposal {
	t.Helper()
	return get(t, d, func(ctx context.Context, tx *store.Tx) (proposal, error) {
		p, err := result.ProposalFor(ctx, tx, d.Office, d.ID)
		if err != nil {
			return proposal{}, err
		}
		all := proposal{Proposal: p}
		err = p.Assignments().Each(ctx, tx, p.Those(), store.Ask{}, func(some []result.Assignment) error {
			all.Lines = append(all.Lines, some...)
			return p.Name(ctx, tx, some)
		})
		return all, err
	})
}

// line returns one student of the proposal.
func (d *desk) line(t testing.TB, pseudonym string) result.Case {
	t.Helper()
	return get(t, d, func(ctx context.Context, tx *store.Tx) (result.Case, error) {
		return result.CaseFor(ctx, tx, d.Office, d.ID, d.Record[pseudonym])
	})
}

func (d *desk) minutes(t testing.TB) result.Minutes {
	t.Helper()
	return get(t, d, func(ctx context.Context, tx *store.Tx) (result.Minutes, error) {
		return result.MinutesFor(ctx, tx, d.Office, d.ID)
	})
}

func (d *desk) own(t testing.TB, pseudonym string) result.Result {
	t.Helper()
	return get(t, d, func(ctx context.Context, tx *store.Tx) (result.Result, error) {
		return result.Own(ctx, tx, d.Student[pseudonym], d.ID)
	})
}

func (d *desk) bundle(t testing.TB) result.Bundle {
	t.Helper()
	return get(t, d, func(ctx context.Context, tx *store.Tx) (result.Bundle, error) {
		return result.BundleFor(ctx, tx, d.Student["E05"], d.ID)
	})
}

func wantFault(t testing.TB, what string, err error, kind fault.Kind, key string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || (key != "" && !fault.Has(err, key)) {
		t.Errorf("%s: %v, want %v %s", what, err, kind, key)
	}
}

// S-CLOSED, scenario A: what Annex A says of the data set.
func TestTheRunOfTheDataSetGivesItsKnownResult(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		a := d.run(t, result.RunForm{})
		run := d.runFor(t, d.runs(t)[0].PublicID)
		if !run.Done || run.Task.State != job.Done || run.Outdated || run.Adopted || run.Letter() != "A" || run.Method != format.Serial || len(run.Checks) < 10 {
			t.Fatalf("run %+v", run)
		}
		s := run.Summary
		if s.Students != 24 || s.Placed != 23 || s.First != 13 || s.WithinThree != 20 || s.Worst != 6 {
			t.Errorf("summary %+v", s)
		}
		unplaced, err := store.Get(t.Context(), d.DB, func(tx *store.Tx) (store.Page[result.Person], error) {
			return run.Unplaced(t.Context(), tx, store.Ask{})
		})
		if err != nil || len(unplaced.Rows) != 1 || unplaced.Rows[0].Pseudonym != "E22" || unplaced.Rows[0].Student.Name != "Zoé Delorme" {
			t.Errorf("without a post: %+v %v", unplaced.Rows, err)
		}
		cutoffs := map[string]int{
			"CHUV-REAN": 3, "CLTI-ORL": 8, "CHUV-CARD-A": 9, "CHUV-PEDI": 10, "CHUV-CHIR-D": 14, "CHUV-URGE": 15, "CHPL-URGE": 16,
			"MSPB-MG1": 18, "CHPL-MEDP": 21, "MSPB-MG2": 23, "CHSA-PEDI": 24,
		}
		for _, p := range s.Posts {
			if p.Cutoff != cutoffs[p.Code] || p.Full() != (cutoffs[p.Code] > 0) {
				t.Errorf("post %+v", p)
			}
		}
		d.adopt(t, a, result.AdoptForm{})
		for i, line := range d.proposal(t).Lines {
			want := campaigntest.Lines[i]
			if line.Pseudonym != want.Pseudonym || line.Position != want.Position || line.Now.Post != want.Post || line.Now.Rank != want.Rank {
				t.Errorf("line %d: %+v, want %+v", i, line, want)
			}
		}
	})
}

// SCO-3: scenario B, the comparison, adoption, both hashes in the minutes.
func TestTheCommissionAddsAWishForZoeAndNobodyElseMoves(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		a := d.run(t, result.RunForm{Name: "Ordre de l’annexe"})
		b := d.run(t, result.RunForm{Name: "CHUV-GERI pour Zoé", Amendments: d.addForZoe()})
		again := d.run(t, result.RunForm{Name: "encore A"})
		compared := d.compare(t, a, b, again)
		who := d.elsewhere(t, compared, 1)
		if len(who) != 1 || who[0].Pseudonym != "E22" || who[0].From.Post != "" || who[0].To.Post != "CHUV-GERI" || who[0].Student.Name != "Zoé Delorme" {
			t.Errorf("elsewhere are %+v", who)
		}
		if compared.Changed[1] != 1 || compared.Changed[2] != 0 || len(d.elsewhere(t, compared, 2)) != 0 || compared.Runs[1].Summary.Placed != 24 {
			t.Errorf("comparison %+v", compared.Changed)
		}
		if compared.Runs[0].ResultHash != compared.Runs[2].ResultHash || compared.Runs[0].ResultHash == compared.Runs[1].ResultHash {
			t.Error("the same run gives another file, or another run the same")
		}
		d.adopt(t, b, result.AdoptForm{Compared: a})
		m := d.minutes(t)
		if !m.Draft() || len(m.Runs) != 2 || m.Runs[0].Result != compared.Runs[1].ResultHash || m.Runs[1].Result != compared.Runs[0].ResultHash ||
			len(m.Changed) != 1 || len(m.Runs[0].Amendments) != 1 || m.Runs[0].Amendments[0].Reason != "Zoé ne serait nulle part" {
			t.Errorf("minutes %+v", m)
		}
		d.decide(t, d.move("E06", "MSPB-MG2", "CHPL-GERI"))
		m = d.minutes(t)
		amended, decided := m.Runs[0].Amendments[0].Sentence(french), m.Decisions[0].Sentence(french)
		d.confirm(t)
		first := d.minutes(t)
		if first.Runs[0].Amendments[0].Sentence(french) != amended || !strings.Contains(amended, "Zoé Delorme") ||
			first.Decisions[0].Sentence(french) != decided || !strings.Contains(decided, "Jeanne Le Guen") {
			t.Errorf("the minutes say %q and %q", first.Runs[0].Amendments[0].Sentence(french), first.Decisions[0].Sentence(french))
		}
		one, err := first.Sheet(french).PDF(french)
		d.try(t, err)
		d.At(t, campaigntest.Commits.Add(30*24*time.Hour))
		d.rename(t, "E22")
		second := d.minutes(t)
		two, err := second.Sheet(french).PDF(french)
		d.try(t, err)
		if first.Draft() || first.Hash == "" || string(one) != string(two) {
			t.Error("a month later the minutes are others")
		}
		if len(second.Lines) != 24 || second.Lines[18].Place(french) == "" {
			t.Errorf("the final list is %v", second.Lines)
		}
	})
}

func (d *desk) compare(t testing.TB, runs ...string) result.Comparison {
	t.Helper()
	return get(t, d, func(ctx context.Context, tx *store.Tx) (result.Comparison, error) {
		return result.Compare(ctx, tx, d.Office, d.ID, runs...)
	})
}

// elsewhere returns all that a run places elsewhere than the first of a comparison,
// read in pages of seven.
func (d *desk) elsewhere(t testing.TB, c result.Comparison, run int) (all []result.Changed) {
	t.Helper()
	for ask := (store.Ask{Size: 7}); ; {
		page := get(t, d, func(ctx context.Context, tx *store.Tx) (store.Page[result.Changed], error) {
			return c.Elsewhere(ctx, tx, run, ask)
		})
		all = append(all, page.Rows...)
		if ask.After = page.Next; page.Next == "" {
			return all
		}
	}
}

// rename gives a student another family name.
func (d *desk) rename(t testing.TB, pseudonym string) {
	t.Helper()
	err := d.DB.Write(t.Context(), func(tx *store.Tx) error {
		student, err := student.ByPublicID(t.Context(), tx, d.Record[pseudonym])
		if err != nil {
			return err
		}
		p := student.Person
		_, err = identity.UpdatePerson(t.Context(), tx, "test", p, identity.PersonForm{FamilyName: "Autrement", GivenName: p.GivenName, Email: p.Email, Lang: p.Lang})
		return err
	})
	d.try(t, err)
}

// What may be done when, tried in each phase.
func TestEachActionHasItsPhases(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		run := d.run(t, result.RunForm{})
		other := d.run(t, result.RunForm{})
		zoe := result.DecisionForm{Student: d.Record["E22"], Kind: result.Keep, Motive: "other", Reason: "x"}
		actions := map[string]struct {
			do  func() error
			may []campaign.Phase
		}{
			"run": {func() error {
				_, err := d.results.RequestRun(t.Context(), d.Office, d.ID, result.RunForm{})
				return err
			}, []campaign.Phase{campaign.Closed, campaign.Proposed}},
			"decide": {func() error { _, err := d.results.Decide(t.Context(), d.Office, d.ID, zoe); return err }, []campaign.Phase{campaign.Proposed}},
		}
		refused := map[string]func() error{
			"adopt": func() error {
				return d.results.Adopt(t.Context(), d.Office, d.ID, other, result.AdoptForm{Reason: "x"})
			},
			"confirm": func() error { return d.results.ConfirmProposal(t.Context(), d.Office, d.ID) },
			"publish": func() error { return d.results.Publish(t.Context(), d.Office, d.ID) },
			"archive": func() error { return d.results.Archive(t.Context(), d.Office, d.ID) },
			"undo":    func() error { return d.results.UndoDecision(t.Context(), d.Office, d.ID, "nothing", "x") },
		}
		may := map[string]campaign.Phase{"adopt": campaign.Proposed, "confirm": campaign.Proposed, "publish": campaign.Confirmed, "archive": campaign.Published, "undo": campaign.Proposed}
		visit := func(phase campaign.Phase) {
			if got := d.Get(t).Phase; got != phase {
				t.Fatalf("phase %s, want %s", got, phase)
			}
			for name, action := range actions {
				err := action.do()
				if contains(action.may, phase) != (err == nil) {
					t.Errorf("%s while %s: %v", name, phase, err)
				}
			}
			for name, try := range refused {
				if may[name] == phase || (name == "adopt" && phase == campaign.Closed) {
					continue
				}
				if err := try(); fault.KindOf(err) != fault.Closed && fault.KindOf(err) != fault.Conflict {
					t.Errorf("%s while %s: %v", name, phase, err)
				}
			}
		}
		visit(campaign.Closed)
		d.adopt(t, run, result.AdoptForm{})
		visit(campaign.Proposed)
		d.confirm(t)
		visit(campaign.Confirmed)
		d.publish(t)
		visit(campaign.Published)
		d.try(t, d.results.Archive(t.Context(), d.Office, d.ID))
		visit(campaign.Archived)
	})
}

func contains(phases []campaign.Phase, phase campaign.Phase) bool {
	for _, p := range phases {
		if p == phase {
			return true
		}
	}
	return false
}

// A student who asks early learns when, a stranger nothing at all.
func TestNothingIsToldBeforePublication(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.adopt(t, d.run(t, result.RunForm{}), result.AdoptForm{})
		d.keep(t, "E22")
		ask := func(who identity.Actor) []error {
			_, own := read2(t, d, func(ctx context.Context, tx *store.Tx) (result.Result, error) { return result.Own(ctx, tx, who, d.ID) })
			_, bundle := read2(t, d, func(ctx context.Context, tx *store.Tx) (result.Bundle, error) {
				return result.BundleFor(ctx, tx, who, d.ID)
			})
			_, cutoffs := read2(t, d, func(ctx context.Context, tx *store.Tx) ([]result.Cutoff, error) {
				return result.CutoffsFor(ctx, tx, who, d.ID)
			})
			return []error{own, bundle, cutoffs}
		}
		for _, confirmed := range []bool{false, true} {
			if confirmed {
				d.confirm(t)
			}
			for i, err := range ask(d.Student["E05"]) {
				wantFault(t, "a student asks early", err, fault.Closed, []string{"result.early", "result.early.all", "result.early.all"}[i])
			}
			for _, err := range ask(d.Office)[1:] {
				wantFault(t, "the office asks early", err, fault.Closed, "result.early.all")
			}
			for _, err := range ask(identity.Actor{}) {
				if err == nil || fault.KindOf(err) == fault.Closed {
					t.Errorf("nobody learns %v", err)
				}
			}
			_, err := read2(t, d, func(ctx context.Context, tx *store.Tx) (result.Proposal, error) {
				return result.ProposalFor(ctx, tx, d.Student["E05"], d.ID)
			})
			wantFault(t, "a student asks for the proposal", err, fault.NotFound, "")
		}
		d.publish(t)
		for i, err := range ask(d.Student["E05"]) {
			if err != nil {
				t.Errorf("after publication, question %d: %v", i, err)
			}
		}
		for i, err := range ask(d.Observer)[1:] {
			if err != nil {
				t.Errorf("the office, question %d: %v", i, err)
			}
		}
	})
}

// What a run is weighed against may still be under way.
func TestTheMinutesLeaveOutARunThatIsNotSolved(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		solved := d.run(t, result.RunForm{})
		waiting, err := d.results.RequestRun(t.Context(), d.Office, d.ID, result.RunForm{})
		d.try(t, err)
		d.adopt(t, solved, result.AdoptForm{Compared: waiting})
		if m := d.minutes(t); len(m.Runs) != 1 || len(m.Changed) != 0 {
			t.Errorf("the minutes know %d runs, and %d changes", len(m.Runs), len(m.Changed))
		}
	})
}
