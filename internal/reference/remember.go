package reference

import (
	"slices"

	"stagora.org/stagora/internal/store"
)

// rememberedKey is the key of the lists that a transaction remembers, by their
// [listKey].
type rememberedKey struct{}

type listKey[T any] struct{}

// Remember returns a whole list of names, such as all levels: it is read once a
// transaction, however often it is asked for, and read again after a change of
// any remembered list, because lists name each other. It is for lists of some
// hundred at most. The caller may change the slice, but not what its elements
// share.
func Remember[T any](tx *store.Tx, load func() ([]T, error)) ([]T, error) {
	lists, err := remembered(tx)
	if err != nil {
		return nil, err
	}
	if known, ok := lists[listKey[T]{}]; ok {
		return slices.Clone(known.([]T)), nil
	}
	list, err := load()
	if err != nil {
		return nil, err
	}
	lists[listKey[T]{}] = list
	return slices.Clone(list), nil
}

// Forget makes the next [Remember] of every list read again, if this one is
// remembered: it has changed.
func Forget[T any](tx *store.Tx) {
	if lists, _ := remembered(tx); lists[listKey[T]{}] != nil {
		tx.Forget(rememberedKey{})
	}
}

func remembered(tx *store.Tx) (map[any]any, error) {
	return store.Once(tx, rememberedKey{}, func() (map[any]any, error) { return map[any]any{}, nil })
}
