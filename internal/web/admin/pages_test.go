package admin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/admin/activity"
	"stagora.org/stagora/internal/web/admin/admintest"
)

func TestEveryPageOpensForTheAdministratorInBothLanguages(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	for _, tt := range []struct{ path, french, english string }{
		{admin.PeoplePath, "Personnes", "People"},
		{admin.PeoplePath + "/new", "Ajouter une personne", "Add a person"},
		{p.Person("nadia"), "Roles de la personne", "Roles of the person"},
		{admin.RolesPath, "consulter le journal", "read the log"},
		{admin.RolesPath + "/office", "Lopes Nadia", "Lopes Nadia"},
		{admin.ParametersPath, "UFR", "Faculties"},
		{admin.ParametersPath + "/faculties", "Santé de Valmer", "Offered"},
		{admin.ParametersPath + "/faculties/" + p.Faculty.PublicID, "Numéro UAI", "UAI number"},
		{admin.ParametersPath + "/levels", "DFASM1", "Offered"},
		{admin.ParametersPath + "/years", "Cette liste est vide", "This list is empty"},
		{admin.ParametersPath + "/levels/new", "Position", "Position"},
		{admin.ParametersPath + "/years/new", "Premier jour", "First day"},
		{admin.ParametersPath + "/periods/new", "Un intervalle par ligne", "One interval a line"},
		{admin.ParametersPath + "/categories/new", "Sigle", "Acronym"},
		{admin.MailsPath, "Compte créé", "Account created"},
		{admin.MailsPath + "/" + p.Mails["ines"], "note.txt", "note.txt"},
		{admin.JobsPath, "Oubli des anciens travaux", "Forgetting old work"},
		{admin.JobsPath + "/" + p.Job, "Demandé par", "Asked by"},
		{admin.AuditPath, "a créé", "created"},
		{activity.DemoMailboxPath, "Boîte de démonstration", "Demo mailbox"},
		{activity.DemoMailboxPath + "/" + p.Mails["ines"], "bonjour", "note.txt"},
	} {
		tt.french = strings.Replace(tt.french, "Roles de", "Rôles de", 1)
		for lang, want := range map[string]string{"fr": tt.french, "en": tt.english} {
			a := p.Do("root", tt.path, nil, "Cookie", "stagora_lang="+lang)
			if a.Status != http.StatusOK || !strings.Contains(strings.ToLower(a.Body), strings.ToLower(want)) {
				t.Errorf("%s in %s: %d, without %q\n%s", tt.path, lang, a.Status, want, admintest.Excerpt(a.Body))
			}
		}
	}
}

func TestPagesAreClosedToThoseWithoutTheRight(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	for _, path := range []string{
		admin.PeoplePath, admin.PeoplePath + "/new", p.Person("nadia"), admin.RolesPath, admin.RolesPath + "/office",
		admin.ParametersPath, admin.ParametersPath + "/faculties", admin.ParametersPath + "/faculties/" + p.Faculty.PublicID,
		admin.MailsPath, admin.MailsPath + "/" + p.Mails["ines"], admin.MailsPath + "/" + p.Mails["ines"] + "/attachments/1",
		admin.JobsPath, admin.JobsPath + "/" + p.Job, admin.JobsPath + "/" + p.Job + "/progress", admin.AuditPath,
	} {
		p.Want("", path, nil, http.StatusSeeOther)
		if a := p.Do("ines", path, nil); a.Status != http.StatusForbidden {
			t.Errorf("a student opens %s: %d", path, a.Status)
		}
	}
}

