package results_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/web/office/officetest"
)

func TestTheCommissionComparesAdoptsDecidesConfirmsAndTheOfficePublishes(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	a := d.Run(url.Values{})
	d.Want(officetest.Nadia, a, nil, http.StatusOK, "23 sur 24", "13 (54 %)", "20 (83 %)", "1 étudiant sans affectation", "Zoé Delorme")
	wrong := d.WithGeriatrics()
	wrong.Del("amendments.0.reason")
	for _, name := range []string{"max_post_cost", "max_cost"} {
		wrong.Set(name, "50")
	}
	wrong.Set("method", "serial")
	wrong.Set("rows", "1")
	wrong.Set("correction", "1,4")
	wrong.Set("bonus_factor", "0,25")
	wrong.Set("rank_costs", "5")
	d.Want(officetest.Nadia, d.Path("runs"), wrong, http.StatusUnprocessableEntity, "amendments.0.reason-error")
	nobody := maps.Clone(wrong)
	nobody.Set("amendments.0.reason", "accord de l’étudiante")
	nobody.Set("amendments.0.student", "Personne")
	d.Want(officetest.Nadia, d.Path("runs"), nobody, http.StatusUnprocessableEntity, `value="Personne"`, "Personne ne participe à cette campagne sous « Personne »")
	nobody.Set("amendments.0.student", "2026E")
	d.Want(officetest.Nadia, d.Path("runs"), nobody, http.StatusUnprocessableEntity, "« 2026E » désigne plusieurs personnes")
	d.Want(officetest.Nadia, d.Path("runs", "new")+"?student="+d.C1.Record["E22"], nil, http.StatusOK, `value="2026E22 Zoé Delorme"`)
	b := d.Run(d.WithGeriatrics())
	d.Want(officetest.Nadia, d.Path("runs", "new")+"?from="+officetest.Last(b), nil, http.StatusOK, `value="2026E22 Zoé Delorme"`)
	d.Want(officetest.Nadia, b, nil, http.StatusOK, "24 sur 24", "Tous les étudiants sont affectés.", "accord de l’étudiante, commission du 27 mars")
	to := d.Want(officetest.Nadia, d.Path("runs", "compare"), url.Values{"row": {officetest.Last(a), officetest.Last(b)}}, http.StatusSeeOther).Header.Get("Location")
	d.Want(officetest.Nadia, to, nil, http.StatusOK, "1 personne affectée autrement", "Zoé Delorme", "sans affectation", "23 sur 24", "24 sur 24")
	d.Want(officetest.Nadia, d.Path("runs", "compare"), url.Values{"row": {officetest.Last(a)}}, http.StatusUnprocessableEntity, "Choisissez de 2 à 4")
	d.Follow(officetest.Nadia, b+"/adopt", url.Values{"compared": {officetest.Last(a)}, "reason": {"personne ne reste sans stage"}}, "est soumis à la commission", "vœu ajouté")

	zoe := d.Path("commission", d.C1.Record["E22"])
	d.Want(officetest.Nadia, zoe, url.Values{"kind": {"cost"}, "from": {"CHUV-GERI"}, "cost": {"douze"}, "motive": {"other"}, "reason": {"x"}}, http.StatusUnprocessableEntity, `id="cost-error"`)
	_, page := d.Follow(officetest.Nadia, zoe, url.Values{"kind": {"cost"}, "from": {"CHUV-GERI"}, "cost": {"12,5"}, "motive": {"unplaced"}, "reason": {"stage proposé, non demandé"}}, "La décision est enregistrée.", "coût modifié", "12,50, décidé par la commission")
	undo := officetest.Between(t, page.Body, `action="`+zoe+`/decisions/`, `"`)
	d.Follow(officetest.Nadia, zoe+"/decisions/"+undo, url.Values{"reason": {"erreur de saisie"}}, "La décision est annulée.", "annulée depuis")

	pdf := d.Want(officetest.Nadia, d.Path("commission", "minutes"), nil, http.StatusOK)
	if !strings.HasPrefix(pdf.Body, "%PDF-") {
		t.Error("the minutes are no PDF")
	}
	d.Want(officetest.Nadia, d.Path("commission", "minutes")+"?format=csv", nil, http.StatusOK, "CHUV")
	d.Want(officetest.Odile, d.Path("commission", "confirm"), url.Values{}, http.StatusForbidden)
	d.Follow(officetest.Nadia, d.Path("commission", "confirm"), url.Values{"really": {"yes"}}, "La commission a confirmé")

	d.C1.At(t, campaigntest.Publishes.Add(time.Minute))
	d.SignOut()
	if body := d.Want(officetest.Odile, d.Path("publication"), nil, http.StatusOK, "Vous lisez ce qui est prêt", "2026E22").Body; strings.Contains(body, "Aperçu des messages") {
		t.Error("an observer reads the messages before they leave")
	}
	d.Want(officetest.Paul, d.Path("publication"), nil, http.StatusOK, "étudiants affectés, prévenus", "Aperçu des messages")
	d.Follow(officetest.Paul, d.Path("publication"), url.Values{"really": {"yes"}}, "est en cours", "Publication des résultats", "Les résultats paraissent tous au même moment")
	d.Work()
	d.Want(officetest.Paul, d.Path("publication"), nil, http.StatusOK, "Dossier de vérification", "Derniers servis par terrain")
	bundle := d.Want(officetest.Paul, d.Path("publication", "bundle"), nil, http.StatusOK)
	if !strings.HasPrefix(bundle.Body, "PK") {
		t.Error("the bundle is no archive")
	}
	d.Want(officetest.Nadia, d.Path("participants", d.C1.Record["E22"]), nil, http.StatusOK, "Résultat publié", "mot pour mot", "Votre stage : Gériatrie")
	if strings.Contains(d.Want(officetest.Odile, d.Path("participants", d.C1.Record["E22"]), nil, http.StatusOK).Body, "Résultat publié") {
		t.Error("an observer reads a student’s result")
	}
	d.Want(officetest.Nadia, d.Path("audit"), nil, http.StatusOK, "a publié les résultats")
}

