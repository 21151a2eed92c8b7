package results_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"stagora.org/stagora/internal/web/office/officetest"
)

// atOnce posts two forms of two people at the same time, and returns what each is told.
func atOnce(posts [2]func() officetest.Answer) (answers [2]officetest.Answer) {
	var done sync.WaitGroup
	start := make(chan struct{})
	for i, post := range posts {
		done.Go(func() {
			<-start
			answers[i] = post()
		})
	}
	close(start)
	done.Wait()
	return answers
}

// Of two people who do at once what can be done once, one is told that the other was
// quicker, on the page where they stand.
func TestTheSecondOfTwoIsToldThatSomebodyWasQuicker(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	a, b := d.Run(url.Values{}), d.Run(d.WithGeriatrics())
	for _, login := range []string{officetest.Nadia, officetest.Paul} {
		d.Want(login, d.Path("runs"), nil, http.StatusOK) // both have signed in
	}
	type post struct {
		path string
		form url.Values
	}
	once := func(what, sentence string, nadia, paul post) {
		t.Helper()
		answers := atOnce([2]func() officetest.Answer{
			func() officetest.Answer { return d.Do(officetest.Nadia, nadia.path, nadia.form) },
			func() officetest.Answer { return d.Do(officetest.Paul, paul.path, paul.form) },
		})
		first, second := answers[0], answers[1]
		if first.Status != http.StatusSeeOther {
			first, second = second, first
		}
		if first.Status != http.StatusSeeOther || second.Status != http.StatusConflict {
			t.Fatalf("%s: %d and %d", what, first.Status, second.Status)
		}
		if all := alerts(t, second.Body); !strings.Contains(strings.Join(all, " "), sentence) {
			t.Errorf("%s: the second is told %q, not %q", what, all, sentence)
		}
	}
	adopt := post{b + "/adopt", url.Values{"compared": {officetest.Last(a)}, "reason": {"personne ne reste sans stage"}}}
	once("the same run", "a déjà retenu le calcul B", adopt, adopt)
	once("the last seat", "Plus aucune place à « Orthopédie, CH des Salines (CHSA-ORTH) »",
		post{caseOf(d, "E22"), move("CHUV-GERI", "CHSA-ORTH")}, post{caseOf(d, "E19"), move("CHUV-GERI", "CHSA-ORTH")})
	there := 0
	for _, post := range column(t, csvOf(d, officetest.Nadia, d.Path("commission")+"?format=csv&cols=number&cols=post"), "Numéro", "Terrain") {
		if post == siteName("CHSA-ORTH") {
			there++
		}
	}
	if there != 2 {
		t.Errorf("%d people have the 2 seats", there)
	}
	once("the same person", "n’est plus là où votre page l’indiquait",
		post{caseOf(d, "E10"), move("CHPL-GERI", "CHUV-GERI")}, post{caseOf(d, "E10"), move("CHPL-GERI", "")})
	confirm := post{d.Path("commission", "confirm"), url.Values{"really": {"yes"}}}
	once("the same confirmation", "Rien n’a été modifié", confirm, confirm)
	publish := post{d.Path("publication"), url.Values{"really": {"yes"}}}
	once("the same publication", "Rien n’est à refaire", publish, publish)
	d.Work()
	refuse(d, officetest.Paul, publish.path, publish.form, http.StatusConflict, "On ne peut pas publier les résultats")
}
