package records

import (
	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Institutions is the register of hospitals, clinics and practices.
var Institutions = Register{
	path: InstitutionsPath, name: "institutions", noun: "institution", icon: "building", edit: site.RightEdit,
	columns: func(r *page.Request) []ui.Column {
		return []ui.Column{
			{Key: "name", Title: r.T("records.field.name"), Filter: true, Fixed: true},
			{Key: "code", Title: r.T("records.field.code"), Filter: true},
			{Key: "kind", Title: r.T("records.field.kind"), Kind: ui.KindChoice, Filter: true, Options: institutionKinds(r)},
			{Key: "town", Title: r.T("records.field.town"), Filter: true},
			{Key: "finess", Title: r.T("records.field.finess"), Filter: true},
			{Key: "siret", Title: r.T("records.field.siret"), Filter: true, Hidden: true},
			{Key: "sites", Title: r.T("records.sites"), Kind: ui.KindNumber, Filter: true},
			stateColumn(r),
		}
	},
	load: loadInstitutions, one: oneInstitution, fields: institutionFields, save: saveInstitution,
}

func institutionKinds(r *page.Request) []ui.Option {
	var kinds []ui.Option
	for _, k := range site.InstitutionKinds {
		kinds = append(kinds, ui.Option{Value: string(k), Label: r.T("institution.kind." + string(k))})
	}
	return kinds
}

func loadInstitutions(r *page.Request, tx *store.Tx) ([]entry, error) {
	institutions, err := site.Institutions(r.Context(), tx)
	if err != nil {
		return nil, err
	}
	sites, err := site.All(r.Context(), tx)
	if err != nil {
		return nil, err
	}
	count := map[int64]int{}
	for _, s := range sites {
		count[s.Institution.ID]++
	}
	entries := make([]entry, len(institutions))
	for i, x := range institutions {
		entries[i] = institutionEntry(r, x, count[x.ID])
	}
	return entries, nil
}

func oneInstitution(r *page.Request, tx *store.Tx, publicID string) (entry, error) {
	x, err := site.InstitutionFor(r.Context(), tx, publicID)
	if err != nil {
		return entry{}, err
	}
	count, err := site.CountAt(r.Context(), tx, x.ID)
	return institutionEntry(r, x, count), err
}

func institutionEntry(r *page.Request, x site.Institution, count int) entry {
	kind := r.T("institution.kind." + string(x.Kind))
	return entry{
		Stamp: x.Stamp, label: x.Name, lead: r.T("records.institution.lead", "kind", kind, "count", count), may: r.Actor.CanSomewhere(site.RightEdit), reads: r.Actor.CanSomewhere(audit.RightView),
		cells: []ui.Cell{
			ui.Word(x.Name), ui.Word(x.Code), ui.StateCell(string(x.Kind), "", kind), ui.Word(x.Address.Town), ui.Word(x.FINESS), ui.Word(x.SIRET),
			ui.Count(r.Text, count), stateCell(r, x.Archived),
		},
		typed: map[string]string{
			"code": x.Code, "name": x.Name, "kind": string(x.Kind), "finess": x.FINESS, "siret": x.SIRET,
			"address": x.Address.Lines, "postal_code": x.Address.PostalCode, "town": x.Address.Town, "archived": ticked(x.Archived),
		},
	}
}

func institutionFields(r *page.Request, _ *store.Tx, fresh bool) ([]ui.Field, error) {
	fields := []ui.Field{
		field(r, "code", ui.Field{}), field(r, "name", ui.Field{}),
		field(r, "kind", ui.Field{Kind: ui.FieldSelect, Options: institutionKinds(r)}),
		field(r, "finess", ui.Field{Optional: true}), field(r, "siret", ui.Field{Optional: true}),
	}
	return withArchived(r, append(fields, addressFields(r)...), fresh), nil
}

func addressFields(r *page.Request) []ui.Field {
	return []ui.Field{
		field(r, "address", ui.Field{Kind: ui.FieldArea, Rows: 2, Optional: true}),
		field(r, "postal_code", ui.Field{Optional: true}), field(r, "town", ui.Field{Optional: true}),
	}
}

func addressOf(f *page.Form) reference.Address {
	return reference.Address{Lines: f.Text("address"), PostalCode: f.Text("postal_code"), Town: f.Text("town")}
}

func saveInstitution(r *page.Request, f *page.Form, stamp reference.Stamp) (string, string, error) {
	x, err := site.SaveInstitution(r.Context(), r.DB, r.Actor, site.Institution{
		Stamp: stamp, Code: f.Text("code"), Name: f.Text("name"), Kind: site.InstitutionKind(f.Text("kind")),
		FINESS: f.Text("finess"), SIRET: f.Text("siret"), Address: addressOf(f), Archived: f.Bool("archived"),
	})
	return x.PublicID, x.Name, err
}
