package campaign_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
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
		found, err = notice.ListTo(nil).First(t.Context(), tx, store.Where("m.kind = $1", string(kind)), 500)
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
		if err != nil || r.Number != 1 || r.Version != 1 || len(r.Facts.Wishes) != 2 || r.Facts.Student != "Ines Baraka" {
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
	})
}

// fileOf makes the file of a receipt.
func fileOf(t *testing.T, c1 *campaigntest.C1, code string) notice.Attachment {
	t.Helper()
	file, err := store.Get(t.Context(), c1.DB, func(tx *store.Tx) (notice.Attachment, error) {
		return c1.Campaigns.Capability().Makers.Make(t.Context(), tx, notice.File{Maker: "campaign.receipt", Key: code})
	})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// Whatever is renamed, moved or spoken otherwise since, the file of a receipt is the
// same to the byte.
func TestAReceiptPrintsWhatWasSoWhenItWasGiven(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.Save(t, "E05", list("CHUV-PEDI CHUV-URGE")...)
		code := confirm(t, c1, 1)
		before := fileOf(t, c1, code)
		if before.Name != "voeux-v1.pdf" || !bytes.HasPrefix(before.Content, []byte("%PDF")) {
			t.Errorf("the file is %s: %.8s", before.Name, before.Content)
		}
		write(t, c1, func(ctx context.Context, tx *store.Tx) error {
			for _, statement := range []string{
				"UPDATE identity_person SET family_name = 'Autre', lang = 'en' WHERE family_name = 'Baraka'", "UPDATE site_site SET name = 'Autre'",
				"UPDATE campaign_campaign SET name = 'Autre', contact_name = 'Autre', zone = 'UTC', commission_at = publishes_at",
				"UPDATE reference_faculty SET name = 'Autre'",
			} {
				if _, err := tx.ExecContext(ctx, statement); err != nil {
					return err
				}
			}
			return nil
		})
		if after := fileOf(t, c1, code); after.Name != before.Name || !bytes.Equal(after.Content, before.Content) {
			t.Error("the file changed with the names")
		}
		elsewhere := &campaign.Campaigns{DB: c1.DB, Base: "https://moved.example"}
		c1.Read(t, func(tx *store.Tx) error {
			r, err := campaign.ReceiptFor(t.Context(), tx, c1.Student["E05"], code)
			if err != nil {
				return err
			}
			pdf, err := elsewhere.ReceiptPDF(r)
			if !bytes.Equal(pdf, before.Content) {
				t.Error("the file changed with the address of Stagora")
			}
			if r.Facts.Student != "Ines Baraka" || r.Facts.Wishes[0] != "Pédiatrie, CHU de Valmer (CHUV-PEDI)" {
				t.Errorf("the page shows %+v", r.Facts)
			}
			return err
		})
	})
}

// The sheet of a receipt is made from these facts under this version of the template.
// If its bytes change, receipts given before would print differently: the template
// takes a new number, and this test its new hash.
func TestTheTemplateOfReceiptsHasANumber(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 18, 21, 32, 0, 0, time.UTC)
	facts := campaign.ReceiptFacts{
		Template: 1, Lang: text.French, Zone: "Europe/Paris", Base: "https://stages.example", Institution: "Faculté de santé de Valmer",
		Campaign: "Externat S2 2026", Student: "Inès Baraka", Saved: at, Closes: at.Add(48 * time.Hour), Commission: at.Add(96 * time.Hour),
		Publishes: at.Add(144 * time.Hour), Contact: campaign.Contact{Name: "Scolarité", Email: "scolarite@valmer.example"},
		Wishes: []string{"Pédiatrie, CHU de Valmer (CHUV-PEDI)", "Urgences, CHU de Valmer (CHUV-URGE) + SAMU (CHUV-SAMU)"},
	}
	given := ranking.Receipt{
		Key: ranking.Key{Scope: "9463fde3-c3b9-4c24-a9a4-bc6ee4f4905d"}, Code: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Number: 7,
		Kind: ranking.OnConfirmation, Version: 2, Hash: strings.Repeat("63d8b280", 8), IssuedAt: at.Add(time.Minute),
	}
	pdf, err := (&campaign.Campaigns{Base: "https://elsewhere.example"}).ReceiptPDF(campaign.Receipt{Receipt: given, Facts: facts})
	if err != nil {
		t.Fatal(err)
	}
	const want = "e7ceb38de25bf112f46918e8bbab0c367cc032fc4e9bf1a611ac092245aca9de"
	if got := fmt.Sprintf("%x", sha256.Sum256(pdf)); got != want {
		t.Errorf("the sheet of template 1 has the hash %s", got)
	}
}

