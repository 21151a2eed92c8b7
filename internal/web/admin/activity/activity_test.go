package activity_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/admin/admintest"
)

func TestAWrongAddressIsRefusedBesideTheField(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	resend := admin.MailsPath + "/" + p.Mails["ines"] + "/resend"
	p.Refuses(resend, admintest.Form("address", "nulle part"), "address", "adresse électronique")
	p.Refuses(resend, admintest.Form("address", "i@v.fr"), "", "pas encore parti")
}

func TestAMailIsStoppedAndSentAgain(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	path := admin.MailsPath + "/" + p.Mails["ines"]
	state := func() notice.Mail {
		return admintest.Find(p, func(tx *store.Tx) (notice.Mail, error) { return notice.Find(t.Context(), tx, p.Mails["ines"]) })
	}
	p.Want("root", path+"/cancel", admintest.Form(), http.StatusSeeOther)
	if m := state(); m.State != notice.Cancelled || p.Newest().Action != "mail.cancelled" {
		t.Errorf("the mail is %s, the log says %s", m.State, p.Newest().Action)
	}
	p.Want("root", path, nil, http.StatusOK, "Annulé", "on ne peut plus l’arrêter")
	p.Want("root", path+"/cancel", admintest.Form(), http.StatusConflict)
	p.Want("root", path+"/resend", admintest.Form("address", "ines@ailleurs.fr"), http.StatusSeeOther)
	if m := state(); m.State != notice.Waiting || m.To.Address != "ines@ailleurs.fr" || p.Newest().Action != "mail.resent" {
		t.Errorf("the mail is %s to %s, the log says %s", m.State, m.To.Address, p.Newest().Action)
	}
}

