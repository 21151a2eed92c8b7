package records

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

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
	all            int    // how many lines there are
	previous, next string // addresses; empty: there is none
}

// partOf returns the part of some lines that the reader asked for under a name.
func partOf(r *page.Request, lines []exchange.Line, name string, size int, keep func(*exchange.Line) bool) linesPart {
	var p linesPart
	first := (max(numberOf(r, name), 1) - 1) * size
	for i := range lines {
		if !keep(&lines[i]) {
			continue
		}
		if p.all >= first && len(p.lines) < size {
			p.lines = append(p.lines, lines[i])
		}
		p.all++
	}
	address := func(part int) string {
		q := url.Values{name: {strconv.Itoa(part)}}
		for _, other := range []string{"outcome", "part", "open"} {
			if asked := r.FormValue(other); asked != "" && other != name {
				q.Set(other, asked)
			}
		}
		return "?" + q.Encode() + "#" + name
	}
	part := first/size + 1
	if part > 1 {
		p.previous = address(part - 1)
	}
	if first+size < p.all {
		p.next = address(part + 1)
	}
	return p
}

// numberOf reads a number of the address; 0 if there is none.
func numberOf(r *page.Request, name string) int {
	n, _ := strconv.Atoi(r.URL.Query().Get(name)) // what is no number is none
	return max(n, 0)
}

func isOpen(l *exchange.Line) bool {
	return l.Outcome == exchange.Refused || l.Outcome == exchange.Doubtful
}

// warned stands for the lines about which something is said.
const warned = "warned"

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
		case !slices.Contains(outcomesOffered, asked):
			return true
		}
		return string(l.Outcome) == asked
	}
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

// exported is the address of the list of the lines that are shown, in a format.
func exported(r *page.Request, format string) string {
	q := url.Values{"format": {format}}
	if asked := r.FormValue("outcome"); asked != "" {
		q.Set("outcome", asked)
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
