package reference

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A RecordType is one kind of record that offices keep in lists: what sets it
// apart on the path of change that all of them share.
type RecordType[T any] struct {
	// Name stands in audit actions ("site.changed"), in faults and in the
	// catalogues ("reference.noun.site").
	Name  string
	Right identity.Right // to change one
	// Find returns the one with a public id, or a NotFound fault. [Among] is that of
	// a kind whose list is remembered.
	Find  func(ctx context.Context, tx *store.Tx, publicID string) (T, error)
	Stamp func(*T) *Stamp
	Label func(T) string
	// Perimeters says in which perimeters one lies. Nil is for what all
	// offices share: the right is needed, on whatever perimeter.
	Perimeters func(T) []identity.Perimeter
	// Check cleans what was entered, finds what it refers to, and notes what is
	// wrong. The stamp of x has the key of the one that it changes, 0 if it is new.
	Check  func(ctx context.Context, tx *store.Tx, x *T, form *fault.Form) error
	Add    func(context.Context, *store.Tx, T) (int64, error)
	Change func(ctx context.Context, tx *store.Tx, before, x T) error
	Delete func(context.Context, *store.Tx, int64) error
}

// Lock makes changes of reference data wait for each other: they are rare, and
// most depend on what else is there. It counts them ([Revision]), so that each of them
// takes it, those of students and sites too: they wait for the row of the count.
func Lock(ctx context.Context, tx *store.Tx) error {
	_, err := store.Once(tx, lockKey{}, func() (bool, error) {
		if err := queries.New(tx).CountChange(ctx); err != nil {
			return false, fmt.Errorf("count a change of reference data: %w", err)
		}
		return true, nil
	})
	return err
}

// Revision returns how often reference data was changed. What was computed from it, or
// from students and sites, holds as long as this number stands ([store.Keep]).
func Revision(ctx context.Context, tx *store.Tx) (int64, error) {
	n, err := queries.New(tx).Revision(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the revision of reference data: %w", err)
	}
	return n, nil
}

// lockKey says that a transaction has the lock.
type lockKey struct{}

// Save is Put in a transaction of its own.
func (n RecordType[T]) Save(ctx context.Context, db *store.DB, actor identity.Actor, x T) (saved T, err error) {
	err = db.Write(ctx, func(tx *store.Tx) error {
		saved, err = n.Put(ctx, tx, actor, x)
		return err
	})
	return saved, err
}

// Put adds x, or changes the one with its public id. Saving what stands there
// already writes nothing.
func (n RecordType[T]) Put(ctx context.Context, tx *store.Tx, actor identity.Actor, x T) (T, error) {
	none := *new(T)
	if err := Lock(ctx, tx); err != nil {
		return none, err
	}
	if err := n.allowed(actor); err != nil {
		return none, err
	}
	before, err := n.before(ctx, tx, &x)
	if err != nil {
		return none, err
	}
	return n.put(ctx, tx, actor, before, x)
}

// PutOver is [RecordType.Put] for who has just read what x changes, in the same
// transaction.
func (n RecordType[T]) PutOver(ctx context.Context, tx *store.Tx, actor identity.Actor, before, x T) (T, error) {
	if err := Lock(ctx, tx); err != nil {
		return *new(T), err
	}
	*n.Stamp(&x) = *n.Stamp(&before)
	return n.put(ctx, tx, actor, &before, x)
}

func (n RecordType[T]) put(ctx context.Context, tx *store.Tx, actor identity.Actor, before *T, x T) (T, error) {
	none := *new(T)
	if before != nil {
		if err := n.allowed(actor, *before); err != nil {
			return none, err
		}
		if err := CheckSeen(*n.Stamp(before), *n.Stamp(&x)); err != nil {
			return none, err
		}
	}
	var form fault.Form
	if err := n.Check(ctx, tx, &x, &form); err != nil {
		return none, err
	}
	if err := form.Err(); err != nil {
		return none, err
	}
	if err := n.allowed(actor, x); err != nil {
		return none, err
	}
	return n.write(ctx, tx, actor, before, x)
}

