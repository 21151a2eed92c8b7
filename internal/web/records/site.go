package records

import (
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/exchange/stagetrek"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// Sites is the register of sites.
var Sites = table.Register[site.Site]{
	Name: "records.sites", Path: SitesPath, Noun: "site", Right: site.RightEdit, Crumbs: crumbs,
	Show: marked(stagetrek.KindSites, showSites),
	Find: func(r *page.Request, tx *store.Tx, publicID string) (site.Site, error) {
		return site.For(r.Context(), tx, r.Actor, publicID)
	},
	About: func(r *page.Request, s site.Site) table.About {
		return table.About{
			Stamp: s.Stamp, Label: s.Name, Lead: siteLead(s),
			May: r.Actor.Can(site.RightEdit, s.Perimeters()...), Reads: r.Actor.Can(audit.RightView, s.Perimeters()...),
		}
	},
	Fields: siteFields, Save: saveSite, Beside: besideSite,
	Actions: func(r *page.Request, s *site.Site) []ui.Action {
		if s != nil {
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

func showSites(w http.ResponseWriter, r *page.Request, p ui.Page) error {
	var levels []reference.Level
	var categories []site.Category
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		if levels, err = reference.Levels(r.Context(), tx); err == nil {
			categories, err = site.Categories(r.Context(), tx)
		}
		return err
	})
	if err != nil {
		return err
	}
	return siteList(options(r, categories, site.Category.Ref, false), options(r, levels, reference.Level.Ref, false)).Show(w, r, p)
}

// siteList is the list of sites.
func siteList(categories, levels []ui.Option) table.List[site.Site] {
	return table.List[site.Site]{
		Name: "records.sites", Path: SitesPath, Icon: "building", Rows: &site.List,
		Where: func(r *page.Request) store.Condition { return site.SeenBy(r.Actor, site.RightView) },
		Complete: func(r *page.Request, tx *store.Tx, sites []site.Site) error {
			return site.Complete(r.Context(), tx, sites)
		},
		Columns: func(r *page.Request) []table.Column[site.Site] {
			return []table.Column[site.Site]{
				fixed(column(r, "name", "field.name", func(s site.Site) ui.Cell { return ui.LinkCell(s.Name, SitesPath+"/"+s.PublicID) })),
				column(r, "code", "field.code", func(s site.Site) ui.Cell { return ui.Word(s.Code) }),
				choice(column(r, "category", "field.category", func(s site.Site) ui.Cell { return ui.Word(s.Category.Name) }), categories),
				column(r, "institution", "field.institution", func(s site.Site) ui.Cell { return ui.Word(s.Institution.Name) }),
				hidden(column(r, "town", "field.town", func(s site.Site) ui.Cell { return ui.Word(s.Address.Town) })),
				hidden(numeric(column(r, "min", "field.min_seats", func(s site.Site) ui.Cell { return ui.Count(r.Text, s.MinSeats) }))),
				numeric(column(r, "ideal", "field.ideal_seats", func(s site.Site) ui.Cell { return ui.Count(r.Text, s.IdealSeats) })),
				numeric(column(r, "max", "field.max_seats", func(s site.Site) ui.Cell { return ui.Count(r.Text, s.MaxSeats) })),
				hidden(choice(column(r, "closed", "field.closed_levels", func(s site.Site) ui.Cell { return ui.Word(strings.Join(codesOf(s.ClosedLevels), ", ")) }), levels)),
				choice(column(r, "main", "site.kind", func(s site.Site) ui.Cell { return siteKind(r, s) }), []ui.Option{
					{Value: site.ListMain, Label: r.T("records.site.main")}, {Value: site.ListSecondary, Label: r.T("records.site.secondary")},
				}),
				{Column: stateColumn(r), Cell: func(s site.Site) ui.Cell { return stateCell(r, s.Archived) }},
			}
		},
	}
}

func siteKind(r *page.Request, s site.Site) ui.Cell {
	if s.Main {
		return ui.StateCell(site.ListMain, ui.Info, r.T("records.site.main"))
	}
	return ui.StateCell(site.ListSecondary, ui.Neutral, r.T("records.site.secondary"))
}

func siteLead(s site.Site) string {
	parts := []string{s.Code, s.Service, s.Institution.Name}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
}

func siteFields(r *page.Request, tx *store.Tx, s site.Site) ([]ui.Field, error) {
	ctx, fresh := r.Context(), s.PublicID == ""
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
	for _, stands := range s.Secondaries { // an archived one stays until somebody takes it away
		if !slices.Contains(secondary, stands) {
			secondary = append(secondary, stands)
		}
	}
	categories = offered(categories, func(c site.Category) bool { return c.Archived }, site.Category.Ref, s.Category)
	institutions = offered(institutions, func(i site.Institution) bool { return i.Archived }, site.Institution.Ref, s.Institution)
	faculties, levels = offeredFaculties(faculties, s.Faculty), offeredLevels(levels, s.ClosedLevels...)
	fields := []ui.Field{
		field(r, "code", ui.Field{Value: s.Code}), field(r, "name", ui.Field{Value: s.Name}), field(r, "service", ui.Field{Optional: true, Value: s.Service}),
		field(r, "category", ui.Field{Kind: ui.FieldSelect, Value: s.Category.Code, Options: options(r, categories, site.Category.Ref, fresh)}),
		field(r, "institution", ui.Field{Kind: ui.FieldSelect, Optional: true, Value: s.Institution.Code, Options: options(r, institutions, site.Institution.Ref, true)}),
		field(r, "faculty", ui.Field{Kind: ui.FieldSelect, Optional: true, Value: s.Faculty.Code, Options: options(r, faculties, reference.Faculty.Ref, true)}),
	}
	seats := func(name string, n int) ui.Field {
		x := ui.Field{Kind: ui.FieldNumber, Min: "0"}
		if !fresh {
			x.Value = digits(n)
		}
		return field(r, name, x)
	}
	fields = append(fields, seats("min_seats", s.MinSeats), seats("ideal_seats", s.IdealSeats), seats("max_seats", s.MaxSeats),
		field(r, "main", ui.Field{Kind: ui.FieldCheck, Value: ticked(s.Main)}), field(r, "wishes", ui.Field{Kind: ui.FieldCheck, Value: ticked(s.WishesAllowed)}),
		field(r, "outside", ui.Field{Kind: ui.FieldCheck, Value: ticked(s.OutsideSubdivision)}),
		field(r, "closed_levels", ui.Field{Kind: ui.FieldChecks, Optional: true, Values: codesOf(s.ClosedLevels), Options: options(r, levels, reference.Level.Ref, false)}),
	)
	switch {
	case len(secondary) > mostOffered:
		fields = append(fields, field(r, "secondaries", ui.Field{Kind: ui.FieldArea, Rows: 2, Optional: true, Value: strings.Join(codesOf(s.Secondaries), ", "), Hint: r.T("records.codes.hint")}))
	case len(secondary) > 0:
		fields = append(fields, field(r, "secondaries", ui.Field{Kind: ui.FieldChecks, Optional: true, Values: codesOf(s.Secondaries), Options: options(r, secondary, itself, false)}))
	}
	fields = append(fields, field(r, "description", ui.Field{Kind: ui.FieldArea, Optional: true, Value: s.Description}), field(r, "link", ui.Field{Optional: true, Value: s.Link}))
	return withArchived(r, append(fields, addressFields(r, s.Address)...), fresh, s.Archived), nil
}

func saveSite(r *page.Request, f *page.Form, stamp reference.Stamp) (site.Site, error) {
	const maxSeats = 500
	s := site.Site{
		Stamp: stamp, Code: f.Text("code"), Name: f.Text("name"), Service: f.Text("service"), Category: ref(f.Text("category")),
		Institution: ref(f.Text("institution")), Faculty: ref(f.Text("faculty")), Main: f.Bool("main"), WishesAllowed: f.Bool("wishes"),
		OutsideSubdivision: f.Bool("outside"), ClosedLevels: refs(r.PostForm["closed_levels"]), Secondaries: refs(codesIn(r.PostForm["secondaries"])),
		MinSeats: f.Int("min_seats", 0, maxSeats), IdealSeats: f.Int("ideal_seats", 0, maxSeats), MaxSeats: f.Int("max_seats", 0, maxSeats),
		Description: f.Text("description"), Link: f.Text("link"), Address: addressOf(f), Archived: f.Bool("archived"),
	}
	if err := f.Err(); err != nil {
		return site.Site{}, err
	}
	return site.Save(r.Context(), r.DB, r.Actor, s)
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

func besideSite(r *page.Request, tx *store.Tx, s site.Site) (templ.Component, error) {
	d := place{site: s, may: r.Actor.Can(site.RightEdit, s.Perimeters()...)}
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
