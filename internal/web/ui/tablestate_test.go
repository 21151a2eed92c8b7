package ui_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/ui"
)

var columns = []ui.Column{
	{Key: "name", Filter: true, Fixed: true},
	{Key: "state", Kind: ui.KindChoice, Filter: true, Options: []ui.Option{{Value: "late"}, {Value: "done"}}},
	{Key: "score", Kind: ui.KindNumber, Filter: true},
	{Key: "saved", Kind: ui.KindMoment, Filter: true},
	{Key: "note", Hidden: true, NoSort: true},
}

func person(name, state string, score int64, day int, note string) ui.Row {
	cells := []ui.Cell{
		ui.Word(name), ui.StateCell(state, ui.Good, state), ui.Amount(text.Printer{}, score),
		ui.Moment(text.Printer{}, time.Date(2026, 3, day, 9, 0, 0, 0, time.UTC)), ui.Word(note),
	}
	if day == 0 {
		cells[3] = ui.Moment(text.Printer{}, time.Time{})
	}
	return ui.Row{ID: name, Cells: cells}
}

var people = []ui.Row{
	person("Éloïse", "done", 693, 3, "délai"),
	person("Zoé", "late", 1200, 1, ""),
	person("Inès", "late", 250, 0, ""),
	person("Daria", "done", 600, 2, ""),
}

func names(rows []ui.Row) string {
	var all []string
	for _, r := range rows {
		all = append(all, r.Cells[0].Text)
	}
	return strings.Join(all, " ")
}

func TestAnAddressChoosesAndOrdersTheRows(t *testing.T) {
	tests := []struct{ name, query, want string }{
		{"nothing asked: the caller's order", "", "Éloïse Zoé Inès Daria"},
		{"a part of a word, without its accents", "f.name=elo", "Éloïse"},
		{"words in any column", "q=delai+elo", "Éloïse"},
		{"a choice", "f.state=late", "Zoé Inès"},
		{"a choice nobody has", "f.state=gone", ""},
		{"a number", "f.score=6", "Daria"},
		{"a number with a French comma", "f.score=6,93", "Éloïse"},
		{"more than", "f.score=>6", "Éloïse Zoé"},
		{"at least, in one sign", "f.score=≥ 6", "Éloïse Zoé Daria"},
		{"less than", "f.score=<6", "Inès"},
		{"from … to …", "f.score=2-6,5", "Inès Daria"},
		{"from … to …, with dots", "f.score=2..3", "Inès"},
		{"not a number lets nothing through", "f.score=many", ""},
		{"a day", "f.saved=02/03/2026", "Daria"},
		{"a column that is not to be filtered is not", "f.note=zzz", "Éloïse Zoé Inès Daria"},
		{"a French dictionary's order", "sort=name", "Daria Éloïse Inès Zoé"},
		{"and backwards", "sort=-name", "Zoé Inès Éloïse Daria"},
		{"numbers by their value", "sort=score", "Inès Daria Éloïse Zoé"},
		{"times in time; without a time last", "sort=saved", "Zoé Daria Éloïse Inès"},
		{"without a time last, backwards too", "sort=-saved", "Éloïse Daria Zoé Inès"},
		{"a column that does not sort is not sorted by", "sort=note", "Éloïse Zoé Inès Daria"},
		{"an unknown column is passed over", "sort=shoe&f.shoe=44", "Éloïse Zoé Inès Daria"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q, err := url.ParseQuery(strings.ReplaceAll(tt.query, ";", "%3B"))
			if err != nil {
				t.Fatal(err)
			}
			if got := names(ui.ParseTable("", columns, q).Matching(columns, people)); got != tt.want {
				t.Errorf("%s gives %q, want %q", tt.query, got, tt.want)
			}
		})
	}
}

func TestColumnsAreChosenInTheOrderOfTheTable(t *testing.T) {
	tests := []struct{ query, want string }{
		{"", "name state score saved"},
		{"cols=note&cols=score", "name score note"},
		{"cols=note,score", "name score note"},
		{"cols=-", "name"}, // everything unchecked: what is fixed stays
		{"cols=shoe", "name"},
	}
	for _, tt := range tests {
		q, _ := url.ParseQuery(tt.query)
		if got := strings.Join(ui.ParseTable("", columns, q).Columns, " "); got != tt.want {
			t.Errorf("%q shows %q, want %q", tt.query, got, tt.want)
		}
	}
}

