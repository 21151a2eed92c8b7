package wishes_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/web/student/studenttest"
)

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
			w := studenttest.Open(t, "E05")
			w.Save(t, "E05", campaigntest.Wishes("CHUV-CARD-A", "CHUV-PEDI", "CHPL-URGE")...)
			form := studenttest.List("1", test.do, "CHUV-CARD-A", "CHUV-PEDI", "CHPL-URGE")
			for name, values := range test.more {
				form[name] = values
			}
			w.As(t, "E05").Post(w.Path("wishes"), form).Has(t, 200, "version 2")
			if got := studenttest.Codes(w.Saved(t, "E05").Wishes); got != test.want {
				t.Errorf("the list is %s, want %s", got, test.want)
			}
		})
	}
}

func TestAScriptSavesAndIsToldTheVersion(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t, "E05")
	got := w.As(t, "E05").Do("POST", w.Path("wishes"), studenttest.List("0", "", "CHUV-PEDI", "CHUV-GERI"), "application/json")
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
	w := studenttest.Open(t, "E05")
	kept := w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI")...)
	ines := w.As(t, "E05")
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
		{"a post that is not offered", studenttest.List("1", "", "CHUV-PEDI", "NULLE-PART"), 422, "« NULLE-PART » n’est pas proposé"},
		{"too many wishes", studenttest.List("1", "", all...), 422, "Votre liste a 13 vœux, et 12 au plus sont permis"},
		{"no version", studenttest.List("", "", "CHUV-PEDI"), 422, "de quelle version"},
		{"a version that is no number", studenttest.List("dernière", "", "CHUV-PEDI"), 422, "« dernière »"},
		{"a negative version", studenttest.List("-1", "", "CHUV-PEDI"), 422, "« -1 »"},
		{"a version that is not yet", studenttest.List("7", "", "CHUV-GERI"), 409, "Rien n’est perdu"},
		{"a pasted code that is not offered", url.Values{"version": {"1"}, "item": {"CHUV-PEDI"}, "do": {"paste"}, "codes": {"XYZ ABC"}}, 200, "XYZ, ABC"},
	} {
		t.Run(test.name, func(t *testing.T) {
			ines.Post(w.Path("wishes"), test.form).Has(t, test.status, test.says)
			if now := w.Saved(t, "E05"); now.Number != kept.Number || now.Hash != kept.Hash {
				t.Errorf("the list became %+v", now)
			}
		})
	}
}

func TestWhatWasRefusedStaysOnThePage(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t, "E05")
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI")...)
	w.As(t, "E05").Post(w.Path("wishes"), studenttest.List("1", "", "CHUV-PEDI", "CHUV-GERI", "NULLE-PART")).
		Has(t, 422, `value="CHUV-GERI"`, `value="NULLE-PART"`, "retirez-le", "Non enregistré")
}

func TestOfTwoTabsThePersonDecides(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t, "E05")
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI", "CHUV-GERI")...)
	ines := w.As(t, "E05")
	ines.Post(w.Path("wishes"), studenttest.List("1", "add:CLTI-ORL", "CHUV-PEDI", "CHUV-GERI")).Has(t, 200, "version 2")

	script := ines.Do("POST", w.Path("wishes"), studenttest.List("1", "", "CHUV-GERI", "CHUV-PEDI"), "application/json")
	script.Has(t, 409, "comparez les deux listes")

	ines.Post(w.Path("wishes"), studenttest.List("1", "", "CHUV-GERI", "CHUV-PEDI")).
		Has(t, 409, "Deux listes différentes", "ORL, Clinique des Tilleuls", "Garder la liste de cette page", "Garder la version enregistrée", `name="version" value="2"`)
	if got := studenttest.Codes(w.Saved(t, "E05").Wishes); got != "CHUV-PEDI CHUV-GERI CLTI-ORL" {
		t.Errorf("before anybody decided, the list is %s", got)
	}
	ines.Post(w.Path("wishes"), studenttest.List("2", "", "CHUV-GERI", "CHUV-PEDI")).Has(t, 200, "version 3")
}

// An answer that was lost on the way is asked for again; so is a list that the
// other tab has saved just so.
func TestTheSameListAgainIsNoConflict(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t, "E05")
	ines := w.As(t, "E05")
	for range 2 {
		got := ines.Do("POST", w.Path("wishes"), studenttest.List("0", "", "CHUV-PEDI"), "application/json")
		got.Has(t, 200, `"version":"1"`)
	}
}

func TestALateSaveNamesTheVersionThatCounts(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t, "E05")
	w.At(t, campaigntest.Closes.Add(-2*60e9))
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI", "CHUV-GERI")...)
	w.Close(t)
	ines := w.As(t, "E05")
	const says = "Campagne close à 18:00:00. Votre dernière version enregistrée est la n° 1 de 17:58"
	ines.Do("POST", w.Path("wishes"), studenttest.List("1", "", "CHUV-GERI", "CHUV-PEDI"), "application/json").Has(t, 409, says)
	ines.Post(w.Path("wishes"), studenttest.List("1", "", "CHUV-GERI", "CHUV-PEDI")).Has(t, 409, says, "Pédiatrie, CHU de Valmer", "Télécharger ma liste")
	ines.Get(w.Path("wishes")).Has(t, 200, "Voici la version 1")
	file := ines.Get(w.Path("wishes?format=csv"))
	file.Has(t, 200, "1;CHUV-PEDI;", "2;CHUV-GERI;")
	if got := ines.Get(w.Path("wishes")).Body; strings.Contains(got, "Ajouter :") {
		t.Error("a closed list offers to add")
	}
}