func TestOlderMailsFollowOnTheNextPage(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	const more = 96
	err := p.DB.Write(t.Context(), func(tx *store.Tx) error {
		for range more {
			if _, err := notice.Queue(t.Context(), tx, notice.Message{
				Kind: identity.NoticeAccountCreated, Link: "https://stagora.test/", Contact: "scolarite@valmer.fr",
				To: notice.Recipient{Name: "Quelqu’un"}, Blanks: text.Blanks{"login": "x"},
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	first := p.Want("root", admin.MailsPath, nil, http.StatusOK, "100 lignes", "Suivant", `placeholder="Chercher un destinataire"`)
	older := regexp.MustCompile(`href="([^"]+after=[^"]+)"`).FindStringSubmatch(first.Body)
	if older == nil {
		t.Fatal("there is no way to older mails")
	}
	p.Want("root", html.UnescapeString(older[1]), nil, http.StatusOK, "100 lignes", "Ines Baraka", "Précédent")
	p.Want("root", admin.MailsPath+"?f.state=waiting", nil, http.StatusOK, "4 lignes", "Ines Baraka")
}

// addCampaign adds a campaign of the faculty, and a mail of it to somebody without an
// account.
func addCampaign(p *admintest.Platform) (c campaign.Campaign, mail string) {
	p.T.Helper()
	ctx, system := p.T.Context(), identity.System("test")
	err := p.DB.Write(ctx, func(tx *store.Tx) error {
		year, err := reference.PutAcademicYear(ctx, tx, system, reference.AcademicYear{
			Code: "2026-2027", Name: "2026-2027", Interval: reference.Interval{From: "2026-09-01", To: "2027-08-31"},
		})
		if err != nil {
			return err
		}
		cohort, err := student.PutCohort(ctx, tx, system, student.Cohort{
			Code: "D1-2026", Name: "DFASM1 2026", Level: reference.Ref{Code: "DFASM1"}, Year: year.Ref(), Faculty: p.Faculty.Ref(), Expected: 24,
		})
		if err != nil {
			return err
		}
		period, err := reference.PutPeriod(ctx, tx, system, reference.Period{
			Code: "S2", Name: "Semestre 2", Intervals: []reference.Interval{{From: "2027-05-01", To: "2027-08-31"}},
		})
		if err != nil {
			return err
		}
		c = campaign.Defaults()
		c.Name, c.Faculty, c.Cohorts, c.Period = "Externat S2 2027", p.Faculty.Ref(), []reference.Ref{cohort.Ref()}, period.Ref()
		c.Contact = campaign.Contact{Name: "Scolarité", Email: "scolarite@valmer.fr"}
		c.OpensAt, c.ClosesAt = tx.Now.Add(24*time.Hour), tx.Now.Add(48*time.Hour)
		c.CommissionAt, c.PublishesAt = tx.Now.Add(72*time.Hour), tx.Now.Add(96*time.Hour)
		if c, err = campaign.Add(ctx, tx, system, c); err != nil {
			return err
		}
		mail, err = notice.Queue(ctx, tx, notice.Message{
			Kind: result.NoticeUnplaced, Link: "https://stagora.test/", Contact: "scolarite@valmer.fr", Scope: c.PublicID,
			To: notice.Recipient{Name: "Dr Sorel", Address: "h.sorel@chu.fr"}, Blanks: text.Blanks{"campaign": c.Name},
		})
		return err
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return c, mail
}

func TestMailsOfACampaignAreForThoseWhoMayReadItsMails(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	c, mail := addCampaign(p)
	p.Want("root", admin.MailsPath+"?f.campaign="+c.PublicID, nil, http.StatusOK, "Dr Sorel", "Externat S2 2027", "1 ligne")
	p.Want("nadia", admin.MailsPath+"?f.campaign="+c.PublicID, nil, http.StatusOK, "Dr Sorel", "1 ligne")
	p.Want("nadia", admin.MailsPath+"/"+mail, nil, http.StatusOK, "Externat S2 2027")
	p.Want("victor", admin.MailsPath+"/"+mail, nil, http.StatusNotFound)

	for _, path := range []string{admin.MailsPath, admin.JobsPath} {
		p.Want("root", path+"?f.state=failed", nil, http.StatusOK, "Aucune ligne ne passe ces filtres", "Retirer tous les filtres")
	}

	// To see a campaign is not to read its mails.
	p.Want("root", p.Person("victor")+"/grants", admintest.Form("role", "observer", "place", "faculty:valmer", "from", "2027-03-01"), http.StatusSeeOther)
	p.Want("victor", admin.MailsPath+"/"+mail, nil, http.StatusNotFound)
	if a := p.Want("victor", admin.MailsPath, nil, http.StatusOK); strings.Contains(a.Body, "Dr Sorel") {
		t.Error("a mail of the campaign is shown to somebody who only sees the campaign")
	}

	p.Want("root", admin.AuditPath+"?campaign="+c.PublicID, nil, http.StatusOK, "Externat S2 2027")
	p.Want("root", admin.AuditPath+"?campaign="+p.Faculty.PublicID, nil, http.StatusOK, "Aucune ligne ne correspond")
}

func TestWorkNamesTheCampaignThatItIsAbout(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	c, _ := addCampaign(p)
	task := ""
	err := p.DB.Write(t.Context(), func(tx *store.Tx) (err error) {
		task, err = job.Enqueue(t.Context(), tx, job.Request{Kind: campaign.OpenedKind, Subject: c.PublicID})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{admin.JobsPath, admin.JobsPath + "?format=csv", admin.JobsPath + "/" + task} {
		p.Want("root", path, nil, http.StatusOK, "Externat S2 2027")
	}
}

func TestWorkThatLeftTheListWhileSomebodyLookedAtItIsNoError(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	path := admin.JobsPath + "/" + store.NewID()
	if a := p.Want("root", path, nil, http.StatusSeeOther); a.Header.Get("Location") != admin.JobsPath {
		t.Errorf("led to %q", a.Header.Get("Location"))
	}
	if a := p.Want("root", path+"/progress", nil, http.StatusNoContent); a.Header.Get("HX-Refresh") != "true" {
		t.Error("the page goes on asking")
	}
	p.Want("root", path+"/cancel", admintest.Form(), http.StatusNotFound)
	p.Want("nadia", path, nil, http.StatusForbidden)
}

func TestBackgroundWorkIsStoppedAndStartedAgain(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	path := admin.JobsPath + "/" + p.Job
	state := func() job.State {
		return admintest.Find(p, func(tx *store.Tx) (job.Task, error) { return job.Find(t.Context(), tx, p.Job) }).State
	}
	p.Want("root", path+"/progress", nil, http.StatusOK, `hx-get="`+path+`/progress"`)
	p.Want("root", path+"/retry", admintest.Form(), http.StatusConflict)
	p.Want("root", path+"/cancel", admintest.Form(), http.StatusSeeOther)
	if state() != job.Cancelled || p.Newest().Action != "job.cancelled" {
		t.Errorf("the task is %s", state())
	}
	if a := p.Want("root", path+"/progress", nil, http.StatusOK); a.Header.Get("HX-Refresh") != "true" || strings.Contains(a.Body, "hx-get") {
		t.Error("the page goes on asking after the end")
	}
	p.Want("root", path, nil, http.StatusOK, "Annulé", "Relancer")
	p.Want("root", path+"/retry", admintest.Form(), http.StatusSeeOther)
	if state() != job.Queued || p.Newest().Action != "job.retried" {
		t.Errorf("the task is %s", state())
	}
}

func TestTheLogAnswersWhoWhatAndWhen(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	p.Want("root", p.Person("nadia"), admintest.Form("family_name", "Lopes", "given_name", "Nadia", "email", "n.lopes@valmer.fr"), http.StatusSeeOther)
	p.Want("root", admin.AuditPath+"?who=rosa&kind=person", nil, http.StatusOK,
		"a modifié la fiche de Nadia Lopes", "nadia@valmer.fr", "n.lopes@valmer.fr", "Adresse électronique")
	p.Want("root", admin.AuditPath+"?who=nadia", nil, http.StatusOK, "Aucune ligne ne correspond")
	p.Want("root", admin.AuditPath+"?who=a", nil, http.StatusOK, "personnes possibles")
	p.Want("root", admin.AuditPath+"?kind=faculty&object="+p.Faculty.PublicID, nil, http.StatusOK, "Stagora", "Santé de Valmer")
	p.Want("root", admin.AuditPath+"?from=2027-03-02", nil, http.StatusOK, "Aucune ligne ne correspond")
	p.Want("root", admin.AuditPath+"?from=2027-03-01&until=2027-03-01", nil, http.StatusOK, "a modifié la fiche")
	for query, sentence := range map[string]string{
		"who=personne": "Personne ne correspond", "from=hier": "n’est pas une date", "from=2027-03-02&until=2027-03-01": "avant le premier",
	} {
		p.Want("root", admin.AuditPath+"?"+query, nil, http.StatusUnprocessableEntity, sentence)
	}
}

func TestTheLogSpeaksOfCampaignsInTheWordsOfTheirPages(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	err := p.DB.Write(t.Context(), func(tx *store.Tx) error {
		for _, e := range []audit.Entry{
			{Action: "campaign.closed", Kind: "campaign", Before: "open", After: "closed"},
			{Action: "decision.cost", Kind: "student", After: map[string]any{"from": "CHUV-GERI", "cost": 1250}},
			{Action: "run.requested", Kind: "run", After: []map[string]string{{"kind": "wish"}}},
		} {
			e.Who, e.Object, e.Scope = audit.Who{Name: "Nadia"}, "x", "c1"
			if err := audit.Record(t.Context(), tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Want("root", admin.AuditPath+"?kind=campaign", nil, http.StatusOK, "ouverte aux vœux", "close", "Calcul", `href="/campaigns/x"`)
	p.Want("root", admin.AuditPath+"?kind=student&object=x", nil, http.StatusOK, "Terrain quitté", "CHUV-GERI", "12,50")
	if a := p.Want("root", admin.AuditPath+"?kind=run", nil, http.StatusOK, `href="/campaigns/c1/runs/x"`); strings.Contains(a.Body, "Ce qui a changé") {
		t.Error("the log writes what a run was asked in raw words")
	}
}

func TestTheLogGoesBackPageByPage(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	const acts = 120
	err := p.DB.Write(t.Context(), func(tx *store.Tx) error {
		for i := range acts {
			err := audit.Record(t.Context(), tx, audit.Entry{
				Who: audit.Who{Name: fmt.Sprintf("Acteur %03d", i)}, Action: "person.created", Args: map[string]any{"person": "X"}, Kind: "person", Object: "x",
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	seen, path := map[string]bool{}, admin.AuditPath+"?kind=person&object=x"
	for pages := 1; ; pages++ {
		a := p.Want("root", path, nil, http.StatusOK)
		for _, name := range regexp.MustCompile(`Acteur \d{3}`).FindAllString(a.Body, -1) {
			if seen[name] {
				t.Errorf("%s comes twice", name)
			}
			seen[name] = true
		}
		if !strings.Contains(a.Body, "120 lignes") {
			t.Error("a page does not say how many lines there are")
		}
		next := regexp.MustCompile(`href="([^"]+after=[^"]*)"`).FindStringSubmatch(a.Body)
		if next == nil || pages > 5 {
			break
		}
		path = html.UnescapeString(next[1])
	}
	if len(seen) != acts {
		t.Errorf("%d of %d lines were seen", len(seen), acts)
	}
	back := regexp.MustCompile(`href="([^"]+before=[^"]*)"`).FindStringSubmatch(p.Want("root", path, nil, http.StatusOK).Body)
	if back == nil {
		t.Fatal("there is no way back to newer lines")
	}
	p.Want("root", html.UnescapeString(back[1]), nil, http.StatusOK, "Acteur 069", "Acteur 020")
	file := p.Want("root", admin.AuditPath+"?kind=person&object=x&format=csv", nil, http.StatusOK, "Acteur 000", "Acteur 119")
	if n := strings.Count(file.Body, "Acteur"); n != acts {
		t.Errorf("the file has %d lines", n)
	}
}
