package ui_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"
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

// deflated is how many bytes of a page travel.
func deflated(t testing.TB, page string) int {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, 5)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(page)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// wishesPage is the page on which a student ranks some of many posts, with names as
// long as they are in a real campaign, and the first part of the posts.
func wishesPage(posts, ranked int) (ui.Page, templ.Component) {
	units := []string{"Cardiologie et maladies vasculaires", "Urgences adultes", "Pédiatrie générale", "Chirurgie digestive et viscérale", "Médecine polyvalente"}
	houses := []string{"CHU de Valmer", "CH de Port-Lune", "CH des Salines", "Clinique des Tilleuls", "MSP du Bocage", "CH Simone-Veil", "Hôpital Nord"}
	code := func(i int) string {
		return fmt.Sprintf("VAL-%s-%03d", []string{"CARD", "URGE", "PEDI", "CHIR", "MEDP"}[i%5], i)
	}
	name := func(i int) string { return fmt.Sprintf("%s %d, %s", units[i%5], i%9, houses[i%7]) }
	list := ui.SiteList{ID: "post-lines", Form: "wishes", Pager: ui.PagerOf(posts, ui.SitesShown, 1, func(int) string { return "?part=2" })}
	for i := range list.Pager.To {
		s := ui.Site{
			Code: code(i), Name: name(i), Where: "Valmer-sur-Lune", Seats: 1 + i%4, Demand: ui.Demand{Strength: i % 11, Said: "Demande très forte"}, Do: ui.AddSite,
			Href: "?post=" + code(i) + "#post-" + code(i), Cutoff: fmt.Sprintf("Externat S2 2025 : 2 places, la dernière prise à la position %d", 17*i%400),
		}
		if i < ranked {
			s.Rank, s.Do = i+1, ui.RemoveSite
		}
		if i%10 == 9 {
			s.Off = "Vous avez déjà fait ce stage au semestre 1 de l’année 2024-2025."
		}
		list.Sites = append(list.Sites, s)
	}
	rk := ui.Ranking{ID: "wishes", Label: "Ma liste", Action: "/my/campaigns/0a6e8de0-77ef-440f-b876-28976abd0278/wishes", Version: "7", Max: ranked, Paste: true, Row: "/row?code="}
	for i := range ranked {
		rk.Items = append(rk.Items, ui.RankedItem{Code: code(i), Title: name(i), Detail: "· 2 places · demande très forte"})
	}
	page := ui.Page{
		Title: "Mes vœux", Density: ui.Choose, Ranking: true, Now: time.Date(2026, 3, 20, 11, 0, 0, 0, time.UTC),
		Nav:    []ui.NavItem{{Label: "Accueil", Href: "/", Icon: "house"}, {Label: "Mes campagnes", Href: "/my/campaigns", Icon: "list-ol"}},
		Person: &ui.Person{Name: "Ines Baraka"},
	}
	return page, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return errors.Join(ui.RankedList(page.P, rk).Render(ctx, w), ui.SiteRows(page.P, list).Render(ctx, w))
	})
}

// A page weighs 150 kB at most, the wishes among 110 posts 40 kB as sent, also for a
// student who ranks every post.
func TestThePageOfWishesIsLight(t *testing.T) {
	for _, tt := range []struct{ posts, ranked, bytes, sent int }{
		{110, 0, 75_000, 10_000},
		{110, 12, 80_000, 12_000},
		{110, 110, 150_000, 40_000},
		{600, 12, 150_000, 40_000},
		{600, 40, 150_000, 40_000},
	} {
		t.Run(fmt.Sprint(tt.posts, tt.ranked), func(t *testing.T) {
			page, body := wishesPage(tt.posts, tt.ranked)
			var b bytes.Buffer
			if err := ui.Layout(page).Render(templ.WithChildren(t.Context(), body), &b); err != nil {
				t.Fatal(err)
			}
			sent := deflated(t, b.String())
			t.Logf("%d posts, %d ranked: %d bytes, %d as sent", tt.posts, tt.ranked, b.Len(), sent)
			if b.Len() > tt.bytes || sent > tt.sent {
				t.Errorf("at most %d and %d", tt.bytes, tt.sent)
			}
		})
	}
}

