package office_test

import (
	"net/http/httptest"
	"net/url"
	"os"
	"testing"

	"stagora.org/stagora/e2e/browser"
	"stagora.org/stagora/internal/campaign/campaigntest"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// serve opens a desk in a browser, and signs somebody in.
func (d *desk) serve(login string, width int) (*browser.Window, string) {
	d.t.Helper()
	server := httptest.NewServer(d.handler)
	d.t.Cleanup(server.Close)
	w := browser.Open(d.t, width)
	w.Visit(server.URL + "/sign-in")
	w.Fill("Identifiant", login)
	w.Fill("Mot de passe", password)
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
			d := open(t)
			d.seedDefects()
			w, base := d.serve(nadia, width)
			for name, path := range map[string]string{
				"list": "/campaigns", "new": "/campaigns/new", "draft": d.path(), "draft-settings": d.path("settings"),
				"draft-participants": d.path("participants") + "?who=marchetti", "participant": d.path("participants", record(d, "Amblard")),
				"draft-posts": d.path("posts"), "draft-step": d.path("step"), "draft-order": d.path("order"),
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
			d := closed(t)
			a, b := d.adoptB()
			zoe := d.c1.Record["E22"]
			d.follow(nadia, d.path("commission", zoe), url.Values{"kind": {"cost"}, "from": {"CHUV-GERI"}, "cost": {"6"}, "motive": {"unplaced"}, "reason": {"stage proposé"}})
			w, base := d.serve(nadia, width)
			for name, path := range map[string]string{
				"proposed": d.path(), "settings": d.path("settings"), "participants": d.path("participants"), "posts": d.path("posts"),
				"lists": d.path("lists"), "demand": d.path("lists", "demand"), "student-list": d.path("lists", zoe), "late": d.path("late"),
				"order": d.path("order"), "runs": d.path("runs"), "run-new": d.path("runs", "new") + "?from=" + last(b), "run": a,
				"compare": d.path("runs", "compare") + "?run=" + last(a) + "&run=" + last(b), "adopt": a + "/adopt",
				"commission": d.path("commission"), "case": d.path("commission", zoe), "confirm": d.path("commission", "confirm"), "audit": d.path("audit"),
			} {
				w.Visit(base + path)
				w.Fits()
				w.Accessible()
				w.Screenshot(name)
			}
			d.follow(nadia, d.path("commission", "confirm"), url.Values{"really": {"yes"}})
			w.Visit(base + d.path("publication"))
			w.Fits()
			w.Accessible()
			w.Screenshot("publication")
			d.c1.At(t, campaigntest.Publishes)
			d.tokens = map[string]string{}
			d.follow(paul, d.path("publication"), url.Values{"really": {"yes"}})
			d.work()
			w, base = d.serve(paul, width)
			w.Visit(base + d.path("publication"))
			w.Fits()
			w.Accessible()
			w.Screenshot("published")
		})
	}
}

func TestSeatsTypedAndNotSavedOutliveAFilter(t *testing.T) {
	t.Parallel()
	d := open(t)
	w, base := d.serve(nadia, browser.Desk)
	w.Visit(base + d.path("posts"))
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
	w.Visit(base + d.path("posts"))
	if got := seats(); got != "1" {
		t.Errorf("the post has %q seats, want those that were typed", got)
	}
}
