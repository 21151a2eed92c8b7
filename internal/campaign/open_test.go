package campaign_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"stagora.org/stagora/allocation/lottery"
	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// drafted gives a test C1 in draft on each engine.
func drafted(t *testing.T, test func(t *testing.T, c1 *campaigntest.C1)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Parallel()
		test(t, campaigntest.New(t, db))
	})
}

func write(t *testing.T, c1 *campaigntest.C1, change func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := c1.DB.Write(t.Context(), func(tx *store.Tx) error { return change(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func readiness(t *testing.T, c1 *campaigntest.C1) map[string]campaign.Check {
	t.Helper()
	checks := map[string]campaign.Check{}
	c1.Read(t, func(tx *store.Tx) error {
		list, err := campaign.Readiness(t.Context(), tx, c1.Get(t))
		for _, check := range list {
			checks[check.Name] = check
		}
		return err
	})
	return checks
}

func roll(t *testing.T, c1 *campaigntest.C1) (roll []campaign.Enrolment) {
	t.Helper()
	c1.Read(t, func(tx *store.Tx) (err error) {
		roll, err = campaign.Roll(t.Context(), tx, c1.Get(t))
		return err
	})
	return roll
}

// damage puts the defects of the data set in: an account twice, a wrong level, no
// e-mail address.
func damage(t *testing.T, c1 *campaigntest.C1) (twin string) {
	t.Helper()
	write(t, c1, func(ctx context.Context, tx *store.Tx) error {
		change := func(pseudonym string, change func(*reference.Student)) error {
			s, err := reference.StudentByPublicID(ctx, tx, c1.Record[pseudonym])
			if err == nil {
				change(&s)
				_, err = reference.PutStudent(ctx, tx, c1.Office, s)
			}
			return err
		}
		if err := change("E19", func(s *reference.Student) { s.Level = reference.Ref{Code: "DFASM1"} }); err != nil {
			return err
		}
		if err := change("E07", func(s *reference.Student) { s.Person.Email = "" }); err != nil {
			return err
		}
		s, err := reference.PutStudent(ctx, tx, c1.Office, reference.Student{
			Person: identity.Person{GivenName: "Léna", FamilyName: "Marchetti", Email: "lena@etu.valmer.example"},
			Number: "2026X", Level: reference.Ref{Code: campaigntest.Level}, Faculty: reference.Ref{Code: campaigntest.Faculty}, Active: true,
		})
		twin = s.PublicID
		return err
	})
	return twin
}

func TestWhoIsMissingIsToldBeforeOpening(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		twin := damage(t, c1)
		absences := campaign.Absences(roll(t, c1))
		if len(absences) != 2 || absences[0].Predicate != "single" || absences[1].Predicate != "level" ||
			absences[0].Students[0].Student.Name() != "Léna Marchetti" || absences[1].Students[0].Student.Name() != "Victoire Amblard" {
			t.Errorf("absent: %+v", absences)
		}
		checks := readiness(t, c1)
		if check := checks["absents"]; check.State != campaign.No || check.Args["count"] != 2 || check.Args["in"] != 22 {
			t.Errorf("absents: %+v", check)
		}
		if check := checks["emails"]; check.State != campaign.Warning || check.Args["count"] != 1 {
			t.Errorf("e-mail addresses: %+v", check)
		}
		if err := c1.Campaigns.Open(t.Context(), c1.Office, c1.ID); !fault.Has(err, "campaign.notready") {
			t.Errorf("opened with absents: %v", err)
		}

		_, err := reference.MergeStudents(t.Context(), c1.DB, c1.Office, reference.MergeForm{Keep: c1.Record["E12"], Drop: twin, Reason: "doublon"})
		if err != nil {
			t.Fatal(err)
		}
		write(t, c1, func(ctx context.Context, tx *store.Tx) error {
			s, err := reference.StudentByPublicID(ctx, tx, c1.Record["E19"])
			if err != nil {
				return err
			}
			s.Level = reference.Ref{Code: campaigntest.Level}
			_, err = reference.PutStudent(ctx, tx, c1.Office, s)
			return err
		})
		if check := readiness(t, c1)["absents"]; check.State != campaign.OK || check.Args["in"] != 24 {
			t.Errorf("after the corrections: %+v", check)
		}
		c1.Open(t)
	})
}

func TestAnExclusionIsAnExplanationAndCanBeUndone(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		if err := c1.Campaigns.Exclude(t.Context(), c1.Office, c1.ID, c1.Record["E05"], " "); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		if err := c1.Campaigns.Exclude(t.Context(), c1.Office, c1.ID, c1.Record["E05"], "année de recherche"); err != nil {
			t.Fatal(err)
		}
		if err := c1.Campaigns.Exclude(t.Context(), c1.Second, c1.ID, c1.Record["E05"], "encore"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("twice: %v", err)
		}
		if check := readiness(t, c1)["absents"]; check.State != campaign.OK || check.Args["count"] != 1 {
			t.Errorf("an exclusion with a reason: %+v", check)
		}
		if err := c1.Campaigns.Include(t.Context(), c1.Office, c1.ID, c1.Record["E05"], "revenue"); err != nil {
			t.Fatal(err)
		}
		if len(campaign.Absences(roll(t, c1))) != 0 {
			t.Error("included again, and still absent")
		}
	})
}

