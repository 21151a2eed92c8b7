package student_test

import (
	"fmt"
	"os"
	"testing"

	"stagora.org/stagora/e2e/browser"
	"stagora.org/stagora/internal/campaign/campaigntest"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// window opens a browser window of a student who has signed in.
func (w *world) window(t *testing.T, pseudonym string, width int) *browser.Window {
	t.Helper()
	b := browser.Open(t, width)
	b.Visit(w.server.URL + "/check/none")
	b.Evaluate(fmt.Sprintf(`document.cookie = "stagora_session=%s; path=/"`, w.token(t, pseudonym)), nil)
	return b
}

func TestThePagesOfAnOpenCampaignAreAccessible(t *testing.T) {
	w := open(t, "E22")
	w.Save(t, "E22", campaigntest.Wishes("CHUV-REAN", "CHUV-CARD-A")...)
	for _, width := range []int{browser.Desk, browser.Phone} {
		ines, zoe := w.window(t, "E05", width), w.window(t, "E22", width)
		for i, visit := range []struct {
			by   *browser.Window
			path string
		}{
			{ines, "/my/campaigns"},
			{ines, w.path()},
			{ines, w.path("wishes")},
			{ines, w.path("wishes?simulation=1")},
			{zoe, w.path("wishes")},
			{zoe, w.path("wishes", "confirm")},
			{ines, w.path("wishes", "history")},
			{ines, "/check/none"},
		} {
			visit.by.Visit(w.server.URL + visit.path)
			visit.by.NotSee("⟦")
			visit.by.Fits()
			visit.by.Accessible()
			visit.by.Screenshot(fmt.Sprintf("open-%d", i))
		}
	}
}
