package store

import "sync"

// Once returns what load returned the first time that it was asked for under this
// key in this transaction: names of faculties, of levels… are read once and then
// remembered until the transaction ends. A load that fails is not remembered.
//
// A key is of an unexported type of the package that asks, like the key of a
// context; each key belongs to one type of value. Who changes what is remembered
// calls [Tx.Forget] in the same transaction. What is returned is shared with the
// others who ask: it must not be changed.
func Once[T any](tx *Tx, key any, load func() (T, error)) (T, error) {
	if known, ok := tx.known[key]; ok {
		return known.(T), nil
	}
	value, err := load()
	if err != nil {
		return value, err
	}
	if tx.known == nil {
		tx.known = map[any]any{}
	}
	tx.known[key] = value
	return value, nil
}

// Forget makes the next [Once] with this key load again.
func (tx *Tx) Forget(key any) { delete(tx.known, key) }

// A memory is what [Keep] has kept of a database.
type memory struct {
	mu   sync.Mutex
	kept map[any]kept
}

// A kept value holds as long as its version is the one that stands.
type kept struct{ version, value any }

// Keep returns what load returned the last time that it was asked for under this key,
// by whatever transaction of this node, if it was at the same version; otherwise it
// loads, and keeps that instead. It is for figures that cost a look at many rows and
// are small. The version says what they were computed from: counters that each change
// of it advances, read in this transaction.
//
// A key is what [Once] takes, version a value that can be compared. A transaction that
// may write keeps nothing, because what it has changed may not come to be. What is
// returned is shared: it must not be changed.
func Keep[T any](tx *Tx, key, version any, load func() (T, error)) (T, error) {
	if tx.memory == nil {
		return load()
	}
	tx.memory.mu.Lock()
	found := tx.memory.kept[key]
	tx.memory.mu.Unlock()
	if found.version == version {
		return found.value.(T), nil
	}
	value, err := load()
	if err != nil {
		return value, err
	}
	tx.memory.mu.Lock()
	defer tx.memory.mu.Unlock()
	if tx.memory.kept == nil {
		tx.memory.kept = map[any]kept{}
	}
	tx.memory.kept[key] = kept{version, value}
	return value, nil
}
