package exchange

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/store"
)

// A State is where an import stands.
type State string

// The states.
const (
	Checked State = "checked" // read, and waiting for somebody to apply it
	Applied State = "applied"
	Undone  State = "undone"
)

// An Import is one file that came in.
type Import struct {
	ID         string // public
	Kind       string // what the file is about, as the pages name it: "students"
	Scope      string // what it belongs to, by public identifier, or empty
	File       string // its name
	Hash       string // SHA-256 of the file
	State      State
	Decisions  Decisions
	Summary    Summary // of what was applied
	UploadedAt time.Time
	UploadedBy string
	AppliedAt  time.Time
	AppliedBy  string
	UndoneAt   time.Time
	UndoneBy   string

	// What is under way in steps ([Applying], [TakingBack]), and how many rows of how
	// many are behind; empty: nothing.
	Doing       string
	Done, Total int
	Stopped     *Finding // what stopped it the last time, so that all was taken back; nil: nothing

	id      int64
	planned bool   // what each row is to do is kept
	shown   string // digest of the report that is being applied
}

// A Summary is a report in numbers, as it was when the file was applied.
type Summary struct {
	Rows     map[Outcome]int `json:"rows"`
	Warnings int             `json:"warnings"`
	Ignored  []string        `json:"ignored,omitempty"`
	Findings []Finding       `json:"findings,omitempty"` // about the columns
}

// An Upload is a file about to come in.
type Upload struct {
	Kind    string
	Scope   string
	Name    string
	Content []byte
	By      audit.Who
}

// Add reads a file and keeps it, to be examined and then applied. A file that
// cannot be read is not kept.
func (u Upload) Add(ctx context.Context, db *store.DB) (i Import, err error) {
	t, err := readInTurn(ctx, u.Name, u.Content)
	if err != nil {
		return Import{}, err
	}
	err = db.Write(ctx, func(tx *store.Tx) error {
		q := queries.New(tx)
		row, err := q.Add(ctx, queries.AddParams{
			PublicID: uuid.NewString(), Kind: u.Kind, Scope: u.Scope, FileName: t.Name, FileHash: t.Hash,
			UploadedAt: store.At(tx.Now), UploadedBy: u.By.Name,
		})
		if err != nil {
			return fmt.Errorf("keep import: %w", err)
		}
		if err := q.AddFile(ctx, queries.AddFileParams{ImportID: row.ID, Content: u.Content}); err != nil {
			return fmt.Errorf("keep import: %w", err)
		}
		i, err = imported(row)
		return err
	})
	return i, err
}

// Find returns an import by its public identifier.
func Find(ctx context.Context, tx *store.Tx, id string) (Import, error) {
	row, err := queries.New(tx).Get(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Import{}, fault.New(fault.NotFound, "exchange.import.none")
	}
	if err != nil {
		return Import{}, fmt.Errorf("find import: %w", err)
	}
	return imported(row)
}

// Latest returns the imports of a kind and scope that were applied, and perhaps
// undone, newest first.
func Latest(ctx context.Context, tx *store.Tx, kind, scope string, limit int) ([]Import, error) {
	rows, err := queries.New(tx).Latest(ctx, queries.LatestParams{Kind: kind, Scope: scope, Limit: int32(limit)})
	if err != nil {
		return nil, fmt.Errorf("latest imports: %w", err)
	}
	imports := make([]Import, len(rows))
	for i, row := range rows {
		if imports[i], err = imported(row); err != nil {
			return nil, err
		}
	}
	return imports, nil
}

