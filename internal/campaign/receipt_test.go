package campaign_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

func confirm(t *testing.T, c1 *campaigntest.C1, version int) string {
	t.Helper()
	code, err := c1.Campaigns.Confirm(t.Context(), c1.Student["E05"], c1.ID, version)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func authenticity(t *testing.T, c1 *campaigntest.C1, code string) (got ranking.Authenticity) {
	t.Helper()
	c1.Read(t, func(tx *store.Tx) (err error) {
		got, err = ranking.CheckReceipt(t.Context(), tx, code)
		return err
	})
	return got
}

func mails(t *testing.T, c1 *campaigntest.C1, kind notice.Kind) (found []notice.Mail) {
	t.Helper()
	c1.Read(t, func(tx *store.Tx) (err error) {
		found, err = notice.List(t.Context(), tx, notice.Filter{Kind: kind, Most: 500})
		return err
	})
	return found
}

func body(t *testing.T, c1 *campaigntest.C1, mail notice.Mail) string {
	t.Helper()
	c1.Read(t, func(tx *store.Tx) (err error) {
		mail, err = notice.Find(t.Context(), tx, mail.ID)
		return err
	})
	return mail.Body
}

func TestAConfirmationGivesAReceiptOnce(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.Save(t, "E05", list("CHUV-PEDI CHUV-URGE")...)
		code := confirm(t, c1, 1)
		if again := confirm(t, c1, 1); again != code {
			t.Error("confirming again gave another receipt")
		}
		if sent := mails(t, c1, campaign.NoticeReceipt); len(sent) != 1 {
			t.Errorf("%d mails", len(sent))
		} else if !strings.Contains(body(t, c1, sent[0]), "https://stages.example/check/"+code+"\n") {
			t.Errorf("the mail does not say where anybody can check the receipt: %s", body(t, c1, sent[0]))
		}
		if _, err := c1.Campaigns.Confirm(t.Context(), c1.Student["E05"], c1.ID, 0); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a version that is not the last: %v", err)
		}
		if got := authenticity(t, c1, code); got != ranking.Authentic {
			t.Errorf("checked: %s", got)
		}
		c1.Save(t, "E05", list("CHUV-URGE")...)
		if got := authenticity(t, c1, code); got != ranking.Superseded {
			t.Errorf("checked after another save: %s", got)
		}
		if got := authenticity(t, c1, "NOSUCHCODE"); got != ranking.Unknown {
			t.Errorf("an invented code: %s", got)
		}
		if next := confirm(t, c1, 2); next == code || authenticity(t, c1, next) != ranking.Authentic {
			t.Error("the new version has no receipt of its own")
		}
	})
}

func TestAReceiptIsReadByItsStudentAndTheOffice(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.Save(t, "E05", list("CHUV-PEDI CHUV-URGE")...)
		code := confirm(t, c1, 1)
		read := func(actor identity.Actor) (r campaign.Receipt, err error) {
			err = c1.DB.Read(t.Context(), func(tx *store.Tx) error {
				r, err = campaign.ReceiptFor(t.Context(), tx, actor, code)
				return err
			})
			return r, err
		}
		r, err := read(c1.Student["E05"])
		if err != nil || r.Number != 1 || r.Version.Number != 1 || len(r.Version.Wishes) != 2 || r.Student.Name() != "Ines Baraka" {
			t.Errorf("Ines: %+v, %v", r, err)
		}
		if _, err := read(c1.Office); err != nil {
			t.Errorf("the office: %v", err)
		}
		for name, actor := range map[string]identity.Actor{"another student": c1.Student["E06"], "an observer": c1.Observer} {
			if _, err := read(actor); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		p := r.Campaign.Printer(text.French)
		pdf, err := c1.Campaigns.ReceiptSheet(r, p).PDF(p)
		if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
			t.Errorf("printing: %v", err)
		}
		again, err := c1.Campaigns.ReceiptSheet(r, p).PDF(p)
		if err != nil || !bytes.Equal(pdf, again) {
			t.Error("the same receipt prints differently")
		}
	})
}

func TestEverybodyWithAListGetsAReceiptAtTheDeadline(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		for _, line := range campaigntest.Lines[2:] {
			c1.Save(t, line.Pseudonym, line.Wishes...)
		}
		c1.Close(t)
		for range 2 { // started again, it adds nothing
			if err := c1.Campaigns.GiveReceipts(t.Context(), c1.ID); err != nil {
				t.Fatal(err)
			}
		}
		if sent := mails(t, c1, campaign.NoticeDeadlineReceipt); len(sent) != 22 {
			t.Errorf("%d mails for 22 lists", len(sent))
		}
		if broken := verify(t, c1); len(broken) > 0 {
			t.Errorf("receipts that do not match: %v", broken)
		}
	})
}

func TestThoseWhoseListIsNotReadyAreReminded(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		for _, line := range campaigntest.Lines[1:] {
			c1.Save(t, line.Pseudonym, line.Wishes...)
		}
		if _, err := c1.Campaigns.Confirm(t.Context(), c1.Student["E05"], c1.ID, 1); err != nil {
			t.Fatal(err)
		}
		remind := func(before time.Duration, none, short, unconfirmed int) {
			t.Helper()
			c1.At(t, campaigntest.Closes.Add(-before))
			for range 2 { // asked again in the same hour, it sends nothing
				if err := c1.Campaigns.RemindDue(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			for kind, want := range map[notice.Kind]int{
				campaign.NoticeNoWishes: none, campaign.NoticeFewWishes: short, campaign.NoticeUnconfirmed: unconfirmed,
			} {
				if got := len(mails(t, c1, kind)); got != want {
					t.Errorf("%v before: %d of %s, want %d", before, got, kind, want)
				}
			}
		}
		remind(73*time.Hour, 0, 0, 0)
		remind(72*time.Hour, 1, 1, 21) // Jeanne has no list, Zoé a short one, Ines confirmed hers
		remind(24*time.Hour, 2, 2, 42)
		c1.At(t, campaigntest.Closes.Add(-4*time.Hour))
		c1.Save(t, "E06", campaigntest.Of("E06").Wishes...)
		remind(3*time.Hour, 2, 3, 64)
	})
}
