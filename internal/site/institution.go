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
		institutions[i] = institutionOf(r)
	}
	return institutions, nil
}

func institutionOf(r queries.SiteInstitution) Institution {
	return Institution{
		Stamp: reference.Stamp{ID: r.ID, PublicID: r.PublicID, ChangedAt: r.ChangedAt.Time, ChangedBy: r.ChangedBy},
		Code:  r.Code, Name: r.Name, Kind: InstitutionKind(r.Kind), FINESS: r.Finess, SIRET: r.Siret,
		Address: reference.Address{Lines: r.Address, PostalCode: r.PostalCode, Town: r.Town}, Archived: r.Archived,
	}
}

// institutionRows reads some institutions.
var institutionRows = store.List[Institution]{
	Select: "x.id, x.public_id, x.code, x.name, x.kind, x.finess, x.siret, x.address, x.postal_code, x.town, x.archived, x.changed_at, x.changed_by",
	From:   "site_institution x", ID: "x.id",
	Scan: func(row store.Row) (Institution, error) {
		var r queries.SiteInstitution
		err := row.Scan(&r.ID, &r.PublicID, &r.Code, &r.Name, &r.Kind, &r.Finess, &r.Siret, &r.Address, &r.PostalCode, &r.Town, &r.Archived, &r.ChangedAt, &r.ChangedBy)
		return institutionOf(r), err
	},
}

// InstitutionFor returns an institution by its public id, or a NotFound fault.
func InstitutionFor(ctx context.Context, tx *store.Tx, publicID string) (Institution, error) {
	found, err := institutionRows.All(ctx, tx, store.Where("x.public_id = $1", publicID))
	if err != nil {
		return Institution{}, fmt.Errorf("read institution: %w", err)
	}
	if len(found) == 0 {
		return Institution{}, reference.Unknown("institution")
	}
	return found[0], nil
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
	Name: "institution", Right: RightEdit, Find: InstitutionFor,
	Stamp: func(i *Institution) *reference.Stamp { return &i.Stamp },
	Label: func(i Institution) string { return i.Name },
	Check: func(ctx context.Context, tx *store.Tx, i *Institution, form *fault.Form) error {
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
		for _, unique := range []struct {
			name, value string
			where       store.Condition
		}{
			{"code", i.Code, hasCode("x.code", i.Code)},
			{"finess", i.FINESS, store.Where("x.finess = $1 AND x.finess <> ''", i.FINESS)},
			{"siret", i.SIRET, store.Where("x.siret = $1 AND x.siret <> ''", i.SIRET)},
		} {
			if unique.value == "" {
				continue
			}
			taken, err := holders(ctx, tx, institutionRefs, unique.where)
			if err != nil {
				return err
			}
			reference.CheckTaken(form, unique.name, unique.value, i.ID, taken)
		}
		return nil
	},
	Add: func(ctx context.Context, tx *store.Tx, i Institution) (int64, error) {
		id, err := queries.New(tx).AddInstitution(ctx, queries.AddInstitutionParams{
			PublicID: i.PublicID, Code: i.Code, Name: i.Name, SortKey: text.SortKey(i.Name), Kind: string(i.Kind),
			Finess: i.FINESS, Siret: i.SIRET,
			Address: i.Address.Lines, PostalCode: i.Address.PostalCode, Town: i.Address.Town,
			Archived: i.Archived, ChangedAt: store.At(i.ChangedAt), ChangedBy: i.ChangedBy,
		})
		if err != nil {
			return 0, err
		}
		return id, institutionWords.Change(ctx, tx, id, nil, i.words())
	},
	Change: func(ctx context.Context, tx *store.Tx, before, i Institution) error {
		err := queries.New(tx).ChangeInstitution(ctx, queries.ChangeInstitutionParams{
			ID: i.ID, Code: i.Code, Name: i.Name, SortKey: text.SortKey(i.Name), Kind: string(i.Kind),
			Finess: i.FINESS, Siret: i.SIRET,
			Address: i.Address.Lines, PostalCode: i.Address.PostalCode, Town: i.Address.Town,
			Archived: i.Archived, ChangedAt: store.At(i.ChangedAt), ChangedBy: i.ChangedBy,
		})
		if err != nil {
			return err
		}
		return institutionWords.Change(ctx, tx, i.ID, before.words(), i.words())
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
