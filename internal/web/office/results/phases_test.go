package results_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/web/office/officetest"
)

// An act is a form that an office posts, with the phases in which it may.
type act struct {
	name, path string
	form       url.Values
	in         []campaign.Phase
	refused    string // with this sentence in any other phase
}

// Each phase refuses what is not its own, and says so; nothing is written, and the phase
// stays what it is. The pages that have nothing to say yet answer when they will.
func TestEachPhaseRefusesWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	const none, notNow = "Aucun calcul n’est encore retenu", "Rien n’a été modifié"
	acts := func(run, undo string) []act {
		return []act{
			{"a run", d.Path("runs"), asked(nil), []campaign.Phase{campaign.Closed, campaign.Proposed}, "On ne peut pas lancer l’affectation"},
			{"the adoption", run + "/adopt", url.Values{"reason": {"x"}}, []campaign.Phase{campaign.Closed, campaign.Proposed}, ""},
			{"a decision", caseOf(d, "E22"), move("CHUV-GERI", "CHSA-ORTH"), []campaign.Phase{campaign.Proposed}, ""},
			{"an undoing", caseOf(d, "E22") + "/decisions/" + undo + "/undo", url.Values{"reason": {"x"}}, []campaign.Phase{campaign.Proposed}, ""},
			{"the confirmation", d.Path("commission", "confirm"), url.Values{"really": {"yes"}}, []campaign.Phase{campaign.Proposed}, ""},
			{"the publication", d.Path("publication"), url.Values{"really": {"yes"}}, []campaign.Phase{campaign.Confirmed}, "On ne peut pas publier les résultats"},
			{"a verification", d.Path("publication", "verify"), url.Values{"x": {"1"}}, []campaign.Phase{campaign.Confirmed, campaign.Published, campaign.Archived}, "On ne peut pas publier les résultats"},
		}
	}
	refuseOthers := func(run, undo string) {
		t.Helper()
		now := phase(d)
		for _, a := range acts(run, undo) {
			if slices.Contains(a.in, now) {
				continue
			}
			status, sentence := http.StatusConflict, a.refused
			switch {
			case sentence != "":
			case a.name == "the adoption" && run == d.Path("runs", "none"):
				status, sentence = http.StatusNotFound, "Ce calcul n’existe pas"
			case a.name != "the adoption" && !now.Reached(campaign.Proposed):
				sentence = none
			default:
				sentence = notNow
			}
			t.Logf("%s, while the campaign is %s", a.name, now)
			refuse(d, officetest.Nadia, a.path, a.form, status, sentence)
		}
	}
	pages := func(want map[string]int) {
		t.Helper()
		for page, status := range want {
			if a := d.Do(officetest.Nadia, d.Path(page), nil); a.Status != status {
				t.Errorf("while the campaign is %s, %s answers %d, not %d", phase(d), page, a.Status, status)
			}
		}
	}
	no, yes := http.StatusConflict, http.StatusOK
	nothing := map[string]int{"runs": yes, "runs/new": no, "commission": no, "commission/confirm": no, "commission/minutes": no, "publication": no, "publication/bundle": no}
	pages(nothing)
	refuseOthers(d.Path("runs", "none"), "none")
	d.C1.Open(t)
	d.SignOut()
	pages(nothing)
	refuseOthers(d.Path("runs", "none"), "none")
	d.C1.Rank(t)
	d.C1.Close(t)
	d.SignOut()
	a := d.Run(url.Values{})
	pages(pagesWith(nothing, "runs/new", yes))
	refuseOthers(a, "none")
	b := d.Run(d.WithGeriatrics())
	d.Follow(officetest.Nadia, b+"/adopt", url.Values{"reason": {"x"}})
	_, page := d.Follow(officetest.Nadia, caseOf(d, "E06"), reprice("MSPB-MG2", "3"))
	undo := officetest.Between(t, page.Body, "/decisions/", "/undo")
	proposed := pagesWith(nothing, "runs/new", yes, "commission", yes, "commission/confirm", yes, "commission/minutes", yes)
	pages(proposed)
	refuseOthers(a, undo)
	d.Follow(officetest.Nadia, d.Path("commission", "confirm"), url.Values{"really": {"yes"}})
	pages(pagesWith(proposed, "runs/new", no, "publication", yes))
	refuseOthers(a, undo)
	d.C1.At(t, campaigntest.Publishes.Add(time.Minute))
	d.SignOut()
	d.Follow(officetest.Paul, d.Path("publication"), url.Values{"really": {"yes"}})
	d.Work()
	published := pagesWith(proposed, "runs/new", no, "publication", yes, "publication/bundle", yes)
	pages(published)
	refuseOthers(a, undo)
	d.Follow(officetest.Nadia, d.Path("step"), url.Values{"phase": {"published"}})
	if phase(d) != campaign.Archived {
		t.Fatalf("the campaign is %s", phase(d))
	}
	pages(published)
	refuseOthers(a, undo)
}

