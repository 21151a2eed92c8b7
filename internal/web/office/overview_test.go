package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/web/office/officetest"
)

func TestTheCheckBeforeOpeningNamesWhoIsMissingAndWhereToCorrect(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	d.SeedDefects()
	d.Want(officetest.Nadia, d.Path(), nil, http.StatusOK,
		"Contrôle avant ouverture", "22 étudiants éligibles, 2 absents et 1 avertissement", "Absents expliqués",
		"Léna Marchetti", "/students/"+officetest.Record(d, "Marchetti")+"/merge", "Fusionner les fiches",
		"Victoire Amblard", "Niveau d’études : DFASM1", `href="/students/`+officetest.Record(d, "Amblard")+`"`,
		"Karim Oster", "aucune adresse", `href="/students/`+officetest.Record(d, "Oster")+`"`)
	d.Want(officetest.Nadia, d.Path("step"), nil, http.StatusOK, "« Externat S2 2026 » ne peut pas encore passer", "disabled")
	d.Want(officetest.Nadia, d.Path("step"), url.Values{"phase": {"draft"}}, http.StatusConflict, "Absents expliqués")
	d.Want(officetest.Nadia, d.Path("participants")+"?who=amblard", nil, http.StatusOK, "N’apparaît pas", "DFASM1", "Corriger le niveau")
	d.Want(officetest.Nadia, d.Path("participants")+"?who=personne", nil, http.StatusOK, "Rien ne correspond à « personne »")
	for _, family := range []string{"Marchetti", "Amblard"} {
		at := d.Path("participants", officetest.Record(d, family), "exclusion")
		d.Want(officetest.Nadia, at, url.Values{"excluded": {"1"}}, http.StatusUnprocessableEntity, `id="exclusion-reason-error"`)
		d.Follow(officetest.Nadia, at, url.Values{"excluded": {"1"}, "reason": {"traité hors campagne"}}, "L’exclusion est enregistrée.", "traité hors campagne")
	}
	d.C1.At(t, campaigntest.Opens)
	d.SignOut()
	d.Follow(officetest.Nadia, d.Path("step"), url.Values{"phase": {"draft"}}, "est ouverte aux vœux")
	d.Want(officetest.Nadia, d.Path("step"), url.Values{"phase": {"draft"}}, http.StatusConflict, "vient de changer d’étape")
}

// An hour that has passed before its step was taken has passed. Only what was done is over.
func TestAnHourThatHasPassedIsNotOver(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	d.C1.At(t, campaigntest.Opens.Add(time.Minute))
	d.SignOut()
	page := d.Want(officetest.Nadia, d.Path(), nil, http.StatusOK, `<b class="deadline-left">heure dépassée</b>`)
	if strings.Contains(page.Body, `<b class="deadline-left">terminé</b>`) {
		t.Error("an opening that nobody has done is over")
	}
	d.C1.Open(t)
	d.C1.Rank(t)
	d.C1.Close(t)
	d.SignOut()
	d.Want(officetest.Nadia, d.Path("settings"), nil, http.StatusOK, `<b class="deadline-left">terminé</b>`)
}