func BenchmarkThePageOfWishes(b *testing.B) {
	for _, posts := range []int{110, 600} {
		b.Run(fmt.Sprint(posts), func(b *testing.B) {
			page, body := wishesPage(posts, 12)
			var drawn bytes.Buffer
			for b.Loop() {
				drawn.Reset()
				if err := ui.Layout(page).Render(templ.WithChildren(b.Context(), body), &drawn); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(drawn.Len()), "bytes/page")
		})
	}
}

func TestAListInPartsLeadsToAllOfThem(t *testing.T) {
	at := func(part int) string { return fmt.Sprint(part) }
	for _, tt := range []struct {
		all, part int
		want      ui.Pager
	}{
		{0, 1, ui.Pager{}},
		{3, 1, ui.Pager{From: 1, To: 3, All: 3}},
		{200, 7, ui.Pager{From: 1, To: 200, All: 200}},
		{201, 0, ui.Pager{From: 1, To: 200, All: 201, Next: "2"}},
		{600, 2, ui.Pager{From: 201, To: 400, All: 600, Previous: "1", Next: "3"}},
		{600, 9, ui.Pager{From: 401, To: 600, All: 600, Previous: "2"}},
	} {
		if got := ui.PagerOf(tt.all, 200, tt.part, at); got != tt.want {
			t.Errorf("part %d of %d: %+v, want %+v", tt.part, tt.all, got, tt.want)
		}
	}
}

// What pages repeat by the hundred has a weight of its own: what one more costs.
func TestWhatIsRepeatedIsLight(t *testing.T) {
	site := ui.Site{Code: "VAL-CARD-001", Name: "Cardiologie 1, CHU de Valmer", Where: "Valmer", Seats: 2, Demand: ui.Demand{Strength: 7, Said: "Demande forte"}, Cutoff: "Pas proposé l’an dernier", Do: ui.AddSite}
	wish := ui.RankedItem{Code: site.Code, Title: site.Name, Detail: "· 2 places · demande très forte"}
	columns := []ui.Column{{Key: "name", Title: "Nom", Filter: true}, {Key: "points", Title: "Points", Kind: ui.KindNumber}}
	row := ui.Row{ID: "1", Cells: []ui.Cell{ui.LinkCell("Ines Baraka", "/students/0a6e8de0-77ef-440f-b876-28976abd0278"), ui.Count(text.Printer{}, 12)}}
	for _, tt := range []struct {
		name string
		most int
		of   func(n int) templ.Component
	}{
		{"a site among others", 600, func(n int) templ.Component {
			return ui.SiteRows(text.Printer{}, ui.SiteList{ID: "posts", Form: "wishes", Sites: slices.Repeat([]ui.Site{site}, n)})
		}},
		{"a wish", 750, func(n int) templ.Component {
			return ui.RankedList(text.Printer{}, ui.Ranking{ID: "wishes", Items: slices.Repeat([]ui.RankedItem{wish}, n)})
		}},
		{"a participant in an order", 0, func(n int) templ.Component {
			return ui.Strip(text.Printer{}, ui.OrderStrip{Title: "Ordre", All: 1000 + 10*n, Low: 200, High: 300})
		}},
		{"a row of a table of two columns", 300, func(n int) templ.Component {
			return ui.DataTable(text.Printer{}, ui.Table{Columns: columns, Rows: slices.Repeat([]ui.Row{row}, n), State: ui.ParseTable("", columns, nil)})
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			const n = 20
			each := (len(draw(t, tt.of(2*n))) - len(draw(t, tt.of(n)))) / n
			t.Logf("%d bytes each", each)
			if each > tt.most {
				t.Errorf("at most %d", tt.most)
			}
		})
	}
}
