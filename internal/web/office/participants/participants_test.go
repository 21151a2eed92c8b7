package participants_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/office/officetest"
)

// file reads a list as a file: its head and its rows, cell by cell.
func file(d *officetest.Desk, login, path string) (head []string, rows [][]string) {
	d.T.Helper()
	body := strings.TrimPrefix(d.Want(login, path, nil, http.StatusOK).Body, "\ufeff")
	body = strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(body)
	for i, line := range strings.Split(strings.TrimSpace(body), "\r\n") {
		cells := strings.Split(line, ";")
		if i == 0 {
			head = cells
			continue
		}
		rows = append(rows, cells)
	}
	return head, rows
}

// rowOf is the row of a file that names somebody.
func rowOf(d *officetest.Desk, rows [][]string, name string) []string {
	d.T.Helper()
	for _, row := range rows {
		if slices.ContainsFunc(row, func(cell string) bool { return strings.Contains(cell, name) }) {
			return row
		}
	}
	d.T.Fatalf("no %s among %d rows", name, len(rows))
	return nil
}

func newest(d *officetest.Desk) audit.Line {
	d.T.Helper()
	line, err := store.Get(d.T.Context(), d.C1.DB, func(tx *store.Tx) (audit.Line, error) {
		lines, err := audit.Find(d.T.Context(), tx, audit.Search{Limit: 1})
		return lines[0], err
	})
	if err != nil {
		d.T.Fatal(err)
	}
	return line
}

// Each form of the page about somebody refuses what is wrong beside its own field, with
// what was typed, and does nothing.
func TestWhatIsWrongAboutAParticipantStandsAtItsField(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	zoe := d.Path("participants", d.C1.Record["E22"])
	for _, tt := range []struct {
		form  string
		typed url.Values
		at    string
		kept  string
	}{
		{"exclusion", url.Values{"excluded": {"1"}, "reason": {" "}}, "exclusion-reason", ""},
		{"points", url.Values{"points": {"douze"}, "reason": {"relevé du 3 mars"}}, "points", "relevé du 3 mars"},
		{"points", url.Values{"points": {"12,5"}, "reason": {""}}, "points-reason", `value="12,5"`},
		{"position", url.Values{"position": {"-1"}, "reason": {"arrêté du 3 mars"}}, "position", "arrêté du 3 mars"},
		{"position", url.Values{"position": {"100001"}, "reason": {"arrêté"}}, "position", `value="100001"`},
		{"position", url.Values{"position": {"3"}, "reason": {""}}, "position-reason", `value="3"`},
	} {
		before := newest(d).ID
		page := d.Want(officetest.Nadia, zoe+"/"+tt.form, tt.typed, http.StatusUnprocessableEntity, `id="`+tt.at+`-error"`, tt.kept)
		for _, other := range []string{"exclusion-reason", "points", "points-reason", "position", "position-reason", "message"} {
			if other != tt.at && strings.Contains(page.Body, `id="`+other+`-error"`) {
				t.Errorf("%s %v: an error at %s too", tt.form, tt.typed, other)
			}
		}
		if newest(d).ID != before {
			t.Errorf("%s %v: refused, and yet something was done", tt.form, tt.typed)
		}
	}
}

// Who may only look, or belongs to another office, changes nothing.
func TestOnlyTheOfficeOfTheCampaignChangesParticipants(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	zoe := d.Path("participants", d.C1.Record["E22"])
	d.Want(officetest.Odile, zoe, nil, http.StatusOK, "Zoé Delorme")
	before := newest(d).ID
	for path, form := range map[string]url.Values{
		zoe + "/exclusion": {"excluded": {"1"}, "reason": {"x"}},
		zoe + "/points":    {"points": {"1"}, "reason": {"x"}},
		zoe + "/position":  {"position": {"1"}, "reason": {"x"}},
		d.Path("late"):     {"student": {"2026E22"}, "until": {"2026-03-21T12:00"}, "reason": {"x"}},
	} {
		d.Want(officetest.Odile, path, form, http.StatusForbidden)
		if a := d.Do(officetest.Victor, path, form); a.Status != http.StatusNotFound && a.Status != http.StatusForbidden {
			t.Errorf("another office, %s: %d", path, a.Status)
		}
	}
	for _, page := range []string{d.Path("participants"), zoe, d.Path("order"), d.Path("lists"), d.Path("late")} {
		d.Want(officetest.Victor, page, nil, http.StatusNotFound)
	}
	for _, page := range []string{d.Path("lists"), d.Path("lists", "demand"), d.Path("lists", d.C1.Record["E22"]), d.Path("late")} {
		d.Want(officetest.Odile, page, nil, http.StatusForbidden)
	}
	d.Want(officetest.Nadia, d.Path("participants", "nobody"), nil, http.StatusNotFound)
	if newest(d).ID != before {
		t.Errorf("something was done: %+v", newest(d))
	}
}