func (n RecordType[T]) write(ctx context.Context, tx *store.Tx, actor identity.Actor, before *T, x T) (T, error) {
	s := n.Stamp(&x)
	entry := audit.Entry{
		Who: actor.Who(), Action: n.Name + ".created", Args: map[string]any{n.Name: n.Label(x)}, Kind: n.Name, After: x,
	}
	if before != nil {
		if Same(*before, x) {
			return *before, nil
		}
		*s = *n.Stamp(before)
		entry.Action, entry.Before = n.Name+".changed", *before
	} else {
		*s = Stamp{PublicID: uuid.NewString()}
	}
	s.ChangedAt, s.ChangedBy = tx.Now, actor.Author()
	var err error
	if before != nil {
		err = n.Change(ctx, tx, *before, x)
	} else {
		s.ID, err = n.Add(ctx, tx, x)
	}
	if err != nil {
		return *new(T), fmt.Errorf("save %s: %w", n.Name, err)
	}
	Forget[T](tx)
	entry.Object = s.PublicID
	return x, audit.Record(ctx, tx, entry)
}

// Remove is Drop in a transaction of its own.
func (n RecordType[T]) Remove(ctx context.Context, db *store.DB, actor identity.Actor, publicID string) error {
	return db.Write(ctx, func(tx *store.Tx) error { return n.Drop(ctx, tx, actor, publicID) })
}

// Drop removes one that nothing refers to.
func (n RecordType[T]) Drop(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID string) error {
	if err := Lock(ctx, tx); err != nil {
		return err
	}
	if err := n.allowed(actor); err != nil {
		return err
	}
	before, err := n.Find(ctx, tx, publicID)
	if err != nil {
		return err
	}
	if err := n.allowed(actor, before); err != nil {
		return err
	}
	err = n.Delete(ctx, tx, n.Stamp(&before).ID)
	if store.IsInUse(err) {
		return fault.New(fault.Conflict, "reference.in-use", "name", n.Label(before)).Because(err)
	}
	if err != nil {
		return fmt.Errorf("remove %s: %w", n.Name, err)
	}
	Forget[T](tx)
	return audit.Record(ctx, tx, audit.Entry{
		Who: actor.Who(), Action: n.Name + ".removed", Args: map[string]any{n.Name: n.Label(before)},
		Kind: n.Name, Object: publicID, Before: before,
	})
}

// allowed returns nil if the actor may change this one, or any without one.
func (n RecordType[T]) allowed(actor identity.Actor, x ...T) error {
	if len(x) == 0 || n.Perimeters == nil {
		if actor.CanSomewhere(n.Right) {
			return nil
		}
		return identity.Missing(n.Right)
	}
	return actor.Require(n.Right, n.Perimeters(x[0])...)
}

// before returns the one that x changes, nil if x is new, and gives x its key.
func (n RecordType[T]) before(ctx context.Context, tx *store.Tx, x *T) (*T, error) {
	s := n.Stamp(x)
	if s.PublicID == "" {
		s.ID = 0
		return nil, nil
	}
	found, err := n.Find(ctx, tx, s.PublicID)
	if err != nil {
		return nil, err
	}
	s.ID = n.Stamp(&found).ID
	return &found, nil
}

// Among is the Find of a kind whose whole list is remembered ([Remember]).
func Among[T any](name string, all func(context.Context, *store.Tx) ([]T, error), as func(T) Ref) func(context.Context, *store.Tx, string) (T, error) {
	return func(ctx context.Context, tx *store.Tx, publicID string) (T, error) {
		list, err := all(ctx, tx)
		if err != nil {
			return *new(T), err
		}
		if i := slices.IndexFunc(list, func(x T) bool { return as(x).PublicID == publicID }); i >= 0 {
			return list[i], nil
		}
		return *new(T), Unknown(name)
	}
}

