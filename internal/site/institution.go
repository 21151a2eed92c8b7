package site

import (
	"context"
	"fmt"
	"slices"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// An InstitutionKind is what an institution is.
type InstitutionKind string

// The kinds of institution. Their names are in the catalogues under
// "institution.kind.".
const (
	UniversityHospital InstitutionKind = "university-hospital" // CHU
	Hospital           InstitutionKind = "hospital"            // CH
	Clinic             InstitutionKind = "clinic"
	HealthCentre       InstitutionKind = "health-centre" // MSP, centre de santé
	Practice           InstitutionKind = "practice"
	OtherInstitution   InstitutionKind = "other"
)

// InstitutionKinds are all kinds, in the order of forms.
var InstitutionKinds = []InstitutionKind{UniversityHospital, Hospital, Clinic, HealthCentre, Practice, OtherInstitution}

// An Institution is a hospital, a clinic or a practice. It is a perimeter, by its
// FINESS number.
type Institution struct {
	reference.Stamp
	Code     string // short, as site codes begin: "CHUV"
	Name     string
	Kind     InstitutionKind
	FINESS   string // of the institution itself (ET), not of what it belongs to (EJ); empty: not known
	SIRET    string
	Address  reference.Address
	Archived bool
}

// Ref names the institution.
func (i Institution) Ref() reference.Ref {
	return reference.Ref{ID: i.ID, PublicID: i.PublicID, Code: i.Code, Name: i.Name}
}

// Institutions returns all institutions, in the order of names.
func Institutions(ctx context.Context, tx *store.Tx) ([]Institution, error) {
	rows, err := queries.New(tx).Institutions(ctx)
	if err != nil {
		return nil, fmt.Errorf("read institutions: %w", err)
	}
	institutions := make([]Institution, len(rows))
	for i, r := range rows {
		institutions[i] = Institution{
			Stamp: reference.Stamp{ID: r.ID, PublicID: r.PublicID, ChangedAt: r.ChangedAt.Time, ChangedBy: r.ChangedBy},
			Code:  r.Code, Name: r.Name, Kind: InstitutionKind(r.Kind), FINESS: r.Finess, SIRET: r.Siret,
			Address: reference.Address{Lines: r.Address, PostalCode: r.PostalCode, Town: r.Town}, Archived: r.Archived,
		}
	}
	return institutions, nil
}

// SaveInstitution adds an institution, or changes the one with its public id.
func SaveInstitution(ctx context.Context, db *store.DB, actor identity.Actor, i Institution) (Institution, error) {
	return institutionType.Save(ctx, db, actor, i)
}

// PutInstitution is [SaveInstitution] in a transaction of the caller.
func PutInstitution(ctx context.Context, tx *store.Tx, actor identity.Actor, i Institution) (Institution, error) {
	return institutionType.Put(ctx, tx, actor, i)
}

// RemoveInstitution removes an institution that nothing refers to.
func RemoveInstitution(ctx context.Context, db *store.DB, actor identity.Actor, publicID string) error {
	return institutionType.Remove(ctx, db, actor, publicID)
}

var institutionType = reference.RecordType[Institution]{
	Name: "institution", Right: RightEdit, All: Institutions,
	Stamp: func(i *Institution) *reference.Stamp { return &i.Stamp },
	Label: func(i Institution) string { return i.Name },
	Check: func(_ context.Context, _ *store.Tx, i *Institution, others []Institution, form *fault.Form) error {
		reference.RequiredCode(form, &i.Code)
		reference.RequiredText(form, "name", &i.Name)
		if !slices.Contains(InstitutionKinds, i.Kind) {
			form.Wrong("kind", "form.choice", "found", string(i.Kind))
		}
		if i.FINESS != "" {
			i.FINESS = reference.CheckIdentifier(form, "finess", i.FINESS, reference.CheckFINESS)
		}
		if i.SIRET != "" {
			i.SIRET = reference.CheckIdentifier(form, "siret", i.SIRET, reference.CheckSIRET)
		}
		checkAddress(form, &i.Address)
		label := func(o Institution) string { return o.Name }
		reference.CheckUnique(form, "code", i.Code, others, func(o Institution) string { return o.Code }, label)
		reference.CheckUnique(form, "finess", i.FINESS, others, func(o Institution) string { return o.FINESS }, label)
		reference.CheckUnique(form, "siret", i.SIRET, others, func(o Institution) string { return o.SIRET }, label)
		return nil
	},
	Add: func(ctx context.Context, tx *store.Tx, i Institution) (int64, error) {
		return queries.New(tx).AddInstitution(ctx, queries.AddInstitutionParams{
			PublicID: i.PublicID, Code: i.Code, Name: i.Name, SortKey: text.SortKey(i.Name), Kind: string(i.Kind),
			Finess: i.FINESS, Siret: i.SIRET,
			Address: i.Address.Lines, PostalCode: i.Address.PostalCode, Town: i.Address.Town,
			Archived: i.Archived, ChangedAt: store.At(i.ChangedAt), ChangedBy: i.ChangedBy,
		})
	},
	Change: func(ctx context.Context, tx *store.Tx, i Institution) error {
		return queries.New(tx).ChangeInstitution(ctx, queries.ChangeInstitutionParams{
			ID: i.ID, Code: i.Code, Name: i.Name, SortKey: text.SortKey(i.Name), Kind: string(i.Kind),
			Finess: i.FINESS, Siret: i.SIRET,
			Address: i.Address.Lines, PostalCode: i.Address.PostalCode, Town: i.Address.Town,
			Archived: i.Archived, ChangedAt: store.At(i.ChangedAt), ChangedBy: i.ChangedBy,
		})
	},
	Delete: func(ctx context.Context, tx *store.Tx, id int64) error {
		return queries.New(tx).RemoveInstitution(ctx, id)
	},
}

// checkAddress cleans an address and notes what is wrong.
func checkAddress(form *fault.Form, a *reference.Address) {
	a.Lines = reference.CleanLines(a.Lines)
	if len([]rune(a.Lines)) > maxDescription {
		form.Wrong("address", "form.long", "max", maxDescription)
	}
	reference.OptionalText(form, "postal_code", &a.PostalCode)
	reference.OptionalText(form, "town", &a.Town)
}
