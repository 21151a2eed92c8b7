package office

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// zones are where the faculties of medicine are.
var zones = []string{
	"Europe/Paris", "America/Guadeloupe", "America/Martinique", "America/Cayenne", "Indian/Reunion", "Indian/Mayotte",
	"Pacific/Noumea", "Pacific/Tahiti", "Europe/Brussels", "Europe/Zurich",
}

// readSettings reads what was typed over the parameters of a campaign. Times are
// in the zone that was chosen.
func readSettings(r *page.Request, f *page.Form, c campaign.Campaign) campaign.Campaign {
	c.Zone = f.Choice("zone", zonesWith(c.Zone)...)
	r.In(c.Zone)
	c.Name, c.Contact = f.Text("name"), campaign.Contact{Name: f.Text("contact_name"), Email: f.Text("contact_email")}
	c.Faculty, c.Period = reference.Ref{PublicID: f.Text("faculty")}, reference.Ref{PublicID: f.Text("period")}
	c.Cohorts = nil
	for _, id := range r.PostForm["cohorts"] {
		c.Cohorts = append(c.Cohorts, reference.Ref{PublicID: id})
	}
	c.OpensAt, c.ClosesAt = f.Time("opens_at"), f.Time("closes_at")
	c.CommissionAt, c.PublishesAt = f.Time("commission_at"), f.Time("publishes_at")
	c.Method, c.CostsMethod = f.Text("method"), f.Text("costs_method")
	c.MaxWishes, c.AdvisedWishes = f.Int("max_wishes", 1, 500), f.Int("advised_wishes", 0, 500)
	c.Reminders = readHours(f)
	c.ShowPositions = f.Bool("show_positions")
	return c
}

func readHours(f *page.Form) []int {
	var hours []int
	for _, word := range strings.FieldsFunc(f.Text("reminders"), func(c rune) bool { return strings.ContainsRune(" ,;", c) }) {
		n, err := strconv.Atoi(word)
		if err != nil {
			f.Wrong("reminders", "form.number", "found", word)
			return nil
		}
		hours = append(hours, n)
	}
	return hours
}

// settingsForm shows the parameters of a campaign: as they are, or, when something
// is wrong, as they were typed.
func settingsForm(ctx context.Context, tx *store.Tx, r *page.Request, c campaign.Campaign, wrong ui.Errors) (ui.Form, error) {
	faculties, err := reference.Faculties(ctx, tx)
	if err != nil {
		return ui.Form{}, err
	}
	periods, err := reference.Periods(ctx, tx)
	if err != nil {
		return ui.Form{}, err
	}
	cohorts, err := student.Cohorts(ctx, tx, r.Actor)
	if err != nil {
		return ui.Form{}, err
	}
	faculties = slices.DeleteFunc(faculties, func(f reference.Faculty) bool {
		return f.Archived || !r.Actor.Can(campaign.RightView, identity.Faculty(f.Code))
	})
	form := ui.Form{Errors: wrong, Fields: slices.Concat(
		whatFields(r, c, optionsOf(faculties, reference.Faculty.Ref), optionsOf(periods, reference.Period.Ref), optionsOf(cohorts, student.Cohort.Ref)),
		dateFields(r, c), procedureFields(r, c),
	)}
	if wrong.Sentence != "" {
		KeepTyped(r, form.Fields)
	}
	return form, nil
}

func whatFields(r *page.Request, c campaign.Campaign, faculties, periods, cohorts []ui.Option) []ui.Field {
	chosen := make([]string, len(c.Cohorts))
	for i, cohort := range c.Cohorts {
		chosen[i] = cohort.PublicID
	}
	return []ui.Field{
		{Name: "name", Label: r.T("office.settings.name"), Value: c.Name, Hint: r.T("office.settings.name.hint")},
		{Kind: ui.FieldSelect, Name: "faculty", Label: r.T("office.faculty"), Value: c.Faculty.PublicID, Options: faculties},
		{Kind: ui.FieldChecks, Name: "cohorts", Label: r.T("office.settings.cohorts"), Values: chosen, Options: cohorts},
		{Kind: ui.FieldSelect, Name: "period", Label: r.T("office.period"), Value: c.Period.PublicID, Options: periods},
		{Name: "contact_name", Label: r.T("office.settings.contact"), Value: c.Contact.Name, Hint: r.T("office.settings.contact.hint")},
		{Kind: ui.FieldEmail, Name: "contact_email", Label: r.T("office.settings.email"), Value: c.Contact.Email, Optional: true},
	}
}