// Unknown is the fault that there is none of a kind.
func Unknown(name string) error {
	return fault.New(fault.NotFound, "reference.unknown", "noun", text.Key("reference.noun."+name))
}

// CheckSeen returns a Conflict if what stands there was changed after the person's
// form was opened.
func CheckSeen(stands, form Stamp) error {
	if form.ChangedAt.IsZero() || form.ChangedAt.Equal(stands.ChangedAt) {
		return nil
	}
	return fault.New(fault.Conflict, "reference.stale", "by", stands.ChangedBy, "at", stands.ChangedAt)
}

// Same reports whether the log would tell no difference.
func Same[T any](a, b T) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// RequiredText cleans a text field and notes it if nothing is left, or too much.
func RequiredText(form *fault.Form, name string, value *string) {
	OptionalText(form, name, value)
	if *value == "" {
		form.Wrong(name, "form.required")
	}
}

const maxText = 255

// OptionalText cleans a text field of one line.
func OptionalText(form *fault.Form, name string, value *string) {
	*value = strings.Join(strings.Fields(*value), " ")
	if len([]rune(*value)) > maxText {
		form.Wrong(name, "form.long", "max", maxText)
	}
}

// MaxCode is how many characters a code has at most.
const MaxCode = 64

// RequiredCode cleans a code: what files and addresses name things by, so it has no
// space and no separator of files.
func RequiredCode(form *fault.Form, value *string) {
	*value = strings.TrimSpace(*value)
	switch {
	case *value == "":
		form.Wrong("code", "form.required")
	case len([]rune(*value)) > MaxCode:
		form.Wrong("code", "form.long", "max", MaxCode)
	case strings.ContainsAny(*value, " \t\n\u00a0;,/\"'?#|"):
		form.Wrong("code", "reference.code.signs", "found", *value)
	}
}

// CheckUnique notes a field whose value another one of a list has, but for the one
// with the key self.
func CheckUnique[T any](form *fault.Form, name, value string, self int64, among []T, of func(T) string, as func(T) Ref) {
	if value == "" {
		return
	}
	for _, other := range among {
		if as(other).ID != self && strings.EqualFold(of(other), value) {
			CheckTaken(form, name, value, self, []Ref{as(other)})
			return
		}
	}
}

// CheckTaken is [CheckUnique] for who has looked up those that have the value.
func CheckTaken(form *fault.Form, name, value string, self int64, holders []Ref) {
	for _, holder := range holders {
		if holder.ID != self {
			form.Wrong(name, "form.taken", "found", value, "by", holder.Name)
			return
		}
	}
}

// OptionalRef completes a Ref from the things that it may name.
func OptionalRef[T any](form *fault.Form, name string, ref *Ref, among []T, as func(T) Ref) {
	if ref.None() {
		*ref = Ref{}
		return
	}
	for _, x := range among {
		if r := as(x); (ref.ID != 0 && r.ID == ref.ID) || (ref.ID == 0 && strings.EqualFold(r.Code, strings.TrimSpace(ref.Code))) {
			*ref = r
			return
		}
	}
	form.Wrong(name, "form.choice", "found", ref.Code)
}

// RequiredRef is [OptionalRef] for a field that must be filled in.
func RequiredRef[T any](form *fault.Form, name string, ref *Ref, among []T, as func(T) Ref) {
	if ref.None() {
		form.Wrong(name, "form.required")
		return
	}
	OptionalRef(form, name, ref, among, as)
}

// RefsByID gives the Ref of a key.
func RefsByID[T any](among []T, as func(T) Ref) map[int64]Ref {
	refs := make(map[int64]Ref, len(among))
	for _, x := range among {
		refs[as(x).ID] = as(x)
	}
	return refs
}

// CleanLines cleans a text of several lines.
func CleanLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\r")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// KeyOrNull is how a column keeps the key of what may be none.
func KeyOrNull(id int64) sql.NullInt64 { return sql.NullInt64{Int64: id, Valid: id != 0} }
