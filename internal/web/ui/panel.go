package ui

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/text"
)

// An Empty says why there is nothing, and what to do about it.
type Empty struct {
	Icon    string
	What    string // "Aucun vœu pour l'instant"
	Why     string
	Actions []Action
}

// A Check is one line of a go/no-go table: a condition of the next step.
type Check struct {
	What   string // the condition, as a sentence
	State  CheckState
	Detail string // what was found, with numbers
	Owner  string // who can change it
	Fix    Link   // where; no Label: nowhere
}

// A CheckState is what a check found.
type CheckState string

// The states of a check.
const (
	CheckGo      CheckState = "go"      // fulfilled
	CheckWatch   CheckState = "watch"   // does not prevent, but look at it
	CheckNoGo    CheckState = "nogo"    // prevents the next step
	CheckWaiting CheckState = "waiting" // not known yet
)

func (s CheckState) tone() Tone {
	switch s {
	case CheckGo:
		return Good
	case CheckWatch:
		return Warn
	case CheckNoGo:
		return Bad
	}
	return Neutral
}

func (s CheckState) glyph() string {
	if s == CheckWaiting {
		return "hourglass-split"
	}
	return s.tone().glyph()
}

// checkSummary says how many checks of a table stand in the way.
func checkSummary(p text.Printer, checks []Check) (string, Tone) {
	counts := map[CheckState]int{}
	for _, c := range checks {
		counts[c.State]++
	}
	switch {
	case counts[CheckNoGo] > 0:
		return p.T("ui.check.summary.nogo", "count", counts[CheckNoGo]), Bad
	case counts[CheckWaiting] > 0:
		return p.T("ui.check.summary.waiting", "count", counts[CheckWaiting]), Neutral
	case counts[CheckWatch] > 0:
		return p.T("ui.check.summary.watch", "count", counts[CheckWatch]), Warn
	}
	return p.T("ui.check.summary.go"), Good
}

// An Outcome is what became of one wish, in one sentence.
type Outcome struct {
	Rank     int // of the wish; 0 shows none
	Tone     Tone
	Icon     string // empty: the tone's own
	Title    string // the site
	Sentence string // why, addressed to the person
	Cutoff   string // the last position taken there, the seats, the applicants
}

func (o Outcome) glyph() string {
	if o.Icon != "" {
		return o.Icon
	}
	return o.Tone.glyph()
}

// A Work is something long that the server does in the background.
type Work struct {
	ID      string // of the element, unique on the page
	What    string
	State   WorkState
	Done    int // of Total; Total 0 means that the length is unknown
	Total   int
	Detail  string // the step, or what went wrong and what to do
	Since   time.Time
	Poll    string // address of this fragment, asked every two seconds while it runs
	Cancel  string // address to POST to; empty: it cannot be cancelled
	Results Link   // when done
}

// A WorkState is where a long work stands.
type WorkState string

// The states of a long work.
const (
	WorkWaiting  WorkState = "waiting"
	WorkRunning  WorkState = "running"
	WorkDone     WorkState = "done"
	WorkFailed   WorkState = "failed"
	WorkCanceled WorkState = "canceled"
)

func (w Work) active() bool { return w.State == WorkWaiting || w.State == WorkRunning }

func (w Work) tone() Tone {
	switch w.State {
	case WorkDone:
		return Good
	case WorkFailed:
		return Bad
	case WorkCanceled:
		return Warn
	}
	return Info
}

// A Receipt is the proof of something submitted.
type Receipt struct {
	Title   string
	Number  string
	At      time.Time
	Version int
	Person  string
	Lines   []string // the content, in its order
	Ordered bool     // the order of the lines counts: they are numbered
	Verify  Link     // the public page that checks it
	PDF     Link
	Appeal  string          // to whom one turns, and until when
	Code    templ.Component // the QR code as a drawing, may be nil
}

// An Event is one line of the history of a thing.
type Event struct {
	At     time.Time
	Who    string
	For    string // on behalf of whom, may be empty
	What   string // a sentence
	Before string
	After  string
	Reason string
	Href   string // to the whole entry, may be empty
}

// A WhyMissing is the panel that answers "Pourquoi X n'apparaît pas ?".
type WhyMissing struct {
	ID       string // of the field, unique on the page; empty: "why"
	Action   string // address asked with the field "who", by GET
	Hidden   map[string]string
	Question string // the label: "Nom ou numéro de la personne"
	Asked    string // what was typed; empty: nothing asked yet
	Found    string // who or what was found; empty: nobody
	Result   string // one sentence: appears, or not and why
	Tone     Tone
	Tests    []Predicate
}

// A Predicate is one condition to appear on a list.
type Predicate struct {
	What     string
	Holds    bool
	Found    string
	Expected string
	Owner    string // who can change it
	Fix      Link   // no Label: nowhere
}

// A Decision is the last look before something that cannot be undone: what will
// happen, in numbers, and the reason.
type Decision struct {
	Title   string
	Facts   []Fact
	Warning string // what cannot be undone, may be empty; told while Submit can be sent
	Form    Form   // Fields beside the reason; Submit confirms, Cancel goes back
	Reason  string // what stands in the reason's field
	Ask     bool   // a reason is asked for
	Hint    string // what the reason is for; empty: it is kept in the history
}

// A Fact is a number or a word with what it is.
type Fact struct {
	Value string
	Label string
	Tone  Tone
}

// A Term is a line of a description: what, and its value.
type Term struct {
	Name  string
	Value string
	Body  templ.Component // instead of Value, may be nil
}

// reasonField is the field of a decision's reason.
func (d Decision) reasonField(p text.Printer) Field {
	hint := d.Hint
	if hint == "" {
		hint = p.T("ui.reason.hint")
	}
	return Field{
		Kind: FieldArea, Name: "reason", Label: p.T("ui.reason"), Hint: hint,
		Value: d.Reason, Error: d.Form.Errors.Of("reason"), Rows: 3,
	}
}

// form is the form of a decision, the reason last.
func (d Decision) form(p text.Printer) Form {
	f := d.Form
	if d.Ask {
		f.Fields = append(f.Fields[:len(f.Fields):len(f.Fields)], d.reasonField(p))
	}
	return f
}

func (w WhyMissing) id() string {
	if w.ID == "" {
		return "why"
	}
	return w.ID
}

func itoa(n int) string { return strconv.Itoa(n) }