func TestAReceiptIsSmallAndItsMailCarriesNoFile(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.Save(t, "E05", campaigntest.Of("E05").Wishes...)
		code := confirm(t, c1, 1)
		sent := mails(t, c1, campaign.NoticeReceipt)
		if len(sent) != 1 || sent[0].File != (notice.File{Maker: "campaign.receipt", Key: code}) || len(sent[0].Attachments) > 0 {
			t.Fatalf("the mail has %+v", sent)
		}
		c1.Read(t, func(tx *store.Tx) error {
			size, files := 0, 0
			err := errors.Join(
				tx.QueryRowContext(t.Context(), "SELECT length(facts) FROM ranking_receipt").Scan(&size),
				tx.QueryRowContext(t.Context(), "SELECT count(*) FROM notice_attachment").Scan(&files))
			if size < 500 || size > 2000 || files > 0 {
				t.Errorf("%d letters of facts for 7 wishes, %d files are kept", size, files)
			}
			return err
		})
	})
}

// A page sends a confirmation twice, and others confirm meanwhile: each list has one
// receipt, and the numbers have no gap.
func TestConfirmationsAtOnceHaveNumbersWithoutAGap(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		lines := campaigntest.Lines[2:12]
		codes := make([][2]string, len(lines))
		var group sync.WaitGroup
		for i, line := range lines {
			c1.Save(t, line.Pseudonym, line.Wishes...)
			for n := range 2 {
				group.Go(func() {
					var err error
					codes[i][n], err = c1.Campaigns.Confirm(t.Context(), c1.Student[line.Pseudonym], c1.ID, 1)
					if err != nil {
						t.Errorf("%s: %v", line.Pseudonym, err)
					}
				})
			}
		}
		group.Wait()
		for i, pair := range codes {
			if pair[0] != pair[1] || pair[0] == "" {
				t.Errorf("%s has the receipts %v", lines[i].Pseudonym, pair)
			}
		}
		numbered(t, c1, len(lines))
		if sent := mails(t, c1, campaign.NoticeReceipt); len(sent) != len(lines) {
			t.Errorf("%d mails", len(sent))
		}
	})
}

// numbered checks that the receipts of a campaign are numbered from 1 on.
func numbered(t *testing.T, c1 *campaigntest.C1, want int) {
	t.Helper()
	c1.Read(t, func(tx *store.Tx) error {
		count, highest := 0, 0
		err := tx.QueryRowContext(t.Context(), "SELECT count(*), max(number) FROM ranking_receipt").Scan(&count, &highest)
		if count != want || highest != want {
			t.Errorf("%d receipts up to number %d, want %d", count, highest, want)
		}
		return err
	})
}

// A confirmation is of the list that its page showed, even if the list is saved
// between the look and the write.
func TestAConfirmationOfAListThatChangedIsRefused(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.Save(t, "E05", list("CHUV-PEDI")...)
		var group sync.WaitGroup
		var saved, confirmed error
		group.Go(func() { _, saved = save(t, c1, 1, "CHUV-URGE", "") })
		group.Go(func() { _, confirmed = c1.Campaigns.Confirm(t.Context(), c1.Student["E05"], c1.ID, 1) })
		group.Wait()
		if saved != nil || (confirmed != nil && !fault.Has(confirmed, "wishes.stale")) {
			t.Errorf("saved: %v, confirmed: %v", saved, confirmed)
		}
		if broken := verify(t, c1); len(broken) > 0 {
			t.Errorf("broken: %v", broken)
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
			c1.GiveReceipts(t)
		}
		if sent := mails(t, c1, campaign.NoticeDeadlineReceipt); len(sent) != 22 {
			t.Errorf("%d mails for 22 lists", len(sent))
		}
		numbered(t, c1, 22)
		if broken := verify(t, c1); len(broken) > 0 {
			t.Errorf("receipts that do not match: %v", broken)
		}
	})
}

// work does what waits in the background.
func work(t *testing.T, c1 *campaigntest.C1) {
	t.Helper()
	runner := &job.Runner{DB: c1.DB, Node: "node-1", Handlers: c1.Campaigns.Handlers()}
	for done := 1; done > 0; {
		var err error
		if done, err = runner.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEverybodyWhoTakesPartIsToldOnceThatACampaignIsOpen(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		if err := c1.Campaigns.Exclude(t.Context(), c1.Office, c1.ID, c1.Record["E05"], "année de recherche"); err != nil {
			t.Fatal(err)
		}
		c1.Open(t)
		for range 2 {
			work(t, c1)
		}
		if sent := mails(t, c1, campaign.NoticeOpened); len(sent) != 23 {
			t.Errorf("%d mails for 23 students", len(sent))
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
				work(t, c1)
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