func TestUndoAndRestoreTakeAVersionUpAgain(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t, "E05")
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI")...)
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI", "CHUV-GERI")...)
	ines := w.As(t, "E05")
	ines.Get(w.Path("wishes", "history")).Has(t, 200, "Version 2", "Version 1", "Reprendre cette version", "celle qui compte")
	ines.Post(w.Path("wishes", "undo"), url.Values{"version": {"2"}}).Has(t, 200, "Annulé. Votre liste a 1 vœu, comme avant ; c’est la version 3.")
	ines.Post(w.Path("wishes", "history", "2", "restore"), url.Values{"version": {"3"}}).Has(t, 200, "La version 2 est reprise")
	if got := w.Saved(t, "E05"); got.Number != 4 || studenttest.Codes(got.Wishes) != "CHUV-PEDI CHUV-GERI" {
		t.Errorf("the list is %+v", got)
	}
	ines.Post(w.Path("wishes", "undo"), url.Values{"version": {"1"}}).Has(t, 200, "Rien n’a été modifié")
	ines.Post(w.Path("wishes", "history", "2", "restore"), url.Values{"version": {"1"}}).Has(t, 200, "Rien n’a été modifié")
	ines.Post(w.Path("wishes", "undo"), url.Values{"version": {"x"}}).Has(t, 422, "« x »")
	ines.Post(w.Path("wishes", "history", "99", "restore"), url.Values{"version": {"4"}}).Has(t, 404)
	ines.Post(w.Path("wishes", "history", "deux", "restore"), url.Values{"version": {"4"}}).Has(t, 404)
	if got := w.Saved(t, "E05"); got.Number != 4 {
		t.Errorf("the list is at version %d", got.Number)
	}
}

func TestThePostsAreFoundByWordsAndFilters(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t)
	ines := w.As(t, "E05")
	for query, want := range map[string][]string{
		"q=pediatrie":                 {"CHSA-PEDI", "CHUV-PEDI"},
		"q=P%C3%89DIATRIE+valmer":     {"CHUV-PEDI"},
		"q=mspb":                      {"MSPB-MG1", "MSPB-MG2"},
		"q=rien+de+tel":               nil,
		"demand=2&q=mspb":             {"MSPB-MG1", "MSPB-MG2"}, // no level: nothing is asked
		"demand=very-strong&q=valmer": {"CHUV-CARD-A", "CHUV-REAN"},
	} {
		page := ines.Get(w.Path("wishes?" + query)).Body
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
	quentin := w.As(t, "E14")
	quentin.Get(w.Path("wishes?q=CHUV-PEDI")).Has(t, 200, "Stage déjà effectué", "6 octobre 2025")
	quentin.Get(w.Path("wishes?q=CHUV-PEDI&open=1")).Has(t, 200, "Aucun terrain ne correspond")
}

// A post says the demand by which the filter finds it, and so does a suggestion.
func TestThePostsSayTheDemandThatTheyAreFoundBy(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t)
	ines := w.As(t, "E05")
	said := map[campaign.DemandLevel]string{
		campaign.DemandNone: "Aucune demande", campaign.DemandVeryWeak: "Demande très faible", campaign.DemandWeak: "Demande faible",
		campaign.DemandAverage: "Demande moyenne", campaign.DemandStrong: "Demande forte", campaign.DemandVeryStrong: "Demande très forte",
	}
	meter := regexp.MustCompile(`class="demand demand-(\d+)">([^<]*)<`)
	met := 0
	for level, want := range said {
		for _, found := range meter.FindAllStringSubmatch(ines.Get(w.Path("wishes?demand="+string(level))).Body, -1) {
			met++
			if found[2] != want {
				t.Errorf("demand=%s finds a post of %q", level, found[2])
			}
			if (found[1] == "0") != (level == campaign.DemandNone) {
				t.Errorf("demand=%s is drawn with a bar of %s", level, found[1])
			}
		}
	}
	if met == 0 {
		t.Error("no post is found by its demand")
	}
}

func TestAShortListIsWarnedAndThenSafe(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t, "E22")
	w.Save(t, "E22", campaigntest.Wishes("CHUV-REAN", "CHUV-CARD-A")...)
	zoe := w.As(t, "E22")
	page := zoe.Get(w.Path("wishes"))
	page.Has(t, 200, "Risque élevé de ne rien obtenir", "parmi les terrains les plus demandés", "À ajouter pour réduire le risque")
	if n := strings.Count(page.Body, "Avec lui :"); n < 3 {
		t.Errorf("%d suggestions", n)
	}
	zoe.Post(w.Path("wishes", "confirm"), url.Values{"version": {"1"}}).Has(t, 422, "Cochez cette case")
	zoe.Post(w.Path("wishes"), studenttest.List("1", "add:CHUV-GERI", "CHUV-REAN", "CHUV-CARD-A")).Has(t, 200, "Risque faible")
	zoe.Get(w.Path("wishes?simulation=1")).Has(t, 200, "Simulation, sans valeur", "Dans tous les tirages simulés, vous obtenez : Vœu 3, Gériatrie, CHU de Valmer (CHUV-GERI)", "Risque faible")
}

// However long a refused list is, its page is one that a phone can show.
func TestARefusedListOfAnyLengthMakesAPageOfAPagesSize(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t, "E05")
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI")...)
	codes := make([]string, 600)
	for i := range codes {
		codes[i] = fmt.Sprintf("NULLE-PART-%03d", i)
	}
	for version, status := range map[string]int{"1": 422, "0": 409} {
		got := w.As(t, "E05").Do("POST", w.Path("wishes"), studenttest.List(version, "", codes...), "text/html")
		if size := len(got.Body); got.Status != status || size > 150_000 {
			t.Errorf("from version %s: %d, %d bytes", version, got.Status, size)
		}
	}
}
