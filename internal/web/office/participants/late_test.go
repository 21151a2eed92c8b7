package participants_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"stagora.org/stagora/internal/web/office/officetest"
)

func TestALateCaseTakesTwoPeopleAndShowsOnTheCampaign(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	student := d.C1.Record["E22"]
	d.Want(officetest.Nadia, d.Path("late"), url.Values{"student": {student}}, http.StatusUnprocessableEntity, `id="f-until-error"`, `id="late-reason-error"`)
	ask := url.Values{"student": {student}, "until": {"2026-03-21T12:00"}, "reason": {"certificat reçu le 20 mars"}}
	_, page := d.Follow(officetest.Nadia, d.Path("late"), ask, "Une autre personne doit l’accorder", "C’est vous qui l’avez demandée")
	late := officetest.Between(t, page.Body, `action="`+d.Path("late")+"/", `"`)
	agree := url.Values{"decision": {"agree"}}
	d.Want(officetest.Nadia, d.Path("late", late), agree, http.StatusForbidden)
	d.Follow(officetest.Paul, d.Path("late", late), agree, "La dérogation est accordée", "liste ouverte")
	d.Want(officetest.Nadia, d.Path(), nil, http.StatusOK, "1 dérogation.", "1 liste est encore ouverte.")
	d.Want(officetest.Nadia, d.Path("audit"), nil, http.StatusOK, "a accordé la réouverture de la liste de Zoé Delorme", "certificat reçu le 20 mars")
	d.Want(officetest.Nadia, d.Path("runs"), url.Values{"method": {"serial"}, "costs_method": {"score-v2"}, "rows": {"1"}}, http.StatusUnprocessableEntity)
}

// The page asks for no more decisions at once than it has room for.
func TestThePageOfLateCasesAsksForTwentyDecisionsAtOnce(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	for i := range 23 {
		ask := url.Values{"student": {d.C1.Record[fmt.Sprintf("E%02d", i+1)]}, "until": {"2026-03-21T12:00"}, "reason": {"certificat"}}
		d.Want(officetest.Nadia, d.Path("late"), ask, http.StatusSeeOther)
	}
	body := d.Want(officetest.Paul, d.Path("late"), nil, http.StatusOK, "3 autres demandes attendent").Body
	if n := strings.Count(body, `value="refuse"`); n != 20 {
		t.Errorf("%d decisions at once", n)
	}
}
