package people

import (
	"context"
	"strings"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// A place is a perimeter that a role can be given on, with its name.
type place struct {
	on    identity.Perimeter
	label string // of the thing itself; empty for everything and oneself
}

// value names a place in a form.
func (p place) value() string { return p.on.Kind + ":" + p.on.Key }

// places returns what a role can be given on: everything, the person's own things,
// the faculties and cohorts that are not archived, an institution or a site.
func places(ctx context.Context, tx *store.Tx, personPublicID string) ([]place, error) {
	found := []place{{on: identity.Everything}, {on: identity.Self(personPublicID)}}
	faculties, err := reference.Faculties(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, f := range faculties {
		if !f.Archived {
			found = append(found, place{identity.Faculty(f.Code), f.Name})
		}
	}
	cohorts, err := student.AllCohorts(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, c := range cohorts {
		if !c.Archived {
			found = append(found, place{student.CohortPerimeter(c.Code), c.Name})
		}
	}
	// There may be thousands of these: one is named by its code or its number.
	return append(found, place{on: site.InstitutionPerimeter("")}, place{on: site.Perimeter("")}), nil
}

// precise returns the place that a code or a number names, if it is an institution or a
// site that was chosen without saying which; any other place is itself.
func (p place) precise(ctx context.Context, tx *store.Tx, f *page.Form) (place, error) {
	if p.on.Kind != identity.KindInstitution && p.on.Kind != identity.KindSite {
		return p, nil
	}
	code := f.Required("code")
	if code == "" {
		return p, nil
	}
	if p.on.Kind == identity.KindSite {
		sites, err := site.ByCodes(ctx, tx, []string{code})
		if s, found := sites[strings.ToLower(code)]; found && !s.Archived {
			return place{site.Perimeter(s.Code), s.Code + " " + s.Name}, nil
		}
		f.Wrong("code", "form.choice", "found", code)
		return p, err
	}
	i, err := site.WithFINESS(ctx, tx, code)
	switch {
	case fault.KindOf(err) == fault.NotFound || err == nil && i.Archived:
		f.Wrong("code", "form.choice", "found", code)
		return p, nil
	case err != nil:
		return p, err
	}
	return place{site.InstitutionPerimeter(i.FINESS), i.Name}, nil
}

// placeWords writes a place for a reader: "UFR : Santé de Valmer".
func placeWords(p text.Printer, kind, label string) string {
	name := admin.Named(p, "perimeter.", kind)
	if label == "" || kind == identity.KindSelf || kind == identity.Everything.Kind {
		return name
	}
	return p.T("admin.perimeter", "kind", name, "label", label)
}

func perimeterLabel(r *page.Request, g identity.Grant) string {
	// Labels of older grants may begin with the kind already.
	if kind := admin.Named(r.Text, "perimeter.", g.On.Kind); strings.HasPrefix(g.Label, kind+" ") {
		return g.Label
	}
	return placeWords(r.Text, g.On.Kind, g.Label)
}

func placeOptions(r *page.Request, among []place) []ui.Option {
	options := []ui.Option{{Value: "", Label: r.T("admin.choose")}}
	for _, p := range among {
		label := placeWords(r.Text, p.on.Kind, p.label)
		if p.on.Key == "" && p.on != identity.Everything {
			label = r.T("admin.place.by." + p.on.Kind)
		}
		options = append(options, ui.Option{Value: p.value(), Label: label})
	}
	return options
}

// placeOf returns the place that a form names.
func placeOf(among []place, value string) (place, bool) {
	for _, p := range among {
		if p.value() == value {
			return p, true
		}
	}
	return place{}, false
}

// labelToKeep is how a grant keeps the name of its place: that of the thing, and
// for everything and oneself the French word, as names are.
func labelToKeep(p place) string {
	if p.label != "" {
		return p.label
	}
	return placeWords(text.In(text.French, ""), p.on.Kind, "")
}
