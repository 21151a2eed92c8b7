package result

import (
	"fmt"
	"time"

	"stagora.org/stagora/internal/document"
	"stagora.org/stagora/internal/text"
)

// Sheet composes the minutes for paper, in the language of the printer. Those that
// were confirmed give the same sheet whenever they are asked for.
func (m Minutes) Sheet(p text.Printer) document.Sheet {
	issued, title := m.ConfirmedAt, "result.minutes.title"
	if m.Draft() {
		issued, title = m.latest(), "result.minutes.draft"
	}
	blocks := []document.Block{
		document.Facts{Items: []document.Fact{
			{Label: p.T("result.minutes.period"), Value: m.Period},
			{Label: p.T("result.minutes.closed"), Value: p.DateTime(m.Closed)},
			{Label: p.T("result.minutes.order"), Value: m.Order, Code: true},
			{Label: p.T("result.minutes.adopted"), Value: p.T("result.minutes.by", "by", m.AdoptedBy, "at", m.AdoptedAt)},
		}},
		document.Paragraph{Text: p.T("result.minutes.figures", "placed", m.Placed, "students", len(m.Lines), "first", m.First, "three", m.Three), Strong: true},
	}
	for i, run := range m.Runs {
		blocks = append(blocks, run.blocks(i == 0, p)...)
	}
	if m.Reason != "" {
		blocks = append(blocks, document.Paragraph{Text: p.T("result.minutes.reason", "reason", m.Reason)})
	}
	blocks = append(blocks, m.changes(p)...)
	blocks = append(blocks, m.decided(p)...)
	blocks = append(blocks, document.Heading{Text: p.T("result.minutes.lines")}, m.list(p), document.Heading{Text: p.T("result.minutes.posts")}, m.posts(p))
	if !m.Draft() {
		blocks = append(blocks, document.Paragraph{Text: p.T("result.minutes.confirmed", "by", m.ConfirmedBy, "at", m.ConfirmedAt)})
	}
	blocks = append(blocks, document.Signatures{{Role: p.T("result.minutes.chair")}, {Role: p.T("result.minutes.secretary")}})
	return document.Sheet{
		Institution: m.Faculty, Campaign: m.Campaign, Title: p.T(title), Number: fmt.Sprintf("%.8s-PV", m.PublicID), Hash: m.Hash,
		Issued: issued, Landscape: true, Blocks: blocks,
	}
}

// latest is when something was last decided.
func (m Minutes) latest() time.Time {
	if n := len(m.Decisions); n > 0 {
		return m.Decisions[n-1].At
	}
	return m.AdoptedAt
}

func (r MinuteRun) blocks(adopted bool, p text.Printer) []document.Block {
	heading := "result.minutes.compared"
	if adopted {
		heading = "result.minutes.run"
	}
	blocks := []document.Block{
		document.Heading{Text: p.T(heading, "run", r.Label)},
		document.Facts{Items: []document.Fact{
			{Label: p.T("result.minutes.method"), Value: p.T("result.method", "method", text.Key("procedure."+r.Method), "costs", text.Key("procedure."+r.CostRule))},
			{Label: p.T("result.minutes.outcome"), Value: p.T("result.minutes.figures", "placed", r.Placed, "students", r.Students, "first", r.First, "three", r.Three)},
			{Label: p.T("result.minutes.ranks"), Value: p.T("result.minutes.meanworst", "mean", p.Hundredths(r.MeanRank), "worst", r.Worst)},
			{Label: p.T("result.minutes.engine"), Value: r.Engine},
			{Label: p.T("result.minutes.instance"), Value: r.Instance, Code: true},
			{Label: p.T("result.minutes.result"), Value: r.Result, Code: true},
		}},
	}
	var amended []string
	for _, a := range r.Amendments {
		amended = append(amended, p.T("result.minutes.why", "sentence", a.Sentence(p), "reason", a.Reason))
	}
	if len(amended) > 0 {
		blocks = append(blocks, document.List{Items: amended})
	}
	return blocks
}

func (m Minutes) changes(p text.Printer) []document.Block {
	if len(m.Runs) < 2 {
		return nil
	}
	var items []string
	for _, c := range m.Changed {
		items = append(items, p.T("result.minutes.change", "student", c.Student, "from", orNone(c.From, p), "to", orNone(c.To, p)))
	}
	blocks := []document.Block{
		document.Heading{Text: p.T("result.minutes.changed")}, document.Paragraph{Text: p.T("result.minutes.howmany", "count", len(items))},
	}
	if len(items) > 0 {
		blocks = append(blocks, document.List{Items: items})
	}
	return blocks
}

func (m Minutes) decided(p text.Printer) []document.Block {
	heading := document.Heading{Text: p.T("result.minutes.decisions")}
	if len(m.Decisions) == 0 {
		return []document.Block{heading, document.Paragraph{Text: p.T("result.minutes.nodecision")}}
	}
	t := document.Table{Columns: []document.Column{
		{Title: p.T("result.column.at")}, {Title: p.T("result.column.decision")}, {Title: p.T("result.column.by")},
	}, Key: []document.KeyLine{{Tone: document.Attention, Text: p.T("result.minutes.undone")}}}
	for _, d := range m.Decisions {
		row := document.Row{Cells: []string{p.ShortDateTime(d.At), d.Sentence(p), d.By}, Note: d.Reason}
		if d.Undone {
			row.Tone = document.Attention
		}
		t.Rows = append(t.Rows, row)
	}
	return []document.Block{heading, t}
}

// list is the final list: what people changed stands out.
func (m Minutes) list(p text.Printer) document.Block {
	t := document.Table{Key: []document.KeyLine{
		{Tone: document.Attention, Text: p.T("result.source.commission")}, {Tone: document.Danger, Text: p.T("result.nowhere")},
	}}
	for i, title := range MinuteColumns(p) {
		t.Columns = append(t.Columns, document.Column{Title: title, Number: i == 0 || i == 4 || i == 6})
	}
	for _, line := range m.Lines {
		row := document.Row{Cells: line.cells(p)}
		switch {
		case line.Post == "":
			row.Tone = document.Danger
		case line.Source != ByRun || line.Repriced:
			row.Tone = document.Attention
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (m Minutes) posts(p text.Printer) document.Block {
	t := document.Table{Columns: []document.Column{
		{Title: p.T("result.column.post")}, {Title: p.T("result.column.seats"), Number: true}, {Title: p.T("result.column.filled"), Number: true},
		{Title: p.T("result.column.cutoff"), Number: true},
	}}
	for _, l := range m.Posts {
		cutoff := ""
		if l.Cutoff > 0 {
			cutoff = p.Number(int64(l.Cutoff))
		}
		t.Rows = append(t.Rows, document.Row{Cells: []string{titled(l.Name, l.Code), p.Number(int64(l.Seats)), p.Number(int64(l.Filled)), cutoff}})
	}
	return t
}
