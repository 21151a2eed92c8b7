package page

import (
	"strconv"
	"strings"
	"time"

	"stagora.org/stagora/internal/fault"
)

// A Form reads the fields of a posted form and gathers what is wrong with them.
type Form struct {
	fault.Form
	r *Request
}

// Fields returns the posted form for reading.
func (r *Request) Fields() *Form { return &Form{r: r} }

// Text returns a field without the spaces around it.
func (f *Form) Text(name string) string { return strings.TrimSpace(f.r.FormValue(name)) }

// Required returns a field that must not be empty.
func (f *Form) Required(name string) string {
	s := f.Text(name)
	if s == "" {
		f.Wrong(name, "form.required")
	}
	return s
}

// Reason returns the reason of a decision, which must not be empty.
func (f *Form) Reason(name string) string {
	s := f.Text(name)
	switch {
	case s == "":
		f.Wrong(name, "form.reason")
	case len([]rune(s)) > maxReason:
		f.Wrong(name, "form.long", "max", maxReason)
	}
	return s
}

const maxReason = 2000

// Int returns a whole number between least and most.
func (f *Form) Int(name string, least, most int) int {
	s := f.Text(name)
	n, err := strconv.Atoi(s)
	switch {
	case s == "":
		f.Wrong(name, "form.required")
	case err != nil:
		f.Wrong(name, "form.number", "found", s)
	case n < least || n > most:
		f.Wrong(name, "form.range", "found", n, "min", least, "max", most)
	default:
		return n
	}
	return 0
}

// Bool reports whether a box is ticked.
func (f *Form) Bool(name string) bool { return f.r.FormValue(name) != "" }

// Choice returns a field that must be one of the given values.
func (f *Form) Choice(name string, values ...string) string {
	s := f.Text(name)
	for _, v := range values {
		if s == v {
			return s
		}
	}
	f.Wrong(name, "form.choice", "found", s)
	return ""
}

// Time returns an instant typed in the reader's zone, as the browser's own field
// sends it (2026-03-20T18:00) or as French offices write it (20/03/2026 18:00).
// An empty field is the zero time.
func (f *Form) Time(name string) time.Time {
	s := f.Text(name)
	if s == "" {
		return time.Time{}
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "02/01/2006 15:04", "2006-01-02", "02/01/2006"} {
		if t, err := time.ParseInLocation(layout, s, f.r.Text.Location()); err == nil {
			return t.UTC()
		}
	}
	f.Wrong(name, "form.date", "found", s)
	return time.Time{}
}
