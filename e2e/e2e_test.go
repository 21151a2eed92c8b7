package e2e_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"stagora.org/stagora/e2e/browser"
	"stagora.org/stagora/internal/demo"
	"stagora.org/stagora/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// Widths at which every story is lived.
var widths = []int{browser.Desk, browser.Phone}

// lived has a story lived at each width, each time on a stage of its own.
func lived(t *testing.T, state demo.State, story func(s *stage)) {
	t.Parallel()
	for _, width := range widths {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			story(play(t, state, width))
		})
	}
}

// A stage is a demonstration that a story plays on, with the data set "Estuaire".
type stage struct {
	*testing.T
	demo  *demo.Demo
	url   string
	width int // of the windows
}

// copies are the worlds of all stages.
var copies demo.Copies

// play opens a stage that shows a state.
func play(t *testing.T, state demo.State, width int) *stage {
	t.Helper()
	d := &demo.Demo{Folder: storetest.Folder(t), Copies: &copies, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))}
	server := httptest.NewServer(d)
	d.BaseURL = server.URL
	if _, err := d.Show(t.Context(), state); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close(); d.Close() })
	return &stage{T: t, demo: d, url: server.URL, width: width}
}

// stranger opens a window of somebody who has not entered.
func (s *stage) stranger() *browser.Window {
	s.Helper()
	w := browser.Open(s.T, s.width)
	w.Visit(s.url + "/demo")
	return w
}

// enter opens a window of one of the people of the front page.
func (s *stage) enter(person string) *browser.Window {
	s.Helper()
	w := s.stranger()
	w.Push("Entrer comme " + person)
	w.See("Bonjour " + person)
	return w
}

// at moves the clock to one of the instants of the demonstration, from a window
// of its own.
func (s *stage) at(instant string) {
	s.Helper()
	w := s.stranger()
	w.Push(instant)
	w.See("L’horloge indique maintenant")
}

// hold stops the demonstration's clock where it is, so that a story may take as long
// as the machine needs.
func (s *stage) hold() {
	clock := s.demo.World().Clock
	clock.Freeze(clock.Now())
}

// shown returns what a page shows now, with plain spaces.
func shown(w *browser.Window) string {
	var text string
	w.Evaluate(`document.body?.innerText ?? ""`, &text)
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(text)
}

// count returns how many elements of a page match a selector.
func count(w *browser.Window, selector string) (n int) {
	w.Evaluate(fmt.Sprintf(`document.querySelectorAll(%q).length`, selector), &n)
	return n
}

// link returns the address of the link of that text.
func (s *stage) link(w *browser.Window, name string) (address string) {
	s.Helper()
	w.Evaluate(fmt.Sprintf(`[...document.links].find(l => l.textContent.trim() === %q)?.href ?? ""`, name), &address)
	if address == "" {
		s.Fatalf("there is no link %q", name)
	}
	return address
}

// pdf returns the text of a PDF that a link leads to, with single spaces.
func (s *stage) pdf(w *browser.Window, address string) string {
	s.Helper()
	status, file := w.Fetch(address)
	if status != http.StatusOK {
		s.Fatalf("%s answers %d", address, status)
	}
	pdftotext := exec.Command("pdftotext", "-", "-")
	pdftotext.Stdin = bytes.NewReader(file)
	text, err := pdftotext.Output()
	if err != nil {
		s.Fatalf("pdftotext: %v", err)
	}
	return strings.Join(strings.Fields(string(text)), " ")
}
