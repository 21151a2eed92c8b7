package exchange

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"stagora.org/stagora/internal/text"
)

// sheetWriter writes a list into a new spreadsheet file.
type sheetWriter struct {
	list   List
	p      text.Printer
	file   *excelize.File
	name   string
	styles struct{ header, text, day, instant, amount int }
	out    *excelize.StreamWriter
	first  [][]any // rows that wait for the widths
	begun  bool    // what stands above the rows is written
	rows   int     // written, without the header
}

func (w *sheetWriter) write() error {
	if err := w.file.SetSheetName("Sheet1", w.name); err != nil {
		return err
	}
	made := w.list.Made.UTC().Format(time.RFC3339)
	if err := w.file.SetDocProps(&excelize.DocProperties{
		Title: w.list.Title, Creator: "Stagora", LastModifiedBy: "Stagora", Created: made, Modified: made,
	}); err != nil {
		return err
	}
	if err := w.makeStyles(); err != nil {
		return err
	}
	out, err := w.file.NewStreamWriter(w.name)
	if err != nil {
		return err
	}
	w.out = out
	if err := w.list.each(w.row); err != nil {
		return err
	}
	if err := w.begin(); err != nil { // a list of fewer rows than are looked at for widths
		return err
	}
	if n := len(w.list.Columns); n > 0 {
		corner := fmt.Sprintf("%s%d", columnName(n-1), w.rows+1)
		if err := w.file.AutoFilter(w.name, "A1:"+corner, nil); err != nil {
			return err
		}
	}
	return out.Flush()
}

// firstRows is how many rows are looked at for the widths of columns, and wait for
// them: the stream takes widths before rows.
const firstRows = 200

// row writes a row, or keeps it until the first rows are known.
func (w *sheetWriter) row(row []any) error {
	if w.begun {
		return w.set(row)
	}
	w.first = append(w.first, slices.Clone(row))
	if len(w.first) < firstRows {
		return nil
	}
	return w.begin()
}

// begin writes what stands above the rows, and the first rows.
func (w *sheetWriter) begin() error {
	if w.begun {
		return nil
	}
	w.begun = true
	for i, width := range w.widths() {
		if err := w.out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := w.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	header := make([]any, len(w.list.Columns))
	for i, title := range w.list.Columns {
		header[i] = excelize.Cell{StyleID: w.styles.header, Value: tidy(title)}
	}
	if err := w.out.SetRow("A1", header); err != nil {
		return err
	}
	for _, row := range w.first {
		if err := w.set(row); err != nil {
			return err
		}
	}
	w.first = nil
	return nil
}

// set writes a row under those that are written.
func (w *sheetWriter) set(row []any) error {
	w.rows++
	cells := make([]any, len(row))
	for i, cell := range row {
		var err error
		if cells[i], err = w.cell(cell); err != nil {
			return err
		}
	}
	return w.out.SetRow(fmt.Sprintf("A%d", w.rows+1), cells)
}

func (w *sheetWriter) makeStyles() error {
	numFmt := func(s string) *string { return &s }
	for _, style := range []struct {
		id *int
		is excelize.Style
	}{
		{&w.styles.header, excelize.Style{
			Font:      &excelize.Font{Bold: true, Color: "14213D"},
			Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F6F3EE"}},
			Border:    []excelize.Border{{Type: "bottom", Style: 1, Color: "0B6E6E"}},
			Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
		}},
		{&w.styles.text, excelize.Style{NumFmt: 49}}, // "@": typing over an identifier keeps its zeros
		{&w.styles.day, excelize.Style{CustomNumFmt: numFmt("dd/mm/yyyy")}},
		{&w.styles.instant, excelize.Style{CustomNumFmt: numFmt("dd/mm/yyyy hh:mm")}},
		{&w.styles.amount, excelize.Style{NumFmt: 4}}, // "#,##0.00", with the signs of the reader's language
	} {
		id, err := w.file.NewStyle(&style.is)
		if err != nil {
			return err
		}
		*style.id = id
	}
	return nil
}

// cell returns a cell of the list as a typed cell of the sheet.
func (w *sheetWriter) cell(cell any) (any, error) {
	switch v := cell.(type) {
	case nil:
		return nil, nil
	case string:
		return excelize.Cell{StyleID: w.styles.text, Value: tidy(v)}, nil
	case int, int64:
		return v, nil
	case Hundredths:
		return excelize.Cell{StyleID: w.styles.amount, Value: float64(v) / 100}, nil
	case bool:
		return excelize.Cell{StyleID: w.styles.text, Value: w.p.T(yesNoKey(v))}, nil
	case text.Day:
		return excelize.Cell{StyleID: w.styles.day, Value: w.wall(time.Time(v))}, nil
	case time.Time:
		return excelize.Cell{StyleID: w.styles.instant, Value: w.wall(v)}, nil
	}
	return nil, fmt.Errorf("a cell cannot be a %T", cell)
}

// wall returns what the clocks of the reader's zone showed at t, as a
// spreadsheet keeps it: without a zone.
func (w *sheetWriter) wall(t time.Time) time.Time {
	t = t.In(cmp.Or(w.p.Zone, text.In(text.French, text.DefaultZone).Zone))
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// widths returns the width of each column in characters: that of the
// longest cell of the first rows, within what a screen shows.
func (w *sheetWriter) widths() []float64 {
	const least, most = 8, 60
	widths := make([]float64, len(w.list.Columns))
	for i, title := range w.list.Columns {
		longest := utf8.RuneCountInString(title) + 3 // the button of the filter
		for _, row := range w.first {
			if i < len(row) {
				if s, err := written(w.p, row[i]); err == nil {
					longest = max(longest, utf8.RuneCountInString(s))
				}
			}
		}
		widths[i] = float64(min(max(longest, least), most)) + 1
	}
	return widths
}

// sheetName returns a title as the name of a sheet: without the signs that
// spreadsheets refuse there, 31 characters at most.
func sheetName(title string) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) || isControl(r) || r == '\n' {
			return ' '
		}
		return r
	}, title)
	if runes := []rune(name); len(runes) > 31 {
		name = string(runes[:31])
	}
	name = strings.TrimSpace(name)
	if name == "" {
		return "Stagora"
	}
	return name
}
