package participants

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// A participant is one student of a campaign, as the page about them shows it.
type participant struct {
	campaign    campaign.Campaign
	enrolment   campaign.Enrolment
	corrections []campaign.Correction
	result      []string // what the student reads, once published; nil: nothing yet
	state       string
	tone        ui.Tone
	reason      string
	failed      string // the form that was refused
	wrong       ui.Errors
}

// Participant shows why somebody is in or out, their points and their position,
// and changes them.
func (o *Pages) Participant(w http.ResponseWriter, r *page.Request) error {
	return showParticipant(w, r, http.StatusOK, "", ui.Errors{})
}

func showParticipant(w http.ResponseWriter, r *page.Request, status int, failed string, wrong ui.Errors) error {
	v, err := readParticipant(r)
	if err != nil {
		return err
	}
	v.failed, v.wrong = failed, wrong
	v.state, v.tone, v.reason = stateOf(r, v.enrolment)
	p := ui.Page{
		Title: v.enrolment.Student.Name(), Lead: r.T("office.participant.lead", "number", v.enrolment.Student.Number, "level", v.enrolment.Student.Level.Name),
		Crumbs: []ui.Link{office.Crumb(r, v.campaign, "participants")},
	}
	return office.Show(w, r, status, v.campaign, "participants", p, participantBody(r, v))
}

func readParticipant(r *page.Request) (v participant, err error) {
	id := r.PathValue("student")
	v.campaign, err = office.Read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		if v.enrolment, err = campaign.ParticipantFor(ctx, tx, c, id); err != nil {
			return err
		}
		v.corrections, err = campaign.Corrections(ctx, tx, c, v.enrolment.Student)
		if err != nil || !v.enrolment.In || !c.Phase.Reached(campaign.Published) || !office.May(r, c, campaign.RightReadLists) {
			return err
		}
		known, err := result.OfParticipant(ctx, tx, r.Actor, c, v.enrolment)
		if err == nil {
			v.result = known.Facts.Sentences(r.Text)
		}
		return err
	})
	return v, err
}

func (v participant) terms(r *page.Request) []ui.Term {
	e := v.enrolment
	terms := []ui.Term{
		{Name: r.T("office.email"), Value: e.Student.Person.Email},
		{Name: r.T("office.pseudonym"), Value: e.Pseudonym},
	}
	switch {
	case e.Position != nil:
		terms = append(terms, ui.Term{Name: r.T("office.position"), Value: r.Text.Number(int64(e.Position.Effective))})
	case e.First > 0:
		terms = append(terms, ui.Term{Name: r.T("office.interval"), Value: r.T("office.interval.said", "first", e.First, "last", e.Last)})
	}
	return slices.DeleteFunc(terms, func(t ui.Term) bool { return t.Value == "" })
}

func (v participant) scoreTerms(r *page.Request) []ui.Term {
	said := func(n *int64) string {
		if n == nil {
			return r.T("office.unknown")
		}
		return r.Text.Hundredths(*n)
	}
	e := v.enrolment
	terms := []ui.Term{{Name: r.T("office.score.counts"), Value: said(e.Score)}, {Name: r.T("office.score.history"), Value: said(e.History)}}
	if e.Points != nil {
		terms = append(terms, ui.Term{Name: r.T("office.score.entered"), Value: r.T("office.score.because", "points", r.Text.Hundredths(*e.Points), "reason", e.PointsReason)})
	}
	return terms
}

func (v participant) manualTerms(r *page.Request) []ui.Term {
	if v.enrolment.Manual == 0 {
		return []ui.Term{{Name: r.T("office.manual"), Value: r.T("office.manual.none")}}
	}
	return []ui.Term{{Name: r.T("office.manual"), Value: r.T("office.manual.because", "position", v.enrolment.Manual, "reason", v.enrolment.ManualReason)}}
}

func (v participant) exclusionButton(r *page.Request) ui.Action {
	a := ui.Action{Label: r.T("office.exclude"), Icon: "person-x", Why: office.Why(r, v.campaign, campaign.RightEdit, campaign.Exclude)}
	if v.enrolment.Excluded != nil {
		a.Label, a.Icon = r.T("office.include"), "person-check"
	}
	return a
}

func (v participant) orderButton(r *page.Request, name string) ui.Action {
	return ui.Action{Label: r.T("office.participant." + name + ".change"), Icon: "pencil", Why: office.Why(r, v.campaign, campaign.RightEdit, campaign.EditOrder)}
}

