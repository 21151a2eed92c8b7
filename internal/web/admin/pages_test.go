package admin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/admin"
)

func TestEveryPageOpensForTheAdministratorInBothLanguages(t *testing.T) {
	t.Parallel()
	p := open(t)
	for _, tt := range []struct{ path, french, english string }{
		{admin.PeoplePath, "Personnes", "People"},
		{admin.PeoplePath + "/new", "Ajouter une personne", "Add a person"},
		{p.person("nadia"), "Roles de la personne", "Roles of the person"},
		{admin.RolesPath, "consulter le journal", "read the log"},
		{admin.RolesPath + "/office", "Lopes Nadia", "Lopes Nadia"},
		{admin.ParametersPath, "UFR", "Faculties"},
		{admin.ParametersPath + "/faculties", "Santé de Valmer", "Offered"},
		{admin.ParametersPath + "/faculties/" + p.faculty.PublicID, "Numéro UAI", "UAI number"},
		{admin.ParametersPath + "/levels", "DFASM1", "Offered"},
		{admin.ParametersPath + "/years", "Cette liste est vide", "This list is empty"},
		{admin.ParametersPath + "/levels/new", "Position", "Position"},
		{admin.ParametersPath + "/years/new", "Premier jour", "First day"},
		{admin.ParametersPath + "/periods/new", "Un intervalle par ligne", "One interval a line"},
		{admin.ParametersPath + "/categories/new", "Sigle", "Acronym"},
		{admin.MailsPath, "Compte créé", "Account created"},
		{admin.MailsPath + "/" + p.mails["ines"], "note.txt", "note.txt"},
		{admin.JobsPath, "Oubli des anciens travaux", "Forgetting old work"},
		{admin.JobsPath + "/" + p.job, "Demandé par", "Asked by"},
		{admin.AuditPath, "a créé", "created"},
		{admin.DemoMailboxPath, "Boîte de démonstration", "Demo mailbox"},
		{admin.DemoMailboxPath + "/" + p.mails["ines"], "bonjour", "note.txt"},
	} {
		tt.french = strings.Replace(tt.french, "Roles de", "Rôles de", 1)
		for lang, want := range map[string]string{"fr": tt.french, "en": tt.english} {
			a := p.do("root", tt.path, nil, "Cookie", "stagora_lang="+lang)
			if a.status != http.StatusOK || !strings.Contains(strings.ToLower(a.body), strings.ToLower(want)) {
				t.Errorf("%s in %s: %d, without %q\n%s", tt.path, lang, a.status, want, excerpt(a.body))
			}
		}
	}
}

func TestPagesAreClosedToThoseWithoutTheRight(t *testing.T) {
	t.Parallel()
	p := open(t)
	for _, path := range []string{
		admin.PeoplePath, admin.PeoplePath + "/new", p.person("nadia"), admin.RolesPath, admin.RolesPath + "/office",
		admin.ParametersPath, admin.ParametersPath + "/faculties", admin.ParametersPath + "/faculties/" + p.faculty.PublicID,
		admin.MailsPath, admin.MailsPath + "/" + p.mails["ines"], admin.MailsPath + "/" + p.mails["ines"] + "/attachments/1",
		admin.JobsPath, admin.JobsPath + "/" + p.job, admin.JobsPath + "/" + p.job + "/progress", admin.AuditPath,
	} {
		p.want("", path, nil, http.StatusSeeOther)
		if a := p.do("ines", path, nil); a.status != http.StatusForbidden {
			t.Errorf("a student opens %s: %d", path, a.status)
		}
	}
}

