package site

import (
	"context"
	"fmt"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Category gathers sites of one kind: surgery, emergency medicine…
type Category struct {
	reference.Stamp
	Code     string
	Acronym  string
	Name     string
	Position int
	Main     bool // of main sites, not of secondary ones
	Archived bool
}

// Ref names the category.
func (c Category) Ref() reference.Ref {
	return reference.Ref{ID: c.ID, PublicID: c.PublicID, Code: c.Code, Name: c.Name}
}

// Categories returns all categories, in the office's order.
func Categories(ctx context.Context, tx *store.Tx) ([]Category, error) {
	return reference.Remember(tx, func() ([]Category, error) { return loadCategories(ctx, tx) })
}

func loadCategories(ctx context.Context, tx *store.Tx) ([]Category, error) {
	rows, err := queries.New(tx).Categories(ctx)
	if err != nil {
		return nil, fmt.Errorf("read categories: %w", err)
	}
	categories := make([]Category, len(rows))
	for i, r := range rows {
		categories[i] = Category{
			Stamp: reference.Stamp{ID: r.ID, PublicID: r.PublicID, ChangedAt: r.ChangedAt.Time, ChangedBy: r.ChangedBy},
			Code:  r.Code, Acronym: r.Acronym, Name: r.Name, Position: int(r.Position), Main: r.Main, Archived: r.Archived,
		}
	}
	return categories, nil
}

// SaveCategory adds a category, or changes the one with its public id.
func SaveCategory(ctx context.Context, db *store.DB, actor identity.Actor, c Category) (Category, error) {
	return categoryType.Save(ctx, db, actor, c)
}

// PutCategory is [SaveCategory] in a transaction of the caller.
func PutCategory(ctx context.Context, tx *store.Tx, actor identity.Actor, c Category) (Category, error) {
	return categoryType.Put(ctx, tx, actor, c)
}

// RemoveCategory removes a category that nothing refers to.
func RemoveCategory(ctx context.Context, db *store.DB, actor identity.Actor, publicID string) error {
	return categoryType.Remove(ctx, db, actor, publicID)
}

// DropCategory is [RemoveCategory] in a transaction of the caller.
func DropCategory(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID string) error {
	return categoryType.Drop(ctx, tx, actor, publicID)
}

var categoryType = reference.RecordType[Category]{
	Name: "category", Right: RightEdit, Find: reference.Among("category", Categories, Category.Ref),
	Stamp: func(c *Category) *reference.Stamp { return &c.Stamp },
	Label: func(c Category) string { return c.Name },
	Check: func(ctx context.Context, tx *store.Tx, c *Category, form *fault.Form) error {
		reference.RequiredCode(form, &c.Code)
		reference.RequiredText(form, "acronym", &c.Acronym)
		reference.RequiredText(form, "name", &c.Name)
		others, err := Categories(ctx, tx)
		reference.CheckUnique(form, "code", c.Code, c.ID, others, func(o Category) string { return o.Code }, Category.Ref)
		reference.CheckUnique(form, "name", c.Name, c.ID, others, func(o Category) string { return o.Name }, Category.Ref)
		return err
	},
	Add: func(ctx context.Context, tx *store.Tx, c Category) (int64, error) {
		return queries.New(tx).AddCategory(ctx, queries.AddCategoryParams{
			PublicID: c.PublicID, Code: c.Code, Acronym: c.Acronym, Name: c.Name, SortKey: text.SortKey(c.Name),
			Position: int64(c.Position), Main: c.Main, Archived: c.Archived,
			ChangedAt: store.At(c.ChangedAt), ChangedBy: c.ChangedBy,
		})
	},
	Change: func(ctx context.Context, tx *store.Tx, _, c Category) error {
		return queries.New(tx).ChangeCategory(ctx, queries.ChangeCategoryParams{
			ID: c.ID, Code: c.Code, Acronym: c.Acronym, Name: c.Name, SortKey: text.SortKey(c.Name),
			Position: int64(c.Position), Main: c.Main, Archived: c.Archived,
			ChangedAt: store.At(c.ChangedAt), ChangedBy: c.ChangedBy,
		})
	},
	Delete: func(ctx context.Context, tx *store.Tx, id int64) error {
		return queries.New(tx).RemoveCategory(ctx, id)
	},
}
