package gallery_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/a-h/templ"

	"stagora.org/stagora/e2e/browser"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/ui"
	"stagora.org/stagora/internal/web/ui/gallery"
)

// wishes is a server that keeps one ranked list, as a screen of wishes does.
type wishes struct {
	*httptest.Server
	mu      sync.Mutex
	saved   []string // one line for each list received: its version and its codes
	version int
	down    bool
}

func serveWishes(t *testing.T) *wishes {
	t.Helper()
	s := &wishes{version: 7}
	g := gallery.Gallery{P: text.Printer{}, Now: noon}
	mux := http.NewServeMux()
	mux.Handle(ui.StaticPrefix, ui.Static())
	mux.HandleFunc("/wishes", func(w http.ResponseWriter, r *http.Request) {
		page := ui.Page{P: g.P, Now: noon, Density: ui.Choose, Title: "Mes vœux", Path: "/wishes", Ranking: true}
		if r.Method == http.MethodGet {
			show(t, w, r, page, ui.RankedList(g.P, g.Ranking("wishes", "/wishes")))
			return
		}
		s.receive(t, w, r, page)
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *wishes) receive(t *testing.T, w http.ResponseWriter, r *http.Request, page ui.Page) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := r.ParseForm(); err != nil {
		t.Error(err)
	}
	got := ui.ParseRanking(r.PostForm, func(string) (string, bool) { return "", false })
	list := strings.Join(got.Codes, " ")
	switch {
	case s.down:
		w.WriteHeader(http.StatusServiceUnavailable)
	case got.Version != fmt.Sprint(s.version):
		w.WriteHeader(http.StatusConflict)
		if !ui.FromScript(r) {
			merge := ui.Merge{Action: "/wishes", Version: fmt.Sprint(s.version), TheirsAt: ui.Saved{State: ui.SaveDone, At: noon, Version: s.version}}
			for _, code := range got.Codes {
				merge.Mine = append(merge.Mine, ui.RankedItem{Code: code, Title: code})
			}
			show(t, w, r, page, ui.MergeLists(page.P, merge))
		}
	default:
		s.version++
		s.saved = append(s.saved, got.Version+": "+list)
		if !ui.FromScript(r) {
			show(t, w, r, page, ui.RankingDiff(page.P, "", "", nil))
			return
		}
		if err := ui.SavedReply(w, page.P, fmt.Sprint(s.version), ui.Saved{State: ui.SaveDone, At: noon, Version: s.version}); err != nil {
			t.Error(err)
		}
	}
}

func (s *wishes) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// last returns the list that was received last.
func (s *wishes) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.saved) == 0 {
		return "nothing"
	}
	return s.saved[len(s.saved)-1]
}

func expect(t *testing.T, s *wishes, want string) {
	t.Helper()
	if got := s.last(); got != want {
		t.Errorf("the server has %q, want %q", got, want)
	}
}

func TestAListIsOrderedByKeyboardAloneAndSavesItself(t *testing.T) {
	for _, width := range []int{browser.Desk, browser.Phone} {
		s := serveWishes(t)
		w := browser.Open(t, width)
		w.Visit(s.URL + "/wishes")

		w.Reach("button", "Prendre Gériatrie")
		w.Press("Space")
		w.Hear("Gériatrie pris, rang 3 sur 5.")
		w.Press("ArrowUp")
		w.Hear("Gériatrie, rang 2 sur 5.")
		w.Press("ArrowUp", "Space")
		w.Hear("Gériatrie posé au rang 1 sur 5.")
		w.See("Enregistré à 12:00:00 · version 8")
		expect(t, s, "7: EST-30 EST-10 EST-20 EST-40 EST-50")

		w.Press("Space", "ArrowDown", "ArrowDown", "Escape")
		w.Hear("Déplacement annulé : Gériatrie reste au rang 1 sur 5.")

		w.Push("Fin : Cardiologie")
		w.See("version 9")
		expect(t, s, "8: EST-30 EST-20 EST-40 EST-50 EST-10")

		w.Fill("Rang de Pédiatrie générale", "1")
		w.Press("Enter")
		w.See("version 10")
		expect(t, s, "9: EST-40 EST-30 EST-20 EST-50 EST-10")

		w.Push("Retirer : Urgences adultes")
		w.Hear("Urgences adultes retiré de la liste. Il en reste 4.")
		w.See("version 11")
		expect(t, s, "10: EST-40 EST-30 EST-50 EST-10")
		w.Push("Annuler")
		w.See("version 12")
		expect(t, s, "11: EST-40 EST-30 EST-20 EST-50 EST-10")
		w.Fits()
	}
}

