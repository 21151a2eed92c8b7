package records

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

const (
	shownLines = 50 // of a file on one page
	shownOpen  = 20 // of those that wait for somebody
)

// A linesPart is the lines of a file that a page shows.
type linesPart struct {
	lines          []exchange.Line
	first, all     int    // the place of the first, from 1 on, and how many lines there are
	previous, next string // addresses; empty: there is none
}

// last is the place of the last line shown.
func (p linesPart) last() int { return p.first + len(p.lines) - 1 }

// partOf returns the part of some lines that the reader asked for under a name; the last
// one, if there are fewer by now.
func partOf(r *page.Request, lines []exchange.Line, name string, size int, keep func(*exchange.Line) bool) linesPart {
	var kept []int
	for i := range lines {
		if keep(&lines[i]) {
			kept = append(kept, i)
		}
	}
	parts := max((len(kept)+size-1)/size, 1)
	part := min(max(numberOf(r, name), 1), parts)
	before := (part - 1) * size
	p := linesPart{first: before + 1, all: len(kept)}
	for _, i := range kept[before:min(before+size, len(kept))] {
		p.lines = append(p.lines, lines[i])
	}
	address := func(part int) string {
		q := placeOf(r)
		q.Set(name, strconv.Itoa(part))
		return "?" + q.Encode() + "#" + name
	}
	if part > 1 {
		p.previous = address(part - 1)
	}
	if part < parts {
		p.next = address(part + 1)
	}
	return p
}

// placeOf returns what the address says of the place at which the reader is among the
// lines.
func placeOf(r *page.Request) url.Values {
	place := url.Values{}
	for _, name := range []string{"outcome", "part", "open"} {
		if asked := r.URL.Query().Get(name); asked != "" {
			place.Set(name, asked)
		}
	}
	return place
}

// decisions is where decisions on an import are sent. The address keeps the place.
func (d dossier) decisions(r *page.Request) templ.SafeURL {
	return templ.SafeURL(withPlace(r, ImportsPath+"/"+d.i.ID+"/decisions"))
}

func withPlace(r *page.Request, path string) string {
	if place := placeOf(r).Encode(); place != "" {
		return path + "?" + place
	}
	return path
}

// numberOf reads a number of the address; 0 if there is none.
func numberOf(r *page.Request, name string) int {
	n, _ := strconv.Atoi(r.URL.Query().Get(name)) // what is no number is none
	return max(n, 0)
}

func isOpen(l *exchange.Line) bool {
	return l.Outcome == exchange.Refused || l.Outcome == exchange.Doubtful
}

const (
	warned  = "warned" // stands for the lines about which something is said
	waiting = "open"   // stands for those that wait for somebody
)

// outcomesOffered are what the lines of a report may be filtered by.
var outcomesOffered = []string{
	warned, string(exchange.Created), string(exchange.Changed), string(exchange.Unchanged), string(exchange.Refused), string(exchange.Doubtful), string(exchange.Left),
}

// chosen returns which lines the reader chose by what becomes of them.
func chosen(r *page.Request) func(*exchange.Line) bool {
	asked := r.URL.Query().Get("outcome")
	return func(l *exchange.Line) bool {
		switch {
		case asked == warned:
			return len(l.Findings) > 0
		case asked == waiting:
			return isOpen(l)
		case !slices.Contains(outcomesOffered, asked):
			return true
		}
		return string(l.Outcome) == asked
	}
}

// settles reports whether lines wait for somebody who can settle them on the page: where
// a column is wrong, the file is.
func (d dossier) settles() bool {
	return d.open.all > 0 && !slices.ContainsFunc(d.report.Findings, func(f exchange.Finding) bool { return f.Severity == exchange.Error })
}

// filters are the links that choose among the lines of a report.
func (d dossier) filters(r *page.Request) []ui.Link {
	links := []ui.Link{{Label: r.T("records.import.filter.all"), Href: "?#part"}}
	for _, o := range outcomesOffered {
		if o == warned || d.report.Count(exchange.Outcome(o)) > 0 {
			label := r.T("records.import.filter.warned")
			if o != warned {
				label = r.T("records.outcome." + o)
			}
			links = append(links, ui.Link{Label: label, Href: "?outcome=" + o + "#part"})
		}
	}
	return links
}

// exported is the address of a list of lines in a format, chosen by what becomes of them.
func exported(format, outcome string) string {
	q := url.Values{"format": {format}}
	if outcome != "" {
		q.Set("outcome", outcome)
	}
	return "?" + q.Encode()
}

// progress is how far the work on an import is.
func progress(r *page.Request, i exchange.Import) ui.Work {
	if i.Doing == "" {
		return ui.Work{ID: "import-" + i.ID, What: i.File, State: ui.WorkDone}
	}
	w := ui.Work{
		ID: "import-" + i.ID, What: r.T("records.import.doing."+i.Doing, "file", i.File), State: ui.WorkRunning, Done: i.Done, Total: i.Total,
		Detail: r.T("records.import.doing." + i.Doing + ".why"), Poll: ImportsPath + "/" + i.ID + "/progress",
	}
	if i.Doing == exchange.Applying {
		w.Cancel = ImportsPath + "/" + i.ID + "/undo"
	}
	return w
}

// marked is the list of a kind with a mark while a file about it is coming in or is
// taken back.
func marked(kind string, show func(http.ResponseWriter, *page.Request, ui.Page) error) func(http.ResponseWriter, *page.Request, ui.Page) error {
	return func(w http.ResponseWriter, r *page.Request, p ui.Page) error {
		under, err := store.Get(r.Context(), r.DB, func(tx *store.Tx) ([]exchange.Import, error) {
			return exchange.UnderWay(r.Context(), tx, kind)
		})
		if err != nil {
			return err
		}
		for _, i := range under {
			p.Banners = append(p.Banners, ui.Banner{Kind: ui.BannerInfo, Text: r.T("records.import.doing."+i.Doing+".count", "done", i.Done, "total", i.Total)})
		}
		return show(w, r, p)
	}
}
