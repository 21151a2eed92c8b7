package campaign_test

import (
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
)

// until is 21 March 12:00 in Paris.
var until = time.Date(2026, 3, 21, 11, 0, 0, 0, time.UTC)

func TestALateCaseTakesTwoPeopleAndReopensOneList(t *testing.T) {
	ranked(t, func(t *testing.T, c1 *campaigntest.C1) {
		ask := func(at time.Time, reason string) (string, error) {
			return c1.Campaigns.AskLate(t.Context(), c1.Office, c1.ID, c1.Record["E22"], at, reason)
		}
		if _, err := ask(until, "certificat médical"); fault.KindOf(err) != fault.Closed {
			t.Errorf("while it is open: %v", err)
		}
		c1.Close(t)
		if _, err := ask(until, ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := ask(campaigntest.Commits, "certificat médical"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("until the commission: %v", err)
		}
		late, err := ask(until, "certificat médical")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ask(until, "encore"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("asked twice: %v", err)
		}
		if err := c1.Campaigns.DecideLate(t.Context(), c1.Office, c1.ID, late, true); fault.KindOf(err) != fault.Denied {
			t.Errorf("the same person agrees: %v", err)
		}
		write := func(pseudonym string) error {
			_, err := c1.Campaigns.Save(t.Context(), c1.Student[pseudonym], c1.ID, campaign.Save{Base: len(history(t, c1, pseudonym)), Wishes: list("CHUV-GERI")})
			return err
		}
		if err := write("E22"); fault.KindOf(err) != fault.Closed {
			t.Errorf("before anybody has agreed: %v", err)
		}
		if err := c1.Campaigns.DecideLate(t.Context(), c1.Second, c1.ID, late, true); err != nil {
			t.Fatal(err)
		}
		if err := write("E22"); err != nil {
			t.Errorf("reopened: %v", err)
		}
		if err := write("E05"); fault.KindOf(err) != fault.Closed {
			t.Errorf("somebody else: %v", err)
		}
		shown(t, c1)
		c1.At(t, until)
		if _, err := c1.Campaigns.Save(t.Context(), c1.Student["E22"], c1.ID, campaign.Save{Base: 2, Wishes: list("CHUV-URGE")}); fault.KindOf(err) != fault.Closed {
			t.Errorf("at the end of the late case: %v", err)
		}
		queued(t, c1)
	})
}

// shown checks what the pages show of a late case that was agreed to.
func shown(t *testing.T, c1 *campaigntest.C1) {
	t.Helper()
	c1.Read(t, func(tx *store.Tx) error {
		lates, err := campaign.Lates(t.Context(), tx, c1.Get(t))
		if err != nil {
			return err
		}
		n, err := campaign.CountLates(t.Context(), tx, c1.Get(t))
		if err != nil {
			return err
		}
		if n != (campaign.LateCounts{Agreed: 1, Open: 1}) || lates[0].Student.Name != "Zoé Delorme" {
			t.Errorf("late cases: %+v", lates)
		}
		mine, err := campaign.ForStudent(t.Context(), tx, c1.Student["E22"], c1.ID)
		if err != nil {
			return err
		}
		if !mine.Late || !mine.Writable || !mine.Until.Equal(until) {
			t.Errorf("what Zoé sees: %+v", mine)
		}
		lines, err := audit.Find(t.Context(), tx, audit.Search{Scope: c1.ID, Limit: 500})
		if err != nil {
			return err
		}
		told := map[string]audit.Line{}
		for _, line := range lines {
			told[line.Action] = line
		}
		if told["late.asked"].Name != "Nadia Lopes" || told["late.agreed"].Name != "Paul Second" || told["late.agreed"].Reason != "certificat médical" {
			t.Errorf("the log: %+v", told["late.agreed"])
		}
		return nil
	})
	if sent := mails(t, c1, campaign.NoticeLateGranted); len(sent) != 1 {
		t.Errorf("%d mails", len(sent))
	}
}

// queued checks that receipts are given at the deadline of all, and at that of the
// late case.
func queued(t *testing.T, c1 *campaigntest.C1) {
	t.Helper()
	c1.Read(t, func(tx *store.Tx) error {
		tasks, err := job.About(t.Context(), tx, campaign.ReceiptsKind, c1.ID, 10)
		if len(tasks) != 2 || !tasks[0].DueAt.After(until) || !tasks[1].DueAt.After(campaigntest.Closed) {
			t.Errorf("receipts are asked for by %+v", tasks)
		}
		return err
	})
	c1.GiveReceipts(t)
	if sent := mails(t, c1, campaign.NoticeDeadlineReceipt); len(sent) != 24 {
		t.Errorf("%d mails for 24 lists", len(sent))
	}
}

// The order is not drawn again for a late case.
func TestALateCaseLeavesTheOrder(t *testing.T) {
	ranked(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.Close(t)
		hash := func() (d *campaign.Draw) {
			c1.Read(t, func(tx *store.Tx) (err error) {
				d, err = campaign.DrawOf(t.Context(), tx, c1.Get(t))
				return err
			})
			return d
		}
		before := hash().OrderHash
		late, err := c1.Campaigns.AskLate(t.Context(), c1.Office, c1.ID, c1.Record["E22"], until, "certificat médical")
		if err != nil {
			t.Fatal(err)
		}
		if err := c1.Campaigns.DecideLate(t.Context(), c1.Second, c1.ID, late, true); err != nil {
			t.Fatal(err)
		}
		if hash().OrderHash != before {
			t.Error("the order is another one")
		}
	})
}

func TestOfTwoDecisionsAtOnceOneHolds(t *testing.T) {
	ranked(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.Close(t)
		late, err := c1.Campaigns.AskLate(t.Context(), third(t, c1), c1.ID, c1.Record["E22"], until, "certificat médical")
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		errs := make([]error, 2)
		for i, actor := range []identity.Actor{c1.Office, c1.Second} {
			group.Go(func() { errs[i] = c1.Campaigns.DecideLate(t.Context(), actor, c1.ID, late, i == 0) })
		}
		group.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("both, or none: %v, %v", errs[0], errs[1])
		}
	})
}

// third adds one more person to the office.
func third(t *testing.T, c1 *campaigntest.C1) (actor identity.Actor) {
	t.Helper()
	err := c1.DB.Write(t.Context(), func(tx *store.Tx) (err error) {
		actor, err = c1.Person(t.Context(), tx, "Tiers", "Bureau", identity.RoleOffice, identity.Faculty(campaigntest.Faculty))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return actor
}