func TestWhyAnswersForEverybodyAndRespectsPerimeters(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		damage(t, c1)
		why := func(actor identity.Actor, search string) []campaign.Diagnosis {
			var answers []campaign.Diagnosis
			c1.Read(t, func(tx *store.Tx) (err error) {
				answers, err = campaign.Why(t.Context(), tx, actor, c1.ID, search)
				return err
			})
			return answers
		}
		first := func(d campaign.Diagnosis) string {
			f, out := reference.Excluded(d.Findings)
			if !out {
				return ""
			}
			return f.Predicate
		}
		if got := why(c1.Office, "victoire"); len(got) != 1 || got[0].In || first(got[0]) != "level" {
			t.Errorf("Victoire: %+v", got)
		}
		if got := why(c1.Office, "marchetti lena"); len(got) != 2 || first(got[0]) != "single" {
			t.Errorf("Léna: %+v", got)
		}
		if got := why(c1.Office, "ines"); len(got) != 1 || !got[0].In {
			t.Errorf("Ines is in: %+v", got)
		}
		if got := why(c1.Office, "nobody at all"); len(got) != 1 || first(got[0]) != "exists" {
			t.Errorf("nobody: %+v", got)
		}
		if got := why(c1.Observer, "victoire"); len(got) != 1 || first(got[0]) != "visible" || got[0].Student.ID != 0 {
			t.Errorf("outside the perimeter: %+v", got)
		}
		err := c1.DB.Read(t.Context(), func(tx *store.Tx) error {
			_, err := campaign.Why(t.Context(), tx, c1.Student["E05"], c1.ID, "victoire")
			return err
		})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("a student asks about others: %v", err)
		}
	})
}

func TestACorrectionIsAskedOnceAndAnswered(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		damage(t, c1)
		if err := c1.Campaigns.AskCorrection(t.Context(), c1.Office, c1.ID, c1.Record["E05"], ""); !fault.Has(err, "participant.in") {
			t.Errorf("for somebody who is in: %v", err)
		}
		for i, want := range []string{"", "correction.asked"} {
			err := c1.Campaigns.AskCorrection(t.Context(), c1.Office, c1.ID, c1.Record["E19"], "elle est en DFASM2")
			if (err == nil) != (want == "") || (err != nil && !fault.Has(err, want)) {
				t.Errorf("time %d: %v", i+1, err)
			}
		}
		var list []campaign.Correction
		c1.Read(t, func(tx *store.Tx) (err error) {
			list, err = campaign.Corrections(t.Context(), tx, c1.Get(t))
			return err
		})
		if len(list) != 1 || list[0].Predicate != "level" || len(list[0].Trace) < 5 {
			t.Fatalf("corrections: %+v", list)
		}
		if err := c1.Campaigns.AnswerCorrection(t.Context(), c1.Second, c1.ID, list[0].PublicID, "corrigé"); err != nil {
			t.Error(err)
		}
		if err := c1.Campaigns.AnswerCorrection(t.Context(), c1.Office, c1.ID, list[0].PublicID, "corrigé"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("answered twice: %v", err)
		}
	})
}