func TestAnOrderIsKeptAndSaidWhenTheServerIsAway(t *testing.T) {
	s := serveWishes(t)
	w := browser.Open(t, browser.Phone)
	w.Visit(s.URL + "/wishes")
	s.set(func() { s.down = true })
	w.Push("Monter : Gériatrie")
	w.See("votre ordre est gardé sur cette page")
	expect(t, s, "nothing")
	s.set(func() { s.down = false })
	w.See("Enregistré à 12:00:00 · version 8")
	expect(t, s, "7: EST-10 EST-30 EST-20 EST-40 EST-50")
	w.Forgive("503")
}

func TestAListChangedElsewhereIsForThePersonToMerge(t *testing.T) {
	s := serveWishes(t)
	w := browser.Open(t, browser.Desk)
	w.Visit(s.URL + "/wishes")
	s.set(func() { s.version = 30 })
	w.Push("Monter : Gériatrie")
	w.See("Votre liste a été modifiée ailleurs")
	w.Push("Garder la liste de cette page")
	w.Forgive("409")
	w.NotSee("Votre liste a été modifiée ailleurs")
	expect(t, s, "30: EST-10 EST-30 EST-20 EST-40 EST-50")
}

func TestATableIsFilteredAndSortedWithoutLeavingThePage(t *testing.T) {
	server := serve(t)
	w := browser.Open(t, browser.Desk)
	w.Visit(server.URL + gallery.Path + "?density=manage")
	w.Fill("Filtrer par « Nom »", "eloise")
	w.See("1 ligne sur 12")
	if at := w.Focus(); !strings.Contains(at.Name, "Nom") {
		t.Errorf("the focus went to %+v", at)
	}
	w.Fill("Filtrer par « Nom »", "zzz")
	w.See("Aucune ligne ne passe ces filtres")
	w.Follow("Retirer tous les filtres")
	w.See("12 lignes")
	w.Follow("Points")
	w.Hear("12 lignes, par « Points » en ordre croissant")
	w.Follow("Points")
	w.Hear("12 lignes, par « Points » en ordre décroissant")
	if at := w.Address(); !strings.HasSuffix(at, "?sort=-score") {
		t.Errorf("the address says %s", at)
	}
}

func TestALongWorkShowsItsProgressAndThenItsEnd(t *testing.T) {
	var mu sync.Mutex
	done := 0
	work := func() ui.Work {
		w := ui.Work{ID: "work", What: "Calcul", State: ui.WorkRunning, Done: done, Total: 2, Poll: "/part"}
		if done == 2 {
			w.State = ui.WorkDone
		}
		return w
	}
	mux := http.NewServeMux()
	mux.Handle(ui.StaticPrefix, ui.Static())
	mux.HandleFunc("/work", func(w http.ResponseWriter, r *http.Request) {
		show(t, w, r, ui.Page{Title: "Calcul", Now: noon, Density: ui.Manage}, ui.Progress(text.Printer{}, work()))
	})
	mux.HandleFunc("/part", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		done++
		w.Header().Set("Content-Security-Policy", ui.Policy)
		templ.Handler(ui.Progress(text.Printer{}, work())).ServeHTTP(w, r)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	w := browser.Open(t, browser.Desk)
	w.Visit(server.URL + "/work")
	w.See("En cours")
	w.See("1 sur 2")
	w.See("Terminé")
}