func TestAnOfficeSeesItsOwnPeopleAndMails(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	list := p.Want("nadia", admin.PeoplePath, nil, http.StatusOK, "Lopes Nadia", "Baraka Ines")
	for _, other := range []string{"Amsel Victor", "Admin Rosa"} {
		if strings.Contains(list.Body, other) {
			t.Errorf("an office sees %s, who is not in its faculty", other)
		}
	}
	p.Want("nadia", p.Person("nadia"), nil, http.StatusOK)
	p.Want("nadia", p.Person("ines"), nil, http.StatusOK)
	p.Want("victor", p.Person("ines"), nil, http.StatusNotFound)
	p.Want("victor", admin.MailsPath+"/"+p.Mails["ines"], nil, http.StatusNotFound)
	p.Want("nadia", p.Person("victor"), nil, http.StatusNotFound)
	p.Want("nadia", p.Person("root"), nil, http.StatusNotFound)

	mails := p.Want("nadia", admin.MailsPath, nil, http.StatusOK, "Nadia Lopes")
	if strings.Contains(mails.Body, "Victor Amsel") || strings.Contains(mails.Body, "Rosa Admin") {
		t.Error("an office reads mails of others")
	}
	// Mails to its people are counted too, of whatever campaign or none.
	file := p.Want("nadia", admin.MailsPath+"?format=csv", nil, http.StatusOK)
	if lines := strings.Count(strings.TrimSpace(file.Body), "\n"); lines < 2 || !strings.Contains(mails.Body, fmt.Sprintf("%d lignes", lines)) {
		t.Errorf("an office is not told that it reads %d mails", lines)
	}
	// The same holds for whatever is asked of a list, and for its file.
	for _, asked := range []string{"?q=amsel", "?q=victor&format=csv", "?format=csv", "?f.state=waiting", "?size=100&sort=-queued"} {
		for _, path := range []string{admin.PeoplePath, admin.MailsPath} {
			if a := p.Want("nadia", path+asked, nil, http.StatusOK); strings.Contains(a.Body, "Victor A") || strings.Contains(a.Body, "Amsel V") {
				t.Errorf("%s%s shows an office whom it may not see", path, asked)
			}
		}
	}
	p.Want("root", admin.PeoplePath+"?q=amsel", nil, http.StatusOK, "Amsel Victor", "1 ligne")
	p.Want("root", admin.MailsPath+"?q=amsel", nil, http.StatusOK, "Victor Amsel", "1 ligne")
	for _, path := range []string{"", "/attachments/1"} {
		p.Want("nadia", admin.MailsPath+"/"+p.Mails["victor"]+path, nil, http.StatusNotFound)
		p.Want("nadia", admin.MailsPath+"/"+p.Mails["nadia"]+path, nil, http.StatusOK)
	}
	for _, act := range []string{"/resend", "/cancel"} {
		p.Want("nadia", admin.MailsPath+"/"+p.Mails["victor"]+act, admintest.Form("address", "x@y.fr"), http.StatusNotFound)
	}
	p.Want("nadia", admin.AuditPath, nil, http.StatusForbidden, "réservé à son administration")
	for _, path := range []string{admin.JobsPath, admin.RolesPath, admin.ParametersPath, admin.PeoplePath + "/new"} {
		p.Want("nadia", path, nil, http.StatusForbidden)
	}
}

func TestARightOnAFacultyDoesNotOpenWhatLiesInNone(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	for _, right := range []string{"job.view", "role.view", "role.edit", "person.edit"} {
		p.Want("root", admin.RolesPath, admintest.Form("box", "office:"+right+":give"), http.StatusSeeOther)
	}
	for _, path := range []string{"", "/" + p.Job, "/" + p.Job + "/progress"} {
		p.Want("nadia", admin.JobsPath+path, nil, http.StatusForbidden)
	}
	p.Want("nadia", admin.JobsPath+"/"+p.Job+"/cancel", admintest.Form(), http.StatusForbidden)
	p.Want("nadia", admin.RolesPath, admintest.Form("box", "office:setting.edit:give"), http.StatusForbidden)
	p.Want("nadia", p.Person("nadia")+"/grants", admintest.Form("role", "administrator", "place", "everything:", "from", "2027-03-01"), http.StatusForbidden)
	p.Want("nadia", p.Person("ines")+"/accounts/close", admintest.Form("reason", "x"), http.StatusForbidden)
	p.Want("nadia", admin.PeoplePath, admintest.Form("family_name", "Intrus"), http.StatusForbidden)

	holders := p.Want("nadia", admin.RolesPath+"/office", nil, http.StatusOK, "Lopes Nadia")
	if strings.Contains(holders.Body, "Amsel") {
		t.Error("holders of a role elsewhere are shown")
	}
}

func TestWhatDoesNotExistIsSaidSo(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	for _, path := range []string{
		admin.PeoplePath + "/nobody", admin.RolesPath + "/none", admin.ParametersPath + "/none",
		admin.ParametersPath + "/levels/none", admin.MailsPath + "/none", admin.MailsPath + "/" + p.Mails["ines"] + "/attachments/2",
		admin.MailsPath + "/" + p.Mails["ines"] + "/attachments/x", admin.JobsPath + "/none", activity.DemoMailboxPath + "/none",
	} {
		p.Want("root", path, nil, http.StatusNotFound)
	}
}

func TestListsLeaveAsFilesAsTheyAreSeen(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	a := p.Want("root", admin.PeoplePath+"?format=csv&f.name=lopes&cols=name,login", nil, http.StatusOK, "Lopes Nadia;nadia")
	if strings.Contains(a.Body, "Amsel") || strings.Contains(a.Body, "@") {
		t.Errorf("the file holds more than what was seen:\n%s", a.Body)
	}
	for _, path := range []string{
		admin.PeoplePath, admin.RolesPath + "/office", admin.ParametersPath + "/faculties", admin.MailsPath, admin.JobsPath, admin.AuditPath,
	} {
		if a := p.Want("root", path+"?format=xlsx", nil, http.StatusOK); !strings.HasPrefix(a.Body, "PK") {
			t.Errorf("%s: not a spreadsheet: %.20q", path, a.Body)
		}
		p.Want("root", path+"?format=csv", nil, http.StatusOK, "\ufeff")
	}
	file := p.Want("root", admin.MailsPath+"/"+p.Mails["ines"]+"/attachments/1", nil, http.StatusOK, "bonjour ines")
	if !strings.HasPrefix(file.Header.Get("Content-Disposition"), "attachment") {
		t.Error("an attachment would be shown as a page of ours")
	}
}
