package student_test

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/store"
)

// saved returns the list of a student as it stands.
func (w *world) saved(t *testing.T, pseudonym string) (v campaign.Version) {
	t.Helper()
	w.Read(t, func(tx *store.Tx) error {
		m, err := campaign.ForStudent(context.Background(), tx, w.Student[pseudonym], w.ID)
		v = m.Current
		return err
	})
	return v
}

func codes(list []campaign.Wish) string {
	all := make([]string, len(list))
	for i, wish := range list {
		all[i] = wish.Post
	}
	return strings.Join(all, " ")
}

func TestEveryButtonOfTheListSavesWithoutAScript(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		do   string
		more url.Values
		want string
	}{
		{"up:CHPL-URGE", nil, "CHUV-CARD-A CHPL-URGE CHUV-PEDI"},
		{"down:CHUV-CARD-A", nil, "CHUV-PEDI CHUV-CARD-A CHPL-URGE"},
		{"top:CHPL-URGE", nil, "CHPL-URGE CHUV-CARD-A CHUV-PEDI"},
		{"bottom:CHUV-CARD-A", nil, "CHUV-PEDI CHPL-URGE CHUV-CARD-A"},
		{"remove:CHUV-PEDI", nil, "CHUV-CARD-A CHPL-URGE"},
		{"add:CLTI-ORL", nil, "CHUV-CARD-A CHUV-PEDI CHPL-URGE CLTI-ORL"},
		{"ranks", url.Values{"rank.CHPL-URGE": {"1"}}, "CHPL-URGE CHUV-CARD-A CHUV-PEDI"},
		{"paste", url.Values{"codes": {"chuv-geri, CLTI-ORL\nCHUV-CARD-A"}}, "CHUV-CARD-A CHUV-PEDI CHPL-URGE CHUV-GERI CLTI-ORL"},
	} {
		t.Run(test.do, func(t *testing.T) {
			t.Parallel()
			w := open(t, "E05")
			w.Save(t, "E05", campaigntest.Wishes("CHUV-CARD-A", "CHUV-PEDI", "CHPL-URGE")...)
			form := list("1", test.do, "CHUV-CARD-A", "CHUV-PEDI", "CHPL-URGE")
			for name, values := range test.more {
				form[name] = values
			}
			w.as(t, "E05").post(w.path("wishes"), form).has(t, 200, "version 2")
			if got := codes(w.saved(t, "E05").Wishes); got != test.want {
				t.Errorf("the list is %s, want %s", got, test.want)
			}
		})
	}
}

func TestAScriptSavesAndIsToldTheVersion(t *testing.T) {
	t.Parallel()
	w := open(t, "E05")
	got := w.as(t, "E05").do("POST", w.path("wishes"), list("0", "", "CHUV-PEDI", "CHUV-GERI"), "application/json")
	var reply struct{ Version, Words string }
	if err := json.Unmarshal([]byte(got.Body), &reply); err != nil || got.Status != 200 {
		t.Fatalf("%d %s: %v", got.Status, got.Body, err)
	}
	if reply.Version != "1" || reply.Words != "Enregistré à 09:00:00 · version 1" {
		t.Errorf("the script is told %+v", reply)
	}
}

func TestWhatCannotBeSavedIsRefusedWithPlaceAndRemedy(t *testing.T) {
	t.Parallel()
	w := open(t, "E05")
	kept := w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI")...)
	ines := w.as(t, "E05")
	all := make([]string, 0, 13)
	for _, site := range campaigntest.Sites[:13] {
		all = append(all, site.Code)
	}
	for _, test := range []struct {
		name   string
		form   url.Values
		status int
		says   string
	}{
		{"a post that is not offered", list("1", "", "CHUV-PEDI", "NULLE-PART"), 422, "« NULLE-PART » n’est pas proposé"},
		{"too many wishes", list("1", "", all...), 422, "Votre liste a 13 vœux, et 12 au plus sont permis"},
		{"no version", list("", "", "CHUV-PEDI"), 422, "de quelle version"},
		{"a version that is no number", list("dernière", "", "CHUV-PEDI"), 422, "« dernière »"},
		{"a negative version", list("-1", "", "CHUV-PEDI"), 422, "« -1 »"},
		{"a version that is not yet", list("7", "", "CHUV-GERI"), 409, "Rien n’est perdu"},
		{"a pasted code that is not offered", url.Values{"version": {"1"}, "item": {"CHUV-PEDI"}, "do": {"paste"}, "codes": {"XYZ ABC"}}, 200, "XYZ, ABC"},
	} {
		t.Run(test.name, func(t *testing.T) {
			ines.post(w.path("wishes"), test.form).has(t, test.status, test.says)
			if now := w.saved(t, "E05"); now.Number != kept.Number || now.Hash != kept.Hash {
				t.Errorf("the list became %+v", now)
			}
		})
	}
}