// Somebody excluded is told apart from somebody absent, with the reason, on the page, in
// the list and in its file; taken back, they are in again.
func TestAnExclusionIsToldAndTakenBack(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	zoe := d.Path("participants", d.C1.Record["E22"])
	d.Follow(officetest.Nadia, zoe+"/exclusion", url.Values{"excluded": {"1"}, "reason": {"année de césure"}}, "L’exclusion est enregistrée.", "Exclu par", "année de césure", "Réintégrer")
	list := d.Path("participants") + "?format=csv&cols=name&cols=state&cols=reason"
	_, rows := file(d, officetest.Nadia, list)
	if row := rowOf(d, rows, "Delorme"); !slices.Contains(row, "exclu") || !slices.Contains(row, "année de césure") {
		t.Errorf("the list says %q", row)
	}
	if row := rowOf(d, rows, "Baraka"); !slices.Contains(row, "éligible") {
		t.Errorf("the list says %q", row)
	}
	_, only := file(d, officetest.Nadia, list+"&f.state=excluded")
	_, in := file(d, officetest.Nadia, list+"&f.state=in")
	if len(only) != 1 || len(in) != 23 || len(rows) != 24 {
		t.Errorf("%d are excluded, %d in, %d in all", len(only), len(in), len(rows))
	}
	d.Want(officetest.Nadia, d.Path("participants")+"?who=delorme", nil, http.StatusOK, "N’apparaît pas")
	d.Follow(officetest.Nadia, zoe+"/exclusion", url.Values{"reason": {"elle revient"}}, "La personne est réintégrée.", "Exclure de la campagne")
	d.Want(officetest.Nadia, d.Path("participants")+"?who=delorme", nil, http.StatusOK, "Zoé Delorme participe à la campagne.")
	if line := newest(d); line.Reason != "elle revient" {
		t.Errorf("the log says %+v", line)
	}
}

// Points that were entered stand in for the history, until the field is emptied; a
// position by hand is told with its reason.
func TestPointsAndPositionsByHandAreToldWithTheirReasons(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	ines := d.Path("participants", d.C1.Record["E05"])
	d.Follow(officetest.Nadia, ines+"/points", url.Values{"points": {"12,5"}, "reason": {"relevé corrigé"}}, "Les points sont enregistrés.", "12,50 : relevé corrigé")
	cols := "?format=csv&cols=name&cols=points&cols=manual&cols=because"
	points := func() string {
		_, rows := file(d, officetest.Nadia, d.Path("order")+cols)
		return strings.Join(rowOf(d, rows, "Baraka"), ";")
	}
	if got := points(); !strings.Contains(got, "12,5") {
		t.Errorf("the order says %s", got)
	}
	_, page := d.Follow(officetest.Nadia, ines+"/points", url.Values{"points": {""}, "reason": {"relevé d’origine"}}, "Les points sont enregistrés.")
	if strings.Contains(page.Body, "relevé corrigé") && strings.Contains(page.Body, "12,50 : ") {
		t.Errorf("emptied, the points are still those that were entered")
	}
	d.Follow(officetest.Nadia, ines+"/position", url.Values{"position": {"2"}, "reason": {"arrêté du 3 mars"}}, "La position est enregistrée.", "2 : arrêté du 3 mars")
	if got := points(); !strings.Contains(got, ";2;") || !strings.Contains(got, "arrêté du 3 mars") || strings.Contains(got, "12,5") {
		t.Errorf("the order says %s", got)
	}
	d.Follow(officetest.Nadia, ines+"/position", url.Values{"position": {"0"}, "reason": {"retiré"}}, "La position est enregistrée.", "aucune")
}

