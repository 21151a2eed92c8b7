package results_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/web/office/officetest"
)

// asked is the form of a run with what the campaign says, and some changes.
func asked(changes url.Values) url.Values {
	return with(url.Values{
		"method": {"serial"}, "costs_method": {"score-v2"}, "rows": {"3"}, "rank_costs": {"5 ; 4 ; 3"},
		"max_post_cost": {"40"}, "correction": {"1,4"}, "max_cost": {"50"}, "bonus_factor": {"0,25"},
	}, pairsOf(changes)...)
}

// change is one change of a run, in a row of its form.
func change(row int, kind, student, post, number string) url.Values {
	name := func(part string) string { return "amendments." + strconv.Itoa(row) + "." + part }
	return url.Values{
		name("kind"): {kind}, name("student"): {student}, name("post"): {post}, name("number"): {number}, name("motive"): {"other"},
		name("reason"): {"accord du service"},
	}
}

// A run that cannot be asked for is refused at the field that is wrong, whatever rows
// stand empty before it, with all that was typed; no run is made.
func TestARunThatCannotBeAskedForIsRefusedAtItsField(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	both := func(x, y url.Values) url.Values { return with(x, pairsOf(y)...) }
	for _, tt := range []struct {
		name string
		form url.Values
		said string
		at   string
	}{
		{"a long name", url.Values{"name": {strings.Repeat("é", 101)}}, "100 caractères au plus", "f-name"},
		{"no method", url.Values{"method": {"magic"}}, "« magic » n’est pas dans la liste proposée", "f-method"},
		{"a parameter in words", url.Values{"max_post_cost": {"beaucoup"}}, "« beaucoup » n’est pas un nombre", "f-max_post_cost"},
		{"a parameter that is missing", url.Values{"bonus_factor": {""}}, "n’est pas un nombre", "f-bonus_factor"},
		{"a rank in words", url.Values{"rank_costs": {"5 ; x ; 3"}}, "« x » n’est pas un nombre", "f-rank_costs"},
		{"nobody of that name", change(0, "wish", "Personne", "CHUV-GERI", ""), "Personne ne participe", "f-amendments.0.student"},
		{"no such post", change(0, "wish", "2026E22", "NOWHERE", ""), "« NOWHERE » n’est pas un terrain", "f-amendments.0.post"},
		{"a wish that is there", change(0, "wish", "2026E22", "CHUV-REAN", ""), "est déjà dans la liste de cette personne", "f-amendments.0.post"},
		{"below two empty rows", change(2, "wish", "2026E22", "CHUV-REAN", ""), "est déjà dans la liste de cette personne", "f-amendments.2.post"},
		{"seats without a number", change(1, "seats", "", "CHUV-GERI", ""), "Ce champ est à remplir.", "f-amendments.1.number"},
		{"more seats than a site can", change(1, "seats", "", "CHUV-GERI", "4"), "4 est hors limites : de 0 à 3", "f-amendments.1.number"},
		{"a number in words", change(0, "seats", "", "CHUV-GERI", "deux"), "« deux » n’est pas un nombre entier", "f-amendments.0.number"},
		{"kept at two posts", both(change(0, "pin", "2026E22", "CHUV-GERI", ""), change(1, "pin", "2026E22", "CHSA-ORTH", "")), "est déjà réservé à cette personne", "f-amendments.1.student"},
		{"kept by more than there are seats", both(change(0, "pin", "2026E22", "CHUV-REAN", ""), change(2, "pin", "2026E10", "CHUV-REAN", "")), "Plus aucune place à « Réanimation", "f-amendments.2.post"},
		{"kept where they have been", change(1, "pin", "2026E09", "CHUV-URGE", ""), "La commission peut l’écarter pour cette personne", "f-amendments.1.post"},
		{"a change of no kind", change(0, "promote", "2026E22", "CHUV-GERI", ""), "Choisissez ce que la commission change", "f-amendments.0.kind"},
		{"a change without a motive", with(change(0, "wish", "2026E22", "CHUV-GERI", ""), "amendments.0.motive", ""), "Choisissez un motif", "f-amendments.0.motive"},
		{"a change without a reason", with(change(0, "wish", "2026E22", "CHUV-GERI", ""), "amendments.0.reason", " "), "Indiquez le motif", "f-amendments.0.reason"},
	} {
		t.Log(tt.name)
		form := asked(both(url.Values{"name": {"un essai"}}, tt.form))
		refuse(d, officetest.Nadia, d.Path("runs"), form, http.StatusUnprocessableEntity, tt.said, tt.at)
		if page := d.Do(officetest.Nadia, d.Path("runs"), form); !strings.Contains(page.Body, `value="`+form.Get("name")+`"`) {
			t.Errorf("%s: what was typed is lost", tt.name)
		}
	}
	d.Want(officetest.Nadia, d.Path("runs"), nil, http.StatusOK, "Aucun calcul pour l’instant.")
	knowingly := asked(with(change(1, "pin", "2026E09", "CHUV-URGE", ""), "amendments.1.set_aside", "1"))
	d.Want(officetest.Nadia, d.Run(knowingly), nil, http.StatusOK, "terrain réservé à Maël Quentric", "accord du service")
}

// A run is made over a list that is still open only if the office says so, and tells it
// ever after.
func TestARunDespiteAnOpenListSaysSo(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	if strings.Contains(d.Want(officetest.Nadia, d.Path("runs", "new"), nil, http.StatusOK).Body, "despite_late") {
		t.Error("the form asks about open lists where none is")
	}
	late, err := d.C1.Campaigns.AskLate(t.Context(), d.C1.Office, d.C1.ID, d.C1.Record["E22"], campaigntest.Closed.Add(24*time.Hour), "certificat")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.C1.Campaigns.DecideLate(t.Context(), d.C1.Second, d.C1.ID, late, true); err != nil {
		t.Fatal(err)
	}
	refuse(d, officetest.Nadia, d.Path("runs"), asked(nil), http.StatusConflict, "Rien n’a été lancé")
	form := sentBy(d, officetest.Nadia, d.Path("runs", "new"), d.Path("runs"), url.Values{"despite_late": {"1"}})
	run, _ := d.Follow(officetest.Nadia, d.Path("runs"), form, "Le calcul est lancé.")
	d.Work()
	d.Want(officetest.Odile, run, nil, http.StatusOK, "1 liste était encore ouverte par dérogation au moment de ce calcul.")
}