// What each check before opening refuses.
func TestEachCheckBeforeOpeningCanSayNo(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		for name, check := range readiness(t, c1) {
			if check.State != campaign.OK {
				t.Errorf("nothing is amiss, and %s is %+v", name, check)
			}
		}
		put := func(code string, seats int, closed bool) {
			t.Helper()
			err := c1.Campaigns.PutPosts(t.Context(), c1.Office, c1.ID, []campaign.PostForm{{Site: reference.Ref{Code: code}, Seats: seats, Closed: closed}}, "")
			if err != nil {
				t.Fatal(err)
			}
		}
		is := func(name string, want campaign.State) {
			t.Helper()
			if check := readiness(t, c1)[name]; check.State != want {
				t.Errorf("%s is %+v, want %s", name, check, want)
			}
		}
		put("CHUV-CARD-A", 4, false) // its maximum is 3
		is("restrictions", campaign.No)
		put("CHUV-CARD-A", 2, false)
		is("restrictions", campaign.OK)

		for _, code := range []string{"CHUV-URGE", "CHUV-GERI"} {
			put(code, 0, false)
		}
		is("seats", campaign.Warning)
		for _, site := range campaigntest.Sites {
			put(site.Code, 0, false)
		}
		is("seats", campaign.No)
		for _, site := range campaigntest.Sites {
			put(site.Code, site.Seats, false)
		}
		is("seats", campaign.OK)

		if err := c1.Campaigns.RemovePost(t.Context(), c1.Office, c1.ID, "CLTI-ORL"); err != nil {
			t.Fatal(err)
		}
		is("sites", campaign.Warning)
		put("CLTI-ORL", 1, false)
		is("sites", campaign.OK)

		write(t, c1, func(ctx context.Context, tx *store.Tx) error {
			return campaign.SetLast(ctx, tx, c1.Get(t), "CHUV-URGE", campaign.LastYear{Campaign: "S2 2025", Seats: 2, Cutoff: 9})
		})
		is("surprises", campaign.No)
		if err := c1.Campaigns.AgreeSeats(t.Context(), c1.Office, c1.ID, "CHUV-URGE", 3); fault.KindOf(err) != fault.Denied {
			t.Errorf("the one who set the seats agrees: %v", err)
		}
		if err := c1.Campaigns.AgreeSeats(t.Context(), c1.Second, c1.ID, "CHUV-URGE", 2); fault.KindOf(err) != fault.Conflict {
			t.Errorf("agrees to another number: %v", err)
		}
		if err := c1.Campaigns.AgreeSeats(t.Context(), c1.Second, c1.ID, "CHUV-URGE", 3); err != nil {
			t.Fatal(err)
		}
		is("surprises", campaign.OK)

		changed := c1.Get(t)
		changed.Contact.Email, changed.ChangedAt = "", changed.ChangedAt.Add(0)
		if err := c1.Campaigns.Change(t.Context(), c1.Office, changed); err != nil {
			t.Fatal(err)
		}
		is("contact", campaign.No)
	})
}

func TestOfTwoOfficersOneOpens(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.At(t, campaigntest.Opens)
		var group sync.WaitGroup
		errs := make([]error, 2)
		for i, actor := range []identity.Actor{c1.Office, c1.Second} {
			group.Go(func() { errs[i] = c1.Campaigns.Open(t.Context(), actor, c1.ID) })
		}
		group.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("both, or none: %v, %v", errs[0], errs[1])
		}
		for _, err := range errs {
			if err != nil && fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		if c1.Get(t).Phase != campaign.Open {
			t.Error("it is not open")
		}
	})
}

func TestOnlyTheRightPeopleOpenAndClose(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		for name, tt := range map[string]struct {
			actor identity.Actor
			want  fault.Kind
		}{
			"a student":   {c1.Student["E05"], fault.NotFound},
			"an observer": {c1.Observer, fault.Denied},
			"nobody":      {identity.Actor{}, fault.NotFound},
		} {
			if err := c1.Campaigns.Open(t.Context(), tt.actor, c1.ID); fault.KindOf(err) != tt.want {
				t.Errorf("%s opens: %v", name, err)
			}
		}
		c1.Open(t)
		if err := c1.Campaigns.Close(t.Context(), c1.Office, c1.ID); !fault.Has(err, "campaign.notready") {
			t.Errorf("closed before the deadline: %v", err)
		}
		if err := c1.Campaigns.Open(t.Context(), c1.Office, c1.ID); fault.KindOf(err) != fault.Conflict {
			t.Errorf("opened twice: %v", err)
		}
	})
}

func TestPositionsAreKnownByIntervalUntilTheSeedIsRevealed(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		mine := func() (m campaign.MyCampaign) {
			c1.Read(t, func(tx *store.Tx) (err error) {
				m, err = campaign.ForStudent(t.Context(), tx, c1.Student["E05"], c1.ID)
				return err
			})
			return m
		}
		if m := mine(); m.First != 8 || m.Last != 12 || m.Position != nil || m.Of != 24 || *m.Score != 800 {
			t.Errorf("before closing: %+v", m)
		}
		c1.Close(t)
		if m := mine(); m.Position == nil || m.Position.Effective != 12 || !strings.HasPrefix(m.Position.Hash, "ee067078") {
			t.Errorf("after closing: %+v", m)
		}
	})
}

