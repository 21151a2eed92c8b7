package ui

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/text"
)

// A Ranking is a list that a person orders, best first: by dragging, by buttons,
// by typing a rank, or by holding an item with the keyboard.
//
// Its form always posts the whole list (see [ParseRanking]), with the version it
// was shown at, so that the server can tell a stale list from a fresh one. With
// JavaScript the list saves itself within a second and says so.
type Ranking struct {
	ID      string // of the element, unique on the page
	Label   string // "Mes vœux"
	Action  string // where it posts
	Row     string // address that answers with one item as a list of one, but for its code, which comes last; empty: items are added by the server alone
	Version string // what the person saw; comes back as it is
	Items   []RankedItem
	Max     int // how many items the list may hold; 0: as many as there are
	Saved   Saved
	Off     string // not empty: it can only be read, and this is why
	Empty   Empty
	Paste   bool // offers to paste codes
}

// A RankedItem is one item of a list.
type RankedItem struct {
	Code   string // what the form sends
	Title  string
	Detail string
	Href   string
	Note   string // what the person should know about it here, may be empty
	Tone   Tone   // of the note
	Extra  templ.Component
}

// A Ranked is what a ranked list posted: the whole list as it is to be, whatever
// was pressed.
type Ranked struct {
	Version string
	Codes   []string // best first, without repetition
	Unread  []string // pasted words, kept as typed, if the caller's known does not have them
}

// Addresses of a pressed button: "do" is one of these, then ":" and a code.
const (
	doUp     = "up"
	doDown   = "down"
	doTop    = "top"
	doBottom = "bottom"
	doRemove = "remove"
	doAdd    = "add"
	doRanks  = "ranks" // the typed ranks, as "rank.CODE"
	doPaste  = "paste" // the text "codes"
)

// mostRanked is how many items, and how many pasted words, are read of one list: more
// than any list may have, so that one that is longer is refused for its length.
const mostRanked = 1000

// ParseRanking reads a posted list: the items in their order, then the button
// that was pressed, if any. known says which codes may be pasted or added, and
// how they are written ("cv12 " is "CV12"); a code that it refuses is left out,
// and pasted ones come back in Unread.
func ParseRanking(form url.Values, known func(typed string) (code string, ok bool)) Ranked {
	r := Ranked{Version: form.Get("version")}
	for _, code := range form["item"] {
		r.append(code)
	}
	do, code, _ := strings.Cut(form.Get("do"), ":")
	switch do {
	case doUp:
		r.move(code, r.place(code)-1)
	case doDown:
		r.move(code, r.place(code)+1)
	case doTop:
		r.move(code, 0)
	case doBottom:
		r.move(code, len(r.Codes)-1)
	case doRemove:
		r.Codes = slices.DeleteFunc(r.Codes, func(c string) bool { return c == code })
	case doAdd:
		if c, ok := known(code); ok {
			r.append(c)
		}
	case doRanks:
		r.retype(form)
	case doPaste:
		r.paste(form.Get("codes"), known)
	}
	return r
}

func (r *Ranked) place(code string) int { return slices.Index(r.Codes, code) }

func (r *Ranked) append(code string) {
	if code != "" && len(r.Codes) < mostRanked && !slices.Contains(r.Codes, code) {
		r.Codes = append(r.Codes, code)
	}
}

// move puts a code at a place; a place outside the list is its nearest end.
func (r *Ranked) move(code string, to int) {
	from := r.place(code)
	if from < 0 {
		return
	}
	r.Codes = slices.Delete(r.Codes, from, from+1)
	r.Codes = slices.Insert(r.Codes, min(max(to, 0), len(r.Codes)), code)
}