// The order is not known before the draw is revealed; then everybody has their place.
func TestTheOrderIsToldAsFarAsItIsKnown(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	d.Want(officetest.Nadia, d.Path("order"), nil, http.StatusOK, "L’ordre sera figé")
	d.C1.Open(t)
	d.SignOut()
	d.Want(officetest.Nadia, d.Path("order"), nil, http.StatusOK, "le tirage reste scellé", "scellée jusqu’à la clôture")
	head, rows := file(d, officetest.Nadia, d.Path("order")+"?format=csv&cols=name&cols=position&cols=first&cols=last&cols=draw")
	at := func(title string) int { return slices.Index(head, title) }
	first := rowOf(d, rows, "Le Guen") // alone with no point
	last := rowOf(d, rows, "Wattel")   // one of two with 20
	if first[at("Au mieux")] != "1" || first[at("Au pire")] != "1" || last[at("Au mieux")] != "23" || last[at("Au pire")] != "24" || last[at("Tiré au sort")] != "" {
		t.Errorf("%q: %q and %q", head, first, last)
	}
	d.C1.Rank(t)
	d.C1.Close(t)
	d.SignOut()
	d.Want(officetest.Nadia, d.Path("order"), nil, http.StatusOK, "L’ordre dans lequel chacun est servi", campaigntest.Seed)
	head, rows = file(d, officetest.Nadia, d.Path("order")+"?format=csv")
	if at("Position") < 0 {
		t.Fatalf("no position in %q", head)
	}
	for _, line := range campaigntest.Lines {
		row := rowOf(d, rows, line.Family)
		if row[at("Position")] != itoa(line.Position) || !strings.HasPrefix(row[at("Tiré au sort")], line.Draw) {
			t.Errorf("%s has %q, drew %s", line.Family, row, line.Draw)
		}
	}
}

func itoa(n int) string {
	if n >= 10 {
		return string(rune('0'+n/10)) + string(rune('0'+n%10))
	}
	return string(rune('0' + n))
}

// The list of lists tells of each where it stands, and its page every version of it.
func TestListsAreToldWithTheirVersions(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	d.C1.Open(t)
	d.C1.Rank(t)
	d.SignOut()
	head, rows := file(d, officetest.Nadia, d.Path("lists")+"?format=csv&cols=name&cols=count&cols=state&cols=wishes&cols=version&cols=confirmed")
	at := func(title string) int { return slices.Index(head, title) }
	for _, line := range campaigntest.Lines {
		row := rowOf(d, rows, line.Family)
		var wishes []string
		for _, w := range line.Wishes {
			wishes = append(wishes, w.Post)
		}
		if row[at("Vœux")] != itoa(len(wishes)) || row[at("Vœux, dans l’ordre")] != strings.Join(wishes, ", ") {
			t.Errorf("%s: %q", line.Family, row)
		}
	}
	_, short := file(d, officetest.Nadia, d.Path("lists")+"?format=csv&f.state=short")
	if len(short) != 1 || !strings.Contains(strings.Join(short[0], ";"), "Delorme") {
		t.Errorf("short lists: %q", short)
	}
	d.Want(officetest.Nadia, d.Path("lists", d.C1.Record["E22"]), nil, http.StatusOK, "Réanimation", "Version 1")
	d.Want(officetest.Nadia, d.Path("lists", "nobody"), nil, http.StatusNotFound)

	head, posts := file(d, officetest.Nadia, d.Path("lists", "demand")+"?format=csv")
	want := map[string][3]int{}
	for _, line := range campaigntest.Lines {
		for rank, w := range line.Wishes {
			n := want[w.Post]
			if rank == 0 {
				n[0]++
			}
			if rank < 3 {
				n[1]++
			}
			n[2]++
			want[w.Post] = n
		}
	}
	for _, row := range posts {
		n := want[row[0]]
		if row[at("En premier vœu")] != itoa(n[0]) || row[at("Dans les trois premiers")] != itoa(n[1]) || row[at("En tout")] != itoa(n[2]) {
			t.Errorf("%q: %q, want %v", head, row, n)
		}
	}
	if len(posts) != len(campaigntest.Sites) {
		t.Errorf("%d posts", len(posts))
	}
}

