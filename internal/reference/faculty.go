package reference

import (
	"context"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Faculty (UFR) is where students are enrolled. It is a perimeter.
type Faculty struct {
	Stamp
	Code     string
	Name     string
	UAI      string // its number in the national directory; empty: not known
	Archived bool
}

// Ref names the faculty.
func (f Faculty) Ref() Ref { return Ref{ID: f.ID, PublicID: f.PublicID, Code: f.Code, Name: f.Name} }

// Faculties returns all faculties, in the order of names.
func Faculties(ctx context.Context, tx *store.Tx) ([]Faculty, error) {
	return Remember(tx, func() ([]Faculty, error) {
		n, err := loadNames(ctx, tx)
		return n.faculties, err
	})
}

// SaveFaculty adds a faculty, or changes the one with its public id.
func SaveFaculty(ctx context.Context, db *store.DB, actor identity.Actor, f Faculty) (Faculty, error) {
	return facultyType.Save(ctx, db, actor, f)
}

// PutFaculty is [SaveFaculty] in a transaction of the caller.
func PutFaculty(ctx context.Context, tx *store.Tx, actor identity.Actor, f Faculty) (Faculty, error) {
	return facultyType.Put(ctx, tx, actor, f)
}

// RemoveFaculty removes a faculty that nothing refers to.
func RemoveFaculty(ctx context.Context, db *store.DB, actor identity.Actor, publicID string) error {
	return facultyType.Remove(ctx, db, actor, publicID)
}

var facultyType = RecordType[Faculty]{
	Name: "faculty", Right: RightEdit, Find: Among("faculty", Faculties, Faculty.Ref),
	Stamp: func(f *Faculty) *Stamp { return &f.Stamp },
	Label: func(f Faculty) string { return f.Name },
	Check: func(ctx context.Context, tx *store.Tx, f *Faculty, form *fault.Form) error {
		RequiredCode(form, &f.Code)
		RequiredText(form, "name", &f.Name)
		if f.UAI != "" {
			f.UAI = CheckIdentifier(form, "uai", f.UAI, CheckUAI)
		}
		others, err := Faculties(ctx, tx)
		CheckUnique(form, "code", f.Code, f.ID, others, func(o Faculty) string { return o.Code }, Faculty.Ref)
		CheckUnique(form, "uai", f.UAI, f.ID, others, func(o Faculty) string { return o.UAI }, Faculty.Ref)
		return err
	},
	Add: func(ctx context.Context, tx *store.Tx, f Faculty) (int64, error) {
		return queries.New(tx).AddFaculty(ctx, queries.AddFacultyParams{
			PublicID: f.PublicID, Code: f.Code, Name: f.Name, SortKey: text.SortKey(f.Name), Uai: f.UAI,
			Archived: f.Archived, ChangedAt: store.At(f.ChangedAt), ChangedBy: f.ChangedBy,
		})
	},
	Change: func(ctx context.Context, tx *store.Tx, _, f Faculty) error {
		return queries.New(tx).ChangeFaculty(ctx, queries.ChangeFacultyParams{
			ID: f.ID, Code: f.Code, Name: f.Name, SortKey: text.SortKey(f.Name), Uai: f.UAI,
			Archived: f.Archived, ChangedAt: store.At(f.ChangedAt), ChangedBy: f.ChangedBy,
		})
	},
	Delete: func(ctx context.Context, tx *store.Tx, id int64) error { return queries.New(tx).RemoveFaculty(ctx, id) },
}
