package people_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/admin/admintest"
)

func TestWrongEntriesAreRefusedBesideTheField(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	nadia := p.Person("nadia")
	for _, tt := range []struct {
		path            string
		typed           url.Values
		field, sentence string
	}{
		{admin.PeoplePath, admintest.Form("given_name", "Élise"), "family_name", "à remplir"},
		{admin.PeoplePath, admintest.Form("family_name", "Oster", "email", "k@"), "email", "adresse électronique"},
		{nadia, admintest.Form("family_name", "", "given_name", "Naïma"), "family_name", "à remplir"},
		{nadia + "/accounts", admintest.Form("login", "", "password", admintest.Password), "login", "à remplir"},
		{nadia + "/accounts", admintest.Form("login", "ines", "password", admintest.Password), "login", "déjà pris"},
		{nadia + "/accounts", admintest.Form("login", "n2", "password", "court"), "password", "au moins 12"},
		{nadia + "/accounts/close", admintest.Form("reason", ""), "reason", "motif"},
		{nadia + "/accounts/close", admintest.Form("reason", strings.Repeat("a", 2001)), "reason", "trop long"},
		{nadia + "/grants", admintest.Form("role", "", "place", "everything:", "from", "2027-03-01"), "role", "à remplir"},
		{nadia + "/grants", admintest.Form("role", "king", "place", "everything:", "from", "2027-03-01"), "role", "n’est pas dans la liste"},
		{nadia + "/grants", admintest.Form("role", "office", "place", "faculty:nowhere", "from", "2027-03-01"), "place", "n’est pas dans la liste"},
		{nadia + "/grants", admintest.Form("role", "office", "place", "site:", "from", "2027-03-01"), "code", "à remplir"},
		{nadia + "/grants", admintest.Form("role", "office", "place", "site:", "code", "NOWHERE", "from", "2027-03-01"), "code", "n’est pas dans la liste"},
		{nadia + "/grants", admintest.Form("role", "office", "place", "institution:", "code", "1", "from", "2027-03-01"), "code", "n’est pas dans la liste"},
		{nadia + "/grants", admintest.Form("role", "office", "place", "everything:", "from", "demain"), "from", "n’est pas une date"},
		{nadia + "/grants", admintest.Form("role", "office", "place", "everything:", "from", ""), "from", "à remplir"},
		{nadia + "/grants", admintest.Form("role", "office", "place", "everything:", "from", "2027-03-10", "until", "2027-03-01"), "until", "doit suivre"},
		{p.Person("root") + "/accounts/close", admintest.Form("reason", "départ"), "", "dernier compte"},
	} {
		p.Refuses(tt.path, tt.typed, tt.field, tt.sentence)
	}
}

