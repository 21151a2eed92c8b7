package store

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
