/*
Package exchange takes files in and gives lists out.

# A file comes in

It is read ([Read]: CSV in any usual form, or XLSX), kept ([Upload]), and
examined ([Examine]): each cell against the [Layout] of its kind, each row
against the others and against what is there now. The [Report] says what
applying the file would do, row by row, and all that is wrong with it, at once.
A person then corrects a cell, leaves a row out or confirms it ([Decide]), reads
the report again, and applies the file ([Apply]).

For each kind of file an [Owner] speaks for the package that owns the data: the
layout, what is there now, and how one row is written. What is wrong with a
cell, what a dry run is, and how an import is undone are said here, once for all
kinds.

# What always holds

  - A file is applied as a whole or not at all, and exactly as the report said: if
    anything has changed since, it is refused. Up to some hundred rows go in in one
    transaction; more go in in steps, under a mark that pages show. If a row does
    not hold any more by then, what was written is taken back.
  - Nothing is guessed. A cell that a spreadsheet has spoilt, a value that does
    not exist, a row that stands twice is shown to a person, with what is near.
  - What an import did is kept row by row, before and after; [Undo] puts it back
    as long as nothing depends on it, and otherwise says what does.
  - No file, however odd or hostile, does more than be refused with the place,
    the reason and what to do.

# A list goes out

A [List] is written as CSV or XLSX. [Read] gives back what was written, a cell
beginning with a sign of a formula included, which no spreadsheet will run.

# What is not here

Rights: whoever calls has asked identity. Rules about the data: each owner's
package keeps its own, and this one calls it.
*/
package exchange

import (
	"context"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/store"
)

// An Owner speaks for the package that owns a kind of data, so that files about it
// can come in.
type Owner interface {
	// Layout returns the columns of such a file, with the values known today.
	Layout(ctx context.Context, tx *store.Tx) (Layout, error)

	// Existing returns what is there now for those keys that exist: the columns
	// of the layout, each value as the layout keeps it.
	Existing(ctx context.Context, tx *store.Tx, keys []string) (map[string]Values, error)

	// Review judges whole rows, after their cells were found sound: what two
	// columns say together, or a person who may exist under another key. Each
	// finding carries the line it is about.
	Review(ctx context.Context, tx *store.Tx, lines []*Line) ([]Finding, error)

	// Write makes some changes: each adds if nothing was there before, removes if
	// nothing is to be there after, and changes otherwise. A [RowError] says which
	// one it refuses.
	Write(ctx context.Context, tx *store.Tx, who audit.Who, changes []Change) error

	// Blockers returns what depends on those changes, so that they cannot be
	// undone: findings on their lines.
	Blockers(ctx context.Context, tx *store.Tx, changes []Change) ([]Finding, error)
}

// A Change is what one row does to what it is about.
type Change struct {
	Line   int
	Key    string
	Before Values // nil: nothing is there
	After  Values // nil: nothing will be there
}
