package page

import (
	"mime"
	"net/http"
	"time"

	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/web/ui"
)

// The formats that a list is asked for in, by the parameter "format".
const (
	formatCSV  = "csv"
	formatXLSX = "xlsx"
)

// WantsFile reports whether the address asks for a list as a file.
func (r *Request) WantsFile() bool {
	format := r.URL.Query().Get("format")
	return format == formatCSV || format == formatXLSX
}

// SendTable answers with a table as it is seen, on all its pages: what passes
// the filters, in the order asked for, with the chosen columns.
func (r *Request) SendTable(w http.ResponseWriter, t ui.Table) error {
	columns, at := t.State.Shown(t.Columns)
	list := exchange.List{Title: t.Caption, Made: r.Now()}
	for _, c := range columns {
		list.Columns = append(list.Columns, c.Title)
	}
	for _, row := range t.State.Matching(t.Columns, t.Rows) {
		cells := make([]any, len(columns))
		for i, c := range columns {
			cells[i] = r.FileCell(c, row.Cells[at[i]])
		}
		list.Rows = append(list.Rows, cells)
	}
	return r.SendList(w, list)
}

// FileCell is a cell as a file holds it: numbers and instants as such.
func (r *Request) FileCell(c ui.Column, cell ui.Cell) any {
	switch {
	case cell.None:
		return nil
	case c.Kind == ui.KindMoment:
		return time.UnixMilli(cell.Number).UTC()
	case c.Kind == ui.KindNumber && cell.Text == r.Text.Number(cell.Number/100):
		return cell.Number / 100
	case c.Kind == ui.KindNumber:
		return exchange.Hundredths(cell.Number)
	}
	return cell.Text
}

// fileWithin is how long the rows of a file may take to be read: the log of ten years
// takes longer than a page may.
const fileWithin = 10 * time.Minute

// SendList answers with a list as a file, in the format that the address asks
// for, in memory that does not grow with it and for as long as that takes: whoever
// reads the database for its rows does not wait for the browser. CSV is sent while it
// is made. If it then cannot be made to its end, the connection is cut, and the browser
// tells of a broken download; before its first part, and in XLSX, whose first byte
// comes after the last row, a page says why.
func (r *Request) SendList(w http.ResponseWriter, list exchange.List) error {
	r.patience.Reset(fileWithin)
	write, kind, name := list.CSV, "text/csv; charset=utf-8", list.Title+".csv"
	early := true
	if r.URL.Query().Get("format") == formatXLSX {
		write, kind = list.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		name, early = list.Title+".xlsx", false
	}
	made := newSpool()
	defer func() { _ = made.Close() }()
	var sent chan error // nil: nothing is sent yet
	send := func() {
		asFile(w.Header(), name, kind)
		to, done := pace(w), make(chan error, 1)
		go func() { done <- made.sendTo(to) }()
		sent = done
	}
	if early {
		made.early = send
	}
	failed := write(made, r.Text)
	if failed != nil && sent == nil {
		return failed
	}
	made.end(failed)
	if sent == nil {
		send()
	}
	if err := <-sent; err != nil {
		r.Log.InfoContext(r.Context(), "file given up by the browser", "route", r.Pattern, "err", err)
	} else if failed != nil {
		r.Explain(failed)
		panic(http.ErrAbortHandler) // nobody takes a part for the whole
	}
	return nil
}

// SendFile answers with a file to be saved under a name.
func (r *Request) SendFile(w http.ResponseWriter, name, kind string, content []byte) error {
	asFile(w.Header(), name, kind)
	_, err := w.Write(content)
	return err
}

func asFile(h http.Header, name, kind string) {
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Cache-Control", "no-store")
}
