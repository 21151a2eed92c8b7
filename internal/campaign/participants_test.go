package campaign_test

import (
	"context"
	"slices"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

func roll(t *testing.T, c1 *campaigntest.C1) (roll []campaign.Enrolment) {
	t.Helper()
	c1.Read(t, func(tx *store.Tx) (err error) {
		people, err := campaign.ParticipantsOf(t.Context(), tx, c1.Get(t))
		if err == nil {
			roll, err = people.All(t.Context(), tx, store.Condition{})
		}
		return err
	})
	return roll
}

// absent says who is not in, each with what keeps them out.
func absent(t *testing.T, c1 *campaigntest.C1) (names []string) {
	t.Helper()
	for _, e := range roll(t, c1) {
		if f, out := student.Excluded(e.Findings); out {
			names = append(names, f.Predicate+" "+e.Student.Name())
		}
	}
	return names
}

func counts(t *testing.T, c1 *campaigntest.C1) (n campaign.ParticipantCounts) {
	t.Helper()
	c1.Read(t, func(tx *store.Tx) (err error) {
		n, err = campaign.CountParticipants(t.Context(), tx, c1.Get(t))
		return err
	})
	return n
}

// damage puts the defects of the data set in: an account twice, a wrong level, no
// e-mail address.
func damage(t *testing.T, c1 *campaigntest.C1) (twin string) {
	t.Helper()
	write(t, c1, func(ctx context.Context, tx *store.Tx) error {
		change := func(pseudonym string, change func(*student.Student)) error {
			s, err := student.ByPublicID(ctx, tx, c1.Record[pseudonym])
			if err == nil {
				change(&s)
				_, err = student.Put(ctx, tx, c1.Office, s)
			}
			return err
		}
		if err := change("E19", func(s *student.Student) { s.Level = reference.Ref{Code: "DFASM1"} }); err != nil {
			return err
		}
		if err := change("E07", func(s *student.Student) { s.Person.Email = "" }); err != nil {
			return err
		}
		s, err := student.Put(ctx, tx, c1.Office, student.Student{
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
		if got := absent(t, c1); !slices.Equal(got, []string{"level Victoire Amblard", "single Léna Marchetti"}) {
			t.Errorf("absent: %v", got)
		}
		if n := counts(t, c1); n.In != 22 || n.Warned != 1 || n.Out() != 2 || !slices.Equal(n.Absent, []campaign.Absence{{"single", 1}, {"level", 1}}) {
			t.Errorf("counted: %+v", n)
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

		_, err := student.MergeStudents(t.Context(), c1.DB, c1.Office, student.MergeForm{Keep: c1.Record["E12"], Drop: twin, Reason: "doublon"})
		if err != nil {
			t.Fatal(err)
		}
		write(t, c1, func(ctx context.Context, tx *store.Tx) error {
			s, err := student.ByPublicID(ctx, tx, c1.Record["E19"])
			if err != nil {
				return err
			}
			s.Level = reference.Ref{Code: campaigntest.Level}
			_, err = student.Put(ctx, tx, c1.Office, s)
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
		if len(absent(t, c1)) != 0 {
			t.Error("included again, and still absent")
		}
	})
}

func TestWhyAnswersForEverybodyAndRespectsPerimeters(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		damage(t, c1)
		why := func(actor identity.Actor, search string) []campaign.AbsenceReason {
			var answers []campaign.AbsenceReason
			c1.Read(t, func(tx *store.Tx) (err error) {
				answers, err = campaign.Why(t.Context(), tx, actor, c1.Get(t), search)
				return err
			})
			return answers
		}
		first := func(d campaign.AbsenceReason) string {
			f, out := student.Excluded(d.Findings)
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
			_, err := campaign.Why(t.Context(), tx, c1.Student["E05"], c1.Get(t), "victoire")
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
			of, err := student.ByPublicID(t.Context(), tx, c1.Record["E19"])
			if err == nil {
				list, err = campaign.Corrections(t.Context(), tx, c1.Get(t), of)
			}
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

// Somebody whose record is merged into another after the opening keeps the place,
// the list and the way in.
func TestAMergeAfterOpeningLosesNobody(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.Save(t, "E12", campaigntest.Of("E12").Wishes...)
		kept := damage(t, c1)
		_, err := student.MergeStudents(t.Context(), c1.DB, c1.Office, student.MergeForm{Keep: kept, Drop: c1.Record["E12"], Reason: "doublon"})
		if err != nil {
			t.Fatal(err)
		}
		var lena identity.Actor
		write(t, c1, func(ctx context.Context, tx *store.Tx) error {
			student, err := student.ByPublicID(ctx, tx, kept)
			if err != nil {
				return err
			}
			person := student.Person
			if err := identity.GrantRole(ctx, tx, person.ID, identity.RoleStudent, identity.Self(person.PublicID), "", tx.Now, tx.Now.AddDate(1, 0, 0)); err != nil {
				return err
			}
			lena, err = identity.LoadActor(ctx, tx, person, "test")
			return err
		})
		v, err := c1.Campaigns.Save(t.Context(), lena, c1.ID, campaign.Save{Base: 1, Wishes: list("CHUV-GERI")})
		if err != nil || v.Number != 2 {
			t.Errorf("by the other account: %+v, %v", v, err)
		}
		c1.Read(t, func(tx *store.Tx) error {
			mine, err := campaign.Mine(t.Context(), tx, lena)
			if len(mine) != 1 || mine[0].Pseudonym != "E12" || mine[0].Current.Number != 2 {
				t.Errorf("what Léna sees: %+v", mine)
			}
			return err
		})
		if n := len(roll(t, c1)); n != 24 {
			t.Errorf("%d students on the roll", n)
		}
	})
}
