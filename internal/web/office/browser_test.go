package office_test

import (
	"net/http/httptest"
	"net/url"
	"os"
	"testing"

	"stagora.org/stagora/e2e/browser"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/web/office/officetest"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// serve opens a desk in a browser, and signs somebody in.
func serve(d *officetest.Desk, login string, width int) (*browser.Window, string) {
	d.T.Helper()
	server := httptest.NewServer(d.Handler)
	d.T.Cleanup(server.Close)
	w := browser.Open(d.T, width)
	w.Visit(server.URL + "/sign-in")
	w.Fill("Identifiant", login)
	w.Fill("Mot de passe", officetest.Password)
	w.Push("Se connecter")
	w.See("Bonjour")
	return w, server.URL
}

var widths = map[string]int{"desk": browser.Desk, "phone": browser.Phone}

func TestEveryPageOfThePreparationFitsItsWindowAndIsAccessible(t *testing.T) {
	t.Parallel()
	for name, width := range widths {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := officetest.Open(t)
			d.SeedDefects()
			w, base := serve(d, officetest.Nadia, width)
			for name, path := range map[string]string{
				"list": "/campaigns", "new": "/campaigns/new", "draft": d.Path(), "draft-settings": d.Path("settings"),
				"draft-participants": d.Path("participants") + "?who=marchetti", "participant": d.Path("participants", officetest.Record(d, "Amblard")),
				"draft-posts": d.Path("posts"), "draft-step": d.Path("step"), "draft-order": d.Path("order"),
			} {
				w.Visit(base + path)
				w.Fits()
				w.Accessible()
				w.Screenshot(name)
			}
		})
	}
}

func TestEveryPageAfterTheClosingFitsItsWindowAndIsAccessible(t *testing.T) {
	t.Parallel()
	for name, width := range widths {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := officetest.Closed(t)
			a, b := d.AdoptB()
			zoe := d.C1.Record["E22"]
			d.Follow(officetest.Nadia, d.Path("commission", zoe), url.Values{"kind": {"cost"}, "from": {"CHUV-GERI"}, "cost": {"6"}, "motive": {"unplaced"}, "reason": {"stage proposé"}})
			w, base := serve(d, officetest.Nadia, width)
			for name, path := range map[string]string{
				"proposed": d.Path(), "settings": d.Path("settings"), "participants": d.Path("participants"), "posts": d.Path("posts"),
				"lists": d.Path("lists"), "demand": d.Path("lists", "demand"), "student-list": d.Path("lists", zoe), "late": d.Path("late"),
				"order": d.Path("order"), "runs": d.Path("runs"), "run-new": d.Path("runs", "new") + "?from=" + officetest.Last(b), "run": a,
				"compare": d.Path("runs", "compare") + "?run=" + officetest.Last(a) + "&run=" + officetest.Last(b), "adopt": a + "/adopt",
				"commission": d.Path("commission"), "case": d.Path("commission", zoe), "confirm": d.Path("commission", "confirm"), "audit": d.Path("audit"),
			} {
				w.Visit(base + path)
				w.Fits()
				w.Accessible()
				w.Screenshot(name)
			}
			d.Follow(officetest.Nadia, d.Path("commission", "confirm"), url.Values{"really": {"yes"}})
			w.Visit(base + d.Path("publication"))
			w.Fits()
			w.Accessible()
			w.Screenshot("publication")
			d.C1.At(t, campaigntest.Publishes)
			d.SignOut()
			d.Follow(officetest.Paul, d.Path("publication"), url.Values{"really": {"yes"}})
			d.Work()
			w, base = serve(d, officetest.Paul, width)
			w.Visit(base + d.Path("publication"))
			w.Fits()
			w.Accessible()
			w.Screenshot("published")
		})
	}
}

func TestSeatsTypedAndNotSavedOutliveAFilter(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	w, base := serve(d, officetest.Nadia, browser.Desk)
	w.Visit(base + d.Path("posts"))
	seats := func() (typed string) {
		w.Evaluate(`document.querySelector("table [name='seats.CHUV-GERI']")?.value ?? ""`, &typed)
		return typed
	}
	w.Evaluate(`document.getElementById("seats-CHUV-GERI").value = "1"`, new(any))
	search := func(text string) { w.Fill("Chercher dans le tableau", text) }
	search("ORL")
	w.Until("the row is out of sight", func() bool { return seats() == "" })
	search("CHUV-GERI")
	w.Until("the row is back as it was typed", func() bool { return seats() == "1" })
	search("ORL")
	w.Until("the row is out of sight again", func() bool { return seats() == "" })
	w.Push("Enregistrer les places")
	w.See("terrain est modifié")
	w.Visit(base + d.Path("posts"))
	if got := seats(); got != "1" {
		t.Errorf("the post has %q seats, want those that were typed", got)
	}
}