func TestPagesStayWithinTheTable(t *testing.T) {
	var rows []ui.Row
	for i := range 120 {
		rows = append(rows, person(fmt.Sprintf("p%03d", i), "done", int64(i), 1, ""))
	}
	tests := []struct {
		query              string
		page, pages        int
		from, to, matching int
	}{
		{"", 1, 3, 1, 50, 120},
		{"page=3", 3, 3, 101, 120, 120},
		{"page=9", 3, 3, 101, 120, 120},
		{"page=-2", 1, 3, 1, 50, 120},
		{"page=two", 1, 3, 1, 50, 120},
		{"size=100", 1, 2, 1, 100, 120},
		{"size=7", 1, 3, 1, 50, 120},
		{"f.name=p11", 1, 1, 1, 10, 10},
		{"f.name=nobody", 1, 1, 0, 0, 0},
	}
	for _, tt := range tests {
		q, _ := url.ParseQuery(tt.query)
		v := ui.ParseTable("", columns, q).View(columns, rows)
		if v.Page != tt.page || v.Pages != tt.pages || v.From != tt.from || v.To != tt.to || v.Matching != tt.matching || v.All != 120 {
			t.Errorf("%q gives %+v", tt.query, v)
		}
	}
}

// A page has as many rows as asked for, unless so many columns are shown that it would be
// heavier than a page may be.
func TestAPageOfManyColumnsHasFewerRows(t *testing.T) {
	for shown, want := range map[int]int{1: 100, 8: 100, 13: 61, 25: 32} {
		wide := make([]ui.Column, shown)
		for i := range wide {
			wide[i] = ui.Column{Key: fmt.Sprintf("c%d", i)}
		}
		s := ui.ParseTable("", wide, url.Values{"size": {"100"}})
		if s.PageRows() != want || s.Values().Get("size") != "100" {
			t.Errorf("%d columns: a page of %d rows at %v", shown, s.PageRows(), s.Values())
		}
	}
}

// An element has the attributes of its column alone.
func TestACellHasNoAttributeThatSaysNothing(t *testing.T) {
	all := []ui.Column{{Key: "a", Title: "A", Filter: true}, {Key: "n", Title: "N", Kind: ui.KindNumber, Filter: true}, {Key: "m", Title: "M", Kind: ui.KindMoment}}
	for _, sort := range []string{"", "a", "-a"} {
		drawn := draw(t, ui.DataTable(text.Printer{}, ui.Table{
			Columns: all, State: ui.ParseTable("", all, url.Values{"sort": {sort}}),
			Rows: []ui.Row{{Cells: []ui.Cell{{Text: "x"}, {Text: "1"}, {Text: "2"}}}},
		}))
		_, body, _ := strings.Cut(drawn, "<tbody")
		if strings.Contains(drawn, " else") {
			t.Errorf("sorted by %q, the table has an attribute else", sort)
		}
		if strings.Contains(body, `class=""`) {
			t.Errorf("sorted by %q, a row has an empty class: %s", sort, body)
		}
	}
}

func TestTwoTablesOfAPageDoNotHearEachOther(t *testing.T) {
	q := url.Values{"left.f.name": {"zoe"}, "right.sort": {"-score"}}
	left, right := ui.ParseTable("left", columns, q), ui.ParseTable("right", columns, q)
	if got := names(left.Matching(columns, people)); got != "Zoé" {
		t.Errorf("left shows %q", got)
	}
	if got := names(right.Matching(columns, people)); got != "Zoé Éloïse Daria Inès" {
		t.Errorf("right shows %q", got)
	}
}

func TestARowOfStepsLeadsBack(t *testing.T) {
	s := ui.ParseTable("", columns, url.Values{"f.name": {"e"}, "page": {"2"}})
	if s = s.SortedBy("score"); s.Sort != "score" || s.Desc || s.Page != 1 {
		t.Errorf("sorted once: %+v", s)
	}
	if s = s.SortedBy("score"); !s.Desc {
		t.Errorf("sorted twice: %+v", s)
	}
	if cleared := s.Without("name"); cleared.Filtered() || !s.Filtered() {
		t.Error("a filter is taken away from the new state alone")
	}
}

// However odd an address, it is read without harm, and what is written from it is
// read as the same state.
func FuzzAnAddressIsReadAsItIsWritten(f *testing.F) {
	for _, seed := range []string{"", "f.name=x&sort=-score&page=4&size=100", "cols=note,note&q=%ff", "f.score=1e400&f.saved=%00", "sort=--name&page=99999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		s := ui.ParseTable("", columns, q)
		again := ui.ParseTable("", columns, s.Values())
		if a, b := s.Values().Encode(), again.Values().Encode(); a != b {
			t.Errorf("%q is read as %q, then as %q", query, a, b)
		}
		v := s.View(columns, people)
		if len(v.Rows) > v.Matching || v.Matching > v.All || v.Page < 1 || v.Page > v.Pages {
			t.Errorf("%q gives %+v", query, v)
		}
		if !slices.Contains(s.Columns, "name") {
			t.Errorf("%q hides a fixed column: %v", query, s.Columns)
		}
	})
}
