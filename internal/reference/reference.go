/*
Package reference keeps the small nouns that everything else speaks of:
faculties, levels, academic years and periods; and how a record that offices
keep in lists is changed ([RecordType]).

# Changing

Every record changes on one path ([RecordType.Put]): the actor's right, the
rules, the write and the line in the log, in one transaction. What is wrong is
told field by field, all at once. A form that was opened before somebody else's
change is refused with their name, so that nobody overwrites what they have not
seen. What something else refers to cannot be removed; it is archived, and then
offered nowhere but still told.

SaveX is a transaction of its own; PutX is for a caller that holds one, as an
import or the demo does. Records are named in one another by [Ref]: the internal
key or the code, whichever the caller has.

# What is not here

Students and their cohorts: package student. Sites, institutions and contacts:
package site.
*/
package reference

import "time"

// A Stamp says which row something is, and who changed it last.
type Stamp struct {
	ID        int64     `json:"-"` // the internal key; 0: not kept yet
	PublicID  string    `json:"-"`
	ChangedAt time.Time `json:"-"` // in a form: when what the person saw was last changed; zero: whatever stands there
	ChangedBy string    `json:"-"`
}

// A Ref names one thing inside another. In what is given to be saved, the key or
// the code is enough; the zero Ref is none.
type Ref struct {
	ID       int64  `json:"-"`
	PublicID string `json:"-"`
	Code     string
	Name     string `json:"-"`
}

// None reports whether nothing is named.
func (r Ref) None() bool { return r.ID == 0 && r.Code == "" }

// An Address is where a letter goes.
type Address struct {
	Lines      string // one line of the envelope a line
	PostalCode string
	Town       string // with CEDEX, if any
}
