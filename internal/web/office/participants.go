package office

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

func participantPath(c campaign.Campaign, s student.Student) string {
	return pathOf(c, "participants", s.PublicID)
}

// countRoll counts who is in, who is not, and who is in with something to look at.
func countRoll(roll []campaign.Enrolment) (in, absent, warned int) {
	for _, e := range roll {
		switch {
		case !e.In:
			absent++
		case len(student.Warned(e.Findings)) > 0:
			in++
			warned++
		default:
			in++
		}
	}
	return in, absent, warned
}

// rollSentence counts in words.
func rollSentence(r *page.Request, roll []campaign.Enrolment) string {
	in, absent, warned := countRoll(roll)
	return r.Text.List([]string{
		r.Text.Number(int64(in)) + " " + r.T("office.fact.in", "count", in),
		r.Text.Number(int64(absent)) + " " + r.T("office.fact.absent", "count", absent),
		r.Text.Number(int64(warned)) + " " + r.T("office.fact.warned", "count", warned),
	})
}

// An openPoint is something about a student that keeps them out or should be
// looked at.
type openPoint struct {
	student campaign.Enrolment
	finding student.Finding
	warning bool
}

// openPoints returns what is open about the students of a campaign: first who is
// missing, by reason, then the warnings. Whom somebody excluded is no open point.
func openPoints(roll []campaign.Enrolment) []openPoint {
	var points []openPoint
	for _, absence := range campaign.Absences(roll) {
		for _, e := range absence.Students {
			if finding, out := student.Excluded(e.Findings); out && e.Excluded == nil {
				points = append(points, openPoint{e, finding, false})
			}
		}
	}
	for _, e := range roll {
		if !e.In {
			continue
		}
		for _, finding := range student.Warned(e.Findings) {
			points = append(points, openPoint{e, finding, true})
		}
	}
	return points
}

// fixOf is the page where what a predicate found is corrected; nothing for a reader
// whom it would refuse.
func fixOf(r *page.Request, c campaign.Campaign, s student.Student, f student.Finding) ui.Link {
	if s.PublicID == "" {
		return ui.Link{}
	}
	switch f.Predicate {
	case "single":
		if !r.Actor.Can(student.RightMerge, s.Perimeters()...) {
			return ui.Link{}
		}
		return ui.Link{Label: r.T("office.fix.single"), Href: "/students/" + s.PublicID + "/merge"}
	case "enrolled", "excluded":
		return ui.Link{Label: r.T("office.fix.participant"), Href: participantPath(c, s)}
	}
	return ui.Link{Label: r.T("office.fix." + f.Predicate), Href: "/students/" + s.PublicID}
}

// Participants shows who takes part, who is missing and why.
func (o *Pages) Participants(w http.ResponseWriter, r *page.Request) error {
	var roll []campaign.Enrolment
	lists := map[string]campaign.List{}
	var answers []campaign.Diagnosis
	c, err := read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		if roll, err = campaign.Roll(ctx, tx, c); err != nil {
			return err
		}
		if asked := r.FormValue("who"); asked != "" {
			if answers, err = campaign.Why(ctx, tx, r.Actor, c.PublicID, asked); err != nil {
				return err
			}
		}
		if !may(r, c, campaign.RightReadLists) {
			return nil
		}
		all, err := campaign.ListsFor(ctx, tx, r.Actor, c.PublicID)
		for _, l := range all {
			lists[l.Student.PublicID] = l
		}
		return err
	})
	if err != nil {
		return err
	}
	t := participantTable(r, c, roll, lists)
	if r.WantsFile() {
		return r.SendTable(w, t)
	}
	p := ui.Page{Title: r.T("office.participants"), Lead: rollSentence(r, roll)}
	return show(w, r, http.StatusOK, c, "participants", p, participantsBody(r, c, t, roll, answers))
}

func participantTable(r *page.Request, c campaign.Campaign, roll []campaign.Enrolment, lists map[string]campaign.List) ui.Table {
	t := ui.Table{
		Caption: r.T("office.participants"), Path: pathOf(c, "participants"), Export: pathOf(c, "participants"),
		Columns: participantColumns(r, c, len(lists) > 0),
		Empty:   ui.Empty{Icon: "people", What: r.T("office.participants.none"), Why: r.T("office.participants.none.why")},
	}
	for _, e := range roll {
		t.Rows = append(t.Rows, participantRow(r, c, e, lists))
	}
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	return t
}

// The states of a participant, as the table filters them.
const (
	stateIn       = "in"
	stateWarned   = "warned"
	stateAbsent   = "absent"
	stateExcluded = "excluded"
)

func participantColumns(r *page.Request, c campaign.Campaign, wishes bool) []ui.Column {
	var states []ui.Option
	for _, s := range []string{stateIn, stateWarned, stateAbsent, stateExcluded} {
		states = append(states, ui.Option{Value: s, Label: r.T("office.state." + s)})
	}
	drawn := c.Phase.Reached(campaign.Closed)
	columns := []ui.Column{
		{Key: "name", Title: r.T("office.person"), Filter: true, Fixed: true},
		{Key: "number", Title: r.T("office.number"), Filter: true},
		{Key: "state", Title: r.T("office.points.state"), Kind: ui.KindChoice, Filter: true, Options: states},
		{Key: "reason", Title: r.T("office.reason"), Filter: true, NoSort: true},
		{Key: "points", Title: r.T("office.score"), Kind: ui.KindNumber, Filter: true},
		{Key: "manual", Title: r.T("office.manual"), Kind: ui.KindNumber, Filter: true},
		{Key: "position", Title: r.T("office.position"), Kind: ui.KindNumber, Filter: true, Hidden: !drawn},
		{Key: "first", Title: r.T("office.first"), Kind: ui.KindNumber, Filter: true, Hidden: drawn || c.Phase == campaign.Draft},
		{Key: "last", Title: r.T("office.last"), Kind: ui.KindNumber, Filter: true, Hidden: drawn || c.Phase == campaign.Draft},
		{Key: "pseudonym", Title: r.T("office.pseudonym"), Filter: true, Hidden: true},
		{Key: "email", Title: r.T("office.email"), Filter: true, Hidden: true},
	}
	if wishes {
		columns = append(columns,
			ui.Column{Key: "wishes", Title: r.T("office.wishes"), Kind: ui.KindNumber, Filter: true},
			ui.Column{Key: "confirmed", Title: r.T("office.list"), Kind: ui.KindChoice, Filter: true, Options: listStates(r)})
	}
	return columns
}

