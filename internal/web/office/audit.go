package office

import (
	"context"
	"net/http"
	"strconv"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// How many lines of the log a page and a file hold at most.
const (
	logPage = 500
	logFile = 20_000
)

// Audit shows everything that was done in a campaign, newest first.
func (o *Pages) Audit(w http.ResponseWriter, r *page.Request) error {
	search := audit.Search{Limit: logPage}
	search.Before, _ = strconv.ParseInt(r.FormValue("before"), 10, 64)
	if r.WantsFile() {
		search.Limit = logFile
	}
	var lines []audit.Line
	c, err := Read(r, audit.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		search.Scope = c.PublicID
		lines, err = audit.Find(ctx, tx, search)
		return err
	})
	if err != nil {
		return err
	}
	t := logTable(r, c, lines)
	if search.Before > 0 {
		t.Keep = map[string]string{"before": strconv.FormatInt(search.Before, 10)}
	}
	if r.WantsFile() {
		return r.SendTable(w, t)
	}
	older := ""
	if len(lines) == logPage {
		older = PathOf(c, "audit") + "?before=" + strconv.FormatInt(lines[logPage-1].ID, 10)
	}
	p := ui.Page{Title: r.T("office.audit"), Lead: r.T("office.audit.lead")}
	return Show(w, r, http.StatusOK, c, "audit", p, auditBody(r, t, older))
}

func logTable(r *page.Request, c campaign.Campaign, lines []audit.Line) ui.Table {
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
	for _, l := range lines {
		at := ui.Moment(r.Text, l.At)
		at.Text = r.Text.ShortDate(l.At) + " " + r.Text.Clock(l.At)
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			at, ui.Word(whoDid(r, l.Name)), ui.Word(l.BehalfName), ui.Word(l.Sentence(r.Text)), ui.Word(l.Reason),
			ui.Word(l.Before), ui.Word(l.After), ui.Word(l.Origin),
		}})
	}
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	return t
}
