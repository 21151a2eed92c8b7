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
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A noun is one of the things that offices keep in lists, and what sets it apart
// on the path that all of them share. Its name is in audit actions
// ("site.changed"), in faults and in the catalogues ("reference.noun.site").
type noun[T any] struct {
	name  string
	right identity.Right
	all   func(context.Context, *store.Tx) ([]T, error)
	stamp func(*T) *Stamp
	label func(T) string
	// where says in which perimeters one lies. A nil where is for what all
	// offices share: the right is needed, on whatever perimeter.
	where func(T) []identity.Perimeter
	// check cleans what was entered, finds what it refers to, and notes what is
	// wrong. Others are all others of the kind.
	check  func(ctx context.Context, tx *store.Tx, x *T, others []T, form *fault.Form) error
	add    func(context.Context, *store.Tx, T) (int64, error)
	change func(context.Context, *store.Tx, T) error
	remove func(context.Context, *store.Tx, int64) error
}

// lock makes changes of reference data wait for each other: they are rare, and
// most depend on what else is there.
func lock(ctx context.Context, tx *store.Tx) error { return tx.Lock(ctx, "reference") }

// save is put in a transaction of its own.
func (n noun[T]) save(ctx context.Context, db *store.DB, actor identity.Actor, x T) (saved T, err error) {
	err = db.Write(ctx, func(tx *store.Tx) error {
		saved, err = n.put(ctx, tx, actor, x)
		return err
	})
	return saved, err
}