func dateFields(r *page.Request, c campaign.Campaign) []ui.Field {
	options := make([]ui.Option, 0, len(zones))
	for _, zone := range zonesWith(c.Zone) {
		options = append(options, ui.Option{Value: zone, Label: zone})
	}
	return []ui.Field{
		{Kind: ui.FieldSelect, Name: "zone", Label: r.T("office.settings.zone"), Value: c.Zone, Options: options, Hint: r.T("office.settings.zone.hint")},
		{Kind: ui.FieldMoment, Name: "opens_at", Label: r.T("office.opens"), Value: ui.MomentValue(r.Text, c.OpensAt)},
		{Kind: ui.FieldMoment, Name: "closes_at", Label: r.T("office.closes"), Value: ui.MomentValue(r.Text, c.ClosesAt), Hint: r.T("office.settings.closes.hint")},
		{Kind: ui.FieldMoment, Name: "commission_at", Label: r.T("office.meets"), Value: ui.MomentValue(r.Text, c.CommissionAt)},
		{Kind: ui.FieldMoment, Name: "publishes_at", Label: r.T("office.publishes"), Value: ui.MomentValue(r.Text, c.PublishesAt)},
	}
}

func procedureFields(r *page.Request, c campaign.Campaign) []ui.Field {
	hours := make([]string, len(c.Reminders))
	for i, n := range c.Reminders {
		hours[i] = strconv.Itoa(n)
	}
	positions := ""
	if c.ShowPositions {
		positions = "1"
	}
	return []ui.Field{
		{Kind: ui.FieldRadio, Name: "method", Label: r.T("office.method"), Value: c.Method, Options: MethodOptions(r, campaign.Methods())},
		{Kind: ui.FieldSelect, Name: "costs_method", Label: r.T("office.settings.costs"), Value: c.CostsMethod, Hint: r.T("office.settings.costs.hint"),
			Options: MethodOptions(r, campaign.CostMethods())},
		{Kind: ui.FieldNumber, Name: "max_wishes", Label: r.T("office.settings.max"), Value: strconv.Itoa(c.MaxWishes), Min: "1"},
		{Kind: ui.FieldNumber, Name: "advised_wishes", Label: r.T("office.settings.advised"), Value: strconv.Itoa(c.AdvisedWishes), Min: "0", Hint: r.T("office.settings.advised.hint")},
		{Name: "reminders", Label: r.T("office.settings.reminders"), Value: strings.Join(hours, ", "), Hint: r.T("office.settings.reminders.hint"), Optional: true},
		{Kind: ui.FieldCheck, Name: "show_positions", Label: r.T("office.settings.positions"), Value: positions},
	}
}

// MethodOptions are methods to choose among, by their names in the catalogues.
func MethodOptions(r *page.Request, methods []string) []ui.Option {
	options := make([]ui.Option, len(methods))
	for i, m := range methods {
		options[i] = ui.Option{Value: m, Label: r.T("office.method." + m), Hint: r.T("office.method." + m + ".hint")}
	}
	return options
}

func optionsOf[T any](among []T, as func(T) reference.Ref) []ui.Option {
	options := make([]ui.Option, len(among))
	for i, x := range among {
		options[i] = ui.Option{Value: as(x).PublicID, Label: as(x).Name}
	}
	return options
}

// zonesWith are the zones, and one more if it is not among them.
func zonesWith(zone string) []string {
	if zone == "" || slices.Contains(zones, zone) {
		return zones
	}
	return append(slices.Clip(zones), zone)
}

// termsOf reads the fields of a form that cannot be changed.
func termsOf(r *page.Request, fields []ui.Field) []ui.Term {
	terms := make([]ui.Term, 0, len(fields))
	for _, f := range fields {
		value := []string{}
		for _, o := range f.Options {
			if o.Value == f.Value || slices.Contains(f.Values, o.Value) {
				value = append(value, o.Label)
			}
		}
		switch {
		case f.Kind == ui.FieldCheck && f.Value != "":
			value = append(value, r.T("office.yes"))
		case f.Kind == ui.FieldCheck:
			value = append(value, r.T("office.no"))
		case f.Kind == ui.FieldMoment:
			at, err := time.ParseInLocation("2006-01-02T15:04", f.Value, r.Text.Location())
			if err == nil {
				value = append(value, r.Text.DateTime(at))
			}
		case len(f.Options) == 0:
			value = append(value, f.Value)
		}
		terms = append(terms, ui.Term{Name: f.Label, Value: strings.Join(value, ", ")})
	}
	return terms
}

// closing is when the lists of a campaign close. It is over once the campaign is closed, not
// when the hour has passed.
func closing(r *page.Request, c campaign.Campaign) ui.Deadline {
	d := ui.Deadline{What: r.T("office.closes"), At: c.ClosesAt, Now: r.Now()}
	if c.Phase.Reached(campaign.Closed) {
		d.Over = r.T("ui.deadline.over")
	}
	return d
}
