package people_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/admin/admintest"
)

// lines are those of a file for a spreadsheet, without its head.
func lines(body string) []string {
	all := strings.Split(strings.TrimSpace(strings.TrimPrefix(body, "\ufeff")), "\r\n")
	return all[1:]
}

func write(t *testing.T, p *admintest.Platform, do func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := p.DB.Write(t.Context(), func(tx *store.Tx) error { return do(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// The list holds whom its reader may see; its filters and its file tell the same.
func TestTheListOfPeopleIsTheReadersOwn(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	write(t, p, func(ctx context.Context, tx *store.Tx) error {
		karim, err := identity.AddPerson(ctx, tx, "test", identity.PersonForm{FamilyName: "Oster", GivenName: "Karim", Email: "karim@valmer.fr"})
		if err != nil {
			return err
		}
		return identity.GrantRole(ctx, tx, karim.ID, identity.RoleObserver, identity.Faculty("caen"), "UFR de Caen", tx.Now, time.Time{}) // as older ones are named
	})
	p.Want("root", p.Person("victor")+"/accounts/close", admintest.Form("reason", "Départ"), http.StatusSeeOther)
	for _, tt := range []struct{ login, filter, want string }{
		{"root", "", "AMSEL|ADMIN|BARAKA|LOPES|OSTER"},
		{"nadia", "", "BARAKA|LOPES"},
		{"root", "&f.name=los", ""},
		{"root", "&f.name=lop", "LOPES"},
		{"root", "&f.email=KARIM", "OSTER"},
		{"root", "&f.login=vic", "AMSEL"},
		{"root", "&f.roles=office", "AMSEL|LOPES"},
		{"root", "&f.account=open", "ADMIN|BARAKA|LOPES"},
		{"root", "&f.account=closed", "AMSEL"},
		{"root", "&f.account=none", "OSTER"},
	} {
		body := p.Want(tt.login, admin.PeoplePath+"?format=csv"+tt.filter, nil, http.StatusOK).Body
		var got []string
		for _, line := range lines(body) {
			name, _, _ := strings.Cut(strings.Trim(line, `"`), " ")
			got = append(got, strings.ToUpper(name))
		}
		want := strings.Split(tt.want, "|")
		if tt.want == "" {
			want = nil
		}
		if !sameWords(got, want) {
			t.Errorf("%s%s: %q, want %q", tt.login, tt.filter, got, want)
		}
	}
	file := p.Want("root", admin.PeoplePath+"?format=csv", nil, http.StatusOK).Body
	for name, cells := range map[string][]string{
		"Lopes": {"nadia@valmer.fr", "nadia", "Scolarité (UFR : Santé de Valmer)", "Ouvert"},
		"Amsel": {"victor", "Fermé"}, "Oster": {"karim@valmer.fr", "Aucun compte", "(UFR de Caen)"},
	} {
		for _, line := range lines(file) {
			if !strings.Contains(strings.ToLower(line), strings.ToLower(name)) {
				continue
			}
			for _, cell := range cells {
				if !strings.Contains(strings.ReplaceAll(line, "\u00a0", " "), cell) {
					t.Errorf("%s: no %q in %s", name, cell, line)
				}
			}
		}
	}
}

func sameWords(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	count := map[string]int{}
	for i := range a {
		count[a[i]]++
		count[b[i]]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// One open account is enough to sign in: the list and the page say so.
func TestAPersonWithOneOpenAccountCanSignIn(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	nadia := p.Person("nadia")
	offers := func(offered, not string) {
		t.Helper()
		if body := p.Want("root", nadia, nil, http.StatusOK, nadia+"/accounts/"+offered).Body; strings.Contains(body, nadia+"/accounts/"+not) {
			t.Errorf("the page offers to %s too", not)
		}
	}
	offers("close", "reopen")
	p.Want("root", nadia+"/accounts/close", admintest.Form("reason", "Congé"), http.StatusSeeOther)
	offers("reopen", "close")
	p.Want("root", nadia+"/accounts", admintest.Form("login", "nadia2", "password", admintest.Password), http.StatusSeeOther)
	body := p.Want("root", admin.PeoplePath+"?format=csv&f.name=lopes", nil, http.StatusOK, "nadia, nadia2", "Ouvert").Body
	if strings.Contains(body, "Fermé") {
		t.Errorf("the list says that she cannot sign in: %s", body)
	}
	offers("close", "reopen")
}

// Whoever is outside a reader's perimeter does not exist for them, whatever is asked.
func TestSomebodyElsesPeopleCannotBeReadOrChanged(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	before := p.Newest().ID
	victor := p.Person("victor")
	p.Want("nadia", victor, nil, http.StatusNotFound)
	p.Want("nadia", admin.PeoplePath+"/nobody", nil, http.StatusNotFound)
	for path, form := range map[string][]string{
		victor: {"family_name", "Autre", "given_name", "Nom"}, victor + "/accounts": {"login", "v2", "password", admintest.Password},
		victor + "/accounts/close": {"reason", "x"}, victor + "/accounts/reopen": {"reason", "x"},
		victor + "/grants": {"role", "office", "place", "everything:", "from", "2027-03-01"},
		admin.PeoplePath:   {"family_name", "Neuf"},
	} {
		if a := p.Do("nadia", path, admintest.Form(form...)); a.Status != http.StatusForbidden && a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.Status)
		}
	}
	if p.Newest().ID != before {
		t.Errorf("something was done: %+v", p.Newest())
	}
	for _, page := range []string{admin.PeoplePath, p.Person("ines")} {
		body := p.Want("nadia", page, nil, http.StatusOK).Body
		if strings.Contains(body, admin.PeoplePath+"/new") || strings.Contains(body, "/grants\"") {
			t.Errorf("%s offers what is refused", page)
		}
	}
	p.Want("root", admin.PeoplePath, nil, http.StatusOK, admin.PeoplePath+"/new")
	p.Want("root", victor, nil, http.StatusOK, victor+"/grants")
}

// Who may see a person and not read the log sees the page without its history.
func TestAPersonIsSeenWithoutTheirHistory(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	p.Want("nadia", p.Person("ines"), nil, http.StatusOK, ">Historique<")
	p.Want("root", admin.RolesPath, admintest.Form("box", "office:audit.view:take"), http.StatusSeeOther)
	if body := p.Want("nadia", p.Person("ines"), nil, http.StatusOK, "Ines Baraka").Body; strings.Contains(body, ">Historique<") {
		t.Error("the history is shown to who may not read it")
	}
	p.Want("nadia", p.Person("victor"), nil, http.StatusNotFound)
}

// A role is given on what is in use: what is archived is neither offered nor taken.
func TestARoleIsNotGivenOnWhatIsArchived(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	write(t, p, func(ctx context.Context, tx *store.Tx) error {
		system := identity.System("test")
		if _, err := reference.PutFaculty(ctx, tx, system, reference.Faculty{Code: "ancienne", Name: "UFR ancienne", Archived: true}); err != nil {
			return err
		}
		if _, err := reference.PutAcademicYear(ctx, tx, system, reference.AcademicYear{Code: "Y", Name: "Y", Interval: reference.Interval{From: "2026-09-01", To: "2027-08-31"}}); err != nil {
			return err
		}
		for code, archived := range map[string]bool{"M5": false, "M4": true} {
			if _, err := student.PutCohort(ctx, tx, system, student.Cohort{
				Code: code, Name: "Promotion " + code, Level: reference.Ref{Code: "DFASM1"}, Year: reference.Ref{Code: "Y"}, Faculty: p.Faculty.Ref(), Archived: archived,
			}); err != nil {
				return err
			}
		}
		if _, err := site.PutCategory(ctx, tx, system, site.Category{Code: "C", Acronym: "C", Name: "C"}); err != nil {
			return err
		}
		if _, err := site.PutInstitution(ctx, tx, system, site.Institution{Code: "I", Name: "I", Kind: site.Clinic, FINESS: "750712184", Archived: true}); err != nil {
			return err
		}
		_, err := site.Put(ctx, tx, system, site.Site{Code: "S-1", Name: "S", Category: reference.Ref{Code: "C"}, Archived: true})
		return err
	})
	nadia := p.Person("nadia")
	body := p.Want("root", nadia, nil, http.StatusOK, `value="faculty:valmer"`, `value="cohort:M5"`, `value="everything:"`, `value="self:`+p.People["nadia"].PublicID+`"`).Body
	for _, away := range []string{"faculty:ancienne", "cohort:M4"} {
		if strings.Contains(body, `value="`+away+`"`) {
			t.Errorf("%s is offered", away)
		}
		p.Refuses(nadia+"/grants", admintest.Form("role", "office", "place", away, "from", "2027-03-01"), "place", "n’est pas dans la liste")
	}
	p.Refuses(nadia+"/grants", admintest.Form("role", "office", "place", "site:", "code", "S-1", "from", "2027-03-01"), "code", "n’est pas dans la liste")
	p.Refuses(nadia+"/grants", admintest.Form("role", "office", "place", "institution:", "code", "750712184", "from", "2027-03-01"), "code", "n’est pas dans la liste")
	p.Want("root", nadia+"/grants", admintest.Form("role", "observer", "place", "cohort:M5", "from", "2027-03-01"), http.StatusSeeOther)
	p.Want("root", nadia, nil, http.StatusOK, "Promotion\u00a0: Promotion M5")
}

// A role begins and ends with days of the reader's zone, also on the day of summer time, and
// one without an end says so.
// The name of everything is kept in French, whoever gives the role.
func TestARoleIsGivenFromADayToADay(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	nadia := p.Person("nadia")
	storetest.Clock(t, p.DB).Freeze(time.Date(2027, 3, 9, 22, 59, 0, 0, time.UTC)) // a minute before the 10th in Paris
	p.Do("root", nadia+"/grants", admintest.Form("role", "observer", "place", "everything:", "from", "2027-03-10", "until", "2027-03-28"), "Accept-Language", "en", "Cookie", "stagora_lang=en")
	p.Want("root", nadia+"/grants", admintest.Form("role", "observer", "place", "self:"+p.People["nadia"].PublicID, "from", "2027-03-10"), http.StatusSeeOther)
	grants := admintest.Find(p, func(tx *store.Tx) ([]identity.Grant, error) {
		return identity.GrantsOfPerson(t.Context(), tx, p.People["nadia"].ID)
	})
	found := 0
	for _, g := range grants {
		switch g.On {
		case identity.Everything:
			found++
			if g.Label != "Tout" || !g.From.Equal(time.Date(2027, 3, 9, 23, 0, 0, 0, time.UTC)) || !g.Until.Equal(time.Date(2027, 3, 28, 22, 0, 0, 0, time.UTC)) {
				t.Errorf("on everything: %+v", g)
			}
		case identity.Self(p.People["nadia"].PublicID):
			found++
			if g.Label != "Soi-même" || !g.Until.IsZero() {
				t.Errorf("on herself: %+v", g)
			}
		}
	}
	if found != 2 {
		t.Fatalf("%d roles were given: %+v", found, grants)
	}
	p.Want("root", nadia, nil, http.StatusOK, "Sans limite", "28/03/2027")
	holders := func(login string) string {
		return p.Want(login, admin.RolesPath+"/observer?format=csv", nil, http.StatusOK).Body
	}
	if got := lines(holders("root")); len(got) != 0 {
		t.Errorf("before it begins, the role is held by %q", got)
	}
	storetest.Clock(t, p.DB).Freeze(time.Date(2027, 3, 9, 23, 0, 0, 0, time.UTC))
	if got := holders("root"); len(lines(got)) != 2 || !strings.Contains(got, "Tout") || !strings.Contains(got, "Soi-même") || !strings.Contains(got, "28/03/2027") || !strings.Contains(got, "Sans limite") {
		t.Errorf("the role is held by %q", got)
	}
}

// The page of a role shows its holders on the reader's perimeters, and there is none for
// a role that does not exist.
func TestHoldersOfARoleAreTheReadersOwn(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	p.Want("root", admin.RolesPath+"/king", nil, http.StatusNotFound)
	p.Want("root", admin.RolesPath, admintest.Form("box", "office:role.view:give"), http.StatusSeeOther)
	for login, want := range map[string]bool{"root": true, "nadia": false} {
		body := p.Want(login, admin.RolesPath+"/office", nil, http.StatusOK, "Lopes", p.Person("nadia")).Body
		if strings.Contains(body, "Amsel") != want {
			t.Errorf("%s sees the office of another faculty: %v", login, !want)
		}
	}
	if got := len(lines(p.Want("nadia", admin.RolesPath+"/office?format=csv", nil, http.StatusOK).Body)); got != 1 {
		t.Errorf("the file names %d holders", got)
	}
}

// What was wrong stands at the form that was sent, and at no other.
func TestOnlyTheFormThatWasSentSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	errors := regexp.MustCompile(`id="f-([a-z_]+)-error"`)
	for path, tt := range map[string]struct {
		form []string
		want string
	}{
		"":                {[]string{"family_name", "", "email", "k@", "login", "x"}, "family_name email"},
		"/accounts":       {[]string{"login", "ab", "password", "x"}, "password"},
		"/accounts/close": {[]string{"reason", " "}, "reason"},
		"/grants":         {[]string{"role", "x", "place", "", "from", "x", "until", "y"}, "role place from until"},
	} {
		body := p.Want("root", p.Person("nadia")+path, admintest.Form(tt.form...), http.StatusUnprocessableEntity).Body
		got := map[string]bool{}
		for _, m := range errors.FindAllStringSubmatch(body, -1) {
			got[m[1]] = true
		}
		for _, name := range strings.Fields(tt.want) {
			if !got[name] {
				t.Errorf("%s: nothing at %s", path, name)
			}
			delete(got, name)
		}
		if len(got) > 0 {
			t.Errorf("%s: errors at %v too", path, got)
		}
	}
}

// A language that Stagora does not speak is not kept; the form keeps the one that is.
func TestTheLanguageOfAPersonIsOneThatStagoraSpeaks(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	for asked, want := range map[string]string{"en": "en", "fr": "fr", "de": "fr", "": "fr"} {
		a := p.Want("root", admin.PeoplePath, admintest.Form("family_name", "Neuf"+asked, "lang", asked), http.StatusSeeOther)
		id := strings.TrimPrefix(a.Header.Get("Location"), admin.PeoplePath+"/")
		person := admintest.Find(p, func(tx *store.Tx) (identity.Person, error) {
			return identity.PersonWhere(t.Context(), tx, id, store.Condition{})
		})
		if person.Lang != want {
			t.Errorf("%q is kept as %q", asked, person.Lang)
		}
	}
}

// The address says which box was just changed; it is told only where it is so.
func TestAnAddressCannotSayThatARightWasGiven(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	for address, told := range map[string]bool{
		"office:site.view:give": true, "office:site.view:take": false, "student:role.edit:give": false, "student:fly:give": false, "x": false,
	} {
		body := p.Want("root", admin.RolesPath+"?changed="+address, nil, http.StatusOK).Body
		if strings.Contains(body, "a maintenant ce droit") != told {
			t.Errorf("%s is told: %v", address, !told)
		}
	}
}