// put adds x, or changes the one with its public id. Saving what stands there
// already writes nothing.
func (n noun[T]) put(ctx context.Context, tx *store.Tx, actor identity.Actor, x T) (T, error) {
	none := *new(T)
	if err := lock(ctx, tx); err != nil {
		return none, err
	}
	if err := n.allowed(actor); err != nil {
		return none, err
	}
	before, others, err := n.find(ctx, tx, n.stamp(&x).PublicID)
	if err != nil {
		return none, err
	}
	if before != nil {
		if err := n.allowed(actor, *before); err != nil {
			return none, err
		}
		if err := seen(*n.stamp(before), *n.stamp(&x)); err != nil {
			return none, err
		}
	}
	var form fault.Form
	if err := n.check(ctx, tx, &x, others, &form); err != nil {
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

func (n noun[T]) write(ctx context.Context, tx *store.Tx, actor identity.Actor, before *T, x T) (T, error) {
	s := n.stamp(&x)
	entry := audit.Entry{
		Who: actor.Who(), Action: n.name + ".created", Args: map[string]any{n.name: n.label(x)}, Kind: n.name, After: x,
	}
	if before != nil {
		if same(*before, x) {
			return *before, nil
		}
		*s = *n.stamp(before)
		entry.Action, entry.Before = n.name+".changed", *before
	} else {
		*s = Stamp{PublicID: uuid.NewString()}
	}
	s.ChangedAt, s.ChangedBy = tx.Now, by(actor)
	var err error
	if before != nil {
		err = n.change(ctx, tx, x)
	} else {
		s.ID, err = n.add(ctx, tx, x)
	}
	if err != nil {
		return *new(T), fmt.Errorf("save %s: %w", n.name, err)
	}
	entry.Object = s.PublicID
	return x, audit.Record(ctx, tx, entry)
}

// delete is drop in a transaction of its own.
func (n noun[T]) delete(ctx context.Context, db *store.DB, actor identity.Actor, publicID string) error {
	return db.Write(ctx, func(tx *store.Tx) error { return n.drop(ctx, tx, actor, publicID) })
}

// drop removes one that nothing refers to.
func (n noun[T]) drop(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID string) error {
	if err := lock(ctx, tx); err != nil {
		return err
	}
	if err := n.allowed(actor); err != nil {
		return err
	}
	before, _, err := n.find(ctx, tx, publicID)
	if err != nil {
		return err
	}
	if before == nil {
		return unknown(n.name)
	}
	if err := n.allowed(actor, *before); err != nil {
		return err
	}
	err = n.remove(ctx, tx, n.stamp(before).ID)
	if store.IsInUse(err) {
		return fault.New(fault.Conflict, "reference.in-use", "name", n.label(*before)).Because(err)
	}
	if err != nil {
		return fmt.Errorf("remove %s: %w", n.name, err)
	}
	return audit.Record(ctx, tx, audit.Entry{
		Who: actor.Who(), Action: n.name + ".removed", Args: map[string]any{n.name: n.label(*before)},
		Kind: n.name, Object: publicID, Before: *before,
	})
}

// allowed returns nil if the actor may change this one, or any without one.
func (n noun[T]) allowed(actor identity.Actor, x ...T) error {
	if len(x) == 0 || n.where == nil {
		if actor.CanSomewhere(n.right) {
			return nil
		}
		return identity.Missing(n.right)
	}
	return actor.Require(n.right, n.where(x[0])...)
}

// find returns the one with a public id, nil for the empty id, and all others.
func (n noun[T]) find(ctx context.Context, tx *store.Tx, publicID string) (one *T, others []T, err error) {
	others, err = n.all(ctx, tx)
	if err != nil || publicID == "" {
		return nil, others, err
	}
	i := slices.IndexFunc(others, func(x T) bool { return n.stamp(&x).PublicID == publicID })
	if i < 0 {
		return nil, nil, unknown(n.name)
	}
	found := others[i]
	return &found, slices.Delete(others, i, i+1), nil
}

// one returns the one with a public id, or a NotFound fault.
func (n noun[T]) one(ctx context.Context, tx *store.Tx, publicID string) (T, error) {
	found, _, err := n.find(ctx, tx, publicID)
	if err == nil && found == nil {
		err = unknown(n.name)
	}
	if err != nil {
		return *new(T), err
	}
	return *found, nil
}

func unknown(name string) error {
	return fault.New(fault.NotFound, "reference.unknown", "noun", text.Key("reference.noun."+name))
}

// seen returns a Conflict if what stands there was changed after the person's
// form was opened.
func seen(stands, form Stamp) error {
	if form.ChangedAt.IsZero() || form.ChangedAt.Equal(stands.ChangedAt) {
		return nil
	}
	return fault.New(fault.Conflict, "reference.stale", "by", stands.ChangedBy, "at", stands.ChangedAt)
}

// by is how a row names who changed it: the person, or the command or job.
func by(actor identity.Actor) string {
	if actor.Name == "" {
		return actor.Origin
	}
	return actor.Name
}

// same reports whether the log would tell no difference.
func same[T any](a, b T) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// required cleans a text field and notes it if nothing is left, or too much.
func required(form *fault.Form, name string, value *string) {
	if optional(form, name, value); *value == "" {
		form.Wrong(name, "form.required")
	}
}

const maxText = 255

// optional cleans a text field of one line.
func optional(form *fault.Form, name string, value *string) {
	*value = strings.Join(strings.Fields(*value), " ")
	if len([]rune(*value)) > maxText {
		form.Wrong(name, "form.long", "max", maxText)
	}
}

const maxCode = 64

// code cleans a code: what files and addresses name things by, so it has no
// space and no separator of files.
func code(form *fault.Form, value *string) {
	*value = strings.TrimSpace(*value)
	switch {
	case *value == "":
		form.Wrong("code", "form.required")
	case len([]rune(*value)) > maxCode:
		form.Wrong("code", "form.long", "max", maxCode)
	case strings.ContainsAny(*value, " \t\n\u00a0;,/\"'?#"):
		form.Wrong("code", "reference.code.signs", "found", *value)
	}
}

// unique notes a field whose value another one has already.
func unique[T any](form *fault.Form, name, value string, others []T, of func(T) string, label func(T) string) {
	if value == "" {
		return
	}
	for _, other := range others {
		if strings.EqualFold(of(other), value) {
			form.Wrong(name, "form.taken", "found", value, "by", label(other))
			return
		}
	}
}

// resolve completes a Ref from the things that it may name.
func resolve[T any](form *fault.Form, name string, ref *Ref, among []T, as func(T) Ref) {
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

// resolveRequired is resolve for a field that must be filled in.
func resolveRequired[T any](form *fault.Form, name string, ref *Ref, among []T, as func(T) Ref) {
	if ref.None() {
		form.Wrong(name, "form.required")
		return
	}
	resolve(form, name, ref, among, as)
}

// byID gives the Ref of a key.
func byID[T any](among []T, as func(T) Ref) map[int64]Ref {
	refs := make(map[int64]Ref, len(among))
	for _, x := range among {
		refs[as(x).ID] = as(x)
	}
	return refs
}

// cleanLines cleans a text of several lines.
func cleanLines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// orNull is how a column keeps the key of what may be none.
func orNull(id int64) sql.NullInt64 { return sql.NullInt64{Int64: id, Valid: id != 0} }
