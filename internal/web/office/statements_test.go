package office_test

import (
	"net/http"
	"net/url"
	"testing"

	"stagora.org/stagora/internal/web/office/officetest"
)

// mostStatements is how many statements a page, or a form that is posted, may take.
const mostStatements = 25

// What an office posts about a participant, and the page of a draft that has something to
// correct, ask the database no more than a page may.
func TestTheFormsOfADraftAskFewStatements(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	d.SeedDefects()
	d.Want(officetest.Nadia, d.Path(), nil, http.StatusOK) // whose figures are kept then
	if n := d.Want(officetest.Nadia, d.Path(), nil, http.StatusOK).Statements; n > mostStatements {
		t.Errorf("the page of a draft takes %d statements", n)
	}
	student := d.C1.Record["E05"]
	reason := func(pairs ...string) url.Values {
		form := url.Values{"reason": {"vu au bureau"}}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		return form
	}
	for _, form := range []struct {
		path   string
		values url.Values
	}{
		{d.Path("participants", student, "points"), reason("points", "12,5")},
		{d.Path("participants", student, "position"), reason("position", "3")},
		{d.Path("participants", student, "exclusion"), reason("excluded", "1")},
		{d.Path("participants", student, "exclusion"), reason()},
	} {
		n := d.Want(officetest.Nadia, form.path, form.values, http.StatusSeeOther).Statements
		if n > mostStatements {
			t.Errorf("%s takes %d statements", form.path, n)
		}
	}
}
