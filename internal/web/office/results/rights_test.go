package results_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/office/officetest"
)

// colette sits on the commission, and is no office.
const colette = "colette"

// seat gives Colette her role and a way in.
func seat(d *officetest.Desk) {
	d.T.Helper()
	hash, err := identity.HashPassword(d.T.Context(), officetest.Password)
	if err != nil {
		d.T.Fatal(err)
	}
	err = d.C1.DB.Write(d.T.Context(), func(tx *store.Tx) error {
		member, err := d.C1.Person(d.T.Context(), tx, "Colette", "Marchand", identity.RoleCommission, identity.Faculty(campaigntest.Faculty))
		if err != nil {
			return err
		}
		_, err = identity.AddAccount(d.T.Context(), tx, member.ID, colette, hash, false)
		return err
	})
	if err != nil {
		d.T.Fatal(err)
	}
}

// posted are all forms of the room, as somebody might send them who was never shown one.
func posted(d *officetest.Desk, run, decision string) map[string]url.Values {
	return map[string]url.Values{
		d.Path("runs"):                        asked(nil),
		run + "/cancel":                       {"x": {"1"}},
		run + "/adopt":                        {"reason": {"x"}},
		caseOf(d, "E22"):                      move("CHUV-GERI", "CHSA-ORTH"),
		caseOf(d, "E06") + decision + "/undo": {"reason": {"x"}},
		d.Path("commission", "confirm"):       {"really": {"yes"}},
		d.Path("publication"):                 {"really": {"yes"}},
		d.Path("publication", "verify"):       {"x": {"1"}},
	}
}

// Who may only look is refused every form, for another faculty the campaign does not
// exist, a student has no way in; nothing is done by any of them.
func TestOnlyThoseWithTheRightChangeAnything(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	a, b := d.AdoptB()
	_, page := d.Follow(officetest.Nadia, caseOf(d, "E06"), reprice("MSPB-MG2", "3"))
	decision := "/decisions/" + officetest.Between(t, page.Body, "/decisions/", "/undo")
	for path, form := range posted(d, a, decision) {
		refuse(d, officetest.Odile, path, form, http.StatusForbidden, "Il vous manque un droit")
		refuse(d, officetest.Victor, path, form, http.StatusNotFound, "")
		refuse(d, officetest.Ines, path, form, http.StatusForbidden, "")
	}
	compare := d.Path("runs", "compare")
	chosen := url.Values{"row": {officetest.Last(a), officetest.Last(b)}}
	d.Want(officetest.Odile, compare, chosen, http.StatusSeeOther) // it changes nothing
	d.Want(officetest.Victor, compare, chosen, http.StatusNotFound)
	d.Want(officetest.Ines, compare, chosen, http.StatusForbidden)
}

// For another faculty no page exists, whatever the phase; nor does a run of one campaign
// at the address of another.
func TestNoPageExistsForAnotherFaculty(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	a, b := d.AdoptB()
	publish(d)
	compare := d.Path("runs", "compare") + "?run=" + officetest.Last(a) + "&run=" + officetest.Last(b)
	for _, page := range []string{
		d.Path("runs"), d.Path("runs") + "?format=csv", a, a + "/progress", compare, d.Path("commission"), d.Path("commission") + "?format=xlsx", caseOf(d, "E22"),
		d.Path("commission", "minutes"), d.Path("commission", "minutes") + "?format=csv", d.Path("publication"), d.Path("publication") + "?format=csv", d.Path("publication", "bundle"),
	} {
		for login, status := range map[string]int{officetest.Nadia: http.StatusOK, officetest.Odile: http.StatusOK, officetest.Victor: http.StatusNotFound, officetest.Ines: http.StatusForbidden} {
			got := d.Do(login, page, nil)
			if got.Status != status {
				t.Errorf("%s reads %s with %d, not %d", login, page, got.Status, status)
			}
			if status != http.StatusOK && strings.Contains(got.Body, "Delorme") {
				t.Errorf("%s reads a name at %s", login, page)
			}
		}
	}
	other := another(d)
	for _, page := range []string{"runs/" + officetest.Last(a), "runs/" + officetest.Last(a) + "/progress", "runs/" + officetest.Last(a) + "/adopt", "runs/compare" + strings.TrimPrefix(compare, d.Path("runs", "compare"))} {
		if got := d.Do(officetest.Nadia, "/campaigns/"+other+"/"+page, nil); got.Status != http.StatusNotFound {
			t.Errorf("a run of one campaign is read at the address of another: %s, %d", page, got.Status)
		}
	}
}

// another adds a second campaign of the same office, and returns its public identifier.
func another(d *officetest.Desk) string {
	d.T.Helper()
	made := campaign.Defaults()
	made.Name, made.Faculty, made.Period = "Externat S1 2027", reference.Ref{Code: campaigntest.Faculty}, reference.Ref{Code: campaigntest.Earlier}
	made.Cohorts = []reference.Ref{{Code: campaigntest.Cohort}}
	made.Contact = campaign.Contact{Name: "Scolarité de Valmer", Email: "scolarite@valmer.example"}
	later := 180 * 24 * time.Hour
	made.OpensAt, made.ClosesAt = campaigntest.Opens.Add(later), campaigntest.Closes.Add(later)
	made.CommissionAt, made.PublishesAt = campaigntest.Commits.Add(later), campaigntest.Publishes.Add(later)
	err := d.C1.DB.Write(d.T.Context(), func(tx *store.Tx) (err error) {
		made, err = campaign.Add(d.T.Context(), tx, d.C1.Office, made)
		return err
	})
	if err != nil {
		d.T.Fatal(err)
	}
	return made.PublicID
}

// The commission runs, adopts, decides and confirms; publishing is the office's, and what
// is about to leave is not shown to who may not send it.
func TestTheCommissionConfirmsAndDoesNotPublish(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	seat(d)
	run, _ := d.Follow(colette, d.Path("runs"), sentBy(d, colette, d.Path("runs", "new"), d.Path("runs"), nil), "Le calcul est lancé.")
	d.Work()
	d.Follow(colette, run+"/adopt", sentBy(d, colette, run+"/adopt", run+"/adopt", url.Values{"reason": {"un seul calcul"}}), "est soumis à la commission", "retenu par Colette Marchand")
	d.Follow(colette, caseOf(d, "E22"), keep(), "La décision est enregistrée.")
	confirm := d.Path("commission", "confirm")
	d.Follow(colette, confirm, sentBy(d, colette, confirm, confirm, nil), "La commission a confirmé")
	body := d.Want(colette, d.Path("publication"), nil, http.StatusOK, "publier demande le droit de publier les résultats").Body
	if strings.Contains(body, "Aperçu des messages") || strings.Contains(body, "Vérifier de nouveau") {
		t.Error("who may not publish is shown what is about to leave")
	}
	refuse(d, colette, d.Path("publication"), url.Values{"really": {"yes"}}, http.StatusForbidden, "Il vous manque un droit")
	refuse(d, colette, d.Path("publication", "verify"), url.Values{"x": {"1"}}, http.StatusForbidden, "Il vous manque un droit")
	d.Want(officetest.Nadia, d.Path("publication"), nil, http.StatusOK, "Aperçu des messages")
}
