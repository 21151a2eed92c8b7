package exchange

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"stagora.org/stagora/internal/exchange/queries"
	"stagora.org/stagora/internal/store"
)

// What an import does is kept row by row: what was there, what is there then, and
// whether it is written now.

var rowColumns = []string{"import_id", "line", "row_key", "outcome", "before", "after", "findings", "written"}

// writtenColumn is where a row says that it is written.
const writtenColumn = 7

// keptRows returns lines as they are kept, not written yet.
func keptRows(importID int64, lines []Line) ([][]any, error) {
	rows := make([][]any, len(lines))
	for n, l := range lines {
		findings, err := json.Marshal(l.Findings)
		if err != nil {
			return nil, fmt.Errorf("keep import line %d: %w", l.Row.Line, err)
		}
		before, err := keptValues(l.Before)
		if err != nil {
			return nil, fmt.Errorf("keep import line %d: %w", l.Row.Line, err)
		}
		after, err := keptValues(l.After)
		if err != nil {
			return nil, fmt.Errorf("keep import line %d: %w", l.Row.Line, err)
		}
		rows[n] = []any{importID, int32(l.Row.Line), l.Key, string(l.Outcome), before, after, string(findings), false}
	}
	return rows, nil
}

func keptValues(v Values) (string, error) {
	if v == nil {
		return "", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

func addRows(ctx context.Context, tx *store.Tx, rows [][]any) error {
	if err := store.AddRows(ctx, tx, "exchange_import_row", rowColumns, rows, ""); err != nil {
		return fmt.Errorf("keep rows of import: %w", err)
	}
	return nil
}

// Lines returns what became of the rows of an applied import, from after a line on,
// at most so many. The cells of the file itself are not kept.
func (i Import) Lines(ctx context.Context, tx *store.Tx, after, most int) ([]Line, error) {
	rows, err := queries.New(tx).Rows(ctx, queries.RowsParams{ImportID: i.id, Line: int32(after), Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("lines of import: %w", err)
	}
	return linesOf(rows)
}

// Before returns the line after which so many rows of an applied import stand up to a
// line; 0 if there are no more.
func (i Import) Before(ctx context.Context, tx *store.Tx, line, rows int) (int, error) {
	before, err := queries.New(tx).LineBefore(ctx, queries.LineBeforeParams{ImportID: i.id, Line: int32(line), Offset: int32(rows)})
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("lines of import: %w", err)
	}
	return int(before), nil
}

func linesOf(rows []queries.ExchangeImportRow) ([]Line, error) {
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

// written returns what an import has written, in the order of the file: of the rows
// from after a line on, at most so many.
func (i Import) written(ctx context.Context, tx *store.Tx, after, most int) ([]Change, error) {
	rows, err := queries.New(tx).Written(ctx, queries.WrittenParams{ImportID: i.id, Line: int32(after), Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("rows of import: %w", err)
	}
	return changesOf(rows)
}

func changesOf(rows []queries.ExchangeImportRow) ([]Change, error) {
	lines, err := linesOf(rows)
	changes := make([]Change, len(lines))
	for n, line := range lines {
		changes[n] = line.change()
	}
	return changes, err
}