func TestWhatWasRefusedStaysOnThePage(t *testing.T) {
	t.Parallel()
	w := open(t, "E05")
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI")...)
	w.as(t, "E05").post(w.path("wishes"), list("1", "", "CHUV-PEDI", "CHUV-GERI", "NULLE-PART")).
		has(t, 422, `value="CHUV-GERI"`, `value="NULLE-PART"`, "retirez-le", "Non enregistré")
}

func TestOfTwoTabsThePersonDecides(t *testing.T) {
	t.Parallel()
	w := open(t, "E05")
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI", "CHUV-GERI")...)
	ines := w.as(t, "E05")
	ines.post(w.path("wishes"), list("1", "add:CLTI-ORL", "CHUV-PEDI", "CHUV-GERI")).has(t, 200, "version 2")

	script := ines.do("POST", w.path("wishes"), list("1", "", "CHUV-GERI", "CHUV-PEDI"), "application/json")
	script.has(t, 409, "comparez les deux listes")

	ines.post(w.path("wishes"), list("1", "", "CHUV-GERI", "CHUV-PEDI")).
		has(t, 409, "Deux listes différentes", "ORL, Clinique des Tilleuls", "Garder la liste de cette page", "Garder la version enregistrée", `name="version" value="2"`)
	if got := codes(w.saved(t, "E05").Wishes); got != "CHUV-PEDI CHUV-GERI CLTI-ORL" {
		t.Errorf("before anybody decided, the list is %s", got)
	}
	ines.post(w.path("wishes"), list("2", "", "CHUV-GERI", "CHUV-PEDI")).has(t, 200, "version 3")
}

// An answer that was lost on the way is asked for again; so is a list that the
// other tab has saved just so.
func TestTheSameListAgainIsNoConflict(t *testing.T) {
	t.Parallel()
	w := open(t, "E05")
	ines := w.as(t, "E05")
	for range 2 {
		got := ines.do("POST", w.path("wishes"), list("0", "", "CHUV-PEDI"), "application/json")
		got.has(t, 200, `"version":"1"`)
	}
}

func TestALateSaveNamesTheVersionThatCounts(t *testing.T) {
	t.Parallel()
	w := open(t, "E05")
	w.At(t, campaigntest.Closes.Add(-2*60e9))
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI", "CHUV-GERI")...)
	w.Close(t)
	ines := w.as(t, "E05")
	const says = "Campagne close à 18:00:00. Votre dernière version enregistrée est la n° 1 de 17:58"
	ines.do("POST", w.path("wishes"), list("1", "", "CHUV-GERI", "CHUV-PEDI"), "application/json").has(t, 409, says)
	ines.post(w.path("wishes"), list("1", "", "CHUV-GERI", "CHUV-PEDI")).has(t, 409, says, "Pédiatrie, CHU de Valmer", "Télécharger ma liste")
	ines.get(w.path("wishes")).has(t, 200, "Voici la version 1")
	file := ines.get(w.path("wishes?format=csv"))
	file.has(t, 200, "1;CHUV-PEDI;", "2;CHUV-GERI;")
	if got := ines.get(w.path("wishes")).Body; strings.Contains(got, "Ajouter :") {
		t.Error("a closed list offers to add")
	}
}

