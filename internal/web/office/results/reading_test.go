package results_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/office/officetest"
)

// lastLine is the key of the newest line of the log: whatever is done adds one.
func lastLine(d *officetest.Desk) int64 {
	d.T.Helper()
	id, err := store.Get(d.T.Context(), d.C1.DB, func(tx *store.Tx) (int64, error) {
		lines, err := audit.Find(d.T.Context(), tx, audit.Search{Limit: 1})
		return lines[0].ID, err
	})
	if err != nil {
		d.T.Fatal(err)
	}
	return id
}

// phase is where the campaign stands.
func phase(d *officetest.Desk) campaign.Phase { return d.C1.Get(d.T).Phase }

// tree is a page as a browser reads it. Its entities are read already.
func tree(t *testing.T, body string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(strings.ReplaceAll(body, "&", "&amp;")))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// said is the text of an element, with single spaces.
func said(n *html.Node) string {
	var words []string
	for x := range n.Descendants() {
		if x.Type == html.TextNode {
			words = append(words, x.Data)
		}
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// described reads the lists of terms of a class on a page, each by its terms.
func described(t *testing.T, body, class string) (lists []map[string]string) {
	t.Helper()
	for n := range tree(t, body).Descendants() {
		if n.Data != "dl" || attr(n, "class") != class {
			continue
		}
		terms, term := map[string]string{}, ""
		for x := range n.Descendants() {
			switch x.Data {
			case "dt":
				term = said(x)
			case "dd":
				terms[term] = said(x)
			}
		}
		lists = append(lists, terms)
	}
	return lists
}

// facts are the figures of a page, one list of them beside each other.
func facts(t *testing.T, body string) []map[string]string {
	t.Helper()
	return described(t, body, "facts")
}

// rowsNamed are the rows of the table of a page that a name stands above, cell by cell;
// a cell that says that there is nothing is empty.
func rowsNamed(t *testing.T, body, name string) (rows [][]string) {
	t.Helper()
	found := false
	for n := range tree(t, body).Descendants() {
		if attr(n, "role") != "region" || attr(n, "aria-label") != name {
			continue
		}
		found = true
		for row := range n.Descendants() {
			if row.Data != "tr" || row.Parent.Data != "tbody" {
				continue
			}
			var cells []string
			for cell := range row.Descendants() {
				if cell.Data == "td" && attr(cell, "class") != "pick" {
					cells = append(cells, strings.TrimPrefix(said(cell), "–"))
				}
			}
			rows = append(rows, cells)
		}
	}
	if !found {
		t.Fatalf("the page has no table %q: %s", name, officetest.Excerpt(body))
	}
	return rows
}

// csvOf reads a list as a file for a spreadsheet, with its head.
func csvOf(d *officetest.Desk, login, path string, cookies ...*http.Cookie) [][]string {
	d.T.Helper()
	a := d.Do(login, path, nil, cookies...)
	if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/csv") {
		d.T.Fatalf("%s: %d, %s", path, a.Status, a.Header.Get("Content-Type"))
	}
	reader := csv.NewReader(strings.NewReader(plain(strings.TrimPrefix(a.Body, "\ufeff"))))
	reader.Comma = ';'
	rows, err := reader.ReadAll()
	if err != nil {
		d.T.Fatal(err)
	}
	return rows
}

// plain makes every kind of space a plain one.
func plain(text string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(text)
}

// workbookOf opens a list as a spreadsheet, and returns the name of its sheet.
func workbookOf(d *officetest.Desk, login, path string) (*excelize.File, string) {
	d.T.Helper()
	a := d.Want(login, path, nil, http.StatusOK)
	f, err := excelize.OpenReader(strings.NewReader(a.Body))
	if err != nil {
		d.T.Fatalf("%s is no spreadsheet: %v", path, err)
	}
	d.T.Cleanup(func() { _ = f.Close() })
	return f, f.GetSheetName(0)
}

// xlsxOf reads a list as a spreadsheet shows it, with its head; short rows are as long
// as the head.
func xlsxOf(d *officetest.Desk, login, path string) [][]string {
	d.T.Helper()
	f, sheet := workbookOf(d, login, path)
	rows, err := f.GetRows(sheet)
	if err != nil {
		d.T.Fatal(err)
	}
	for i := range rows {
		for len(rows[i]) < len(rows[0]) {
			rows[i] = append(rows[i], "")
		}
		for k := range rows[i] {
			rows[i][k] = plain(rows[i][k])
		}
	}
	return rows
}

// pdfOf reads a document line by line, with single spaces.
func pdfOf(d *officetest.Desk, login, path string, cookies ...*http.Cookie) string {
	d.T.Helper()
	return printed(d, "-layout", login, path, cookies...)
}

// unbroken reads a document cell by cell, without any space: wherever a line is broken, it
// holds a text of which the spaces are taken too.
func unbroken(d *officetest.Desk, login, path string) string {
	d.T.Helper()
	return spaceless(printed(d, "-raw", login, path))
}

func spaceless(text string) string { return strings.Join(strings.Fields(text), "") }

func printed(d *officetest.Desk, order, login, path string, cookies ...*http.Cookie) string {
	d.T.Helper()
	a := d.Do(login, path, nil, cookies...)
	if a.Status != http.StatusOK || a.Header.Get("Content-Type") != "application/pdf" {
		d.T.Fatalf("%s: %d, %s", path, a.Status, a.Header.Get("Content-Type"))
	}
	var complaint bytes.Buffer
	reader := exec.CommandContext(d.T.Context(), "pdftotext", order, "-enc", "UTF-8", "-", "-")
	reader.Stdin, reader.Stderr = strings.NewReader(a.Body), &complaint
	text, err := reader.Output()
	if err != nil {
		d.T.Fatalf("pdftotext: %v: %s", err, complaint.String())
	}
	var lines []string
	for line := range strings.Lines(plain(string(text))) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(lines, "\n")
}

// column returns the cells below a title, by the cells below another one.
func column(t *testing.T, rows [][]string, by, title string) map[string]string {
	t.Helper()
	key, value := slices.Index(rows[0], by), slices.Index(rows[0], title)
	if key < 0 || value < 0 {
		t.Fatalf("no %q or %q in %q", by, title, rows[0])
	}
	cells := map[string]string{}
	for _, row := range rows[1:] {
		cells[row[key]] = row[value]
	}
	return cells
}

// sentBy is what a browser without scripts sends to an address from a form of a page,
// after somebody has filled in some of its fields: nothing that the form does not offer.
// Of several forms that go there, it is the first that has all these fields.
func sentBy(d *officetest.Desk, login, path, action string, typed url.Values) url.Values {
	d.T.Helper()
	root := tree(d.T, d.Want(login, path, nil, http.StatusOK).Body)
	why := "there is none"
	for form := range root.Descendants() {
		if form.Data != "form" || attr(form, "action") != action || attr(form, "method") != "post" {
			continue
		}
		f := formOf(root, form)
		if why = f.fill(typed); why == "" {
			return f.sent
		}
	}
	d.T.Fatalf("%s has no form to %s that takes %v: %s", path, action, typed, why)
	return nil
}

// A form is what a browser makes of one: what it sends as it is, and what may be chosen.
type form struct {
	sent   url.Values
	free   map[string]bool     // fields in which people write
	offers map[string][]string // fields in which they choose
	button bool                // there is one to send it with
}

func formOf(root, at *html.Node) form {
	f := form{sent: url.Values{}, free: map[string]bool{}, offers: map[string][]string{}}
	for n := range root.Descendants() {
		if !within(at, n) && (attr(at, "id") == "" || attr(n, "form") != attr(at, "id")) || has(n, "disabled") {
			continue
		}
		f.add(n)
	}
	return f
}

func within(form, n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == form {
			return true
		}
	}
	return false
}

