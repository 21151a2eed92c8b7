/*
Package placement is the ledger: who goes where, when, and by which decision.

A line is never changed or removed; the database refuses it. What was decided and
then undone stays readable: a cancellation, a replacement, and the word of
whether a placement counts for the record are lines of their own, each naming
the line it speaks of.

# What always holds

  - A line is cancelled or replaced at most once: of two people who undo the same
    placement at the same time, one is told that the other was first.
  - A placement is current while nothing cancels or replaces it.
  - A publication writes its placements in many steps, as a batch. Before the batch
    is released none of them is read; then all are.
  - Whether it counts is what the last line about it says; without one, nothing
    has been said yet.

Students are named by the record that was current when the line was written.
Readers here resolve merged records, so that nobody loses their history.

# What is not here

Who may decide: the caller (a campaign, an import) has checked it, and says by
which procedure. Whether a placement is allowed: the rules are the procedure's.
*/
package placement

import (
	"time"

	"stagora.org/stagora/internal/reference"
)

// A Decision is how a placement came to be, or to an end.
type Decision struct {
	Procedure string    // "serial", "score-v2", "commission", "import"…; its name is in the catalogues under "procedure."
	Campaign  string    // public id of the campaign; empty: decided outside Stagora
	At        time.Time // when it was decided
	By        string    // who decided, as they are called
	Reason    string
}

// Costs are what a placement cost a student, in hundredths.
type Costs struct {
	Post  int64
	Bonus int64
	Total int64
}

// A Placement is a decision that a person is at a site during a period, and what
// became of it.
type Placement struct {
	ID        int64
	PublicID  string
	StudentID int64 // the record that stands for the student now
	Site      reference.Ref
	Secondary reference.Ref // a secondary site; may be none
	Period    reference.Ref
	Dates     reference.Interval // the first and last day of the period, as it is now
	Decision

	Rank  int    // of the site on the student's list; 0: it was not there
	Costs *Costs // nil: the procedure has none

	Replaces   string // public id of the placement that this one replaced, where both were read
	ReplacedBy string // public id of the one that replaced it
	Cancelled  *Event // why it ended without a successor
	Validation *Event // the last word on whether it counts; nil: none yet
	RecordedAt time.Time
	RecordedBy string
}

// An Event is something that happened to a placement later.
type Event struct {
	Counts bool // for a validation: it counts for the record and the score
	At     time.Time
	By     string
	Reason string
}

// Current reports whether nothing cancels or replaces the placement.
func (p Placement) Current() bool { return p.Cancelled == nil && p.ReplacedBy == "" }

// Counted reports whether somebody has said that the placement counts.
func (p Placement) Counted() bool { return p.Validation != nil && p.Validation.Counts }

// Discounted reports whether somebody has said that it does not.
func (p Placement) Discounted() bool { return p.Validation != nil && !p.Validation.Counts }