func imported(row queries.ExchangeImport) (Import, error) {
	i := Import{
		ID: row.PublicID, Kind: row.Kind, Scope: row.Scope, File: row.FileName, Hash: row.FileHash, State: State(row.State),
		UploadedAt: row.UploadedAt.Time, UploadedBy: row.UploadedBy,
		AppliedAt: row.AppliedAt.OrZero(), AppliedBy: row.AppliedBy, UndoneAt: row.UndoneAt.OrZero(), UndoneBy: row.UndoneBy,
		Doing: row.Doing, Done: int(row.Done), Total: int(row.Total),
		id: row.ID, planned: row.Planned, shown: row.Shown,
	}
	err := errors.Join(restore(row.Decisions, &i.Decisions), restore(row.Report, &i.Summary), restore(row.Stopped, &i.Stopped))
	if err != nil {
		return Import{}, fmt.Errorf("import %s: %w", row.PublicID, err)
	}
	return i, nil
}

// Report examines the file of an import again, with what was decided so far.
func (i Import) Report(ctx context.Context, tx *store.Tx, o Owner) (Report, error) {
	t, err := i.table(ctx, tx)
	if err != nil {
		return Report{}, err
	}
	return Examine(ctx, tx, o, t, i.Decisions)
}

// table reads the file of an import again.
func (i Import) table(ctx context.Context, tx *store.Tx) (Table, error) {
	content, err := queries.New(tx).File(ctx, i.id)
	if errors.Is(err, sql.ErrNoRows) {
		return Table{}, fault.New(fault.Closed, "exchange.import.forgotten", "file", i.File)
	}
	if err != nil {
		return Table{}, fmt.Errorf("file of import: %w", err)
	}
	return readInTurn(ctx, i.File, content)
}

// maxDecisions is how many bytes the decisions on a file take: some ten thousand cells
// corrected by hand, or every line of the longest file left out.
const maxDecisions = 1 << 20

// Decide changes what was decided about the rows of an import that is not yet applied.
// Change is given what stands there while nobody else decides, perhaps more than once. A
// line or a column that is none of the file's is refused.
func (i Import) Decide(ctx context.Context, db *store.DB, o Owner, change func(*Decisions)) error {
	var t Table
	var layout Layout
	err := db.Read(ctx, func(tx *store.Tx) (err error) {
		if t, err = i.table(ctx, tx); err != nil {
			return err
		}
		layout, err = o.Layout(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	return db.Write(ctx, func(tx *store.Tx) error {
		now, err := locked(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		if err := now.waits(); err != nil {
			return err
		}
		made := now.Decisions
		change(&made)
		return now.decide(ctx, tx, made.tidy(), t, layout)
	})
}

// decide keeps decisions on a table.
func (i Import) decide(ctx context.Context, tx *store.Tx, made Decisions, t Table, layout Layout) error {
	if !made.about(t, layout) {
		return fault.New(fault.Invalid, "exchange.decide.unknown", "file", i.File)
	}
	kept, err := json.Marshal(made)
	if err != nil {
		return fmt.Errorf("decide import: %w", err)
	}
	if len(kept) > maxDecisions {
		return fault.New(fault.Invalid, "exchange.decide.many", "file", i.File)
	}
	if err := queries.New(tx).SetDecisions(ctx, queries.SetDecisionsParams{ID: i.id, Decisions: string(kept)}); err != nil {
		return fmt.Errorf("decide import: %w", err)
	}
	return nil
}

// Forget removes the files that came in before an instant, and the imports of them
// that nobody applied. What was applied stays on record, without its file, and so
// does what is under way.
func Forget(ctx context.Context, db *store.DB, before time.Time) error {
	var old []Import
	err := db.Write(ctx, func(tx *store.Tx) error {
		q := queries.New(tx)
		if err := q.DropFiles(ctx, store.At(before)); err != nil {
			return err
		}
		rows, err := q.ToDrop(ctx, store.At(before))
		for _, row := range rows {
			old = append(old, Import{id: row.ID})
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("forget imports: %w", err)
	}
	for _, i := range old {
		if err := i.forgetRows(ctx, db); err != nil {
			return err
		}
		if err := db.Write(ctx, func(tx *store.Tx) error { return queries.New(tx).Drop(ctx, i.id) }); err != nil {
			return fmt.Errorf("forget imports: %w", err)
		}
	}
	return nil
}
