package records

import (
	"net/http"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// An institution is one with the number of its sites.
type institution struct {
	site.Institution
	sites int
}

// Institutions is the register of hospitals, clinics and practices.
var Institutions = table.Register[institution]{
	Name: "records.institutions", Path: InstitutionsPath, Noun: "institution", Right: site.RightEdit, Crumbs: crumbs,
	Show: func(w http.ResponseWriter, r *page.Request, p ui.Page) error { return institutionList().Show(w, r, p) },
	Find: func(r *page.Request, tx *store.Tx, publicID string) (x institution, err error) {
		if x.Institution, err = site.InstitutionFor(r.Context(), tx, publicID); err == nil {
			x.sites, err = site.CountAt(r.Context(), tx, x.ID)
		}
		return x, err
	},
	About: func(r *page.Request, x institution) table.About {
		return table.About{
			Stamp: x.Stamp, Label: x.Name, Lead: r.T("records.institution.lead", "kind", r.T("institution.kind."+string(x.Kind)), "count", x.sites),
			May: r.Actor.CanSomewhere(site.RightEdit), Reads: r.Actor.CanSomewhere(audit.RightView),
		}
	},
	Fields: institutionFields, Save: saveInstitution,
}

// institutionList is the list of institutions, for one request.
func institutionList() table.List[site.Institution] {
	var sites map[int64]int
	return table.List[site.Institution]{
		Name: "records.institutions", Path: InstitutionsPath, Icon: "building", Rows: &site.InstitutionList,
		Complete: func(r *page.Request, tx *store.Tx, institutions []site.Institution) (err error) {
			sites, err = site.CountsAt(r.Context(), tx, institutions)
			return err
		},
		Columns: func(r *page.Request) []table.Column[site.Institution] {
			return []table.Column[site.Institution]{
				fixed(column(r, "name", "field.name", func(x site.Institution) ui.Cell { return ui.LinkCell(x.Name, InstitutionsPath+"/"+x.PublicID) })),
				column(r, "code", "field.code", func(x site.Institution) ui.Cell { return ui.Word(x.Code) }),
				choice(column(r, "kind", "field.kind", func(x site.Institution) ui.Cell {
					return ui.StateCell(string(x.Kind), "", r.T("institution.kind."+string(x.Kind)))
				}), institutionKinds(r)),
				column(r, "town", "field.town", func(x site.Institution) ui.Cell { return ui.Word(x.Address.Town) }),
				column(r, "finess", "field.finess", func(x site.Institution) ui.Cell { return ui.Word(x.FINESS) }),
				hidden(column(r, "siret", "field.siret", func(x site.Institution) ui.Cell { return ui.Word(x.SIRET) })),
				numeric(column(r, "sites", "sites", func(x site.Institution) ui.Cell { return ui.Count(r.Text, sites[x.ID]) })),
				{Column: stateColumn(r), Cell: func(x site.Institution) ui.Cell { return stateCell(r, x.Archived) }},
			}
		},
	}
}

func institutionKinds(r *page.Request) []ui.Option {
	var kinds []ui.Option
	for _, k := range site.InstitutionKinds {
		kinds = append(kinds, ui.Option{Value: string(k), Label: r.T("institution.kind." + string(k))})
	}
	return kinds
}

func institutionFields(r *page.Request, _ *store.Tx, x institution) ([]ui.Field, error) {
	fields := []ui.Field{
		field(r, "code", ui.Field{Value: x.Code}), field(r, "name", ui.Field{Value: x.Name}),
		field(r, "kind", ui.Field{Kind: ui.FieldSelect, Options: institutionKinds(r), Value: string(x.Kind)}),
		field(r, "finess", ui.Field{Optional: true, Value: x.FINESS}), field(r, "siret", ui.Field{Optional: true, Value: x.SIRET}),
	}
	return withArchived(r, append(fields, addressFields(r, x.Address)...), x.PublicID == "", x.Archived), nil
}

func addressFields(r *page.Request, a reference.Address) []ui.Field {
	return []ui.Field{
		field(r, "address", ui.Field{Kind: ui.FieldArea, Rows: 2, Optional: true, Value: a.Lines}),
		field(r, "postal_code", ui.Field{Optional: true, Value: a.PostalCode}), field(r, "town", ui.Field{Optional: true, Value: a.Town}),
	}
}

func addressOf(f *page.Form) reference.Address {
	return reference.Address{Lines: f.Text("address"), PostalCode: f.Text("postal_code"), Town: f.Text("town")}
}

func saveInstitution(r *page.Request, f *page.Form, stamp reference.Stamp) (saved institution, err error) {
	saved.Institution, err = site.SaveInstitution(r.Context(), r.DB, r.Actor, site.Institution{
		Stamp: stamp, Code: f.Text("code"), Name: f.Text("name"), Kind: site.InstitutionKind(f.Text("kind")),
		FINESS: f.Text("finess"), SIRET: f.Text("siret"), Address: addressOf(f), Archived: f.Bool("archived"),
	})
	return saved, err
}
