package admin_test

import (
	"net/http"
	"strings"
	"testing"

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
