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

	id int64
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
func (u Upload) Add(ctx context.Context, tx *store.Tx) (Import, error) {
	t, err := Read(u.Name, u.Content)
	if err != nil {
		return Import{}, err
	}
	q := queries.New(tx)
	row, err := q.Add(ctx, queries.AddParams{
		PublicID: uuid.NewString(), Kind: u.Kind, Scope: u.Scope, FileName: t.Name, FileHash: t.Hash,
		UploadedAt: store.At(tx.Now), UploadedBy: u.By.Name,
	})
	if err != nil {
		return Import{}, fmt.Errorf("keep import: %w", err)
	}
	if err := q.AddFile(ctx, queries.AddFileParams{ImportID: row.ID, Content: u.Content}); err != nil {
		return Import{}, fmt.Errorf("keep import: %w", err)
	}
	return imported(row)
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
		id: row.ID,
	}
	err := json.Unmarshal([]byte(row.Decisions), &i.Decisions)
	if err == nil && row.Report != "" {
		err = json.Unmarshal([]byte(row.Report), &i.Summary)
	}
	if err != nil {
		return Import{}, fmt.Errorf("import %s: %w", row.PublicID, err)
	}
	return i, nil
}

// Report examines the file of an import again, with what was decided so far.
func (i Import) Report(ctx context.Context, tx *store.Tx, o Owner) (Report, error) {
	content, err := queries.New(tx).File(ctx, i.id)
	if errors.Is(err, sql.ErrNoRows) {
		return Report{}, fault.New(fault.Closed, "exchange.import.forgotten", "file", i.File)
	}
	if err != nil {
		return Report{}, fmt.Errorf("file of import: %w", err)
	}
	t, err := Read(i.File, content)
	if err != nil {
		return Report{}, err
	}
	return Examine(ctx, tx, o, t, i.Decisions)
}

// Decide replaces what was decided about the rows of an import that is not yet
// applied.
func (i Import) Decide(ctx context.Context, tx *store.Tx, d Decisions) error {
	kept, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("decide import: %w", err)
	}
	n, err := queries.New(tx).SetDecisions(ctx, queries.SetDecisionsParams{PublicID: i.ID, Decisions: string(kept)})
	if err != nil {
		return fmt.Errorf("decide import: %w", err)
	}
	if n == 0 {
		return i.notChecked()
	}
	return nil
}

func (i Import) notChecked() error {
	return fault.New(fault.Conflict, "exchange.import.applied", "file", i.File)
}

// Apply writes what the report says, all of it or nothing. Shown is the digest of
// the report that the person read; a file applied without one being shown gives
// "". A report that has changed since is refused, and nothing is written.
func Apply(ctx context.Context, tx *store.Tx, o Owner, id, shown string, who audit.Who) (Report, error) {
	i, err := locked(ctx, tx, id)
	if err != nil {
		return Report{}, err
	}
	if i.State != Checked {
		return Report{}, i.notChecked()
	}
	r, err := i.Report(ctx, tx, o)
	if err != nil {
		return Report{}, err
	}
	if err := r.Check(); err != nil {
		return r, err
	}
	if now, err := r.Digest(); err != nil {
		return r, err
	} else if shown != "" && shown != now {
		return r, fault.New(fault.Conflict, "exchange.apply.moved", "file", i.File)
	}
	for _, line := range r.Lines {
		if line.Outcome != Created && line.Outcome != Changed {
			continue
		}
		if err := o.Write(ctx, tx, who, line.change()); err != nil {
			return r, fmt.Errorf("import line %d: %w", line.Row.Line, err)
		}
	}
	return r, i.record(ctx, tx, r, who)
}

// locked returns an import while nobody else applies or undoes one of its kind.
func locked(ctx context.Context, tx *store.Tx, id string) (Import, error) {
	i, err := Find(ctx, tx, id)
	if err != nil {
		return Import{}, err
	}
	if err := tx.Lock(ctx, "exchange."+i.Kind); err != nil {
		return Import{}, err
	}
	return Find(ctx, tx, id)
}

