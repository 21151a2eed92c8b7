package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/office/officetest"
)

func TestEveryPageAnswersForTheOfficeAndNobodyElse(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	d.AdoptB()
	student := d.C1.Record["E22"]
	for name, seen := range map[string]int{ // by the observer
		"": 200, "/settings": 200, "/participants": 200, "/participants/" + student: 200, "/posts": 200, "/lists": 403, "/lists/demand": 403,
		"/lists/" + student: 403, "/late": 403, "/order": 200, "/runs": 200, "/runs/new": 403, "/commission": 200,
		"/commission/" + student: 200, "/commission/confirm": 403, "/commission/minutes": 200, "/audit": 403,
	} {
		path := d.Path() + name
		d.Want(officetest.Nadia, path, nil, http.StatusOK)
		if a := d.Do(officetest.Odile, path, nil); a.Status != seen {
			t.Errorf("an observer reads %s with %d, want %d", name, a.Status, seen)
		}
		if a := d.Do(officetest.Victor, path, nil); a.Status != http.StatusNotFound {
			t.Errorf("another faculty reads %s with %d", name, a.Status)
		}
		if a := d.Do(officetest.Ines, path, nil); a.Status != http.StatusForbidden {
			t.Errorf("a student reads %s with %d", name, a.Status)
		}
	}
}

func TestAnObserverReadsNoWish(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	d.AdoptB()
	for _, path := range []string{"/participants", "/commission/" + d.C1.Record["E05"], "/commission"} {
		if body := d.Want(officetest.Odile, d.Path()+path, nil, http.StatusOK).Body; strings.Contains(body, "Ce que sont devenus ses vœux") || strings.Contains(body, "confirmée") && strings.Contains(body, "liste courte") {
			t.Errorf("%s tells an observer of wishes", path)
		}
	}
}

func TestACampaignIsCreatedAndWrongDatesAreSaidBesideTheirField(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	c := d.C1.Get(t)
	form := url.Values{
		"name": {"Externat S1 2027"}, "faculty": {c.Faculty.PublicID}, "period": {c.Period.PublicID}, "cohorts": {c.Cohorts[0].PublicID},
		"contact_name": {"Scolarité"}, "zone": {"Europe/Paris"}, "method": {"serial"}, "costs_method": {"score-v2"},
		"opens_at": {"2026-09-01T09:00"}, "closes_at": {"2026-08-01T18:00"}, "commission_at": {"2026-09-20T14:00"}, "publishes_at": {"2026-09-25T09:00"},
		"max_wishes": {"12"}, "advised_wishes": {"5"}, "reminders": {"72, 24"},
	}
	d.Want(officetest.Nadia, office.Path, form, http.StatusUnprocessableEntity, `id="f-closes_at-error"`, "Cette date doit suivre la précédente", `value="2026-08-01T18:00"`)
	form.Set("closes_at", "2026-09-10T18:00")
	d.Want(officetest.Odile, office.Path, form, http.StatusForbidden)
	d.Follow(officetest.Nadia, office.Path, form, "« Externat S1 2027 » est créée.", "Contrôle avant ouverture", "10/09/2026")
	d.Want(officetest.Nadia, office.Path, nil, http.StatusOK, "Externat S1 2027", "Externat S2 2026", "Préparer la campagne, puis l’ouvrir")
	if body := d.Want(officetest.Victor, office.Path, nil, http.StatusOK).Body; strings.Contains(body, "Externat S2 2026") {
		t.Error("another faculty sees the campaign in the list")
	}
}

func TestSettingsChangeInDraftAndASecondEditorIsTold(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	c := d.C1.Get(t)
	form := url.Values{
		"seen": {c.ChangedAt.Format("2006-01-02T15:04:05.999999999Z07:00")},
		"name": {"Externat de printemps"}, "faculty": {c.Faculty.PublicID}, "period": {c.Period.PublicID}, "cohorts": {c.Cohorts[0].PublicID},
		"contact_name": {"Scolarité"}, "contact_email": {"scolarite@valmer.example"}, "zone": {"Europe/Paris"}, "method": {"serial"}, "costs_method": {"score-v2"},
		"opens_at": {"2026-03-16T09:00"}, "closes_at": {"2026-03-20T18:00"}, "commission_at": {"2026-03-27T14:00"}, "publishes_at": {"2026-04-01T09:00"},
		"max_wishes": {"0"}, "advised_wishes": {"5"},
	}
	d.Want(officetest.Nadia, d.Path("settings"), form, http.StatusUnprocessableEntity, `id="f-max_wishes-error"`)
	form.Set("max_wishes", "10")
	d.C1.At(t, campaigntest.Prepared.Add(time.Second))
	d.Follow(officetest.Nadia, d.Path("settings"), form, "Les paramètres sont enregistrés.", "Externat de printemps")
	d.Want(officetest.Paul, d.Path("settings"), form, http.StatusConflict, "Nadia Lopes a modifié cette campagne")
}

func TestTheDeadlineIsMovedForwardOnlyWithAReason(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	d.C1.Open(t)
	d.SignOut()
	d.Want(officetest.Nadia, d.Path("deadline"), url.Values{"closes_at": {"2026-03-21T18:00"}}, http.StatusUnprocessableEntity, `id="deadline-reason-error"`)
	d.Want(officetest.Nadia, d.Path("deadline"), url.Values{"closes_at": {"2026-03-19T18:00"}, "reason": {"panne"}}, http.StatusUnprocessableEntity, "deadline-error")
	d.Follow(officetest.Nadia, d.Path("deadline"), url.Values{"closes_at": {"2026-03-21T18:00"}, "reason": {"panne du 20 mars"}}, "La clôture est reportée")
	d.Want(officetest.Nadia, d.Path("audit"), nil, http.StatusOK, "a reporté la clôture", "panne du 20 mars")
}

func TestWhatIsSeenIsWhatIsExported(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	a := d.Want(officetest.Nadia, d.Path("participants")+"?format=csv&f.name=baraka&cols=name,points", nil, http.StatusOK)
	lines := strings.Split(strings.TrimSpace(a.Body), "\n")
	if len(lines) != 2 || !strings.Contains(lines[1], "BARAKA") && !strings.Contains(lines[1], "Baraka") {
		t.Errorf("the file holds %q", a.Body)
	}
	for _, page := range []string{"posts", "lists", "lists/demand", "late", "order", "runs", "audit"} {
		a := d.Want(officetest.Nadia, d.Path(page)+"?format=xlsx", nil, http.StatusOK)
		if !strings.HasPrefix(a.Body, "PK") {
			t.Errorf("%s gives no spreadsheet", page)
		}
	}
}
