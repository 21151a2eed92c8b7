package results_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/internal/web/office/officetest"
)

// offersToAdopt reports whether a page leads to adopting a run, or does it.
func offersToAdopt(t *testing.T, body string) bool {
	t.Helper()
	for n := range tree(t, body).Descendants() {
		if said(n) == "Soumettre à la commission" && (n.Data == "a" && attr(n, "href") != "" || n.Data == "button" && !has(n, "disabled")) {
			return true
		}
	}
	return false
}

// A run of what the campaign is no more is shown as outdated wherever it stands, and is
// not adopted.
func TestAnOutdatedRunIsToldAndNotAdopted(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	a, b := d.Run(url.Values{}), d.Run(d.WithGeriatrics())
	const outdated = "ce calcul ne peut plus être retenu"
	pages := []string{a, b, a + "/adopt", d.Path("runs", "compare") + "?run=" + officetest.Last(a) + "&run=" + officetest.Last(b)}
	for _, page := range pages {
		if body := d.Want(officetest.Nadia, page, nil, http.StatusOK).Body; strings.Contains(body, outdated) || !offersToAdopt(t, body) {
			t.Errorf("%s does not offer to adopt a run that is up to date", page)
		}
	}
	d.Follow(officetest.Nadia, d.Path("participants", d.C1.Record["E15"], "exclusion"), url.Values{"excluded": {"1"}, "reason": {"césure"}})
	for _, page := range pages {
		if offersToAdopt(t, d.Want(officetest.Nadia, page, nil, http.StatusOK, outdated).Body) {
			t.Errorf("%s offers to adopt a run that is outdated", page)
		}
	}
	for name, state := range column(t, csvOf(d, officetest.Odile, d.Path("runs")+"?format=csv"), "Calcul", "État") {
		if state != "périmé" {
			t.Errorf("%s is %q", name, state)
		}
	}
	refuse(d, officetest.Nadia, a+"/adopt", url.Values{"reason": {"c’était le meilleur"}}, http.StatusConflict, "Depuis le calcul A, une liste, une place, une règle ou une exclusion a changé")
	c := d.Run(url.Values{})
	d.Follow(officetest.Nadia, c+"/adopt", url.Values{"reason": {"à jour"}}, "est soumis à la commission", "22 sur 23")
}

// One run takes the place of another with a reason alone, never twice, and what was
// decided about the first is out of force.
func TestARunTakesThePlaceOfAnotherWithAReason(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	a, b := d.AdoptB()
	d.Follow(officetest.Nadia, caseOf(d, "E22"), move("CHUV-GERI", "CHSA-ORTH"))
	refuse(d, officetest.Nadia, a+"/adopt", url.Values{"reason": {" "}}, http.StatusUnprocessableEntity, "Indiquez le motif", "f-reason")
	refuse(d, officetest.Nadia, b+"/adopt", url.Values{"reason": {"encore"}}, http.StatusConflict, "Nadia Lopes a déjà retenu le calcul B")
	refuse(d, officetest.Nadia, d.Path("runs", "unknown", "adopt"), url.Values{"reason": {"x"}}, http.StatusNotFound, "Ce calcul n’existe pas dans cette campagne")
	again := d.Want(officetest.Nadia, b+"/adopt", nil, http.StatusOK, "Ce calcul est déjà celui que la commission examine.").Body
	if strings.Contains(again, "Celui-ci prend sa place") || offersToAdopt(t, again) {
		t.Error("a run that is adopted is said to take the place of another")
	}
	d.Want(officetest.Nadia, a+"/adopt", nil, http.StatusOK, "Celui-ci prend sa place")
	d.Follow(officetest.Nadia, a+"/adopt", url.Values{"compared": {officetest.Last(b)}, "reason": {"retrait de l’accord"}}, "est soumis à la commission", "23 sur 24", "retrait de l’accord")
	d.Want(officetest.Nadia, caseOf(d, "E22"), nil, http.StatusOK, "Position 19 · sans affectation")
	states := column(t, csvOf(d, officetest.Nadia, d.Path("runs")+"?format=csv"), "Calcul", "État")
	if states["A"] != "retenu" || states["B – avec un vœu pour Zoé"] != "terminé" {
		t.Errorf("the runs are %v", states)
	}
	d.Follow(officetest.Nadia, caseOf(d, "E22"), keep())
	d.Follow(officetest.Nadia, d.Path("commission", "confirm"), url.Values{"really": {"yes"}}, "La commission a confirmé")
	if offersToAdopt(t, d.Want(officetest.Nadia, b+"/adopt", nil, http.StatusOK, "On ne peut pas lancer l’affectation").Body) {
		t.Error("once the commission has confirmed, a run is offered")
	}
	late := d.Want(officetest.Nadia, d.Path("commission", "confirm"), nil, http.StatusOK, "On ne peut pas décider en commission").Body
	if strings.Contains(late, "Le procès-verbal est figé tel qu’il est") {
		t.Error("what confirming does is told when it cannot be done any more")
	}
}