func TestARunThatWaitsShowsItsProgressAndIsStopped(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	form := d.WithGeriatrics()
	for name, value := range map[string]string{"method": "serial", "costs_method": "score-v2", "rows": "1", "rank_costs": "5", "max_post_cost": "40", "correction": "1,4", "max_cost": "50", "bonus_factor": "0,25"} {
		form.Set(name, value)
	}
	to, _ := d.Follow(officetest.Nadia, d.Path("runs"), form, "Le calcul est lancé.", "/progress")
	d.Want(officetest.Nadia, to+"/progress", nil, http.StatusOK)
	d.Want(officetest.Odile, to+"/cancel", url.Values{}, http.StatusForbidden)
	d.Follow(officetest.Nadia, to+"/cancel", url.Values{"x": {"1"}}, "est arrêté.")
}

// A form of a run never leaves a change out: it takes no more than it can hold.
func TestTheFormOfARunHoldsTwentyChanges(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	form := url.Values{"rows": {"20"}, "more": {"1"}}
	for i := range 20 {
		row := "amendments." + strconv.Itoa(i) + "."
		form.Set(row+"kind", "seats")
		form.Set(row+"post", "CHUV-GERI")
		form.Set(row+"number", "1")
		form.Set(row+"motive", "other")
		form.Set(row+"reason", "x")
	}
	full := d.Want(officetest.Nadia, d.Path("runs"), form, http.StatusOK, "avec 20 changements au plus", "amendments.19.reason")
	if strings.Contains(full.Body, `name="more"`) || strings.Contains(full.Body, "amendments.20.reason") {
		t.Error("a form with twenty changes takes one more")
	}
	form.Del("more")
	twenty := d.Run(form)
	d.Want(officetest.Nadia, d.Path("runs", "new")+"?from="+officetest.Last(twenty), nil, http.StatusOK, "avec 20 changements au plus")
	d.Want(officetest.Nadia, d.Path("runs", "new")+"?from="+officetest.Last(twenty)+"&post=CHUV-GERI&student="+d.C1.Record["E22"], nil,
		http.StatusConflict, "21 changements", "20 au plus")
}

// The page of a run lists a page of those without a post, however many there are.
func TestTheRunPageTurnsThroughThoseWithoutAPost(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	form, posts := url.Values{}, map[string]bool{}
	for _, line := range campaigntest.Lines {
		posts[line.Post] = true
	}
	delete(posts, "")
	for i, post := range slices.Sorted(maps.Keys(posts)) {
		row := "amendments." + strconv.Itoa(i) + "."
		form.Set("rows", strconv.Itoa(i+1))
		form.Set(row+"kind", "seats")
		form.Set(row+"post", post)
		form.Set(row+"number", "0")
		form.Set(row+"motive", "other")
		form.Set(row+"reason", "terrain fermé")
	}
	run := d.Run(form)
	first := d.Want(officetest.Nadia, run, nil, http.StatusOK).Body
	if named := strings.Count(first, d.Path("participants")+"/"); named != 20 {
		t.Fatalf("the first page names %d people: %s", named, officetest.Excerpt(first))
	}
	next := officetest.Between(t, first, run+"?after=", `"`)
	second := d.Want(officetest.Nadia, run+"?after="+next, nil, http.StatusOK, run+"?before=").Body
	if named := strings.Count(second, d.Path("participants")+"/"); named == 0 || named > 4 {
		t.Errorf("the second page names %d people", named)
	}
}