func (l Line) change() Change {
	return Change{Line: l.Row.Line, Key: l.Key, Before: l.Before, After: l.After}
}

// record keeps what was applied: the import, its rows, and a line in the audit
// log.
func (i Import) record(ctx context.Context, tx *store.Tx, r Report, who audit.Who) error {
	s := r.summary()
	kept, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("record import: %w", err)
	}
	q := queries.New(tx)
	n, err := q.SetApplied(ctx, queries.SetAppliedParams{ID: i.id, Report: string(kept), AppliedAt: store.AtOrNil(tx.Now), AppliedBy: who.Name})
	if err != nil {
		return fmt.Errorf("record import: %w", err)
	}
	if n == 0 {
		return i.notChecked()
	}
	for _, line := range r.Lines {
		row, err := line.kept(i.id)
		if err != nil {
			return err
		}
		if err := q.AddRow(ctx, row); err != nil {
			return fmt.Errorf("record import: %w", err)
		}
	}
	return audit.Record(ctx, tx, audit.Entry{
		Who: who, Action: "import.applied", Kind: "import", Object: i.ID, Scope: i.Scope,
		Args: map[string]any{"file": i.File, "created": s.Rows[Created], "changed": s.Rows[Changed], "left": s.Rows[Left]},
	})
}

func (r Report) summary() Summary {
	s := Summary{Rows: map[Outcome]int{}, Warnings: r.Warnings(), Ignored: r.Ignored, Findings: r.Findings}
	for _, line := range r.Lines {
		s.Rows[line.Outcome]++
	}
	return s
}

func (l Line) kept(importID int64) (queries.AddRowParams, error) {
	row := queries.AddRowParams{ImportID: importID, Line: int32(l.Row.Line), RowKey: l.Key, Outcome: string(l.Outcome)}
	findings, err := json.Marshal(l.Findings)
	if err != nil {
		return row, fmt.Errorf("record import line %d: %w", l.Row.Line, err)
	}
	row.Findings = string(findings)
	if row.Before, err = keptValues(l.Before); err == nil {
		row.After, err = keptValues(l.After)
	}
	if err != nil {
		return row, fmt.Errorf("record import line %d: %w", l.Row.Line, err)
	}
	return row, nil
}

func keptValues(v Values) (string, error) {
	if v == nil {
		return "", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

// Lines returns what became of the rows of an applied import. The cells of the
// file itself are not kept.
func (i Import) Lines(ctx context.Context, tx *store.Tx) ([]Line, error) {
	rows, err := queries.New(tx).Rows(ctx, i.id)
	if err != nil {
		return nil, fmt.Errorf("lines of import: %w", err)
	}
	lines := make([]Line, len(rows))
	for n, row := range rows {
		l := Line{Row: Row{Line: int(row.Line)}, Key: row.RowKey, Outcome: Outcome(row.Outcome)}
		err := errors.Join(restore(row.Before, &l.Before), restore(row.After, &l.After), restore(row.Findings, &l.Findings))
		if err != nil {
			return nil, fmt.Errorf("line %d of import: %w", row.Line, err)
		}
		lines[n] = l
	}
	return lines, nil
}

func restore(kept string, into any) error {
	if kept == "" {
		return nil
	}
	return json.Unmarshal([]byte(kept), into)
}

// Forget removes the files that came in before an instant, and the imports of
// them that nobody applied. What was applied stays on record, without its file.
func Forget(ctx context.Context, tx *store.Tx, before time.Time) error {
	q := queries.New(tx)
	if err := q.DropFiles(ctx, store.At(before)); err != nil {
		return fmt.Errorf("forget imports: %w", err)
	}
	if err := q.DropChecked(ctx, store.At(before)); err != nil {
		return fmt.Errorf("forget imports: %w", err)
	}
	return nil
}