// form is one of the forms of the page; the one that was refused says why.
func (v participant) form(r *page.Request, name string) ui.Form {
	f := ui.Form{
		Action: office.PathOf(v.campaign, "participants", v.enrolment.Student.PublicID, name),
		Submit: ui.Action{Label: r.T("office.save"), Icon: "save", Kind: ui.Primary},
	}
	reason := office.ReasonField(r, name+"-reason")
	switch name {
	case "exclusion":
		f.Hidden = map[string]string{"excluded": "1"}
		f.Submit = v.exclusionButton(r)
		if v.enrolment.Excluded != nil {
			f.Hidden = nil
		}
	case "points":
		points := ""
		if v.enrolment.Points != nil {
			points = r.Text.Hundredths(*v.enrolment.Points)
		}
		f.Fields = []ui.Field{{Name: "points", ID: "points", Label: r.T("office.participant.points"), Value: points, Hint: r.T("office.participant.points.hint"), Optional: true}}
	case "position":
		f.Fields = []ui.Field{{Kind: ui.FieldNumber, Name: "position", ID: "position", Label: r.T("office.manual"), Value: strconv.Itoa(v.enrolment.Manual), Min: "0", Hint: r.T("office.participant.position.hint")}}
	case "correction":
		reason = ui.Field{Kind: ui.FieldArea, Name: "message", ID: "message", Label: r.T("office.correction.message"), Value: r.PostFormValue("message"), Rows: 3}
		f.Submit = ui.Action{Label: r.T("office.correction.ask"), Icon: "flag", Kind: ui.Primary}
	}
	f.Fields = append(f.Fields, reason)
	if v.failed == name {
		f.Errors = v.wrong
		office.KeepTyped(r, f.Fields)
	}
	return f
}

// change does something about the student of the address and comes back. What it does
// reads the campaign in its own transaction, and asks for the right there.
func change(w http.ResponseWriter, r *page.Request, name, said string, do func(campaign, student string, f *page.Form) error) error {
	id, student := r.PathValue("campaign"), r.PathValue("student")
	err := do(id, student, r.Fields())
	again := func(status int, wrong ui.Errors) error { return showParticipant(w, r, status, name, wrong) }
	return office.Outcome(w, r, err, office.Path+"/"+id+"/participants/"+student, again, said)
}

// SetExclusion excludes a student, or takes an exclusion back.
func (o *Pages) SetExclusion(w http.ResponseWriter, r *page.Request) error {
	exclude, said := o.Campaigns.Include, "office.included"
	if r.FormValue("excluded") != "" {
		exclude, said = o.Campaigns.Exclude, "office.excluded"
	}
	return change(w, r, "exclusion", said, func(campaign, student string, f *page.Form) error {
		reason := f.Reason("reason")
		if err := f.Err(); err != nil {
			return err
		}
		return exclude(r.Context(), r.Actor, campaign, student, reason)
	})
}

// SetPoints says how many points a student has; nothing goes back to the history.
func (o *Pages) SetPoints(w http.ResponseWriter, r *page.Request) error {
	return change(w, r, "points", "office.points.saved", func(campaign, student string, f *page.Form) error {
		points, reason := office.ReadAmount(f, "points"), f.Reason("reason")
		if err := f.Err(); err != nil {
			return err
		}
		return o.Campaigns.SetPoints(r.Context(), r.Actor, campaign, student, points, reason)
	})
}

// SetPosition decides at which position a student is served.
func (o *Pages) SetPosition(w http.ResponseWriter, r *page.Request) error {
	return change(w, r, "position", "office.position.saved", func(campaign, student string, f *page.Form) error {
		position, reason := f.Int("position", 0, 100_000), f.Reason("reason")
		if err := f.Err(); err != nil {
			return err
		}
		return o.Campaigns.SetManual(r.Context(), r.Actor, campaign, student, position, reason)
	})
}

// AskCorrection asks whoever may to correct what keeps a student out.
func (o *Pages) AskCorrection(w http.ResponseWriter, r *page.Request) error {
	return change(w, r, "correction", "office.correction.sent", func(campaign, student string, f *page.Form) error {
		message := f.Required("message")
		if err := f.Err(); err != nil {
			return err
		}
		return o.Campaigns.AskCorrection(r.Context(), r.Actor, campaign, student, message)
	})
}

// AnswerCorrection ends a request for a correction.
func (o *Pages) AnswerCorrection(w http.ResponseWriter, r *page.Request) error {
	f := r.Fields()
	answer := f.Required("answer")
	if err := f.Err(); err != nil {
		return err
	}
	id := r.PathValue("campaign")
	if err := o.Campaigns.AnswerCorrection(r.Context(), r.Actor, id, r.PathValue("correction"), answer); err != nil {
		return err
	}
	return r.GoSaying(w, office.Path+"/"+id+"/participants/"+r.FormValue("student"), "office.correction.ended")
}
