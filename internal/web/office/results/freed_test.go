package results_test

import (
	"net/http"
	"strings"
	"testing"

	"stagora.org/stagora/internal/web/office/officetest"
)

// A post that the run had filled and that somebody has left has a seat, and no page says
// that it is full.
func TestAPostThatSomebodyLeftIsNotSaidToBeFull(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	d.AdoptB()
	d.Follow(officetest.Nadia, caseOf(d, "E22"), move("CHUV-GERI", "CHSA-ORTH"))
	said := func(page, table, code string) string {
		for _, row := range rowsNamed(t, d.Want(officetest.Nadia, d.Path(page), nil, http.StatusOK).Body, table) {
			if strings.HasSuffix(row[0], " "+code) {
				return row[len(row)-1]
			}
		}
		return ""
	}
	check := func(page, table string) {
		t.Helper()
		const left = "rempli par le calcul, jusqu’à la position 22 ; il reste des places depuis"
		if got := said(page, table, "CHUV-GERI"); got != left {
			t.Errorf("%s says %q of a post that somebody has left, not %q", page, got, left)
		}
		if got := said(page, table, "CHSA-ORTH"); got != "complet" { // by the commission: nobody was served last
			t.Errorf("%s says %q of a post that the commission has filled", page, got)
		}
	}
	check("commission", "Places et derniers servis")
	publish(d)
	check("publication", "Derniers servis par terrain")
}