// retype moves the items whose typed rank is not the one they have, from the
// best typed rank to the worst; the others keep their order.
func (r *Ranked) retype(form url.Values) {
	type wish struct {
		code string
		rank int
	}
	var moved []wish
	for i, code := range r.Codes {
		rank, err := strconv.Atoi(strings.TrimSpace(form.Get("rank." + code)))
		if err == nil && rank != i+1 {
			moved = append(moved, wish{code, rank})
		}
	}
	slices.SortStableFunc(moved, func(a, b wish) int { return a.rank - b.rank })
	for _, w := range moved {
		r.Codes = slices.DeleteFunc(r.Codes, func(c string) bool { return c == w.code })
	}
	for _, w := range moved {
		r.Codes = slices.Insert(r.Codes, min(max(w.rank-1, 0), len(r.Codes)), w.code)
	}
}

func (r *Ranked) paste(codes string, known func(string) (string, bool)) {
	split := func(c rune) bool { return c == ',' || c == ';' || c == ' ' || c == '\t' || c == '\n' || c == '\r' }
	words := 0
	for typed := range strings.FieldsFuncSeq(codes, split) {
		words++
		if words > mostRanked {
			r.Unread = append(r.Unread, "…")
			return
		}
		if code, ok := known(typed); ok {
			r.append(code)
		} else {
			r.Unread = append(r.Unread, typed)
		}
	}
}

// FromScript reports whether a list was posted by ranking.js, which waits for
// [SavedReply] instead of a page.
func FromScript(r *http.Request) bool { return r.Header.Get("Accept") == "application/json" }

// SavedReply answers ranking.js that the list is saved: under which version, and
// in which words. Refuse a stale version with status 409: the script then posts
// the form again as a page, which shows [Merge].
func SavedReply(w http.ResponseWriter, p text.Printer, version string, s Saved) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	return json.NewEncoder(w).Encode(map[string]string{"version": version, "words": s.Sentence(p)})
}

// A DiffLine is one item of two versions of a list.
type DiffLine struct {
	Item     RankedItem
	Old, New int // rank in each, from 1; 0: not in it
}

func (d DiffLine) tone() Tone {
	switch {
	case d.Old == 0:
		return Good
	case d.New == 0:
		return Bad
	case d.Old != d.New:
		return Info
	}
	return Neutral
}

func (d DiffLine) words(p text.Printer) string {
	switch {
	case d.Old == 0:
		return p.T("ui.diff.added")
	case d.New == 0:
		return p.T("ui.diff.removed")
	case d.New < d.Old:
		return p.T("ui.diff.up", "count", d.Old-d.New)
	case d.New > d.Old:
		return p.T("ui.diff.down", "count", d.New-d.Old)
	}
	return p.T("ui.diff.same")
}

func (d DiffLine) glyph() string {
	switch {
	case d.Old == 0:
		return "plus-lg"
	case d.New == 0:
		return "dash-lg"
	case d.New < d.Old:
		return "arrow-up"
	case d.New > d.Old:
		return "arrow-down"
	}
	return "check-lg"
}

// Compare sets two versions of a list side by side: the lines of the new one in
// its order, then what is no longer there, in the old order.
func Compare(old, new []RankedItem) []DiffLine {
	at := func(items []RankedItem, code string) int {
		return 1 + slices.IndexFunc(items, func(i RankedItem) bool { return i.Code == code })
	}
	var lines []DiffLine
	for i, item := range new {
		lines = append(lines, DiffLine{Item: item, Old: at(old, item.Code), New: i + 1})
	}
	for i, item := range old {
		if at(new, item.Code) == 0 {
			lines = append(lines, DiffLine{Item: item, Old: i + 1})
		}
	}
	return lines
}

// A Merge is the screen of a list that was changed elsewhere in between: both
// lists, their difference, and what the person may keep.
type Merge struct {
	Action   string
	Version  string // the one on the server now: what is kept replaces it
	Mine     []RankedItem
	Theirs   []RankedItem // on the server now
	TheirsAt Saved        // when that one was saved
	Back     Link         // leaves both as they are
}

// both is my list, then what only the other one has.
func (m Merge) both() []RankedItem {
	all := slices.Clone(m.Mine)
	for _, line := range Compare(m.Theirs, m.Mine) {
		if line.New == 0 {
			all = append(all, line.Item)
		}
	}
	return all
}
