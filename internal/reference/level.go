package reference

import (
	"context"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference/queries"
	"stagora.org/stagora/internal/store"
)

// A Level is a year of the studies: DFGSM2, DFASM1…
type Level struct {
	Stamp
	Code     string
	Name     string
	Position int // the order of the studies
	Archived bool
}

// Ref names the level.
func (l Level) Ref() Ref { return Ref{ID: l.ID, PublicID: l.PublicID, Code: l.Code, Name: l.Name} }

// Levels returns all levels, in the order of the studies.
func Levels(ctx context.Context, tx *store.Tx) ([]Level, error) {
	return Remember(tx, func() ([]Level, error) {
		n, err := loadNames(ctx, tx)
		return n.levels, err
	})
}

// SaveLevel adds a level, or changes the one with its public id.
func SaveLevel(ctx context.Context, db *store.DB, actor identity.Actor, l Level) (Level, error) {
	return levelType.Save(ctx, db, actor, l)
}

// PutLevel is [SaveLevel] in a transaction of the caller.
func PutLevel(ctx context.Context, tx *store.Tx, actor identity.Actor, l Level) (Level, error) {
	return levelType.Put(ctx, tx, actor, l)
}

// RemoveLevel removes a level that nothing refers to.
func RemoveLevel(ctx context.Context, db *store.DB, actor identity.Actor, publicID string) error {
	return levelType.Remove(ctx, db, actor, publicID)
}

var levelType = RecordType[Level]{
	Name: "level", Right: RightEdit, Find: Among("level", Levels, Level.Ref),
	Stamp: func(l *Level) *Stamp { return &l.Stamp },
	Label: func(l Level) string { return l.Name },
	Check: func(ctx context.Context, tx *store.Tx, l *Level, form *fault.Form) error {
		RequiredCode(form, &l.Code)
		RequiredText(form, "name", &l.Name)
		others, err := Levels(ctx, tx)
		CheckUnique(form, "code", l.Code, l.ID, others, func(o Level) string { return o.Code }, Level.Ref)
		return err
	},
	Add: func(ctx context.Context, tx *store.Tx, l Level) (int64, error) {
		return queries.New(tx).AddLevel(ctx, queries.AddLevelParams{
			PublicID: l.PublicID, Code: l.Code, Name: l.Name, Position: int64(l.Position),
			Archived: l.Archived, ChangedAt: store.At(l.ChangedAt), ChangedBy: l.ChangedBy,
		})
	},
	Change: func(ctx context.Context, tx *store.Tx, _, l Level) error {
		return queries.New(tx).ChangeLevel(ctx, queries.ChangeLevelParams{
			ID: l.ID, Code: l.Code, Name: l.Name, Position: int64(l.Position),
			Archived: l.Archived, ChangedAt: store.At(l.ChangedAt), ChangedBy: l.ChangedBy,
		})
	},
	Delete: func(ctx context.Context, tx *store.Tx, id int64) error { return queries.New(tx).RemoveLevel(ctx, id) },
}
