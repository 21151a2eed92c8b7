package participants

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// A participantsPage is what the page of participants shows above its list.
type participantsPage struct {
	campaign campaign.Campaign
	people   campaign.Participants
	counts   campaign.ParticipantCounts
	absent   []campaign.Enrolment // the first of them
	answers  []campaign.AbsenceReason
	table    ui.Table
}

// Participants shows who takes part, who is missing and why.
func (o *Pages) Participants(w http.ResponseWriter, r *page.Request) error {
	v, err := readParticipants(r)
	if err != nil {
		return err
	}
	if r.WantsFile() {
		return v.list(r).Send(w, r)
	}
	p := ui.Page{Title: r.T("office.participants"), Lead: office.CountSentence(r, v.counts)}
	return office.Show(w, r, http.StatusOK, v.campaign, "participants", p, participantsBody(r, v))
}

func readParticipants(r *page.Request) (v participantsPage, err error) {
	_, err = office.Read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		v.campaign = c
		if v.people, err = campaign.ParticipantsOf(ctx, tx, c); err != nil || r.WantsFile() {
			return err
		}
		if v.counts, err = v.people.Count(ctx, tx); err != nil {
			return err
		}
		if v.counts.Out() > 0 {
			if v.absent, err = v.people.First(ctx, tx, office.MostOpenPoints, campaign.StateAbsent, campaign.StateExcluded); err != nil {
				return err
			}
		}
		if err := v.readTable(r, tx); err != nil {
			return err
		}
		if asked := r.FormValue("who"); asked != "" {
			v.answers, err = campaign.Why(ctx, tx, r.Actor, c, asked)
		}
		return err
	})
	return v, err
}

// readTable reads a page of the list, and judges its rows together with those who are
// absent.
func (v *participantsPage) readTable(r *page.Request, tx *store.Tx) (err error) {
	list := v.list(r)
	complete := list.Complete
	list.Complete = func(r *page.Request, tx *store.Tx, rows []campaign.Enrolment) error {
		both := slices.Concat(rows, v.absent)
		err := complete(r, tx, both)
		copy(rows, both)
		v.absent = both[len(rows):]
		return err
	}
	if v.table, err = list.ReadIn(r, tx); err != nil || len(v.table.Rows) > 0 {
		return err
	}
	return complete(r, tx, v.absent)
}

// list is the list of the participants.
func (v participantsPage) list(r *page.Request) table.List[campaign.Enrolment] {
	c, lists := v.campaign, v.campaign.Phase != campaign.Draft && office.May(r, v.campaign, campaign.RightReadLists)
	return table.List[campaign.Enrolment]{
		Name: "office.participants", Path: office.PathOf(c, "participants"), Icon: "people", Search: "table.search.person",
		Rows:  v.people.List(),
		Where: func(*page.Request) store.Condition { return v.people.Where() },
		Find: func(r *page.Request, tx *store.Tx, ask store.Ask) (store.Found, error) {
			return v.people.Find(r.Context(), tx, ask)
		},
		Columns: func(r *page.Request) []table.Column[campaign.Enrolment] { return v.columns(r, lists) },
		Complete: func(r *page.Request, tx *store.Tx, rows []campaign.Enrolment) error {
			return v.people.Complete(r.Context(), tx, rows, lists)
		},
	}
}

func (v participantsPage) columns(r *page.Request, lists bool) []table.Column[campaign.Enrolment] {
	c := v.campaign
	var states, reasons []ui.Option
	for _, s := range []string{campaign.StateIn, campaign.StateWarned, campaign.StateAbsent, campaign.StateExcluded} {
		states = append(states, ui.Option{Value: s, Label: r.T("office.state." + s)})
	}
	for _, criterion := range v.people.Criteria() {
		reasons = append(reasons, ui.Option{Value: criterion, Label: r.T("absence." + criterion)})
	}
	drawn := c.Phase.Reached(campaign.Closed)
	number := func(key, title string, hidden bool, of func(campaign.Enrolment) int) table.Column[campaign.Enrolment] {
		return table.Column[campaign.Enrolment]{
			Column: ui.Column{Key: key, Title: r.T(title), Kind: ui.KindNumber, Hidden: hidden},
			Cell:   func(e campaign.Enrolment) ui.Cell { return office.CountOrNone(r, of(e)) },
		}
	}
	columns := []table.Column[campaign.Enrolment]{
		nameColumn(r, c),
		{Column: ui.Column{Key: "number", Title: r.T("office.number")}, Cell: func(e campaign.Enrolment) ui.Cell { return ui.Word(e.Student.Number) }},
		{Column: ui.Column{Key: "state", Title: r.T("office.points.state"), Kind: ui.KindChoice, Options: states}, Cell: func(e campaign.Enrolment) ui.Cell {
			state, tone, _ := stateOf(r, e)
			return ui.StateCell(state, tone, r.T("office.state."+state))
		}},
		{Column: ui.Column{Key: "reason", Title: r.T("office.reason"), Kind: ui.KindChoice, Options: reasons}, Cell: func(e campaign.Enrolment) ui.Cell {
			_, _, reason := stateOf(r, e)
			return ui.Word(reason)
		}},
		{Column: ui.Column{Key: "points", Title: r.T("office.score"), Kind: ui.KindNumber}, Cell: func(e campaign.Enrolment) ui.Cell { return office.Amount(r, e.Score) }},
		number("manual", "office.manual", false, func(e campaign.Enrolment) int { return e.Manual }),
		number("position", "office.position", !drawn, effective),
		number("first", "office.first", drawn || c.Phase == campaign.Draft, func(e campaign.Enrolment) int { return e.First }),
		number("last", "office.last", drawn || c.Phase == campaign.Draft, func(e campaign.Enrolment) int { return e.Last }),
		{Column: ui.Column{Key: "pseudonym", Title: r.T("office.pseudonym"), Hidden: true}, Cell: func(e campaign.Enrolment) ui.Cell { return ui.Word(e.Pseudonym) }},
		{Column: ui.Column{Key: "email", Title: r.T("office.email"), Hidden: true}, Cell: func(e campaign.Enrolment) ui.Cell { return ui.Word(e.Student.Person.Email) }},
	}
	if !lists {
		return columns
	}
	return append(columns,
		number("wishes", "office.wishes", false, func(e campaign.Enrolment) int {
			if e.List == nil {
				return 0
			}
			return len(e.List.Wishes)
		}),
		table.Column[campaign.Enrolment]{
			Column: ui.Column{Key: "confirmed", Title: r.T("office.list"), Kind: ui.KindChoice, Options: listStates(r)},
			Cell: func(e campaign.Enrolment) ui.Cell {
				if e.List == nil {
					return ui.Cell{None: true}
				}
				return listCell(r, c, *e.List)
			},
		})
}

