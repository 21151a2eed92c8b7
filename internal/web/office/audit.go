package office

import (
	"context"
	"net/http"
	"strconv"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// logPage is how many lines of the log a page holds at most.
const logPage = 500

// Audit shows everything that was done in a campaign, newest first.
func (o *Pages) Audit(w http.ResponseWriter, r *page.Request) error {
	search := audit.Search{Limit: logPage}
	search.Before, _ = strconv.ParseInt(r.FormValue("before"), 10, 64)
	var lines []audit.Line
	c, err := Read(r, audit.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		search.Scope = c.PublicID
		if r.WantsFile() {
			return nil
		}
		lines, err = audit.Find(ctx, tx, search)
		return err
	})
	if err != nil {
		return err
	}
	t := logTable(r, c)
	if r.WantsFile() {
		return r.SendList(w, logList(r, t, search))
	}
	for _, l := range lines {
		t.Rows = append(t.Rows, logRow(r, l))
	}
	if search.Before > 0 {
		t.Keep = map[string]string{"before": strconv.FormatInt(search.Before, 10)}
	}
	older := ""
	if len(lines) == logPage {
		older = PathOf(c, "audit") + "?before=" + strconv.FormatInt(lines[logPage-1].ID, 10)
	}
	p := ui.Page{Title: r.T("office.audit"), Lead: r.T("office.audit.lead")}
	return Show(w, r, http.StatusOK, c, "audit", p, auditBody(r, t, older))
}

// logList is the log as a file, written as it is read: all lines that pass the filters of
// the page, with its columns, newest first however the lines of the page are sorted.
func logList(r *page.Request, t ui.Table, search audit.Search) exchange.List {
	list := exchange.List{Title: t.Caption, Made: r.Now()}
	shown, at := t.State.Shown(t.Columns)
	filters := t.State
	filters.Sort = ""
	for _, c := range shown {
		list.Columns = append(list.Columns, c.Title)
	}
	list.Each = func(do func([]any) error) error {
		return r.DB.Read(r.Context(), func(tx *store.Tx) error {
			return audit.Each(r.Context(), tx, search, func(lines []audit.Line) error {
				rows := make([]ui.Row, len(lines))
				for i, l := range lines {
					rows[i] = logRow(r, l)
				}
				for _, row := range filters.Matching(t.Columns, rows) {
					cells := make([]any, len(shown))
					for i, c := range shown {
						cells[i] = r.FileCell(c, row.Cells[at[i]])
					}
					if err := do(cells); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
	return list
}

// logTable is the table of the log without its lines.
func logTable(r *page.Request, c campaign.Campaign) ui.Table {
	path := PathOf(c, "audit")
	t := ui.Table{
		Caption: r.T("office.audit"), Path: path, Export: path,
		Columns: []ui.Column{
			{Key: "at", Title: r.T("office.audit.at"), Kind: ui.KindMoment, Filter: true},
			{Key: "who", Title: r.T("office.audit.who"), Filter: true},
			{Key: "for", Title: r.T("office.audit.for"), Filter: true, Hidden: true},
			{Key: "what", Title: r.T("office.audit.what"), Filter: true, Fixed: true, NoSort: true},
			{Key: "reason", Title: r.T("office.reason"), Filter: true, NoSort: true},
			{Key: "before", Title: r.T("office.audit.before"), Filter: true, Hidden: true, NoSort: true},
			{Key: "after", Title: r.T("office.audit.after"), Filter: true, Hidden: true, NoSort: true},
			{Key: "origin", Title: r.T("office.audit.origin"), Filter: true, Hidden: true},
		},
		Empty: ui.Empty{Icon: "journal-text", What: r.T("office.audit.none"), Why: r.T("office.audit.none.why")},
	}
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	return t
}

func logRow(r *page.Request, l audit.Line) ui.Row {
	at := ui.Moment(r.Text, l.At)
	at.Text = r.Text.ShortDate(l.At) + " " + r.Text.Clock(l.At)
	return ui.Row{Cells: []ui.Cell{
		at, ui.Word(whoDid(r, l.Name)), ui.Word(l.BehalfName), ui.Word(l.Sentence(r.Text)), ui.Word(l.Reason),
		ui.Word(l.Before), ui.Word(l.After), ui.Word(l.Origin),
	}}
}
