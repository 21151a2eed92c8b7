package admin_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/admin/admintest"
)

func TestWrongEntriesAreRefusedBesideTheField(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	faculties, periods, years := admin.ParametersPath+"/faculties", admin.ParametersPath+"/periods", admin.ParametersPath+"/years"
	for _, tt := range []struct {
		path            string
		typed           url.Values
		field, sentence string
	}{
		{faculties, admintest.Form("code", "caen"), "name", "à remplir"},
		{faculties, admintest.Form("code", "va l", "name", "Autre"), "code", "va l"},
		{faculties, admintest.Form("code", "VALMER", "name", "Autre"), "code", "déjà utilisé"},
		{faculties, admintest.Form("code", "caen", "name", "Caen", "uai", "123"), "uai", "123"},
		{admin.ParametersPath + "/levels", admintest.Form("code", "D1", "name", "DFASM1", "position", "premier"), "position", "n’est pas un nombre"},
		{admin.ParametersPath + "/levels", admintest.Form("code", "D1", "name", "DFASM1", "position", "-1"), "position", "hors limites"},
		{years, admintest.Form("code", "26", "name", "2026", "from", "2027-09-01", "to", "2026-08-31"), "to", ""},
		{years, admintest.Form("code", "26", "name", "2026", "from", "bientôt", "to", "2026-08-31"), "from", "n’est pas une date"},
		{periods, admintest.Form("code", "S1", "name", "Semestre", "from", ""), "from", "à remplir"},
		{periods, admintest.Form("code", "S1", "name", "Semestre", "from", "septembre"), "from", "deux dates"},
		{periods, admintest.Form("code", "S1", "name", "S", "from", "01/09/2026 au 31/12/2026\n15/12/2026 au 01/02/2027"), "from", ""},
		{admin.ParametersPath + "/categories", admintest.Form("code", "CHIR", "position", "1"), "name", "à remplir"},
	} {
		p.Refuses(tt.path, tt.typed, tt.field, tt.sentence)
	}
}

func TestListsAreKept(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	for list, typed := range map[string]url.Values{
		"faculties":  admintest.Form("code", "caen", "name", "Santé de Caen"),
		"levels":     admintest.Form("code", "DFASM2", "name", "Cinquième année", "position", "5"),
		"years":      admintest.Form("code", "2026-2027", "name", "2026-2027", "from", "2026-09-01", "to", "2027-08-31"),
		"periods":    admintest.Form("code", "S1", "name", "Automne", "from", "01/09/2026 – 23/12/2026\n04/01/2027 au 31/01/2027"),
		"categories": admintest.Form("code", "CHIR", "acronym", "CH", "name", "Chirurgie", "position", "2", "main", "1"),
	} {
		path := admin.ParametersPath + "/" + list
		p.Want("root", path, typed, http.StatusSeeOther)
		shown := p.Want("root", path, nil, http.StatusOK, typed.Get("name"), typed.Get("code"))
		link := regexp.MustCompile(`<a href="(` + path + `/[0-9a-f-]{36})">` + typed.Get("name")).FindStringSubmatch(shown.Body)
		if link == nil {
			t.Errorf("%s: no link to what was added\n%s", list, admintest.Excerpt(shown.Body))
			continue
		}
		p.Want("root", link[1], nil, http.StatusOK, typed.Get("name"))
		typed.Set("name", "Autre nom")
		p.Want("root", link[1], typed, http.StatusSeeOther)
		p.Want("root", path, nil, http.StatusOK, "Autre nom")
		p.Want("root", link[1]+"/archive", admintest.Form("archived", "1"), http.StatusSeeOther)
		p.Want("root", link[1], nil, http.StatusOK, "Archivé", "Autre nom")
		p.Want("root", link[1]+"/archive", admintest.Form(), http.StatusSeeOther)
		p.Want("root", link[1], nil, http.StatusOK, "Proposé")
	}
	periods := admintest.Find(p, func(tx *store.Tx) ([]reference.Period, error) { return reference.Periods(t.Context(), tx) })
	want := []reference.Interval{{From: "2026-09-01", To: "2026-12-23"}, {From: "2027-01-04", To: "2027-01-31"}}
	if len(periods) != 1 || fmt.Sprint(periods[0].Intervals) != fmt.Sprint(want) {
		t.Errorf("the period is %+v", periods)
	}
}

func TestAFormOpenedBeforeSomebodyElsesChangeIsRefused(t *testing.T) {
	t.Parallel()
	p := admintest.Open(t)
	path := admin.ParametersPath + "/faculties/" + p.Faculty.PublicID
	seen := regexp.MustCompile(`name="seen" value="([^"]+)"`).FindStringSubmatch(p.Do("root", path, nil).Body)
	if seen == nil {
		t.Fatal("the form does not say what was seen")
	}
	storetest.Clock(t, p.DB).Freeze(storetest.Start.Add(time.Minute))
	p.Want("root", path, admintest.Form("code", "valmer", "name", "Premier", "seen", seen[1]), http.StatusSeeOther)
	p.Refuses(path, admintest.Form("code", "valmer", "name", "Second", "seen", seen[1]), "", "Rosa Admin")
	p.Want("root", path, nil, http.StatusOK, "Premier")
}