// A run that was stopped gives nothing: it is neither compared nor adopted.
func TestARunThatWasStoppedGivesNothing(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	a := d.Run(url.Values{})
	run, _ := d.Follow(officetest.Nadia, d.Path("runs"), asked(url.Values{"name": {"à arrêter"}}))
	if a := d.Want(officetest.Nadia, run+"/progress", nil, http.StatusOK); a.Header.Get("HX-Refresh") != "" {
		t.Error("work that goes on asks for the whole page")
	}
	d.Want(officetest.Nadia, run, nil, http.StatusOK, `http-equiv="refresh"`)
	d.Want(officetest.Nadia, run+"/adopt", nil, http.StatusConflict, "n’est pas terminé")
	d.Follow(officetest.Nadia, run+"/cancel", sentBy(d, officetest.Nadia, run, run+"/cancel", nil), "est arrêté.")
	if a := d.Want(officetest.Nadia, run+"/progress", nil, http.StatusOK); a.Header.Get("HX-Refresh") != "true" {
		t.Error("work that has ended does not ask for the whole page")
	}
	if body := d.Want(officetest.Nadia, run, nil, http.StatusOK).Body; strings.Contains(body, `http-equiv="refresh"`) || offersToAdopt(t, body) {
		t.Error("a run that was stopped is waited for, or offered")
	}
	if state := column(t, csvOf(d, officetest.Nadia, d.Path("runs")+"?format=csv"), "Calcul", "État")["B – à arrêter"]; state != "arrêté" {
		t.Errorf("its state is %q", state)
	}
	refuse(d, officetest.Nadia, run+"/adopt", url.Values{"reason": {"x"}}, http.StatusConflict, "n’est pas terminé")
	refuse(d, officetest.Nadia, run+"/cancel", url.Values{"x": {"1"}}, http.StatusConflict, "Ce travail est déjà terminé")
	d.Want(officetest.Nadia, d.Path("runs", "compare")+"?run="+officetest.Last(a)+"&run="+officetest.Last(run), nil, http.StatusConflict, "n’est pas terminé")
}

// Two to four runs that exist are compared, and nothing else.
func TestTwoToFourRunsAreCompared(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	a := officetest.Last(d.Run(url.Values{}))
	for n, status := range map[int]int{0: 422, 1: 422, 2: 303, 4: 303, 5: 422} {
		form := url.Values{"row": slices.Repeat([]string{a}, n)}
		to := d.Want(officetest.Odile, d.Path("runs", "compare"), form, status)
		if status == http.StatusSeeOther {
			d.Want(officetest.Odile, to.Header.Get("Location"), nil, http.StatusOK, "0 personne affectée autrement que dans A")
			continue
		}
		if all := alerts(t, to.Body); !strings.Contains(strings.Join(all, " "), "Choisissez de 2 à 4 calculs terminés") {
			t.Errorf("%d runs: %q", n, all)
		}
		d.Want(officetest.Odile, d.Path("runs", "compare")+"?"+url.Values{"run": form["row"]}.Encode(), nil, status)
	}
	d.Want(officetest.Odile, d.Path("runs", "compare")+"?run="+a+"&run=unknown", nil, http.StatusNotFound, "Ce calcul n’existe pas")
}