func participantRow(r *page.Request, c campaign.Campaign, e campaign.Enrolment, lists map[string]campaign.List) ui.Row {
	state, tone, reason := stateOf(r, e)
	row := ui.Row{Cells: []ui.Cell{
		{Text: e.Student.Person.SortedName(), Href: participantPath(c, e.Student), Sort: e.Student.Person.SortKey},
		ui.Word(e.Student.Number), ui.StateCell(state, tone, r.T("office.state."+state)), ui.Word(reason),
		amount(r, e.Score), countOrNone(r, e.Manual), positionCell(r, e), countOrNone(r, e.First), countOrNone(r, e.Last),
		ui.Word(e.Pseudonym), ui.Word(e.Student.Person.Email),
	}}
	if len(lists) > 0 {
		l := lists[e.Student.PublicID]
		row.Cells = append(row.Cells, countOrNone(r, len(l.Wishes)), listCell(r, c, l))
	}
	return row
}

// stateOf says whether somebody takes part, and why not.
func stateOf(r *page.Request, e campaign.Enrolment) (state string, tone ui.Tone, reason string) {
	finding, out := student.Excluded(e.Findings)
	switch {
	case e.Excluded != nil:
		return stateExcluded, ui.Neutral, e.Excluded.Reason
	case out:
		return stateAbsent, ui.Bad, findingSentence(r, finding)
	}
	if warned := student.Warned(e.Findings); len(warned) > 0 {
		return stateWarned, ui.Warn, findingSentence(r, warned[0])
	}
	return stateIn, ui.Good, ""
}

func findingSentence(r *page.Request, f student.Finding) string {
	return r.T("office.points.said", "what", r.T("absence."+f.Predicate), "found", r.Text.Message(f.Found.Key, f.Found.Args))
}

func amount(r *page.Request, hundredths *int64) ui.Cell {
	if hundredths == nil {
		return ui.Cell{None: true}
	}
	return ui.Amount(r.Text, *hundredths)
}

func countOrNone(r *page.Request, n int) ui.Cell {
	if n == 0 {
		return ui.Cell{None: true}
	}
	return ui.Count(r.Text, n)
}

func positionCell(r *page.Request, e campaign.Enrolment) ui.Cell {
	if e.Position == nil {
		return ui.Cell{None: true}
	}
	return ui.Count(r.Text, e.Position.Effective)
}

// whyPanel answers "why is X not here?", about the first person found.
func whyPanel(r *page.Request, c campaign.Campaign, answers []campaign.Diagnosis) ui.WhyMissing {
	panel := ui.WhyMissing{Action: pathOf(c, "participants"), Question: r.T("office.why.question"), Asked: r.FormValue("who")}
	if len(answers) == 0 {
		return panel
	}
	first := answers[0]
	panel.Found, panel.Tone = first.Student.Name(), ui.Good
	panel.Result = r.T("office.why.in", "person", first.Student.Name())
	if red, out := student.Excluded(first.Findings); out {
		panel.Tone, panel.Result = ui.Bad, r.T("office.why.out", "reason", findingSentence(r, red))
	}
	for _, f := range first.Findings {
		panel.Tests = append(panel.Tests, predicateOf(r, c, first.Student, f))
	}
	return panel
}

// otherAnswers lead to the same question about whoever else was found.
func otherAnswers(r *page.Request, c campaign.Campaign, answers []campaign.Diagnosis) []ui.Link {
	var links []ui.Link
	for _, a := range answers[min(1, len(answers)):] {
		if a.Student.Number != "" && len(links) < maxAnswers {
			links = append(links, ui.Link{
				Label: r.T("office.why.person", "person", a.Student.Name(), "number", a.Student.Number),
				Href:  pathOf(c, "participants") + "?" + url.Values{"who": {a.Student.Number}}.Encode(),
			})
		}
	}
	return links
}

const maxAnswers = 20 // to one question: a longer search wants more letters

func predicateOf(r *page.Request, c campaign.Campaign, s student.Student, f student.Finding) ui.Predicate {
	p := ui.Predicate{
		What: r.T("absence." + f.Predicate), Holds: f.OK, Found: r.Text.Message(f.Found.Key, f.Found.Args),
		Expected: r.Text.Message(f.Expected.Key, f.Expected.Args),
	}
	if !f.OK {
		p.Owner, p.Fix = ownerCell(r, f.Right), fixOf(r, c, s, f)
	}
	return p
}

// absenceTitle names a group of absents, with how many they are.
func absenceTitle(r *page.Request, a campaign.Absence) string {
	return r.T("office.absence", "what", r.T("absence."+a.Predicate), "count", len(a.Students))
}

// ownersOf says who can act on a group of absents.
func ownersOf(r *page.Request, a campaign.Absence) string {
	i := slices.IndexFunc(a.Students[0].Findings, func(f student.Finding) bool { return f.Predicate == a.Predicate })
	return ownerName(r, a.Students[0].Findings[i].Right)
}
