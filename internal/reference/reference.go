/*
Package reference keeps what the rest speaks of: institutions and their sites,
the people who answer for sites, levels, years, periods, cohorts and students.

# Changing

Everything changes on one path ([noun.put]): the actor's right, the rules, the
write and the line in the log, in one transaction. What is wrong is told field by
field, all at once. A form that was opened before somebody else's change is
refused with their name, so that nobody overwrites what they have not seen. What
something else refers to cannot be removed; it is archived, and then offered
nowhere but still told.

SaveX is a transaction of its own; PutX is for a caller that holds one, as an
import or the demo does. Things are named in one another by [Ref]: the internal
key or the code, whichever the caller has.

# Students

A student is a person in training. The name and the e-mail address are the
person's (identity). A student is in at most one cohort per academic year.

Two records of one person are merged by marking one as merged into the other.
No row of any owner moves: whoever reads students by number resolves it with
[Canonical], and the merge can be undone for [UndoDays] days.

# Absence

Why somebody is not in a list is answered by the very predicates that made the
list ([Finding]): each is written once, and says what was found, what was
expected, who changed it last and who may correct it.

# What is not here

Seats that a campaign opens, wishes, placements: their owners refer to what is
kept here.
*/
package reference

import (
	"time"

	"stagora.org/stagora/internal/identity"
)

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

// CohortPerimeter is the perimeter of what belongs to a cohort.
func CohortPerimeter(code string) identity.Perimeter {
	return identity.Perimeter{Kind: identity.KindCohort, Key: code}
}

// SitePerimeter is the perimeter of what belongs to a site.
func SitePerimeter(code string) identity.Perimeter {
	return identity.Perimeter{Kind: identity.KindSite, Key: code}
}

// InstitutionPerimeter is the perimeter of what belongs to an institution.
func InstitutionPerimeter(finess string) identity.Perimeter {
	return identity.Perimeter{Kind: identity.KindInstitution, Key: finess}
}
