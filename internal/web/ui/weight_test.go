package ui_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/ui"
)

// draw returns a component as HTML.
func draw(t testing.TB, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// An order of twenty thousand is drawn by three rectangles and said in words.
func TestAnOrderIsDrawnByThreeRectanglesAtMost(t *testing.T) {
	for _, tt := range []struct{ low, high, all, rectangles int }{
		{1, 1, 1, 1},
		{1, 1, 24, 2},
		{8, 12, 24, 3},
		{24, 24, 24, 2},
		{1, 24, 24, 1},
		{12000, 12000, 20000, 3},
		{1, 1, 20000, 2},
		{20000, 20000, 20000, 2},
	} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			drawn := draw(t, ui.Strip(text.Printer{}, ui.OrderStrip{Title: "Ordre", All: tt.all, Low: tt.low, High: tt.high}))
			if n := strings.Count(drawn, "<rect"); n != tt.rectangles {
				t.Errorf("%d rectangles, want %d", n, tt.rectangles)
			}
			if !strings.Contains(drawn, `class="you"`) || strings.Contains(drawn, `="-`) {
				t.Errorf("the reader's own place is missing or outside: %s", drawn)
			}
			if !strings.Contains(drawn, `role="img" aria-label="Ordre. `) {
				t.Error("the drawing is not said in words")
			}
		})
	}
}

// Every icon that a page refers to is in the sheet, and the sheet is loaded once.
func TestAnIconIsASymbolOfTheSheet(t *testing.T) {
	sheet := fetchText(t, ui.Asset("icons.svg"))
	drawn := draw(t, ui.Icon("star"))
	if !strings.Contains(drawn, ui.Asset("icons.svg")+"#star") || len(drawn) > 140 {
		t.Errorf("drawn as %s", drawn)
	}
	if !strings.Contains(sheet, `<symbol id="star" viewBox="0 0 16 16"><path`) {
		t.Error("the sheet has no star")
	}
	for _, forbidden := range []string{"<script", "style=", "http://www.w3.org/1999", " on"} {
		if strings.Contains(sheet, forbidden) {
			t.Errorf("the sheet has %s", forbidden)
		}
	}
	if _, err := html.Parse(strings.NewReader(sheet)); err != nil {
		t.Error(err)
	}
	var b bytes.Buffer
	if err := ui.Icon("no-such-icon").Render(t.Context(), &b); err == nil {
		t.Error("an icon that does not exist is drawn")
	}
}
