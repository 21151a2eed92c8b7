package records

import (
	"slices"
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Sites is the register of sites.
var Sites = Register{
	path: SitesPath, name: "sites", noun: "site", icon: "building", edit: site.RightEdit,
	columns: siteColumns, load: loadSites, one: oneSite, fields: siteFields, save: saveSite, more: siteMore,
	actions: func(r *page.Request, e *entry) []ui.Action {
		if e != nil {
			return nil
		}
		actions := []ui.Action{
			{Label: r.T("records.institutions"), Icon: "building", Href: InstitutionsPath},
			{Label: r.T("records.contacts"), Icon: "person-badge", Href: ContactsPath},
		}
		if r.Actor.CanSomewhere(exchange.RightImport) {
			actions = append(actions, ui.Action{Label: r.T("records.import"), Icon: "upload", Href: ImportsPath + "?kind=sites"})
		}
		return actions
	},
}

func siteColumns(r *page.Request) []ui.Column {
	return []ui.Column{
		{Key: "name", Title: r.T("records.field.name"), Filter: true, Fixed: true},
		{Key: "code", Title: r.T("records.field.code"), Filter: true},
		{Key: "category", Title: r.T("records.field.category"), Filter: true},
		{Key: "institution", Title: r.T("records.field.institution"), Filter: true},
		{Key: "town", Title: r.T("records.field.town"), Filter: true, Hidden: true},
		{Key: "min", Title: r.T("records.field.min_seats"), Kind: ui.KindNumber, Filter: true, Hidden: true},
		{Key: "ideal", Title: r.T("records.field.ideal_seats"), Kind: ui.KindNumber, Filter: true},
		{Key: "max", Title: r.T("records.field.max_seats"), Kind: ui.KindNumber, Filter: true},
		{Key: "closed", Title: r.T("records.field.closed_levels"), Filter: true, Hidden: true},
		{Key: "main", Title: r.T("records.site.kind"), Kind: ui.KindChoice, Filter: true, Options: []ui.Option{
			{Value: "main", Label: r.T("records.site.main")}, {Value: "secondary", Label: r.T("records.site.secondary")},
		}},
		stateColumn(r),
	}
}

func loadSites(r *page.Request, tx *store.Tx) ([]entry, error) {
	sites, err := site.Sites(r.Context(), tx, r.Actor)
	entries := make([]entry, len(sites))
	for i, s := range sites {
		entries[i] = siteEntry(r, s)
	}
	return entries, err
}

func oneSite(r *page.Request, tx *store.Tx, publicID string) (entry, error) {
	s, err := site.For(r.Context(), tx, r.Actor, publicID)
	if err != nil {
		return entry{}, err
	}
	return siteEntry(r, s), nil
}

func siteEntry(r *page.Request, s site.Site) entry {
	kind := ui.StateCell("secondary", ui.Neutral, r.T("records.site.secondary"))
	if s.Main {
		kind = ui.StateCell("main", ui.Info, r.T("records.site.main"))
	}
	return entry{
		Stamp: s.Stamp, label: s.Name, thing: s, lead: siteLead(s),
		may: r.Actor.Can(site.RightEdit, s.Perimeters()...), reads: r.Actor.Can(audit.RightView, s.Perimeters()...),
		cells: []ui.Cell{
			ui.Word(s.Name), ui.Word(s.Code), ui.Word(s.Category.Name), ui.Word(s.Institution.Name), ui.Word(s.Address.Town),
			ui.Count(r.Text, s.MinSeats), ui.Count(r.Text, s.IdealSeats), ui.Count(r.Text, s.MaxSeats),
			ui.Word(strings.Join(codesOf(s.ClosedLevels), ", ")), kind, stateCell(r, s.Archived),
		},
		typed: map[string]string{
			"code": s.Code, "name": s.Name, "service": s.Service, "category": s.Category.Code, "institution": s.Institution.Code,
			"faculty": s.Faculty.Code, "main": ticked(s.Main), "wishes": ticked(s.WishesAllowed), "outside": ticked(s.OutsideSubdivision),
			"min_seats": digits(s.MinSeats), "ideal_seats": digits(s.IdealSeats), "max_seats": digits(s.MaxSeats),
			"description": s.Description, "link": s.Link, "address": s.Address.Lines, "postal_code": s.Address.PostalCode,
			"town": s.Address.Town, "archived": ticked(s.Archived), "secondaries": strings.Join(codesOf(s.Secondaries), ", "),
		},
		chosen: map[string][]string{"closed_levels": codesOf(s.ClosedLevels), "secondaries": codesOf(s.Secondaries)},
	}
}

func siteLead(s site.Site) string {
	parts := []string{s.Code, s.Service, s.Institution.Name}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
}

func siteFields(r *page.Request, tx *store.Tx, fresh bool) ([]ui.Field, error) {
	ctx := r.Context()
	categories, err := site.Categories(ctx, tx)
	if err != nil {
		return nil, err
	}
	institutions, err := site.Institutions(ctx, tx)
	if err != nil {
		return nil, err
	}
	faculties, err := reference.Faculties(ctx, tx)
	if err != nil {
		return nil, err
	}
	levels, err := reference.Levels(ctx, tx)
	if err != nil {
		return nil, err
	}
	secondary, err := site.SecondaryRefs(ctx, tx, mostOffered+1)
	if err != nil {
		return nil, err
	}
	secondary = kept(secondary, func(s reference.Ref) bool { return s.PublicID == r.PathValue("id") })
	fields := []ui.Field{
		field(r, "code", ui.Field{}), field(r, "name", ui.Field{}), field(r, "service", ui.Field{Optional: true}),
		field(r, "category", ui.Field{Kind: ui.FieldSelect, Options: options(r, categories, site.Category.Ref, fresh)}),
		field(r, "institution", ui.Field{Kind: ui.FieldSelect, Optional: true, Options: options(r, institutions, site.Institution.Ref, true)}),
		field(r, "faculty", ui.Field{Kind: ui.FieldSelect, Optional: true, Options: options(r, faculties, reference.Faculty.Ref, true)}),
		field(r, "min_seats", ui.Field{Kind: ui.FieldNumber, Min: "0"}), field(r, "ideal_seats", ui.Field{Kind: ui.FieldNumber, Min: "0"}),
		field(r, "max_seats", ui.Field{Kind: ui.FieldNumber, Min: "0"}),
		field(r, "main", ui.Field{Kind: ui.FieldCheck}), field(r, "wishes", ui.Field{Kind: ui.FieldCheck}), field(r, "outside", ui.Field{Kind: ui.FieldCheck}),
		field(r, "closed_levels", ui.Field{Kind: ui.FieldChecks, Optional: true, Options: options(r, levels, reference.Level.Ref, false)}),
	}
	switch {
	case len(secondary) > mostOffered:
		fields = append(fields, field(r, "secondaries", ui.Field{Kind: ui.FieldArea, Rows: 2, Optional: true, Hint: r.T("records.codes.hint")}))
	case len(secondary) > 0:
		fields = append(fields, field(r, "secondaries", ui.Field{Kind: ui.FieldChecks, Optional: true, Options: options(r, secondary, itself, false)}))
	}
	fields = append(fields, field(r, "description", ui.Field{Kind: ui.FieldArea, Optional: true}), field(r, "link", ui.Field{Optional: true}))
	return withArchived(r, append(fields, addressFields(r)...), fresh), nil
}

func saveSite(r *page.Request, f *page.Form, stamp reference.Stamp) (string, string, error) {
	const maxSeats = 500
	s := site.Site{
		Stamp: stamp, Code: f.Text("code"), Name: f.Text("name"), Service: f.Text("service"), Category: ref(f.Text("category")),
		Institution: ref(f.Text("institution")), Faculty: ref(f.Text("faculty")), Main: f.Bool("main"), WishesAllowed: f.Bool("wishes"),
		OutsideSubdivision: f.Bool("outside"), ClosedLevels: refs(r.PostForm["closed_levels"]), Secondaries: refs(codesIn(r.PostForm["secondaries"])),
		MinSeats: f.Int("min_seats", 0, maxSeats), IdealSeats: f.Int("ideal_seats", 0, maxSeats), MaxSeats: f.Int("max_seats", 0, maxSeats),
		Description: f.Text("description"), Link: f.Text("link"), Address: addressOf(f), Archived: f.Bool("archived"),
	}
	if err := f.Err(); err != nil {
		return "", "", err
	}
	s, err := site.Save(r.Context(), r.DB, r.Actor, s)
	return s.PublicID, s.Name, err
}

// mostOffered is how many things a field offers at most; where there are more, their
// codes are typed.
const mostOffered = 200

func itself(r reference.Ref) reference.Ref { return r }

// codesIn reads the codes of boxes that were ticked, or of a text.
func codesIn(values []string) []string {
	return strings.FieldsFunc(strings.Join(values, " "), func(c rune) bool { return unicode.IsSpace(c) || c == ',' || c == ';' })
}

// A place is what a site's page shows beside the form.
type place struct {
	site     site.Site
	links    []site.ContactSite
	contacts []reference.Ref // that may be added, with one more than are offered if there are too many
	may      bool
}

func siteMore(r *page.Request, tx *store.Tx, e entry) (templ.Component, error) {
	d := place{site: e.thing.(site.Site), may: e.may}
	var err error
	if d.links, err = site.ContactsOf(r.Context(), tx, d.site.ID); err != nil {
		return nil, err
	}
	d.contacts, err = site.ContactRefs(r.Context(), tx, mostOffered+1)
	return siteBeside(r, d), err
}

// does says what a contact does for a site.
func does(r *page.Request, l site.ContactSite) string {
	var said []string
	for i, holds := range []bool{l.Visible, l.Responsible, l.GetsArrivals, l.Validates, l.Signs} {
		if holds {
			said = append(said, r.T("records.duty."+duties[i]))
		}
	}
	if len(said) == 0 {
		return r.T("records.duty.none")
	}
	return strings.Join(said, ", ")
}
