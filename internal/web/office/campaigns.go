package office

import (
	"context"
	"net/http"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Pages are the pages of the office.
type Pages struct {
	Campaigns *campaign.Campaigns
	Results   *result.Results
}

// List shows the campaigns that the reader may see: where each stands, and what
// to do now.
func (o *Pages) List(w http.ResponseWriter, r *page.Request) error {
	var campaigns []campaign.Campaign
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		campaigns, err = campaign.ForOfficeAll(r.Context(), tx, r.Actor)
		return err
	})
	if err != nil {
		return err
	}
	t := ui.Table{
		Caption: r.T("office.campaigns"), Path: Path, Export: Path, Columns: campaignColumns(r),
		Empty: ui.Empty{Icon: "calendar3", What: r.T("office.campaigns.none"), Why: r.T("office.campaigns.none.why")},
	}
	for _, c := range campaigns {
		t.Rows = append(t.Rows, campaignRow(r, c))
	}
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	if r.WantsFile() {
		return r.SendTable(w, t)
	}
	p := ui.Page{Title: t.Caption, Lead: r.T("office.campaigns.lead"), Density: ui.Manage}
	if r.Actor.CanSomewhere(campaign.RightEdit) {
		p.Actions = []ui.Action{{Label: r.T("office.campaign.new"), Icon: "plus-lg", Href: Path + "/new", Kind: ui.Primary}}
	}
	return r.Show(w, p, ui.DataTable(r.Text, t))
}

func campaignColumns(r *page.Request) []ui.Column {
	phases := make([]ui.Option, len(campaign.Phases))
	for i, phase := range campaign.Phases {
		phases[i] = ui.Option{Value: string(phase), Label: r.T(string(phase.Name()))}
	}
	return []ui.Column{
		{Key: "name", Title: r.T("office.campaign"), Filter: true, Fixed: true},
		{Key: "phase", Title: r.T("office.phase"), Kind: ui.KindChoice, Filter: true, Options: phases},
		{Key: "now", Title: r.T("office.now"), NoSort: true},
		{Key: "opens", Title: r.T("office.opens"), Kind: ui.KindMoment},
		{Key: "closes", Title: r.T("office.closes"), Kind: ui.KindMoment, Filter: true},
		{Key: "publishes", Title: r.T("office.publishes"), Kind: ui.KindMoment},
		{Key: "faculty", Title: r.T("office.faculty"), Filter: true, Hidden: true},
		{Key: "period", Title: r.T("office.period"), Filter: true},
	}
}

var phaseTones = map[campaign.Phase]ui.Tone{
	campaign.Draft: ui.Neutral, campaign.Open: ui.Info, campaign.Closed: ui.Warn, campaign.Proposed: ui.Warn,
	campaign.Confirmed: ui.Warn, campaign.Published: ui.Good, campaign.Archived: ui.Neutral,
}

func campaignRow(r *page.Request, c campaign.Campaign) ui.Row {
	p := c.Printer(r.Text.Lang)
	return ui.Row{Cells: []ui.Cell{
		{Text: c.Name, Href: PathOf(c), Sort: sorted(c.Name)},
		ui.StateCell(string(c.Phase), phaseTones[c.Phase], r.T(string(c.Phase.Name()))),
		ui.Word(r.T("office.now." + nowOf(c, r.Now()))),
		ui.Moment(p, c.OpensAt), ui.Moment(p, c.ClosesAt), ui.Moment(p, c.PublishesAt),
		ui.Word(c.Faculty.Name), ui.Word(c.Period.Name),
	}}
}

// nowOf names what a campaign waits for: the sentence "office.now." + it says it.
func nowOf(c campaign.Campaign, now time.Time) string {
	if c.Phase == campaign.Open && !now.Before(c.ClosesAt) {
		return "ended"
	}
	return string(c.Phase)
}

// New asks for a campaign.
func (o *Pages) New(w http.ResponseWriter, r *page.Request) error {
	c := campaign.Defaults()
	r.In(c.Zone)
	return newCampaign(w, r, http.StatusOK, c, ui.Errors{})
}

// Create adds a campaign.
func (o *Pages) Create(w http.ResponseWriter, r *page.Request) error {
	f := r.Fields()
	c := readSettings(r, f, campaign.Defaults())
	err := f.Err()
	if err == nil {
		c, err = o.Campaigns.Create(r.Context(), r.Actor, c)
	}
	again := func(status int, wrong ui.Errors) error { return newCampaign(w, r, status, c, wrong) }
	return Outcome(w, r, err, PathOf(c), again, "office.campaign.created", "campaign", c.Name)
}