func TestUndoAndRestoreTakeAVersionUpAgain(t *testing.T) {
	t.Parallel()
	w := open(t, "E05")
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI")...)
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI", "CHUV-GERI")...)
	ines := w.as(t, "E05")
	ines.get(w.path("wishes", "history")).has(t, 200, "Version 2", "Version 1", "Reprendre cette version", "celle qui compte")
	ines.post(w.path("wishes", "undo"), url.Values{"version": {"2"}}).has(t, 200, "Annulé. Votre liste a 1 vœu, comme avant ; c’est la version 3.")
	ines.post(w.path("wishes", "history", "2", "restore"), url.Values{"version": {"3"}}).has(t, 200, "La version 2 est reprise")
	if got := w.saved(t, "E05"); got.Number != 4 || codes(got.Wishes) != "CHUV-PEDI CHUV-GERI" {
		t.Errorf("the list is %+v", got)
	}
	ines.post(w.path("wishes", "undo"), url.Values{"version": {"1"}}).has(t, 200, "Rien n’a été modifié")
	ines.post(w.path("wishes", "history", "2", "restore"), url.Values{"version": {"1"}}).has(t, 200, "Rien n’a été modifié")
	ines.post(w.path("wishes", "undo"), url.Values{"version": {"x"}}).has(t, 422, "« x »")
	ines.post(w.path("wishes", "history", "99", "restore"), url.Values{"version": {"4"}}).has(t, 404)
	ines.post(w.path("wishes", "history", "deux", "restore"), url.Values{"version": {"4"}}).has(t, 404)
	if got := w.saved(t, "E05"); got.Number != 4 {
		t.Errorf("the list is at version %d", got.Number)
	}
}

func TestThePostsAreFoundByWordsAndFilters(t *testing.T) {
	t.Parallel()
	w := open(t)
	ines := w.as(t, "E05")
	for query, want := range map[string][]string{
		"q=pediatrie":             {"CHSA-PEDI", "CHUV-PEDI"},
		"q=P%C3%89DIATRIE+valmer": {"CHUV-PEDI"},
		"q=mspb":                  {"MSPB-MG1", "MSPB-MG2"},
		"q=rien+de+tel":           nil,
		"demand=2&q=valmer":       {"CHUV-CARD-A", "CHUV-REAN"},
	} {
		page := ines.get(w.path("wishes?" + query)).Body
		var got []string
		for _, site := range campaigntest.Sites {
			if strings.Contains(page, `id="post-`+site.Code+`"`) {
				got = append(got, site.Code)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s finds %v, want %v", query, got, want)
		}
	}
	// Who has done a site is told so, and can leave such sites out.
	quentin := w.as(t, "E14")
	quentin.get(w.path("wishes?q=CHUV-PEDI")).has(t, 200, "Stage déjà effectué", "6 octobre 2025")
	quentin.get(w.path("wishes?q=CHUV-PEDI&open=1")).has(t, 200, "Aucun terrain ne correspond")
}

func TestAShortListIsWarnedAndThenSafe(t *testing.T) {
	t.Parallel()
	w := open(t, "E22")
	w.Save(t, "E22", campaigntest.Wishes("CHUV-REAN", "CHUV-CARD-A")...)
	zoe := w.as(t, "E22")
	page := zoe.get(w.path("wishes"))
	page.has(t, 200, "Risque élevé de ne rien obtenir", "parmi les terrains les plus demandés", "À ajouter pour réduire le risque")
	if n := strings.Count(page.Body, "Avec lui :"); n < 3 {
		t.Errorf("%d suggestions", n)
	}
	zoe.post(w.path("wishes", "confirm"), url.Values{"version": {"1"}}).has(t, 422, "Cochez cette case")
	zoe.post(w.path("wishes"), list("1", "add:CHUV-GERI", "CHUV-REAN", "CHUV-CARD-A")).has(t, 200, "Risque faible")
	zoe.get(w.path("wishes?simulation=1")).has(t, 200, "Simulation, sans valeur", "Dans tous les tirages simulés, vous obtenez : Vœu 3, Gériatrie, CHU de Valmer (CHUV-GERI)", "Risque faible")
}
