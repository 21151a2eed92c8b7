package office

import (
	"context"
	"net/http"
	"slices"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// An overview is what the page of a campaign tells.
type overview struct {
	campaign campaign.Campaign
	steps    []campaign.Step
	counts   campaign.Counts
	totals   campaign.Totals
	people   campaign.ParticipantCounts
	absent   []campaign.Enrolment // while the campaign is in draft: the first of them
	warned   []campaign.Enrolment // likewise
	lates    campaign.LateCounts
	checks   []campaign.Check
	work     *job.Task // of an opening or a publication that was asked for and is not over
}

// Campaign shows where a campaign stands, what to do now, and whether it may take
// its next step.
func (o *Pages) Campaign(w http.ResponseWriter, r *page.Request) error {
	v, err := readOverview(r)
	if err != nil {
		return err
	}
	p := ui.Page{
		Title: v.campaign.Name, Lead: r.T("office.campaign.lead", "faculty", v.campaign.Faculty.Name, "period", v.campaign.Period.Name),
		Banners: v.banners(r),
	}
	if v.moving() {
		p.Refresh = 2
	} else {
		p.Next = v.next(r)
	}
	return Show(w, r, http.StatusOK, v.campaign, "", p, overviewBody(r, v))
}

func readOverview(r *page.Request) (v overview, err error) {
	v.campaign, err = Read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		v.campaign = c
		if v.work, err = workOn(ctx, tx, c); err != nil {
			return err
		}
		if v.steps, err = campaign.Steps(ctx, tx, c); err != nil {
			return err
		}
		if v.totals, err = campaign.TotalsFor(ctx, tx, c); err != nil {
			return err
		}
		if c.Phase != campaign.Draft {
			if v.counts, err = campaign.CountsOf(ctx, tx, c); err != nil {
				return err
			}
			if v.lates, err = campaign.CountLates(ctx, tx, c); err != nil {
				return err
			}
		}
		if err := v.readPeople(ctx, tx); err != nil {
			return err
		}
		v.checks, err = Readiness(ctx, tx, r, c)
		return err
	})
	return v, err
}

