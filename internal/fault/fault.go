/*
Package fault holds the errors that are fit to be shown to a person.

An error in Stagora is either a *fault.Error, which says whose move it is and
which sentence of the catalogues tells the person what happened, or any other
error, which is ours to repair: the person then sees a reference number alone.
The zero kind is [Internal], so that nothing leaks because somebody forgot.

A sentence says what happened, to which thing, why, what is safe, what to do
and whom to ask. Its blanks travel in Args as values (times, counts, names), so
that each reader gets them in their own language and time zone.

What is not here: status codes, pages, problem documents. Each transport turns a
fault into its own form, in one place.
*/
package fault

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Kind says whose move it is.
type Kind int

// The kinds of fault.
const (
	Internal    Kind = iota // ours: the zero value, so that nothing leaks by default
	Invalid                 // theirs: something they entered is missing or wrong
	NotFound                // nobody's: there is no such thing, or it is not for their eyes
	Denied                  // someone with more rights
	Closed                  // the calendar's: too early, or too late
	Conflict                // theirs, after a second look: somebody moved first
	TooMany                 // time's: they asked too often and may ask again later
	Unavailable             // ours, and passing: try again shortly
	SignIn                  // theirs: we do not know who they are
)

var kindNames = [...]string{
	"internal", "invalid", "not-found", "denied", "closed", "conflict", "too-many", "unavailable", "sign-in",
}

// String returns the kind as logs and machines read it.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return kindNames[Internal]
	}
	return kindNames[k]
}

// Args are the blanks of a sentence, by name.
type Args map[string]any

// An Error is a failure fit to be shown.
type Error struct {
	Kind   Kind
	Key    string  // the sentence, in the catalogues: "wishes.closed"
	Args   Args    // its blanks: which one, since when, whom to ask
	Fields []Field // for Invalid: every field that is wrong, in the order of the form
	Err    error   // the cause, for the log alone; may be nil
}

// A Field is one wrong entry of a form: its name in the form, and a sentence of
// its own.
type Field struct {
	Name string
	Key  string
	Args Args
}

// New returns a fault with one sentence. The blanks are given as alternating
// names and values, as to [text.Printer.T].
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: Pairs(args...)}
}

// Because keeps the cause for the log and returns the fault itself.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

// Error returns the fault as a log reads it; people read the catalogue.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Kind, e.Key)
	names := make([]string, 0, len(e.Args))
	for name := range e.Args {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, " %s=%v", name, e.Args[name])
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "; %s: %s", f.Name, f.Key)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first fault in the chain of err, and Internal
// if there is none. KindOf(nil) is Internal too: ask only about failures.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Has reports whether err is a fault with this sentence.
func Has(err error, key string) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Key == key
}

// A Form gathers the wrong fields of one form, so that a person sees them all
// at once and not one after the other.
type Form struct{ fields []Field }

// Wrong notes that a field is wrong, with its sentence.
func (f *Form) Wrong(name, key string, args ...any) {
	f.fields = append(f.fields, Field{Name: name, Key: key, Args: Pairs(args...)})
}

// Err returns nil if nothing was wrong, and otherwise an Invalid fault with all
// the fields.
func (f *Form) Err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "form.wrong", Args: Args{"count": len(f.fields)}, Fields: f.fields}
}

// Pairs turns alternating names and values into Args. It panics on an odd
// count or a name that is no string: that is a bug in the caller.
func Pairs(args ...any) Args {
	if len(args) == 0 {
		return nil
	}
	if len(args)%2 != 0 {
		panic(fmt.Sprintf("fault: odd number of blanks: %v", args))
	}
	m := make(Args, len(args)/2)
	for i := 0; i < len(args); i += 2 {
		m[args[i].(string)] = args[i+1]
	}
	return m
}
