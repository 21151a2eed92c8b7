package ui

import (
	"time"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/text"
)

// A Table shows rows. Its whole state (filters, order, chosen columns, page) stands
// in the address, so that a view can be kept and shared, and an export gives exactly
// what is seen.
//
// A list that is short by nature (the steps of a campaign, the contacts of a site)
// gives all its rows, and the table filters, sorts and pages them in memory. Any
// other list is filtered, sorted and paged in the database: it gives the rows of
// one page and says so in Paged. Package table does that.
type Table struct {
	Name    string // prefix of its parameters when a page has several tables; may be empty
	Caption string // what the rows are: "Étudiants de la campagne"
	Path    string // address of the page, without its query
	Keep    map[string]string
	Columns []Column
	Rows    []Row  // all of them, of which State chooses what is shown; with Paged, those that are shown
	Paged   *Paged // nil: the list is short by nature
	State   TableState
	Export  string   // address that answers with a file, asked with format=csv or format=xlsx and the state; empty: none
	Batch   []Action // what can be done with chosen rows; each posts "row" as often as there are chosen ones
	BatchTo string   // where the form of the batch posts, unless an action says otherwise
	Empty   Empty    // when there is no row at all; filters that exclude everything are told apart
}

// A Paged is one page of a list that the database filters and sorts.
type Paged struct {
	Matching       int    // rows that pass the filters, on all pages; those that were counted
	More           bool   // there are more than were counted
	Previous, Next string // where the page before ends and the next begins, for an address; empty: there is none
	Unsearched     bool   // the list cannot be searched: there is no box for it
	Search         string // what the search looks for, in the words of its box; empty: "Chercher dans le tableau"
}

// A Column is one column of a table.
type Column struct {
	Key     string // in the address
	Title   string
	Kind    ColumnKind
	Filter  bool     // may be filtered
	Options []Option // for KindChoice: what may be asked for
	Hidden  bool     // not shown until chosen
	Fixed   bool     // always shown: cannot be unchosen
	NoSort  bool
}

// A ColumnKind says how a column is aligned, sorted and filtered.
type ColumnKind string

// The kinds of column.
const (
	KindText   ColumnKind = ""       // filtered by a part of it, without regard to case and accents; in the database by how it begins
	KindNumber ColumnKind = "number" // to the right; filtered by "12", ">10", "<=5", "10-20"
	KindMoment ColumnKind = "moment" // sorted in time; filtered by a part of what is written; in the database by a period
	KindChoice ColumnKind = "choice" // filtered by one of Options, which [Cell.Choice] names
)

// A Row is one line of a table.
type Row struct {
	ID    string // what a batch sends; empty: the row cannot be chosen
	Cells []Cell // one for each column, in their order
	Tone  Tone   // a row that stands out; neutral for most
}

// A Cell is one value: what is read, and what it is sorted by.
type Cell struct {
	Text   string
	Href   string
	Number int64           // for KindNumber and KindMoment: sorts and filters
	Choice string          // for KindChoice: the value of the option
	Sort   string          // for KindText: sorts instead of Text; see text.SortKey
	Tone   Tone            // not empty: shown as a badge
	Icon   string          // of the badge
	Body   templ.Component // shown instead of Text, which is still what is filtered and exported
	None   bool            // there is no value: sorts last, fits no filter of numbers
}

// Word is a cell of text.
func Word(s string) Cell { return Cell{Text: s, None: s == ""} }

// LinkCell is a cell of text that leads somewhere.
func LinkCell(s, href string) Cell { return Cell{Text: s, Href: href} }

// Count is a cell that holds a whole number.
func Count(p text.Printer, n int) Cell {
	return Cell{Text: p.Number(int64(n)), Number: int64(n) * 100}
}

// Amount is a cell that holds hundredths: a cost, a score.
func Amount(p text.Printer, hundredths int64) Cell {
	return Cell{Text: p.Hundredths(hundredths), Number: hundredths}
}

// Moment is a cell that holds an instant; the zero time is no value.
func Moment(p text.Printer, t time.Time) Cell {
	if t.IsZero() {
		return Cell{None: true}
	}
	return Cell{Text: p.ShortDateTime(t), Number: t.UnixMilli()}
}

// StateCell is a cell of a column of choices: the value, its tone and its word.
func StateCell(choice string, tone Tone, word string) Cell {
	return Cell{Text: word, Choice: choice, Tone: tone}
}