func TestAnOfficeSeesItsOwnPeopleAndMails(t *testing.T) {
	t.Parallel()
	p := open(t)
	list := p.want("nadia", admin.PeoplePath, nil, http.StatusOK, "Lopes Nadia", "Baraka Ines")
	for _, other := range []string{"Amsel Victor", "Admin Rosa"} {
		if strings.Contains(list.body, other) {
			t.Errorf("an office sees %s, who is not in its faculty", other)
		}
	}
	p.want("nadia", p.person("nadia"), nil, http.StatusOK)
	p.want("nadia", p.person("ines"), nil, http.StatusOK)
	p.want("victor", p.person("ines"), nil, http.StatusNotFound)
	p.want("victor", admin.MailsPath+"/"+p.mails["ines"], nil, http.StatusNotFound)
	p.want("nadia", p.person("victor"), nil, http.StatusNotFound)
	p.want("nadia", p.person("root"), nil, http.StatusNotFound)

	mails := p.want("nadia", admin.MailsPath, nil, http.StatusOK, "Nadia Lopes")
	if strings.Contains(mails.body, "Victor Amsel") || strings.Contains(mails.body, "Rosa Admin") {
		t.Error("an office reads mails of others")
	}
	// The same holds for whatever is asked of a list, and for its file.
	for _, asked := range []string{"?q=amsel", "?q=victor&format=csv", "?format=csv", "?f.state=waiting", "?size=100&sort=-queued"} {
		for _, path := range []string{admin.PeoplePath, admin.MailsPath} {
			if a := p.want("nadia", path+asked, nil, http.StatusOK); strings.Contains(a.body, "Victor A") || strings.Contains(a.body, "Amsel V") {
				t.Errorf("%s%s shows an office whom it may not see", path, asked)
			}
		}
	}
	p.want("root", admin.PeoplePath+"?q=amsel", nil, http.StatusOK, "Amsel Victor", "1 ligne")
	p.want("root", admin.MailsPath+"?q=amsel", nil, http.StatusOK, "Victor Amsel", "1 ligne")
	for _, path := range []string{"", "/attachments/1"} {
		p.want("nadia", admin.MailsPath+"/"+p.mails["victor"]+path, nil, http.StatusNotFound)
		p.want("nadia", admin.MailsPath+"/"+p.mails["nadia"]+path, nil, http.StatusOK)
	}
	for _, act := range []string{"/resend", "/cancel"} {
		p.want("nadia", admin.MailsPath+"/"+p.mails["victor"]+act, form("address", "x@y.fr"), http.StatusNotFound)
	}
	p.want("nadia", admin.AuditPath, nil, http.StatusForbidden, "réservé à son administration")
	for _, path := range []string{admin.JobsPath, admin.RolesPath, admin.ParametersPath, admin.PeoplePath + "/new"} {
		p.want("nadia", path, nil, http.StatusForbidden)
	}
}

func TestARightOnAFacultyDoesNotOpenWhatLiesInNone(t *testing.T) {
	t.Parallel()
	p := open(t)
	for _, right := range []string{"job.view", "role.view", "role.edit", "person.edit"} {
		p.want("root", admin.RolesPath, form("box", "office:"+right+":give"), http.StatusSeeOther)
	}
	for _, path := range []string{"", "/" + p.job, "/" + p.job + "/progress"} {
		p.want("nadia", admin.JobsPath+path, nil, http.StatusForbidden)
	}
	p.want("nadia", admin.JobsPath+"/"+p.job+"/cancel", form(), http.StatusForbidden)
	p.want("nadia", admin.RolesPath, form("box", "office:setting.edit:give"), http.StatusForbidden)
	p.want("nadia", p.person("nadia")+"/grants", form("role", "administrator", "place", "everything:", "from", "2027-03-01"), http.StatusForbidden)
	p.want("nadia", p.person("ines")+"/accounts/close", form("reason", "x"), http.StatusForbidden)
	p.want("nadia", admin.PeoplePath, form("family_name", "Intrus"), http.StatusForbidden)

	holders := p.want("nadia", admin.RolesPath+"/office", nil, http.StatusOK, "Lopes Nadia")
	if strings.Contains(holders.body, "Amsel") {
		t.Error("holders of a role elsewhere are shown")
	}
}