func (f *form) add(n *html.Node) {
	name := attr(n, "name")
	switch n.Data {
	case "button":
		f.button = true
		if name != "" {
			f.offers[name] = append(f.offers[name], attr(n, "value"))
		}
	case "input":
		switch attr(n, "type") {
		case "hidden":
			f.sent.Add(name, attr(n, "value"))
			f.offers[name] = append(f.offers[name], attr(n, "value"))
		case "checkbox", "radio":
			f.offers[name] = append(f.offers[name], attr(n, "value"))
			if has(n, "checked") {
				f.sent.Add(name, attr(n, "value"))
			}
		default:
			f.free[name] = true
			f.sent.Set(name, attr(n, "value"))
		}
	case "textarea":
		f.free[name] = true
		f.sent.Set(name, said(n))
	case "select":
		for o := range n.Descendants() {
			if o.Data != "option" || has(o, "disabled") {
				continue
			}
			f.offers[name] = append(f.offers[name], attr(o, "value"))
			if has(o, "selected") || !f.sent.Has(name) {
				f.sent.Set(name, attr(o, "value"))
			}
		}
	}
}

// fill fills fields in, and says why that cannot be done.
func (f *form) fill(typed url.Values) string {
	if !f.button {
		return "it has no button"
	}
	for name, values := range typed {
		for _, value := range values {
			if !f.free[name] && !slices.Contains(f.offers[name], value) {
				return name + " takes no " + value
			}
		}
		f.sent[name] = values
	}
	return ""
}

// placeOf tells of a line where the run with a wish for Zoé places its student.
func placeOf(line campaigntest.Line) (post string, rank int) {
	if line.Pseudonym == "E22" {
		return "CHUV-GERI", 3
	}
	return line.Post, line.Rank
}

// siteName is the name of a site of C1.
func siteName(code string) string {
	for _, s := range campaigntest.Sites {
		if s.Code == code {
			return s.Name
		}
	}
	return ""
}

// move is a decision of the commission: from where, to where, with a reason.
func move(from, to string) url.Values {
	return url.Values{"kind": {"move"}, "from": {from}, "to": {to}, "motive": {"other"}, "reason": {"vu en séance"}}
}

// caseOf is the page of one student before the commission.
func caseOf(d *officetest.Desk, pseudonym string) string {
	return d.Path("commission", d.C1.Record[pseudonym])
}