// pagesWith are pages with what some answer otherwise.
func pagesWith(pages map[string]int, pairs ...any) map[string]int {
	other := map[string]int{}
	for page, status := range pages {
		other[page] = status
	}
	for i := 0; i < len(pairs); i += 2 {
		other[pairs[i].(string)] = pairs[i+1].(int)
	}
	return other
}

// What is offered is what may be done: in each phase the pages lead to the next step and to
// no other, and an observer is led nowhere.
func TestOnlyWhatMayBeDoneIsOffered(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	offered := func(login, page string) []string {
		var labels []string
		_, body, _ := strings.Cut(d.Want(login, page, nil, http.StatusOK).Body, "<main")
		for n := range tree(t, "<main"+body).Descendants() {
			live := n.Data == "a" && attr(n, "href") != "" || n.Data == "button" && !has(n, "disabled") || n.Data == "summary"
			if label := said(n); live && slices.Contains(steps, label) && !slices.Contains(labels, label) {
				labels = append(labels, label)
			}
		}
		slices.Sort(labels)
		return labels
	}
	want := func(page string, labels ...string) {
		t.Helper()
		slices.Sort(labels)
		if got := offered(officetest.Nadia, page); !slices.Equal(got, labels) {
			t.Errorf("while the campaign is %s, %s offers %q, not %q", phase(d), page, got, labels)
		}
		if got := offered(officetest.Odile, page); len(got) > 0 {
			t.Errorf("while the campaign is %s, %s offers %q to an observer", phase(d), page, got)
		}
	}
	a, b := d.Run(url.Values{}), d.Run(d.WithGeriatrics())
	compared := d.Path("runs", "compare") + "?run=" + officetest.Last(a) + "&run=" + officetest.Last(b)
	want(d.Path("runs"), "Lancer un calcul")
	want(a, "Soumettre à la commission", "En faire une variante")
	want(compared, "Soumettre à la commission")
	d.Follow(officetest.Nadia, b+"/adopt", url.Values{"compared": {officetest.Last(a)}, "reason": {"x"}})
	want(a, "Soumettre à la commission", "En faire une variante")
	want(b, "En faire une variante")
	want(d.Path("commission"), "Confirmer la proposition")
	want(caseOf(d, "E22"), "Déplacer", "Modifier le coût")
	d.Follow(officetest.Nadia, caseOf(d, "E22"), move("CHUV-GERI", ""))
	want(caseOf(d, "E22"), "Déplacer", "Laisser sans affectation, vu en commission", "Annuler la dernière décision", "Lancer un calcul")
	d.Follow(officetest.Nadia, caseOf(d, "E22"), keep())
	want(caseOf(d, "E22"), "Déplacer", "Annuler la dernière décision", "Lancer un calcul")
	d.Follow(officetest.Nadia, d.Path("commission", "confirm"), url.Values{"really": {"yes"}})
	want(d.Path("runs"))
	want(a)
	want(compared)
	want(d.Path("commission"))
	want(caseOf(d, "E22"))
	want(d.Path("publication"), "Publier les résultats", "Vérifier de nouveau")
	d.C1.At(t, campaigntest.Publishes.Add(time.Minute))
	d.SignOut()
	d.Follow(officetest.Paul, d.Path("publication"), url.Values{"really": {"yes"}})
	if got := offered(officetest.Paul, d.Path("publication")); len(got) > 0 {
		t.Errorf("a publication under way offers %q", got)
	}
	d.Work()
	want(d.Path("publication"), "Vérifier de nouveau")
	d.Want(officetest.Odile, d.Path("publication"), nil, http.StatusOK, "Télécharger le dossier")
}

// steps are what the pages of results offer to do.
var steps = []string{
	"Lancer un calcul", "Soumettre à la commission", "En faire une variante", "Confirmer la proposition", "Publier les résultats", "Vérifier de nouveau",
	"Déplacer", "Modifier le coût", "Laisser sans affectation, vu en commission", "Annuler la dernière décision", "Arrêter",
}

// Who was without a post and whom nobody has looked at holds the confirmation up, and the
// page says so beforehand, with the sentence that refuses it.
func TestNobodyIsConfirmedUnseen(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	a := d.Run(url.Values{})
	d.Follow(officetest.Nadia, a+"/adopt", url.Values{"reason": {"x"}}, "1 étudiant sans affectation")
	confirm := d.Path("commission", "confirm")
	why := ""
	for n := range tree(t, d.Want(officetest.Nadia, confirm, nil, http.StatusOK).Body).Descendants() {
		if n.Data == "span" && attr(n, "class") == "why" && strings.Contains(said(n), "Étudiants sans affectation") {
			why = said(n)
		}
		if n.Data == "button" && said(n) == "Confirmer la proposition" && !has(n, "disabled") {
			t.Error("the confirmation is offered while somebody is unseen")
		}
	}
	if why == "" {
		t.Fatal("the page does not say why the commission cannot confirm")
	}
	refuse(d, officetest.Nadia, confirm, url.Values{"really": {"yes"}}, http.StatusConflict, why)
	d.Follow(officetest.Nadia, caseOf(d, "E22"), keep())
	d.Follow(officetest.Nadia, confirm, sentBy(d, officetest.Nadia, confirm, confirm, nil), "La commission a confirmé")
}