func newCampaign(w http.ResponseWriter, r *page.Request, status int, c campaign.Campaign, wrong ui.Errors) error {
	var form ui.Form
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		form, err = settingsForm(r.Context(), tx, r, c, wrong)
		return err
	})
	if err != nil {
		return err
	}
	form.Action, form.Cancel = Path, ui.Link{Label: r.T("office.cancel"), Href: Path}
	form.Submit = ui.Action{Label: r.T("office.campaign.create"), Icon: "plus-lg", Kind: ui.Primary}
	return r.ShowStatus(w, status, ui.Page{
		Title: r.T("office.campaign.new"), Lead: r.T("office.campaign.new.lead"), Density: ui.Manage,
		Crumbs: []ui.Link{{Label: r.T("office.campaigns"), Href: Path}},
	}, ui.FormPanel(r.Text, "", form))
}

// Settings shows the parameters of a campaign, to be changed while it is in draft.
func (o *Pages) Settings(w http.ResponseWriter, r *page.Request) error {
	c, err := Read(r, campaign.RightView, nil)
	if err != nil {
		return err
	}
	return showSettings(w, r, http.StatusOK, c, ui.Errors{}, ui.Errors{})
}

// SaveSettings changes the parameters of a campaign.
func (o *Pages) SaveSettings(w http.ResponseWriter, r *page.Request) error {
	c, err := Read(r, campaign.RightEdit, nil)
	if err != nil {
		return err
	}
	f := r.Fields()
	changed := readSettings(r, f, c)
	changed.ChangedAt, _ = time.Parse(time.RFC3339Nano, r.FormValue("seen"))
	if err = f.Err(); err == nil {
		err = o.Campaigns.Change(r.Context(), r.Actor, changed)
	}
	again := func(status int, wrong ui.Errors) error {
		return showSettings(w, r, status, changed, wrong, ui.Errors{})
	}
	return Outcome(w, r, err, PathOf(c, "settings"), again, "office.settings.saved")
}

// MoveDeadline gives everybody more time.
func (o *Pages) MoveDeadline(w http.ResponseWriter, r *page.Request) error {
	c, err := Read(r, campaign.RightOpen, nil)
	if err != nil {
		return err
	}
	f := r.Fields()
	until, reason := f.Time("closes_at"), f.Reason("reason")
	if err = f.Err(); err == nil {
		err = o.Campaigns.MoveDeadline(r.Context(), r.Actor, c.PublicID, until, reason)
	}
	again := func(status int, wrong ui.Errors) error { return showSettings(w, r, status, c, ui.Errors{}, wrong) }
	return Outcome(w, r, err, PathOf(c, "settings"), again, "office.deadline.moved", "closes", until)
}

func showSettings(w http.ResponseWriter, r *page.Request, status int, c campaign.Campaign, wrong, late ui.Errors) error {
	var form ui.Form
	kept, err := Read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, _ campaign.Campaign) (err error) {
		form, err = settingsForm(ctx, tx, r, c, wrong)
		return err
	})
	if err != nil {
		return err
	}
	form.Action = PathOf(c, "settings")
	form.Hidden = map[string]string{"seen": c.ChangedAt.Format(time.RFC3339Nano)}
	form.Submit = ui.Action{Label: r.T("office.save"), Icon: "save", Kind: ui.Primary}
	off := Why(r, kept, campaign.RightEdit, campaign.EditParameters)
	return Show(w, r, status, kept, "settings", ui.Page{Title: r.T("office.settings"), Lead: r.T("office.settings.lead")},
		settingsBody(r, kept, off, form, deadlineForm(r, kept, late)))
}

func deadlineForm(r *page.Request, c campaign.Campaign, wrong ui.Errors) ui.Form {
	value := ui.MomentValue(r.Text, c.ClosesAt)
	if r.PostFormValue("closes_at") != "" && wrong.Sentence != "" {
		value = r.PostFormValue("closes_at")
	}
	return ui.Form{
		Action: PathOf(c, "deadline"), Errors: wrong,
		Fields: []ui.Field{
			{Kind: ui.FieldMoment, Name: "closes_at", ID: "deadline", Label: r.T("office.deadline.new"), Value: value, Hint: r.T("office.zone.hint", "zone", r.Text.ZoneName())},
			ReasonField(r, "deadline-reason"),
		},
		Submit: ui.Action{Label: r.T("office.deadline.move"), Icon: "calendar-event", Kind: ui.Primary},
	}
}