// A site and an institution are named by their code and their number, since there may
// be thousands.
func TestARoleIsGivenOnASite(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	err := p.DB.Write(t.Context(), func(tx *store.Tx) error {
		system := identity.System("test")
		if _, err := site.PutCategory(t.Context(), tx, system, site.Category{Code: "CARD", Acronym: "CARD", Name: "Cardiologie"}); err != nil {
			return err
		}
		if _, err := site.PutInstitution(t.Context(), tx, system, site.Institution{Code: "CHUV", Name: "CHU de Valmer", Kind: site.UniversityHospital, FINESS: "750712184"}); err != nil {
			return err
		}
		_, err := site.Put(t.Context(), tx, system, site.Site{Code: "CHUV-CARD", Name: "Cardiologie A", Category: reference.Ref{Code: "CARD"}, Institution: reference.Ref{Code: "CHUV"}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	nadia := p.Person("nadia")
	p.Want("root", nadia+"/grants", admintest.Form("role", "observer", "place", "site:", "code", "chuv-card", "from", "2027-03-01"), http.StatusSeeOther)
	p.Want("root", nadia+"/grants", admintest.Form("role", "observer", "place", "institution:", "code", "75 071 2184", "from", "2027-03-01"), http.StatusSeeOther)
	p.Want("root", nadia, nil, http.StatusOK, "CHUV-CARD Cardiologie A", "CHU de Valmer")
}

func TestAPersonIsAddedGivenAnAccountAndARole(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	a := p.Want("root", admin.PeoplePath, admintest.Form("family_name", "Oster", "given_name", "Karim", "email", "k@v.fr", "lang", "en"), http.StatusSeeOther)
	path := a.Header.Get("Location")
	p.Want("root", path, nil, http.StatusOK, "Karim Oster", "k@v.fr", "n’a aucun rôle")
	p.Want("root", path, admintest.Form("family_name", "Oster", "given_name", "Karim", "email", "karim@v.fr"), http.StatusSeeOther)
	p.Want("root", path+"/accounts", admintest.Form("login", "karim", "password", admintest.Password), http.StatusSeeOther)
	p.Want("root", path+"/grants", admintest.Form("role", "observer", "place", "faculty:valmer", "from", "2027-03-01", "until", "2027-03-31"), http.StatusSeeOther)
	p.Want("root", path, nil, http.StatusOK, "karim@v.fr", "Observation", "UFR\u00a0: Santé de Valmer", "31/03/2027", "Ce qui a changé")

	for _, tt := range []struct {
		at   time.Time
		want bool
	}{
		{storetest.Start, true},
		{time.Date(2027, 3, 31, 21, 59, 0, 0, time.UTC), true}, // the last day, in Paris
		{time.Date(2027, 3, 31, 22, 0, 0, 0, time.UTC), false},
	} {
		storetest.Clock(t, p.DB).Freeze(tt.at)
		token, err := identity.SignIn(t.Context(), p.DB, "karim", admintest.Password, "here")
		if err != nil {
			t.Fatal(err)
		}
		actor, err := identity.ActorOfSession(t.Context(), p.DB, token, "here")
		if err != nil || actor.Can(site.RightView, identity.Faculty("valmer")) != tt.want {
			t.Errorf("at %v: %v, %v", tt.at, !tt.want, err)
		}
	}
}

func TestAGrantEndsAndAccountsCloseWithAReason(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	grants := admintest.Find(p, func(tx *store.Tx) ([]identity.Grant, error) {
		return identity.GrantsOfPerson(t.Context(), tx, p.People["nadia"].ID)
	})
	p.Want("nadia", admin.PeoplePath, nil, http.StatusOK)
	p.Want("root", p.Person("nadia")+"/grants/"+grants[0].PublicID+"/end", admintest.Form(), http.StatusSeeOther)
	p.Want("nadia", admin.PeoplePath, nil, http.StatusForbidden)
	p.Want("root", p.Person("nadia"), nil, http.StatusOK, "Terminé")

	p.Want("root", p.Person("nadia")+"/accounts/close", admintest.Form("reason", "Départ à la retraite"), http.StatusSeeOther)
	p.Want("nadia", admin.PeoplePath, nil, http.StatusSeeOther)
	p.Want("root", p.Person("nadia"), nil, http.StatusOK, "Fermé depuis", "Départ à la retraite")
	p.Want("root", p.Person("nadia")+"/accounts/reopen", admintest.Form("reason", "Retour"), http.StatusSeeOther)
	if _, err := identity.SignIn(t.Context(), p.DB, "nadia", admintest.Password, "here"); err != nil {
		t.Error(err)
	}
}

func TestABoxOfTheMatrixIsOneAuditedActThatCanBeTakenBack(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	p.Want("ines", admin.RolesPath, nil, http.StatusForbidden)
	a := p.Want("root", admin.RolesPath, admintest.Form("box", "student:role.view:give"), http.StatusSeeOther)
	line := p.Newest()
	if line.Action != "right.added" || line.Object != "student" || line.Name != "Rosa Admin" {
		t.Errorf("the log says %+v", line)
	}
	p.Want("ines", admin.RolesPath, nil, http.StatusOK, "pas le modifier")
	p.Want("ines", admin.RolesPath, admintest.Form("box", "student:role.edit:give"), http.StatusForbidden)
	address, _, _ := strings.Cut(a.Header.Get("Location"), "#")
	shown := p.Want("root", address, nil, http.StatusOK, "a maintenant ce droit", `value="student:role.view:take"`)
	if !strings.Contains(shown.Body, "Revenir en arrière") {
		t.Error("it cannot be taken back")
	}
	p.Want("root", admin.RolesPath, admintest.Form("box", "student:role.view:take"), http.StatusSeeOther)
	p.Want("ines", admin.RolesPath, nil, http.StatusForbidden)

	p.Want("root", admin.RolesPath, admintest.Form("box", "administrator:role.edit:take"), http.StatusConflict, "garde toujours")
	for _, wrong := range []string{"", "student", "student:fly:give", "king:role.view:give"} {
		p.Want("root", admin.RolesPath, admintest.Form("box", wrong), http.StatusNotFound)
	}
}
