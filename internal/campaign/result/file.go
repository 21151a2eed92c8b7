package result

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/store"
)

// A runFile is something that goes into a run or comes out: megabytes, of a large
// campaign. It is kept in parts, so that no transaction writes all of it.
type runFile struct{ name, content string }

// The names of the files of a run.
const (
	instanceFile = "instance"
	rosterFile   = "roster"
	resultFile   = "result"
	costsFile    = "costs"
)

// The runFiles are what a run is read back from.
type runFiles struct{ instance, roster, result, costs string }

// partSize is how many bytes of a file one transaction writes at most: half a megabyte takes
// some 3 ms. Tests have less.
var partSize = 1 << 19

// parts cuts a file, between two letters.
func (f runFile) parts() (parts []string) {
	rest := f.content
	for len(rest) > partSize {
		n := partSize
		for !utf8.RuneStart(rest[n]) {
			n--
		}
		parts, rest = append(parts, rest[:n]), rest[n:]
	}
	return append(parts, rest)
}

// addPart writes one part of a file, if there are so many.
func (f runFile) addPart(ctx context.Context, tx *store.Tx, run int64, part int) error {
	parts := f.parts()
	if part >= len(parts) {
		return nil
	}
	err := queries.New(tx).AddFilePart(ctx, queries.AddFilePartParams{
		RunID: run, Name: f.name, Part: int64(part), Size: int64(len(f.content)), Content: parts[part],
	})
	if err != nil {
		return fmt.Errorf("write part %d of the %s: %w", part, f.name, err)
	}
	return nil
}

// writeParts writes the parts of some files from one part on, each in a transaction of its
// own.
func (r *Results) writeParts(ctx context.Context, run int64, from int, files ...runFile) error {
	for _, f := range files {
		for part := from; part < len(f.parts()); part++ {
			if err := r.DB.Write(ctx, func(tx *store.Tx) error { return f.addPart(ctx, tx, run, part) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// errNotWhole says that parts of a file are missing.
var errNotWhole = errors.New("parts of the file are missing")

// readFile returns a file of a run, or [errNotWhole].
func readFile(ctx context.Context, tx *store.Tx, run int64, name string) (string, error) {
	rows, err := tx.QueryContext(ctx, "SELECT f.size, f.content FROM campaign_run_file f WHERE f.run_id = $1 AND f.name = $2 ORDER BY f.part", run, name)
	if err != nil {
		return "", fmt.Errorf("read the %s: %w", name, err)
	}
	defer func() { _ = rows.Close() }()
	var text strings.Builder
	size := -1
	for rows.Next() {
		var content string
		if err := rows.Scan(&size, &content); err != nil {
			return "", fmt.Errorf("read the %s: %w", name, err)
		}
		if text.Len() == 0 {
			text.Grow(size)
		}
		text.WriteString(content)
	}
	if err := rows.Err(); err != nil {
		return "", fmt.Errorf("read the %s: %w", name, err)
	}
	if text.Len() != size {
		return "", fmt.Errorf("read the %s: %w", name, errNotWhole)
	}
	return text.String(), nil
}

// readInput reads what goes into a run.
func readInput(ctx context.Context, tx *store.Tx, run int64) (files runFiles, err error) {
	if files.instance, err = readFile(ctx, tx, run, instanceFile); err != nil {
		return files, err
	}
	files.roster, err = readFile(ctx, tx, run, rosterFile)
	return files, err
}

// readFiles reads all files of a run that was solved.
func readFiles(ctx context.Context, tx *store.Tx, run int64) (runFiles, error) {
	files, err := readInput(ctx, tx, run)
	if err != nil {
		return files, err
	}
	if files.result, err = readFile(ctx, tx, run, resultFile); err != nil {
		return files, err
	}
	files.costs, err = readFile(ctx, tx, run, costsFile)
	return files, err
}
