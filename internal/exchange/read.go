package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"stagora.org/stagora/internal/fault"
)

// What a file may hold. A faculty has some thousands of students; ten times
// that still is checked in a few seconds.
const (
	MaxBytes   = 20 << 20
	MaxRows    = 50_000
	MaxColumns = 200
	MaxCell    = 32_767 // characters: what a spreadsheet holds in one cell

	// MaxText is how many bytes all cells have together: half as much again as the largest
	// file of text. An XLSX file keeps a text once and may name it in any number of cells.
	MaxText = 3 * MaxBytes / 2

	// MaxCells is how many cells all rows have together: forty in each of the most rows.
	// A cell takes sixteen bytes, however little it says.
	MaxCells = 40 * MaxRows
)

// A Format is what kind of file a table came in.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// A Table is what a file says: a header, and rows under it. Rows without any
// content are left out.
type Table struct {
	Name       string // of the file
	Hash       string // SHA-256 of the file, in hexadecimal
	Format     Format
	Encoding   string // of a CSV file: "UTF-8", "UTF-16", "Windows-1252"
	Separator  rune   // of a CSV file
	HeaderLine int    // where the header stands
	Header     []string
	Rows       []Row

	text  int // bytes of all cells so far
	cells int // of all rows so far
}

// A Row is one row of a table, with the line of the file on which it begins,
// counted from 1, as spreadsheets and editors count.
type Row struct {
	Line  int
	Cells []string
}

// Cell returns the i-th cell; a short row ends with empty cells.
func (r Row) Cell(i int) string {
	if i < len(r.Cells) {
		return r.Cells[i]
	}
	return ""
}

// Read reads a CSV or XLSX file. The content decides which, not the name. A
// file that cannot be read gives an Invalid fault that says where, why, and what
// to do.
func Read(name string, content []byte) (Table, error) {
	sum := sha256.Sum256(content)
	t := Table{Name: name, Hash: hex.EncodeToString(sum[:])}
	var err error
	switch {
	case len(content) > MaxBytes:
		err = fault.New(fault.Invalid, "exchange.file.large", "size", len(content)>>20, "max", MaxBytes>>20)
	case len(bytes.TrimSpace(content)) == 0:
		err = fault.New(fault.Invalid, "exchange.file.empty")
	case bytes.HasPrefix(content, []byte("PK\x03\x04")):
		err = t.readXLSX(content)
	case bytes.HasPrefix(content, []byte("\xd0\xcf\x11\xe0")):
		err = fault.New(fault.Invalid, "exchange.file.old")
	default:
		err = t.readCSV(content)
	}
	if err == nil {
		err = t.complete()
	}
	if err != nil {
		if f, ok := errors.AsType[*fault.Error](err); ok {
			f.Args = withName(f.Args, name)
		}
		return Table{}, err
	}
	return t, nil
}

// turns are taken by those who read a file: each takes a few times its size of memory.
var turns = make(chan struct{}, 2)

// readInTurn is [Read] once fewer than two other files are being read here. It gives up
// when nobody waits for it any more.
func readInTurn(ctx context.Context, name string, content []byte) (Table, error) {
	select {
	case turns <- struct{}{}:
	case <-ctx.Done():
		return Table{}, ctx.Err()
	}
	defer func() { <-turns }()
	return Read(name, content)
}

// withName adds the blank that every sentence about a file has.
func withName(args fault.Args, name string) fault.Args {
	if args == nil {
		args = fault.Args{}
	}
	args["file"] = name
	return args
}

// add takes one line of the file: the first with content is the header. It keeps a copy
// of the cells, without the empty ones on the right.
func (t *Table) add(line int, cells []string) error {
	last := -1
	for i, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			last = i
		}
		if len(cell) > MaxCell && len([]rune(cell)) > MaxCell {
			return fault.New(fault.Invalid, "exchange.file.cell", "line", line, "column", columnName(i), "max", MaxCell)
		}
		t.text += len(cell)
	}
	if t.text > MaxText {
		return fault.New(fault.Invalid, "exchange.file.text", "line", line, "max", MaxText>>20)
	}
	if last < 0 {
		return nil
	}
	if last >= MaxColumns {
		return fault.New(fault.Invalid, "exchange.file.columns", "line", line, "count", last+1, "max", MaxColumns)
	}
	cells = slices.Clone(cells[:last+1]) // the caller goes on with its own
	t.cells += len(cells)
	if t.cells > MaxCells {
		return fault.New(fault.Invalid, "exchange.file.cells", "line", line, "max", MaxCells)
	}
	if t.Header == nil {
		t.HeaderLine = line
		for _, cell := range cells {
			t.Header = append(t.Header, strings.TrimSpace(cell))
		}
		return nil
	}
	if len(t.Rows) == MaxRows {
		return fault.New(fault.Invalid, "exchange.file.rows", "line", line, "max", MaxRows)
	}
	t.Rows = append(t.Rows, Row{Line: line, Cells: cells})
	return nil
}

// complete refuses a table that says nothing.
func (t *Table) complete() error {
	if t.Header == nil {
		return fault.New(fault.Invalid, "exchange.file.empty")
	}
	if len(t.Rows) == 0 {
		return fault.New(fault.Invalid, "exchange.file.header_only", "line", t.HeaderLine)
	}
	return nil
}

// columnName returns the name of a column as spreadsheets show it: A, B, … Z,
// AA.
func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}
