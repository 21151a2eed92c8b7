package exchange

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"stagora.org/stagora/internal/text"
)

// A List is what leaves as a file: titled columns, and rows of cells. A cell is
// a string, an int, an int64, a [Hundredths], a bool, a [text.Day], a
// [time.Time], or nil for nothing.
//
// Rows that are at hand stand in Rows. A list of any length gives them one by one
// by Each, and is written in memory that does not grow with it.
type List struct {
	Title   string // names the sheet
	Columns []string
	Rows    [][]any
	Each    func(do func(row []any) error) error // nil: Rows
	Made    time.Time                            // the date inside the file
}

// each calls do with every row, in order.
func (l List) each(do func(row []any) error) error {
	if l.Each != nil {
		return l.Each(do)
	}
	for _, row := range l.Rows {
		if err := do(row); err != nil {
			return err
		}
	}
	return nil
}

// Hundredths is an amount in hundredths, written with two decimals.
type Hundredths int64

// CSV writes the list as a French spreadsheet opens it without asking: UTF-8
// with a byte-order mark, semicolons, and nothing that would be run as a
// formula. [Read] gives the same texts back.
func (l List) CSV(to io.Writer, p text.Printer) error {
	if _, err := io.WriteString(to, "\ufeff"); err != nil {
		return err
	}
	w := csv.NewWriter(to)
	w.Comma, w.UseCRLF = ';', true
	cells := make([]string, len(l.Columns))
	for i, title := range l.Columns {
		cells[i] = guard(tidy(title))
	}
	if err := w.Write(cells); err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	err := l.each(func(row []any) error {
		cells = cells[:0]
		for _, cell := range row {
			s, err := written(p, cell)
			if err != nil {
				return err
			}
			cells = append(cells, s)
		}
		return w.Write(cells)
	})
	if err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	w.Flush()
	return w.Error()
}

// written returns a cell as CSV holds it. Numbers have no space between
// thousands, so that they can be read back.
func written(p text.Printer, cell any) (string, error) {
	switch v := cell.(type) {
	case nil:
		return "", nil
	case string:
		return guard(tidy(v)), nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case Hundredths:
		return v.decimal(p), nil
	case bool:
		return p.T(yesNoKey(v)), nil
	case text.Day:
		return p.ShortDate(time.Time(v)), nil
	case time.Time:
		return p.ShortDateTime(v), nil
	}
	return "", fmt.Errorf("write list: a cell cannot be a %T", cell)
}

// decimal writes an amount with the decimal sign of the reader's spreadsheets.
func (h Hundredths) decimal(p text.Printer) string {
	sign, n := "", int64(h)
	if n < 0 {
		sign, n = "-", -n
	}
	point := ","
	if p.Lang == text.English {
		point = "."
	}
	return fmt.Sprintf("%s%d%s%02d", sign, n/100, point, n%100)
}

func yesNoKey(yes bool) string {
	if yes {
		return "exchange.yes"
	}
	return "exchange.no"
}

// tidy returns a text as files can hold it: line breaks as \n, without the
// characters that no text has, and not longer than a cell.
func tidy(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\ufffd"))
	s = strings.Map(func(r rune) rune {
		if isControl(r) || r == '\ufffe' || r == '\uffff' {
			return -1
		}
		return r
	}, s)
	if len(s) > MaxCell && utf8.RuneCountInString(s) > MaxCell {
		s = string([]rune(s)[:MaxCell-1]) + "…"
	}
	return s
}

// XLSX writes the list as a spreadsheet: typed dates and numbers, a header that
// stays in sight, a filter on each column, columns as wide as the first rows. The
// same list gives the same bytes. What does not fit in some megabytes waits in a
// temporary file until the end: the first byte is written after the last row.
func (l List) XLSX(to io.Writer, p text.Printer) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	w := sheetWriter{list: l, p: p, file: f, name: sheetName(l.Title)}
	if err := w.write(); err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	if err := f.Write(to); err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	return nil
}
