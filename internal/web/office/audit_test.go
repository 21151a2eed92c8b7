package office_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/office/officetest"
)

// The file of a campaign's log is written as it is read, so that it has all lines, of which
// memory holds some hundred.
func TestTheFileOfTheLogHasAllLines(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	const many = 20_500
	entries := make([]audit.Entry, many)
	for i := range entries {
		entries[i] = audit.Entry{
			Who: audit.Who{Name: []string{"Odd", "Even"}[i%2]}, Action: "person.created", Kind: "person", Object: fmt.Sprint(i), Scope: officetest.Last(d.Path()),
		}
	}
	if err := d.C1.DB.Write(t.Context(), func(tx *store.Tx) error { return audit.RecordAll(t.Context(), tx, entries) }); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(d.Want(officetest.Nadia, d.Path("audit")+"?format=csv", nil, http.StatusOK).Body, "\r\n"); n <= many {
		t.Errorf("the file has %d lines", n)
	}
	if n := strings.Count(d.Want(officetest.Nadia, d.Path("audit")+"?format=csv&f.who=odd&sort=who", nil, http.StatusOK).Body, "\r\n"); n != 1+many/2 {
		t.Errorf("the file of one person has %d lines", n)
	}
}