// campaign adds a campaign of the faculty, and a mail of it to somebody without an
// account.
func (p *platform) campaign() (c campaign.Campaign, mail string) {
	p.t.Helper()
	ctx, system := p.t.Context(), identity.System("test")
	err := p.db.Write(ctx, func(tx *store.Tx) error {
		year, err := reference.PutAcademicYear(ctx, tx, system, reference.AcademicYear{
			Code: "2026-2027", Name: "2026-2027", Interval: reference.Interval{From: "2026-09-01", To: "2027-08-31"},
		})
		if err != nil {
			return err
		}
		cohort, err := student.PutCohort(ctx, tx, system, student.Cohort{
			Code: "D1-2026", Name: "DFASM1 2026", Level: reference.Ref{Code: "DFASM1"}, Year: year.Ref(), Faculty: p.faculty.Ref(), Expected: 24,
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
		c.Name, c.Faculty, c.Cohorts, c.Period = "Externat S2 2027", p.faculty.Ref(), []reference.Ref{cohort.Ref()}, period.Ref()
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
		p.t.Fatal(err)
	}
	return c, mail
}

func TestMailsOfACampaignAreForThoseWhoMayReadItsMails(t *testing.T) {
	t.Parallel()
	p := open(t)
	c, mail := p.campaign()
	p.want("root", admin.MailsPath+"?f.campaign="+c.PublicID, nil, http.StatusOK, "Dr Sorel", "Externat S2 2027", "1 ligne")
	p.want("nadia", admin.MailsPath+"?f.campaign="+c.PublicID, nil, http.StatusOK, "Dr Sorel", "1 ligne")
	p.want("nadia", admin.MailsPath+"/"+mail, nil, http.StatusOK, "Externat S2 2027")
	p.want("victor", admin.MailsPath+"/"+mail, nil, http.StatusNotFound)

	for _, path := range []string{admin.MailsPath, admin.JobsPath} {
		p.want("root", path+"?f.state=failed", nil, http.StatusOK, "Aucune ligne ne passe ces filtres", "Retirer tous les filtres")
	}

	// To see a campaign is not to read its mails.
	p.want("root", p.person("victor")+"/grants", form("role", "observer", "place", "faculty:valmer", "from", "2027-03-01"), http.StatusSeeOther)
	p.want("victor", admin.MailsPath+"/"+mail, nil, http.StatusNotFound)
	if a := p.want("victor", admin.MailsPath, nil, http.StatusOK); strings.Contains(a.body, "Dr Sorel") {
		t.Error("a mail of the campaign is shown to somebody who only sees the campaign")
	}

	p.want("root", admin.AuditPath+"?campaign="+c.PublicID, nil, http.StatusOK, "Externat S2 2027")
	p.want("root", admin.AuditPath+"?campaign="+p.faculty.PublicID, nil, http.StatusOK, "Aucune ligne ne correspond")
}

func TestWhatDoesNotExistIsSaidSo(t *testing.T) {
	t.Parallel()
	p := open(t)
	for _, path := range []string{
		admin.PeoplePath + "/nobody", admin.RolesPath + "/none", admin.ParametersPath + "/none",
		admin.ParametersPath + "/levels/none", admin.MailsPath + "/none", admin.MailsPath + "/" + p.mails["ines"] + "/attachments/2",
		admin.MailsPath + "/" + p.mails["ines"] + "/attachments/x", admin.JobsPath + "/none", admin.DemoMailboxPath + "/none",
	} {
		p.want("root", path, nil, http.StatusNotFound)
	}
}

func TestListsLeaveAsFilesAsTheyAreSeen(t *testing.T) {
	t.Parallel()
	p := open(t)
	a := p.want("root", admin.PeoplePath+"?format=csv&f.name=lopes&cols=name,login", nil, http.StatusOK, "Lopes Nadia;nadia")
	if strings.Contains(a.body, "Amsel") || strings.Contains(a.body, "@") {
		t.Errorf("the file holds more than what was seen:\n%s", a.body)
	}
	for _, path := range []string{
		admin.PeoplePath, admin.RolesPath + "/office", admin.ParametersPath + "/faculties", admin.MailsPath, admin.JobsPath, admin.AuditPath,
	} {
		if a := p.want("root", path+"?format=xlsx", nil, http.StatusOK); !strings.HasPrefix(a.body, "PK") {
			t.Errorf("%s: not a spreadsheet: %.20q", path, a.body)
		}
		p.want("root", path+"?format=csv", nil, http.StatusOK, "\ufeff")
	}
	file := p.want("root", admin.MailsPath+"/"+p.mails["ines"]+"/attachments/1", nil, http.StatusOK, "bonjour ines")
	if !strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment") {
		t.Error("an attachment would be shown as a page of ours")
	}
}
