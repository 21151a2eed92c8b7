package results_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/web/office/officetest"
)

// From the closing to the publication, everything is done with forms as they are served,
// by links and buttons alone: a browser without scripts leads through all of it.
func TestEverythingIsDoneWithoutScripts(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	push := func(login, page, action string, typed url.Values, said ...string) string {
		t.Helper()
		to, _ := d.Follow(login, action, sentBy(d, login, page, action, typed), said...)
		return to
	}
	runs, form := d.Path("runs"), d.Path("runs", "new")
	a := push(officetest.Nadia, form, runs, url.Values{"name": {"tel quel"}}, "Le calcul est lancé.")
	d.Work()
	more := d.Want(officetest.Nadia, runs, sentBy(d, officetest.Nadia, form, runs, url.Values{"more": {"1"}, "name": {"avec un vœu"}}), http.StatusOK).Body
	if !strings.Contains(more, `name="amendments.1.reason"`) || !strings.Contains(more, `value="avec un vœu"`) {
		t.Fatalf("one more change has no row: %s", officetest.Excerpt(more))
	}
	b := push(officetest.Nadia, form+"?student="+d.C1.Record["E22"], runs, url.Values{
		"name": {"avec un vœu"}, "amendments.0.post": {"CHUV-GERI"}, "amendments.0.reason": {"accord de l’étudiante"},
	}, "Le calcul est lancé.")
	d.Work()
	compare := d.Path("runs", "compare")
	to := d.Want(officetest.Nadia, compare, sentBy(d, officetest.Nadia, runs, compare, url.Values{"row": {officetest.Last(a), officetest.Last(b)}}), http.StatusSeeOther).Header.Get("Location")
	d.Want(officetest.Nadia, to, nil, http.StatusOK, "1 personne affectée autrement que dans A", b+"/adopt?compared="+officetest.Last(a))
	push(officetest.Nadia, b+"/adopt?compared="+officetest.Last(a), b+"/adopt", url.Values{"reason": {"personne ne reste sans stage"}}, "est soumis à la commission", "Comparer avec A")
	zoe := caseOf(d, "E22")
	push(officetest.Nadia, zoe, zoe, url.Values{"kind": {"move"}, "to": {"CHSA-ORTH"}, "motive": {"health"}, "reason": {"près de chez elle"}}, "La décision est enregistrée.")
	push(officetest.Nadia, zoe, zoe, url.Values{"kind": {"cost"}, "cost": {"6,5"}, "motive": {"unplaced"}, "reason": {"stage proposé"}}, "6,50, décidé par la commission")
	_, page := d.Follow(officetest.Nadia, zoe, sentBy(d, officetest.Nadia, zoe, zoe, url.Values{"kind": {"move"}, "to": {""}, "motive": {"other"}, "reason": {"elle renonce"}}))
	undo := zoe + "/decisions/" + officetest.Between(t, page.Body, `action="`+zoe+`/decisions/`, `"`)
	push(officetest.Nadia, zoe, undo, url.Values{"reason": {"elle revient"}}, "La décision est annulée.", "Orthopédie, CH des Salines")
	confirm, publication := d.Path("commission", "confirm"), d.Path("publication")
	push(officetest.Nadia, confirm, confirm, nil, "La commission a confirmé")
	push(officetest.Paul, publication, d.Path("publication", "verify"), nil, "est vérifié de nouveau")
	d.Work()
	push(officetest.Paul, publication, publication, nil, "est en cours")
	d.Want(officetest.Paul, publication, nil, http.StatusOK, `http-equiv="refresh"`)
	d.Work()
	if body := d.Want(officetest.Paul, publication, nil, http.StatusOK, "Les résultats sont publiés.").Body; strings.Contains(body, `http-equiv="refresh"`) {
		t.Error("a publication that is over is waited for")
	}
	if phase(d) != campaign.Published {
		t.Errorf("the campaign is %s", phase(d))
	}
}

// Every link of every page leads to something that its reader may see.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	a, b := d.AdoptB()
	decide(d)
	compare := d.Path("runs", "compare") + "?run=" + officetest.Last(a) + "&run=" + officetest.Last(b)
	follow := func(login string, pages ...string) {
		t.Helper()
		seen := map[string]bool{}
		for _, page := range pages {
			_, main, _ := strings.Cut(d.Want(login, page, nil, http.StatusOK).Body, "<main")
			for n := range tree(t, "<main"+main).Descendants() {
				to := attr(n, "href")
				if n.Data != "a" || !strings.HasPrefix(to, "/") || seen[to] || strings.Contains(to, "sort=") {
					continue
				}
				seen[to] = true
				if got := d.Do(login, to, nil); got.Status != http.StatusOK {
					t.Errorf("%s: %q at %s leads %s to %d", page, said(n), to, login, got.Status)
				}
			}
		}
		if len(seen) < 2*len(pages) {
			t.Errorf("%s finds %d links on %d pages", login, len(seen), len(pages))
		}
	}
	pages := []string{d.Path("runs"), a, b, compare, d.Path("commission"), caseOf(d, "E22"), caseOf(d, "E10")}
	follow(officetest.Nadia, slices.Concat(pages, []string{d.Path("commission", "confirm"), a + "/adopt", d.Path("runs", "new")})...)
	follow(officetest.Odile, pages...)
	d.Follow(officetest.Nadia, d.Path("commission", "confirm"), url.Values{"really": {"yes"}})
	follow(officetest.Paul, d.Path("publication"), d.Path("commission"))
	follow(officetest.Odile, d.Path("publication"), d.Path("commission"))
	d.Work()
	d.Follow(officetest.Paul, d.Path("publication"), url.Values{"really": {"yes"}})
	d.Work()
	follow(officetest.Paul, d.Path("publication"))
	follow(officetest.Odile, d.Path("publication"))
}