// nameColumn names a student, with the way to the page about them.
func nameColumn(r *page.Request, c campaign.Campaign) table.Column[campaign.Enrolment] {
	return table.Column[campaign.Enrolment]{
		Column: ui.Column{Key: "name", Title: r.T("office.person"), Fixed: true},
		Cell: func(e campaign.Enrolment) ui.Cell {
			return ui.LinkCell(e.Student.Person.SortedName(), office.ParticipantPath(c, e.Student))
		},
	}
}

// stateOf says whether somebody takes part, and why not.
func stateOf(r *page.Request, e campaign.Enrolment) (state string, tone ui.Tone, reason string) {
	finding, out := student.Excluded(e.Findings)
	switch {
	case e.Excluded != nil:
		return campaign.StateExcluded, ui.Neutral, e.Excluded.Reason
	case out:
		return campaign.StateAbsent, ui.Bad, findingSentence(r, finding)
	}
	if warned := student.Warned(e.Findings); len(warned) > 0 {
		return campaign.StateWarned, ui.Warn, findingSentence(r, warned[0])
	}
	return campaign.StateIn, ui.Good, ""
}

func findingSentence(r *page.Request, f student.Finding) string {
	return r.T("office.points.said", "what", r.T("absence."+f.Predicate), "found", r.Text.Message(f.Found.Key, f.Found.Args))
}

// effective is the position at which somebody is served; 0: it is not known yet.
func effective(e campaign.Enrolment) int {
	if e.Position == nil {
		return 0
	}
	return e.Position.Effective
}

// whyPanel answers "why is X not here?", about the first person found.
func whyPanel(r *page.Request, c campaign.Campaign, answers []campaign.AbsenceReason) ui.WhyMissing {
	panel := ui.WhyMissing{Action: office.PathOf(c, "participants"), Question: r.T("office.why.question"), Asked: r.FormValue("who")}
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
func otherAnswers(r *page.Request, c campaign.Campaign, answers []campaign.AbsenceReason) []ui.Link {
	var links []ui.Link
	for _, a := range answers[min(1, len(answers)):] {
		if a.Student.Number != "" && len(links) < maxAnswers {
			links = append(links, ui.Link{
				Label: r.T("office.why.person", "person", a.Student.Name(), "number", a.Student.Number),
				Href:  office.PathOf(c, "participants") + "?" + url.Values{"who": {a.Student.Number}}.Encode(),
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
		p.Owner, p.Fix = office.OwnerCell(r, f.Right), office.FixOf(r, c, s, f)
	}
	return p
}

// An absenceGroup are those whom one criterion keeps out.
type absenceGroup struct {
	title, owner string
	people       []campaign.Enrolment // the first of them
	more         ui.Link              // to all of them, if they are more
}

// groups are those who are not in, by what keeps them out.
func (v participantsPage) groups(r *page.Request) []absenceGroup {
	groups := make([]absenceGroup, len(v.counts.Absent))
	for i, absence := range v.counts.Absent {
		g := &groups[i]
		g.title = r.T("office.absence", "what", r.T("absence."+absence.Criterion), "count", absence.Students)
		for _, e := range v.absent {
			if f, out := student.Excluded(e.Findings); out && f.Predicate == absence.Criterion {
				g.people, g.owner = append(g.people, e), office.OwnerName(r, f.Right)
			}
		}
		if len(g.people) < absence.Students {
			state := campaign.StateAbsent
			if absence.Criterion == "excluded" {
				state = campaign.StateExcluded
			}
			query := url.Values{"f.state": {state}, "f.reason": {absence.Criterion}}
			g.more = ui.Link{Label: r.T("office.absence.all", "count", absence.Students), Href: office.PathOf(v.campaign, "participants") + "?" + query.Encode()}
		}
	}
	return groups
}
