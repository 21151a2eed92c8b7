package results_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/web/office/officetest"
)

// Where more are without a post than the page names, it leads to all of them, whether the
// commission has looked at them or not.
func TestThePageLeadsToEverybodyWithoutAPost(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	form := url.Values{"rows": {"20"}}
	for i, s := range campaigntest.Sites {
		if s.Code != "CHUV-REAN" {
			maps.Copy(form, change(i, "seats", "", s.Code, "0"))
		}
	}
	run := d.Run(form)
	d.Follow(officetest.Nadia, run+"/adopt", url.Values{"reason": {"un essai"}}, "1 sur 24", "23 étudiants sans affectation")
	d.Follow(officetest.Nadia, caseOf(d, "E22"), keep(), "La décision est enregistrée.", "vu, sans affectation")
	d.Follow(officetest.Nadia, caseOf(d, "E01"), move("CHUV-REAN", ""))
	to := ""
	for n := range tree(t, d.Want(officetest.Nadia, d.Path("commission"), nil, http.StatusOK, "24 étudiants sans affectation").Body).Descendants() {
		if n.Data == "a" && said(n) == "Voir toutes les personnes sans affectation" {
			to = attr(n, "href")
		}
	}
	if rows := rowsNamed(t, d.Want(officetest.Nadia, to, nil, http.StatusOK).Body, "Proposition"); len(rows) != 24 {
		t.Errorf("%s lists %d people", to, len(rows))
	}
	d.Follow(officetest.Nadia, caseOf(d, "E01"), move("", "CHUV-REAN"))
	body := d.Want(officetest.Nadia, to, nil, http.StatusOK).Body
	if rows := rowsNamed(t, body, "Proposition"); len(rows) != 23 {
		t.Errorf("%s lists %d people, of whom one has a post", to, len(rows))
	}
	for n := range tree(t, body).Descendants() {
		if n.Data == "a" && strings.Contains(attr(n, "href"), "format=csv") {
			if rows := csvOf(d, officetest.Nadia, attr(n, "href")); len(rows) != 24 {
				t.Errorf("the file of those 23 has %d rows", len(rows)-1)
			}
		}
	}
}