// readPeople counts who takes part; while the campaign is in draft, it also reads the
// first of those who are missing or should be looked at.
func (v *overview) readPeople(ctx context.Context, tx *store.Tx) error {
	people, err := campaign.ParticipantsOf(ctx, tx, v.campaign)
	if err != nil {
		return err
	}
	if v.people, err = people.Count(ctx, tx); err != nil || v.campaign.Phase != campaign.Draft {
		return err
	}
	if v.people.Unexplained() > 0 {
		if v.absent, err = people.First(ctx, tx, MostOpenPoints, campaign.StateAbsent); err != nil {
			return err
		}
	}
	if v.people.Warned > 0 {
		if v.warned, err = people.First(ctx, tx, MostOpenPoints, campaign.StateWarned); err != nil {
			return err
		}
	}
	both := slices.Concat(v.absent, v.warned)
	if err := people.Judge(ctx, tx, both); err != nil {
		return err
	}
	v.absent, v.warned = both[:len(v.absent)], both[len(v.absent):]
	return nil
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
func (v overview) openPoints() []openPoint {
	var points []openPoint
	for _, absence := range v.people.Absent {
		for _, e := range v.absent {
			if finding, out := student.Excluded(e.Findings); out && finding.Predicate == absence.Criterion {
				points = append(points, openPoint{e, finding, false})
			}
		}
	}
	for _, e := range v.warned {
		for _, finding := range student.Warned(e.Findings) {
			points = append(points, openPoint{e, finding, true})
		}
	}
	return points
}

// Readiness asks whoever owns the next step of a campaign.
func Readiness(ctx context.Context, tx *store.Tx, r *page.Request, c campaign.Campaign) ([]campaign.Check, error) {
	switch c.Phase {
	case campaign.Draft, campaign.Open:
		return campaign.Readiness(ctx, tx, c)
	case campaign.Archived:
		return nil, nil
	}
	return result.Readiness(ctx, tx, r.Actor, c)
}

// next is what the reader should do now: correct what stands in the way, or take
// the next step.
func (v overview) next(r *page.Request) *ui.Next {
	c, now := v.campaign, nowOf(v.campaign, r.Now())
	next := &ui.Next{What: r.T("office.now." + now), Tone: ui.Info}
	if r.Text.Has("office.now." + now + ".else") {
		next.Else = r.T("office.now."+now+".else", "closes", c.ClosesAt, "commission", c.CommissionAt, "publishes", c.PublishesAt)
	}
	due := map[campaign.Phase]struct {
		what string
		at   time.Time
	}{
		campaign.Draft: {"office.opens", c.OpensAt}, campaign.Open: {"office.closes", c.ClosesAt}, campaign.Closed: {"office.meets", c.CommissionAt},
		campaign.Proposed: {"office.meets", c.CommissionAt}, campaign.Confirmed: {"office.publishes", c.PublishesAt},
	}
	if d, dated := due[c.Phase]; dated {
		next.Deadline = &ui.Deadline{What: r.T(d.what), At: d.at, Now: r.Now()}
	}
	if waits := v.blocking(); waits != nil {
		next.Tone, next.What = ui.Warn, r.T("office.now.blocked", "step", c.NextPhase().Name(), "check", text.Key("ready."+waits.Name))
	}
	next.Action = v.action(r)
	return next
}

// blocking is the first check that prevents the next step.
func (v overview) blocking() *campaign.Check {
	for i, check := range v.checks {
		if check.State == campaign.No && v.campaign.Phase != campaign.Closed && !v.early(check) {
			return &v.checks[i]
		}
	}
	return nil
}

// early reports whether a check says no because its time has not come: nobody has
// to correct that.
func (v overview) early(check campaign.Check) bool { return check.Name == "deadline" }

// A transition is the way to the next phase.
type transition struct {
	right identity.Right
	path  string // of the page where one looks at the numbers before
	icon  string
}

var transitions = map[campaign.Phase]transition{
	campaign.Draft:     {campaign.RightOpen, "step", "unlock"},
	campaign.Open:      {campaign.RightOpen, "step", "lock"},
	campaign.Closed:    {result.RightRun, "runs", "play-fill"},
	campaign.Proposed:  {result.RightDecide, "commission", "people"},
	campaign.Confirmed: {result.RightPublish, "publication", "megaphone"},
	campaign.Published: {result.RightPublish, "step", "lock"},
}

func (v overview) action(r *page.Request) ui.Action {
	c := v.campaign
	t, ok := transitions[c.Phase]
	if !ok {
		return ui.Action{}
	}
	a := ui.Action{Label: r.T("office.do." + string(c.Phase)), Icon: t.icon, Href: PathOf(c, t.path), Kind: ui.Primary}
	if c.Phase == campaign.Published {
		a.Kind = ui.Secondary
	}
	if !May(r, c, t.right) {
		a.Why = r.T("office.do.right", "right", text.Key("right."+string(t.right)))
		return a
	}
	if check := v.blocking(); check != nil {
		return ui.Action{Label: r.T("office.do.correct"), Icon: "arrow-right", Href: targetPath(c, check.Target), Kind: ui.Primary}
	}
	if c.Phase == campaign.Open && r.Now().Before(c.ClosesAt) {
		return ui.Action{Label: r.T("office.lists"), Icon: "list-ol", Href: PathOf(c, "lists"), Kind: ui.Secondary}
	}
	return a
}

// banners say what is out of the ordinary.
func (v overview) banners(r *page.Request) []ui.Banner {
	agreed, open, waiting := v.lates.Agreed, v.lates.Open, v.lates.Waiting
	if agreed+waiting == 0 {
		return nil
	}
	said := r.T("office.late.count", "count", agreed)
	if open > 0 {
		said += " " + r.T("office.late.open", "count", open)
	}
	if waiting > 0 {
		said += " " + r.T("office.late.waiting", "count", waiting)
	}
	b := ui.Banner{Kind: ui.BannerInfo, Text: said}
	if May(r, v.campaign, campaign.RightReopen) {
		b.Action = &ui.Action{Label: r.T("office.late.see"), Href: PathOf(v.campaign, "late")}
	}
	return []ui.Banner{b}
}

// timeline sets the phases against their dates.
func (v overview) timeline(r *page.Request) []ui.Phase {
	c := v.campaign
	from := map[campaign.Phase]time.Time{
		campaign.Open: c.OpensAt, campaign.Closed: c.ClosesAt, campaign.Confirmed: c.CommissionAt, campaign.Published: c.PublishesAt,
	}
	to := map[campaign.Phase]time.Time{campaign.Open: c.ClosesAt}
	var phases []ui.Phase
	for _, phase := range c.Kind.Phases() {
		p := ui.Phase{Name: r.T(string(phase.Name())), State: ui.PhaseNext, From: from[phase], To: to[phase]}
		switch {
		case phase == c.Phase:
			p.State = ui.PhaseCurrent
		case c.Phase.Reached(phase):
			p.State = ui.PhaseDone
		}
		for _, step := range v.steps {
			if step.Phase == phase {
				p.From = step.At
				p.Detail = r.T("office.step.by", "by", whoDid(r, step.By))
			}
		}
		phases = append(phases, p)
	}
	return phases
}

// whoDid names who took a step: a person, or the calendar.
func whoDid(r *page.Request, name string) string {
	if name == "" {
		return r.T("office.calendar")
	}
	return name
}

// facts are the key figures of a campaign.
func (v overview) facts(r *page.Request) []ui.Fact {
	n := func(count int) string { return r.Text.Number(int64(count)) }
	in, absent, warned := v.people.In, v.people.Out(), v.people.Warned
	facts := []ui.Fact{
		{Value: n(in), Label: r.T("office.fact.in", "count", in), Tone: ui.Good},
		{Value: n(absent), Label: r.T("office.fact.absent", "count", absent), Tone: ToneIf(absent > 0, ui.Bad)},
		{Value: n(warned), Label: r.T("office.fact.warned", "count", warned), Tone: ToneIf(warned > 0, ui.Warn)},
		{Value: n(v.totals.Seats), Label: r.T("office.fact.seats", "count", v.totals.Seats), Tone: ToneIf(v.totals.Seats < in, ui.Warn)},
	}
	if v.campaign.Phase.Reached(campaign.Open) {
		facts = append(facts,
			ui.Fact{Value: n(v.counts.Confirmed), Label: r.T("office.fact.confirmed", "count", v.counts.Confirmed, "all", v.counts.Participants)},
			ui.Fact{Value: n(v.counts.Empty), Label: r.T("office.fact.empty", "count", v.counts.Empty), Tone: ToneIf(v.counts.Empty > 0, ui.Warn)},
			ui.Fact{Value: n(v.counts.Short), Label: r.T("office.fact.short", "count", v.counts.Short, "advised", v.campaign.AdvisedWishes), Tone: ToneIf(v.counts.Short > 0, ui.Warn)},
		)
	}
	return facts
}

// ToneIf is a tone for what holds, and the neutral one for what does not.
func ToneIf(holds bool, tone ui.Tone) ui.Tone {
	if holds {
		return tone
	}
	return ui.Neutral
}

var checkStates = map[campaign.State]ui.CheckState{
	campaign.OK: ui.CheckGo, campaign.Warning: ui.CheckWatch, campaign.No: ui.CheckNoGo,
}

// CheckLines are the checks as the table before a step shows them.
func CheckLines(r *page.Request, c campaign.Campaign, checks []campaign.Check) []ui.Check {
	lines := make([]ui.Check, len(checks))
	for i, check := range checks {
		lines[i] = ui.Check{
			What: r.T("ready." + check.Name), State: checkStates[check.State], Detail: r.Text.Message(check.Detail, check.Args),
			Owner: OwnerCell(r, check.Owner),
		}
		if to := targetPath(c, check.Target); check.State != campaign.OK && mayOpen(r, c, to) {
			lines[i].Fix = ui.Link{Label: r.T("office.check.look"), Href: to}
			if check.State == campaign.No {
				lines[i].Fix.Label = r.T("office.check.see")
			}
		}
	}
	return lines
}

// mayOpen reports whether the reader may open the page of a campaign that has an
// address.
func mayOpen(r *page.Request, c campaign.Campaign, address string) bool {
	i := slices.IndexFunc(sections, func(s section) bool { return s.path(c) == address })
	return i < 0 || May(r, c, sections[i].right)
}

// targetPath is where a check is corrected.
func targetPath(c campaign.Campaign, target campaign.Target) string {
	if target == campaign.ToParameters {
		return PathOf(c, "settings")
	}
	return PathOf(c, string(target))
}

// ParticipantPath is the address of a student among the participants of a campaign.
func ParticipantPath(c campaign.Campaign, s student.Student) string {
	return PathOf(c, "participants", s.PublicID)
}

// CountSentence counts in words who is in, who is not, and who is in with something
// to look at.
func CountSentence(r *page.Request, n campaign.ParticipantCounts) string {
	return r.Text.List([]string{
		r.Text.Number(int64(n.In)) + " " + r.T("office.fact.in", "count", n.In),
		r.Text.Number(int64(n.Out())) + " " + r.T("office.fact.absent", "count", n.Out()),
		r.Text.Number(int64(n.Warned)) + " " + r.T("office.fact.warned", "count", n.Warned),
	})
}

// MostOpenPoints is how many people a page names who are missing, or should be looked
// at; the list has all of them.
const MostOpenPoints = 25

// FixOf is the page where what a criterion found is corrected; nothing for a reader
// whom it would refuse.
func FixOf(r *page.Request, c campaign.Campaign, s student.Student, f student.Finding) ui.Link {
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
		return ui.Link{Label: r.T("office.fix.participant"), Href: ParticipantPath(c, s)}
	}
	return ui.Link{Label: r.T("office.fix." + f.Predicate), Href: "/students/" + s.PublicID}
}
