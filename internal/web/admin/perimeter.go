package admin

import (
	"context"
	"strings"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
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

// places returns what a role can be given on: everything, the person's own
// things, and whatever is kept and not archived.
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
	institutions, err := site.Institutions(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, i := range institutions {
		if !i.Archived && i.FINESS != "" {
			found = append(found, place{site.InstitutionPerimeter(i.FINESS), i.Name})
		}
	}
	sites, err := site.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, s := range sites {
		if !s.Archived {
			found = append(found, place{site.Perimeter(s.Code), s.Code + " " + s.Name})
		}
	}
	return found, nil
}

// placeWords writes a place for a reader: "UFR : Santé de Valmer".
func placeWords(p text.Printer, kind, label string) string {
	name := named(p, "perimeter.", kind)
	if label == "" || kind == identity.KindSelf || kind == identity.Everything.Kind {
		return name
	}
	return p.T("admin.perimeter", "kind", name, "label", label)
}

func perimeterLabel(r *page.Request, g identity.Grant) string {
	// Labels of older grants may begin with the kind already.
	if kind := named(r.Text, "perimeter.", g.On.Kind); strings.HasPrefix(g.Label, kind+" ") {
		return g.Label
	}
	return placeWords(r.Text, g.On.Kind, g.Label)
}

func placeOptions(r *page.Request, among []place) []ui.Option {
	options := []ui.Option{{Value: "", Label: r.T("admin.choose")}}
	for _, p := range among {
		options = append(options, ui.Option{Value: p.value(), Label: placeWords(r.Text, p.on.Kind, p.label)})
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