// A late case is told in each of its states, and what is decided stays decided.
func TestALateCaseIsToldInEachOfItsStates(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	ask := func(family, until string) string {
		_, page := d.Follow(officetest.Nadia, d.Path("late"), url.Values{"student": {family}, "until": {until}, "reason": {"certificat " + family}})
		return d.Path("late", officetest.Between(t, page.Body, `action="`+d.Path("late")+"/", `"`)) // the one that waits
	}
	state := func(family string) string {
		_, rows := file(d, officetest.Paul, d.Path("late")+"?format=csv")
		return strings.Join(rowOf(d, rows, family), ";")
	}
	zoe := ask("Delorme", "2026-03-21T12:00")
	if got := state("Delorme"); !strings.Contains(got, "à décider") || !strings.Contains(got, "certificat Delorme") {
		t.Errorf("asked: %s", got)
	}
	d.Want(officetest.Paul, zoe, url.Values{"decision": {"perhaps"}}, http.StatusUnprocessableEntity)
	d.Follow(officetest.Paul, zoe, url.Values{"decision": {"refuse"}}, "La dérogation est refusée.")
	if got := state("Delorme"); !strings.Contains(got, "refusée") {
		t.Errorf("refused: %s", got)
	}
	if a := d.Do(officetest.Paul, zoe, url.Values{"decision": {"agree"}}); a.Status != http.StatusConflict {
		t.Errorf("decided twice: %d", a.Status)
	}
	ines := ask("Baraka", "2026-03-21T12:00")
	d.Follow(officetest.Paul, ines, url.Values{"decision": {"agree"}})
	if got := state("Baraka"); !strings.Contains(got, "liste ouverte") {
		t.Errorf("agreed to: %s", got)
	}
	d.C1.At(t, time.Date(2026, 3, 21, 12, 0, 0, 0, time.UTC)) // 13:00 in Paris
	d.SignOut()
	if got := state("Baraka"); !strings.Contains(got, "terminée") {
		t.Errorf("once it is over: %s", got)
	}
	d.Want(officetest.Nadia, d.Path("late"), url.Values{"student": {"Personne"}, "until": {"2026-03-22T12:00"}, "reason": {"x"}}, http.StatusUnprocessableEntity, `value="Personne"`)
}

// A request to correct waits for an answer, which is told beside it.
func TestACorrectionIsAskedForAndAnswered(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	d.SeedDefects()
	victoire := d.C1.Record["E19"]
	path := d.Path("participants", victoire)
	d.Want(officetest.Nadia, path+"/correction", url.Values{"message": {" "}}, http.StatusUnprocessableEntity, `id="message-error"`)
	ask := url.Values{"message": {"niveau à corriger"}}
	d.Follow(officetest.Nadia, path+"/correction", ask, "La demande est envoyée.", "niveau à corriger")
	if a := d.Do(officetest.Paul, path+"/correction", ask); a.Status != http.StatusConflict {
		t.Errorf("asked for twice: %d", a.Status)
	}
	page := d.Want(officetest.Odile, path, nil, http.StatusOK, "niveau à corriger", "sans réponse")
	if strings.Contains(page.Body, "Répondre et clore") {
		t.Error("an observer is offered to answer")
	}
	page = d.Want(officetest.Paul, path, nil, http.StatusOK, "niveau à corriger")
	answer := d.Path("corrections", officetest.Between(t, page.Body, `action="`+d.Path("corrections")+"/", `"`))
	d.Want(officetest.Odile, answer, url.Values{"answer": {"fait"}, "student": {victoire}}, http.StatusForbidden)
	d.Want(officetest.Paul, answer, url.Values{"answer": {" "}, "student": {victoire}}, http.StatusUnprocessableEntity)
	to, _ := d.Follow(officetest.Paul, answer, url.Values{"answer": {"niveau corrigé"}, "student": {victoire}}, "La demande est close.", "niveau corrigé")
	if to, _, _ := strings.Cut(to, "?"); to != path {
		t.Errorf("led to %s", to)
	}
	_, rows := file(d, officetest.Nadia, d.Path("participants")+"?format=csv&f.state=absent")
	if row := strings.Join(rowOf(d, rows, "Amblard"), ";"); !strings.Contains(row, "Niveau") {
		t.Errorf("the list says %s", row)
	}
}
