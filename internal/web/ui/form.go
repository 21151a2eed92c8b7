package ui

import (
	"errors"
	"slices"
	"strings"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/text"
)

// A Field is one entry of a form.
type Field struct {
	Kind     FieldKind // the zero kind is a line of text
	Name     string    // in the form, and the end of the id
	Label    string
	Hint     string   // how to fill it in, with an example
	Value    string   // what stands there: as typed, so that nothing typed is lost
	Values   []string // for FieldChecks: what is checked
	Options  []Option // for FieldSelect, FieldRadio, FieldChecks
	Error    string   // what is wrong, in words; see [Errors.Of]
	Optional bool     // the label says so; everything else is required
	Complete string   // the autocomplete attribute
	Min, Max string   // for numbers and dates
	Rows     int      // for FieldArea; 0 is 4
	Accept   string   // for FieldFile
	Off      string   // not empty: it cannot be changed, and this is why
	ID       string   // when two fields of a page share a name; empty: "f-" and the name
}

// A FieldKind is what a field takes.
type FieldKind string

// The kinds of field.
const (
	FieldText     FieldKind = "text"
	FieldEmail    FieldKind = "email"
	FieldPassword FieldKind = "password"
	FieldSearch   FieldKind = "search"
	FieldNumber   FieldKind = "number"
	FieldDate     FieldKind = "date"           // Value as [DateValue]
	FieldMoment   FieldKind = "datetime-local" // Value as [MomentValue]
	FieldFile     FieldKind = "file"
	FieldArea     FieldKind = "area"
	FieldSelect   FieldKind = "select"
	FieldRadio    FieldKind = "radio"  // one of Options
	FieldChecks   FieldKind = "checks" // any of Options
	FieldCheck    FieldKind = "check"  // yes or no: sends Name=1, checked if Value is "1"
)

// An Option is one of the values of a field.
type Option struct {
	Value string
	Label string
	Hint  string // one line under a radio button or a box
	Off   string // not empty: it cannot be chosen, and this is why
}

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return "f-" + f.Name
}

func (f Field) hintID() string {
	if f.Hint == "" && f.Off == "" {
		return ""
	}
	return f.id() + "-hint"
}

func (f Field) errorID() string {
	if f.Error == "" {
		return ""
	}
	return f.id() + "-error"
}

func (f Field) checked(value string) bool {
	return f.Value == value && value != "" || slices.Contains(f.Values, value)
}

func (f Field) rows() int {
	if f.Rows == 0 {
		return 4
	}
	return f.Rows
}

// DateValue writes a day for a field of dates.
func DateValue(p text.Printer, t time.Time) string { return local(p, t, time.DateOnly) }

// MomentValue writes an instant for a field of moments, in the printer's zone.
func MomentValue(p text.Printer, t time.Time) string { return local(p, t, "2006-01-02T15:04") }

func local(p text.Printer, t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.In(p.Location()).Format(layout)
}

// Errors is what is wrong with a form, ready to be read.
type Errors struct {
	Sentence string // above the form; empty when nothing is wrong
	Fields   []FieldError
}

// A FieldError is what is wrong with one field.
type FieldError struct {
	Name     string
	Sentence string
}

// ErrorsOf turns a fault into what the form says. A nil error says nothing; an
// error that is no fault must not come here, it has a page of its own.
func ErrorsOf(p text.Printer, err error) Errors {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return Errors{}
	}
	e := Errors{Sentence: p.Message(f.Key, f.Args)}
	for _, field := range f.Fields {
		e.Fields = append(e.Fields, FieldError{Name: field.Name, Sentence: p.Message(field.Key, field.Args)})
	}
	return e
}

// Of returns what is wrong with a field, and "" if nothing is.
func (e Errors) Of(name string) string {
	var found []string
	for _, f := range e.Fields {
		if f.Name == name {
			found = append(found, f.Sentence)
		}
	}
	return strings.Join(found, " ")
}

// A Form is a whole form in one column. A form that needs another shape puts
// [Input] where it wants, inside its own form element.
type Form struct {
	Action string
	Errors Errors
	Fields []Field // their errors are filled in from Errors
	Hidden map[string]string
	Submit Action
	Cancel Link // no Label: none
	Files  bool // carries files
	Get    bool // asks, and changes nothing
}

func (f Form) fields() []Field {
	filled := slices.Clone(f.Fields)
	for i := range filled {
		if filled[i].Error == "" {
			filled[i].Error = f.Errors.Of(filled[i].Name)
		}
	}
	return filled
}

// labelOf returns the label of a field by its name, for the summary of errors.
func labelOf(fields []Field, name string) string {
	for _, f := range fields {
		if f.Name == name {
			return f.Label
		}
	}
	return ""
}
