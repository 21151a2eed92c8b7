package participants_test

import (
	"net/http"
	"strings"
	"testing"

	"stagora.org/stagora/internal/web/office/officetest"
)

// The office reads of a post what students read of it: its demand has one scale.
func TestTheDemandOfAPostIsToldAsToStudents(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	page := d.Want(officetest.Nadia, d.Path("lists", "demand"), nil, http.StatusOK).Body
	for post, demand := range map[string]string{"CHUV-REAN": "Demande très forte", "CHUV-GERI": "Demande très faible"} {
		row := officetest.Between(t, page, ">"+post+"<", "</tr>")
		if !strings.Contains(row, demand) {
			t.Errorf("%s is not said to have %q: %s", post, demand, row)
		}
	}
}

// The box of a search that finds people alone says so.
func TestASearchSaysWhatItLooksFor(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	for _, list := range []string{"participants", "lists", "order"} {
		d.Want(officetest.Nadia, d.Path(list), nil, http.StatusOK, `placeholder="Chercher une personne"`)
	}
}