// Before closing, nothing that anybody can read holds the seed.
func TestTheSeedIsSealed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Parallel()
		c1 := campaigntest.New(t, db)
		c1.Campaigns.DemoSeed = "" // a real draw
		c1.Open(t)
		var draw *campaign.Draw
		var lines []audit.Line
		c1.Read(t, func(tx *store.Tx) (err error) {
			if draw, err = campaign.DrawOf(t.Context(), tx, c1.Get(t)); err != nil {
				return err
			}
			lines, err = audit.Find(t.Context(), tx, audit.Search{Scope: c1.ID, Limit: 1000})
			return err
		})
		if !draw.Sealed() || draw.Seed != "" || draw.OrderHash != "" || len(draw.Commitment) != 64 {
			t.Errorf("sealed: %+v", draw)
		}
		for _, line := range lines {
			for seed := range hexRuns(line.Before + line.After) {
				if lottery.Commitment(seed) == draw.Commitment {
					t.Error("the log tells the seed")
				}
			}
		}
		c1.Close(t)
		c1.Read(t, func(tx *store.Tx) (err error) {
			draw, err = campaign.DrawOf(t.Context(), tx, c1.Get(t))
			return err
		})
		if draw.Sealed() || len(draw.Seed) != 64 || lottery.Commitment(draw.Seed) != draw.Commitment || draw.OrderHash == "" {
			t.Errorf("revealed: %+v", draw)
		}
	})
}

// hexRuns returns every run of 64 letters of a text.
func hexRuns(text string) map[string]bool {
	runs := map[string]bool{}
	for i := 0; i+64 <= len(text); i++ {
		runs[text[i:i+64]] = true
	}
	return runs
}

// Nothing draws again: not the code, not the database.
func TestADrawIsMadeOnce(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		refused := func(when string, statements ...string) {
			t.Helper()
			for _, statement := range statements {
				err := c1.DB.Write(t.Context(), func(tx *store.Tx) error {
					_, err := tx.ExecContext(t.Context(), statement)
					return err
				})
				if err == nil {
					t.Errorf("%s: %s: the database did as it was told", when, statement)
				}
			}
		}
		sealed := []string{
			"UPDATE campaign_draw SET seed = 'better'", "UPDATE campaign_draw SET commitment = 'better'",
			"UPDATE campaign_draw SET standing = '{}'", "UPDATE campaign_draw SET standing_hash = '0'", "DELETE FROM campaign_draw",
		}
		refused("open", sealed...)
		c1.Close(t)
		refused("closed", append(sealed,
			"UPDATE campaign_draw SET order_hash = 'other'", "UPDATE campaign_draw SET revealed_at = NULL",
			"UPDATE campaign_position SET effective = 100 + effective", "DELETE FROM campaign_position")...)
		if err := c1.Campaigns.Close(t.Context(), c1.Office, c1.ID); fault.KindOf(err) != fault.Conflict {
			t.Errorf("closed twice: %v", err)
		}
	})
}

// Points that were altered after opening, past every guard, stop the closing.
func TestAlteredPointsStopTheClosing(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		write(t, c1, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE campaign_participant SET score = 0 WHERE pseudonym = 'E15'")
			return err
		})
		c1.At(t, campaigntest.Closed)
		if err := c1.Campaigns.Close(t.Context(), c1.Office, c1.ID); err == nil {
			t.Error("closed all the same")
		}
	})
}

func TestWhatIsDueClosesByItself(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.At(t, campaigntest.Closes.Add(-1))
		if err := c1.Campaigns.CloseDue(t.Context()); err != nil || c1.Get(t).Phase != campaign.Open {
			t.Errorf("before the deadline: %s, %v", c1.Get(t).Phase, err)
		}
		c1.At(t, campaigntest.Closes)
		var group sync.WaitGroup
		for range 3 { // three nodes
			group.Go(func() {
				if err := c1.Campaigns.CloseDue(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if c1.Get(t).Phase != campaign.Closed {
			t.Error("it is not closed")
		}
	})
}

func TestPointsComeFromTheHistoryUnlessEntered(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		if err := c1.Campaigns.SetPoints(t.Context(), c1.Office, c1.ID, c1.Record["E05"], nil, "retour à l’historique"); err != nil {
			t.Fatal(err)
		}
		if err := c1.Campaigns.SetManual(t.Context(), c1.Office, c1.ID, c1.Record["E15"], 1, "décision du doyen"); err != nil {
			t.Fatal(err)
		}
		c1.Open(t)
		if err := c1.Campaigns.SetManual(t.Context(), c1.Office, c1.ID, c1.Record["E15"], 2, "trop tard"); fault.KindOf(err) != fault.Closed {
			t.Errorf("after opening: %v", err)
		}
		list := roll(t, c1)
		of := func(pseudonym string) campaign.Enrolment {
			return list[slices.IndexFunc(list, func(e campaign.Enrolment) bool { return e.Pseudonym == pseudonym })]
		}
		if e := of("E05"); *e.Score != 0 || e.First != 2 || e.Last != 3 {
			t.Errorf("Ines without points: %d, %d to %d", *e.Score, e.First, e.Last)
		}
		if e := of("E15"); e.First != 1 || e.Last != 1 {
			t.Errorf("Rose by decision: %d to %d", e.First, e.Last)
		}
	})
}
