package admin_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/admin"
)

// form writes names and values in turn.
func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// find reads something from the database.
func find[T any](p *platform, look func(tx *store.Tx) (T, error)) T {
	p.t.Helper()
	var found T
	err := p.db.Read(p.t.Context(), func(tx *store.Tx) (err error) {
		found, err = look(tx)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return found
}

func (p *platform) newest() audit.Line {
	p.t.Helper()
	return find(p, func(tx *store.Tx) (audit.Line, error) {
		lines, err := audit.Find(p.t.Context(), tx, audit.Search{Limit: 1})
		if len(lines) == 0 {
			return audit.Line{}, err
		}
		return lines[0], err
	})
}

// refuses fails unless a form is shown again with an error beside the field and
// what was typed in it, and nothing was done.
func (p *platform) refuses(path string, typed url.Values, field, sentence string) {
	p.t.Helper()
	before := p.newest().ID
	a := p.do("root", path, typed)
	if a.status != http.StatusUnprocessableEntity && a.status != http.StatusConflict {
		p.t.Errorf("%s %v: %d\n%s", path, typed, a.status, excerpt(a.body))
		return
	}
	if field != "" {
		beside := regexp.MustCompile(`(?s)id="f-` + field + `-error".{0,800}?</p>`).FindString(a.body)
		if !strings.Contains(beside, sentence) {
			p.t.Errorf("%s %v: beside %s stands %q, want %q\n%s", path, typed, field, beside, sentence, excerpt(a.body))
		}
	} else if !strings.Contains(a.body, sentence) {
		p.t.Errorf("%s %v: %q is not said\n%s", path, typed, sentence, excerpt(a.body))
	}
	for name, values := range typed {
		if v := values[0]; v != "" && name != "password" && name != "seen" && !strings.Contains(a.body, v) {
			p.t.Errorf("%s: what was typed in %s (%q) is lost", path, name, v)
		}
	}
	if p.newest().ID != before {
		p.t.Errorf("%s %v: refused, and yet something was done", path, typed)
	}
}

func TestWrongEntriesAreRefusedBesideTheField(t *testing.T) {
	t.Parallel()
	p := open(t)
	nadia, faculties := p.person("nadia"), admin.ParametersPath+"/faculties"
	periods, years := admin.ParametersPath+"/periods", admin.ParametersPath+"/years"
	for _, tt := range []struct {
		path            string
		typed           url.Values
		field, sentence string
	}{
		{admin.PeoplePath, form("given_name", "Élise"), "family_name", "à remplir"},
		{admin.PeoplePath, form("family_name", "Oster", "email", "k@"), "email", "adresse électronique"},
		{nadia, form("family_name", "", "given_name", "Naïma"), "family_name", "à remplir"},
		{nadia + "/accounts", form("login", "", "password", password), "login", "à remplir"},
		{nadia + "/accounts", form("login", "ines", "password", password), "login", "déjà pris"},
		{nadia + "/accounts", form("login", "n2", "password", "court"), "password", "au moins 12"},
		{nadia + "/accounts/close", form("reason", ""), "reason", "motif"},
		{nadia + "/accounts/close", form("reason", strings.Repeat("a", 2001)), "reason", "trop long"},
		{nadia + "/grants", form("role", "", "place", "everything:", "from", "2027-03-01"), "role", "à remplir"},
		{nadia + "/grants", form("role", "king", "place", "everything:", "from", "2027-03-01"), "role", "n’est pas dans la liste"},
		{nadia + "/grants", form("role", "office", "place", "faculty:nowhere", "from", "2027-03-01"), "place", "n’est pas dans la liste"},
		{nadia + "/grants", form("role", "office", "place", "site:", "from", "2027-03-01"), "code", "à remplir"},
		{nadia + "/grants", form("role", "office", "place", "site:", "code", "NOWHERE", "from", "2027-03-01"), "code", "n’est pas dans la liste"},
		{nadia + "/grants", form("role", "office", "place", "institution:", "code", "1", "from", "2027-03-01"), "code", "n’est pas dans la liste"},
		{nadia + "/grants", form("role", "office", "place", "everything:", "from", "demain"), "from", "n’est pas une date"},
		{nadia + "/grants", form("role", "office", "place", "everything:", "from", ""), "from", "à remplir"},
		{nadia + "/grants", form("role", "office", "place", "everything:", "from", "2027-03-10", "until", "2027-03-01"), "until", "doit suivre"},
		{p.person("root") + "/accounts/close", form("reason", "départ"), "", "dernier compte"},
		{faculties, form("code", "caen"), "name", "à remplir"},
		{faculties, form("code", "va l", "name", "Autre"), "code", "va l"},
		{faculties, form("code", "VALMER", "name", "Autre"), "code", "déjà utilisé"},
		{faculties, form("code", "caen", "name", "Caen", "uai", "123"), "uai", "123"},
		{admin.ParametersPath + "/levels", form("code", "D1", "name", "DFASM1", "position", "premier"), "position", "n’est pas un nombre"},
		{admin.ParametersPath + "/levels", form("code", "D1", "name", "DFASM1", "position", "-1"), "position", "hors limites"},
		{years, form("code", "26", "name", "2026", "from", "2027-09-01", "to", "2026-08-31"), "to", ""},
		{years, form("code", "26", "name", "2026", "from", "bientôt", "to", "2026-08-31"), "from", "n’est pas une date"},
		{periods, form("code", "S1", "name", "Semestre", "from", ""), "from", "à remplir"},
		{periods, form("code", "S1", "name", "Semestre", "from", "septembre"), "from", "deux dates"},
		{periods, form("code", "S1", "name", "S", "from", "01/09/2026 au 31/12/2026\n15/12/2026 au 01/02/2027"), "from", ""},
		{admin.ParametersPath + "/categories", form("code", "CHIR", "position", "1"), "name", "à remplir"},
		{admin.MailsPath + "/" + p.mails["ines"] + "/resend", form("address", "nulle part"), "address", "adresse électronique"},
		{admin.MailsPath + "/" + p.mails["ines"] + "/resend", form("address", "i@v.fr"), "", "pas encore parti"},
	} {
		p.refuses(tt.path, tt.typed, tt.field, tt.sentence)
	}
}

// A site and an institution are named by their code and their number, since there may
// be thousands.
func TestARoleIsGivenOnASite(t *testing.T) {
	t.Parallel()
	p := open(t)
	err := p.db.Write(t.Context(), func(tx *store.Tx) error {
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
	nadia := p.person("nadia")
	p.want("root", nadia+"/grants", form("role", "observer", "place", "site:", "code", "chuv-card", "from", "2027-03-01"), http.StatusSeeOther)
	p.want("root", nadia+"/grants", form("role", "observer", "place", "institution:", "code", "75 071 2184", "from", "2027-03-01"), http.StatusSeeOther)
	p.want("root", nadia, nil, http.StatusOK, "CHUV-CARD Cardiologie A", "CHU de Valmer")
}

func TestAPersonIsAddedGivenAnAccountAndARole(t *testing.T) {
	t.Parallel()
	p := open(t)
	a := p.want("root", admin.PeoplePath, form("family_name", "Oster", "given_name", "Karim", "email", "k@v.fr", "lang", "en"), http.StatusSeeOther)
	path := a.header.Get("Location")
	p.want("root", path, nil, http.StatusOK, "Karim Oster", "k@v.fr", "n’a aucun rôle")
	p.want("root", path, form("family_name", "Oster", "given_name", "Karim", "email", "karim@v.fr"), http.StatusSeeOther)
	p.want("root", path+"/accounts", form("login", "karim", "password", password), http.StatusSeeOther)
	p.want("root", path+"/grants", form("role", "observer", "place", "faculty:valmer", "from", "2027-03-01", "until", "2027-03-31"), http.StatusSeeOther)
	p.want("root", path, nil, http.StatusOK, "karim@v.fr", "Observation", "UFR\u00a0: Santé de Valmer", "31/03/2027", "Ce qui a changé")

	for _, tt := range []struct {
		at   time.Time
		want bool
	}{
		{storetest.Start, true},
		{time.Date(2027, 3, 31, 21, 59, 0, 0, time.UTC), true}, // the last day, in Paris
		{time.Date(2027, 3, 31, 22, 0, 0, 0, time.UTC), false},
	} {
		storetest.Clock(t, p.db).Freeze(tt.at)
		token, err := identity.SignIn(t.Context(), p.db, "karim", password, "here")
		if err != nil {
			t.Fatal(err)
		}
		actor, err := identity.ActorOfSession(t.Context(), p.db, token, "here")
		if err != nil || actor.Can(site.RightView, identity.Faculty("valmer")) != tt.want {
			t.Errorf("at %v: %v, %v", tt.at, !tt.want, err)
		}
	}
}

func TestAGrantEndsAndAccountsCloseWithAReason(t *testing.T) {
	t.Parallel()
	p := open(t)
	grants := find(p, func(tx *store.Tx) ([]identity.Grant, error) {
		return identity.GrantsOfPerson(t.Context(), tx, p.people["nadia"].ID)
	})
	p.want("nadia", admin.PeoplePath, nil, http.StatusOK)
	p.want("root", p.person("nadia")+"/grants/"+grants[0].PublicID+"/end", form(), http.StatusSeeOther)
	p.want("nadia", admin.PeoplePath, nil, http.StatusForbidden)
	p.want("root", p.person("nadia"), nil, http.StatusOK, "Terminé")

	p.want("root", p.person("nadia")+"/accounts/close", form("reason", "Départ à la retraite"), http.StatusSeeOther)
	p.want("nadia", admin.PeoplePath, nil, http.StatusSeeOther)
	p.want("root", p.person("nadia"), nil, http.StatusOK, "Fermé depuis", "Départ à la retraite")
	p.want("root", p.person("nadia")+"/accounts/reopen", form("reason", "Retour"), http.StatusSeeOther)
	if _, err := identity.SignIn(t.Context(), p.db, "nadia", password, "here"); err != nil {
		t.Error(err)
	}
}

func TestABoxOfTheMatrixIsOneAuditedActThatCanBeTakenBack(t *testing.T) {
	t.Parallel()
	p := open(t)
	p.want("ines", admin.RolesPath, nil, http.StatusForbidden)
	a := p.want("root", admin.RolesPath, form("box", "student:role.view:give"), http.StatusSeeOther)
	line := p.newest()
	if line.Action != "right.added" || line.Object != "student" || line.Name != "Rosa Admin" {
		t.Errorf("the log says %+v", line)
	}
	p.want("ines", admin.RolesPath, nil, http.StatusOK, "pas le modifier")
	p.want("ines", admin.RolesPath, form("box", "student:role.edit:give"), http.StatusForbidden)
	address, _, _ := strings.Cut(a.header.Get("Location"), "#")
	shown := p.want("root", address, nil, http.StatusOK, "a maintenant ce droit", `value="student:role.view:take"`)
	if !strings.Contains(shown.body, "Revenir en arrière") {
		t.Error("it cannot be taken back")
	}
	p.want("root", admin.RolesPath, form("box", "student:role.view:take"), http.StatusSeeOther)
	p.want("ines", admin.RolesPath, nil, http.StatusForbidden)

	p.want("root", admin.RolesPath, form("box", "administrator:role.edit:take"), http.StatusConflict, "garde toujours")
	for _, wrong := range []string{"", "student", "student:fly:give", "king:role.view:give"} {
		p.want("root", admin.RolesPath, form("box", wrong), http.StatusNotFound)
	}
}

func TestListsAreKept(t *testing.T) {
	t.Parallel()
	p := open(t)
	for list, typed := range map[string]url.Values{
		"faculties":  form("code", "caen", "name", "Santé de Caen"),
		"levels":     form("code", "DFASM2", "name", "Cinquième année", "position", "5"),
		"years":      form("code", "2026-2027", "name", "2026-2027", "from", "2026-09-01", "to", "2027-08-31"),
		"periods":    form("code", "S1", "name", "Automne", "from", "01/09/2026 – 23/12/2026\n04/01/2027 au 31/01/2027"),
		"categories": form("code", "CHIR", "acronym", "CH", "name", "Chirurgie", "position", "2", "main", "1"),
	} {
		path := admin.ParametersPath + "/" + list
		p.want("root", path, typed, http.StatusSeeOther)
		shown := p.want("root", path, nil, http.StatusOK, typed.Get("name"), typed.Get("code"))
		link := regexp.MustCompile(`<a href="(` + path + `/[0-9a-f-]{36})">` + typed.Get("name")).FindStringSubmatch(shown.body)
		if link == nil {
			t.Errorf("%s: no link to what was added\n%s", list, excerpt(shown.body))
			continue
		}
		p.want("root", link[1], nil, http.StatusOK, typed.Get("name"))
		typed.Set("name", "Autre nom")
		p.want("root", link[1], typed, http.StatusSeeOther)
		p.want("root", path, nil, http.StatusOK, "Autre nom")
		p.want("root", link[1]+"/archive", form("archived", "1"), http.StatusSeeOther)
		p.want("root", link[1], nil, http.StatusOK, "Archivé", "Autre nom")
		p.want("root", link[1]+"/archive", form(), http.StatusSeeOther)
		p.want("root", link[1], nil, http.StatusOK, "Proposé")
	}
	periods := find(p, func(tx *store.Tx) ([]reference.Period, error) { return reference.Periods(t.Context(), tx) })
	want := []reference.Interval{{From: "2026-09-01", To: "2026-12-23"}, {From: "2027-01-04", To: "2027-01-31"}}
	if len(periods) != 1 || fmt.Sprint(periods[0].Intervals) != fmt.Sprint(want) {
		t.Errorf("the period is %+v", periods)
	}
}

func TestAFormOpenedBeforeSomebodyElsesChangeIsRefused(t *testing.T) {
	t.Parallel()
	p := open(t)
	path := admin.ParametersPath + "/faculties/" + p.faculty.PublicID
	seen := regexp.MustCompile(`name="seen" value="([^"]+)"`).FindStringSubmatch(p.do("root", path, nil).body)
	if seen == nil {
		t.Fatal("the form does not say what was seen")
	}
	storetest.Clock(t, p.db).Freeze(storetest.Start.Add(time.Minute))
	p.want("root", path, form("code", "valmer", "name", "Premier", "seen", seen[1]), http.StatusSeeOther)
	p.refuses(path, form("code", "valmer", "name", "Second", "seen", seen[1]), "", "Rosa Admin")
	p.want("root", path, nil, http.StatusOK, "Premier")
}

func TestAMailIsStoppedAndSentAgain(t *testing.T) {
	t.Parallel()
	p := open(t)
	path := admin.MailsPath + "/" + p.mails["ines"]
	state := func() notice.Mail {
		return find(p, func(tx *store.Tx) (notice.Mail, error) { return notice.Find(t.Context(), tx, p.mails["ines"]) })
	}
	p.want("root", path+"/cancel", form(), http.StatusSeeOther)
	if m := state(); m.State != notice.Cancelled || p.newest().Action != "mail.cancelled" {
		t.Errorf("the mail is %s, the log says %s", m.State, p.newest().Action)
	}
	p.want("root", path, nil, http.StatusOK, "Annulé", "on ne peut plus l’arrêter")
	p.want("root", path+"/cancel", form(), http.StatusConflict)
	p.want("root", path+"/resend", form("address", "ines@ailleurs.fr"), http.StatusSeeOther)
	if m := state(); m.State != notice.Waiting || m.To.Address != "ines@ailleurs.fr" || p.newest().Action != "mail.resent" {
		t.Errorf("the mail is %s to %s, the log says %s", m.State, m.To.Address, p.newest().Action)
	}
}

func TestBackgroundWorkIsStoppedAndStartedAgain(t *testing.T) {
	t.Parallel()
	p := open(t)
	path := admin.JobsPath + "/" + p.job
	state := func() job.State {
		return find(p, func(tx *store.Tx) (job.Task, error) { return job.Find(t.Context(), tx, p.job) }).State
	}
	p.want("root", path+"/progress", nil, http.StatusOK, `hx-get="`+path+`/progress"`)
	p.want("root", path+"/retry", form(), http.StatusConflict)
	p.want("root", path+"/cancel", form(), http.StatusSeeOther)
	if state() != job.Cancelled || p.newest().Action != "job.cancelled" {
		t.Errorf("the task is %s", state())
	}
	if a := p.want("root", path+"/progress", nil, http.StatusOK); a.header.Get("HX-Refresh") != "true" || strings.Contains(a.body, "hx-get") {
		t.Error("the page goes on asking after the end")
	}
	p.want("root", path, nil, http.StatusOK, "Annulé", "Relancer")
	p.want("root", path+"/retry", form(), http.StatusSeeOther)
	if state() != job.Queued || p.newest().Action != "job.retried" {
		t.Errorf("the task is %s", state())
	}
}

func TestTheLogAnswersWhoWhatAndWhen(t *testing.T) {
	t.Parallel()
	p := open(t)
	p.want("root", p.person("nadia"), form("family_name", "Lopes", "given_name", "Nadia", "email", "n.lopes@valmer.fr"), http.StatusSeeOther)
	p.want("root", admin.AuditPath+"?who=rosa&kind=person", nil, http.StatusOK,
		"a modifié la fiche de Nadia Lopes", "nadia@valmer.fr", "n.lopes@valmer.fr", "Adresse électronique")
	p.want("root", admin.AuditPath+"?who=nadia", nil, http.StatusOK, "Aucune ligne ne correspond")
	p.want("root", admin.AuditPath+"?who=a", nil, http.StatusOK, "personnes possibles")
	p.want("root", admin.AuditPath+"?kind=faculty&object="+p.faculty.PublicID, nil, http.StatusOK, "Stagora", "Santé de Valmer")
	p.want("root", admin.AuditPath+"?from=2027-03-02", nil, http.StatusOK, "Aucune ligne ne correspond")
	p.want("root", admin.AuditPath+"?from=2027-03-01&until=2027-03-01", nil, http.StatusOK, "a modifié la fiche")
	for query, sentence := range map[string]string{
		"who=personne": "Personne ne correspond", "from=hier": "n’est pas une date", "from=2027-03-02&until=2027-03-01": "avant le premier",
	} {
		p.want("root", admin.AuditPath+"?"+query, nil, http.StatusUnprocessableEntity, sentence)
	}
}

func TestTheLogSpeaksOfCampaignsInTheWordsOfTheirPages(t *testing.T) {
	t.Parallel()
	p := open(t)
	err := p.db.Write(t.Context(), func(tx *store.Tx) error {
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
	p.want("root", admin.AuditPath+"?kind=campaign", nil, http.StatusOK, "ouverte aux vœux", "close", "Calcul", `href="/campaigns/x"`)
	p.want("root", admin.AuditPath+"?kind=student&object=x", nil, http.StatusOK, "Terrain quitté", "CHUV-GERI", "12,50")
	if a := p.want("root", admin.AuditPath+"?kind=run", nil, http.StatusOK, `href="/campaigns/c1/runs/x"`); strings.Contains(a.body, "Ce qui a changé") {
		t.Error("the log writes what a run was asked in raw words")
	}
}

func TestTheLogGoesBackPageByPage(t *testing.T) {
	t.Parallel()
	p := open(t)
	const acts = 120
	err := p.db.Write(t.Context(), func(tx *store.Tx) error {
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
		a := p.want("root", path, nil, http.StatusOK)
		for _, name := range regexp.MustCompile(`Acteur \d{3}`).FindAllString(a.body, -1) {
			if seen[name] {
				t.Errorf("%s comes twice", name)
			}
			seen[name] = true
		}
		if !strings.Contains(a.body, "120 lignes") {
			t.Error("a page does not say how many lines there are")
		}
		next := regexp.MustCompile(`href="([^"]+after=[^"]*)"`).FindStringSubmatch(a.body)
		if next == nil || pages > 5 {
			break
		}
		path = html.UnescapeString(next[1])
	}
	if len(seen) != acts {
		t.Errorf("%d of %d lines were seen", len(seen), acts)
	}
	back := regexp.MustCompile(`href="([^"]+before=[^"]*)"`).FindStringSubmatch(p.want("root", path, nil, http.StatusOK).body)
	if back == nil {
		t.Fatal("there is no way back to newer lines")
	}
	p.want("root", html.UnescapeString(back[1]), nil, http.StatusOK, "Acteur 069", "Acteur 020")
	file := p.want("root", admin.AuditPath+"?kind=person&object=x&format=csv", nil, http.StatusOK, "Acteur 000", "Acteur 119")
	if n := strings.Count(file.body, "Acteur"); n != acts {
		t.Errorf("the file has %d lines", n)
	}
}

func TestOlderMailsFollowOnTheNextPage(t *testing.T) {
	t.Parallel()
	p := open(t)
	const more = 96
	err := p.db.Write(t.Context(), func(tx *store.Tx) error {
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
	first := p.want("root", admin.MailsPath, nil, http.StatusOK, "100 lignes", "Suivant")
	older := regexp.MustCompile(`href="([^"]+after=[^"]+)"`).FindStringSubmatch(first.body)
	if older == nil {
		t.Fatal("there is no way to older mails")
	}
	p.want("root", html.UnescapeString(older[1]), nil, http.StatusOK, "100 lignes", "Ines Baraka", "Précédent")
	p.want("root", admin.MailsPath+"?f.state=waiting", nil, http.StatusOK, "4 lignes", "Ines Baraka")
}
