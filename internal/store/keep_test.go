package store_test

import (
	"errors"
	"testing"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

type figureKey struct{ of int }

// A figure is computed once for all transactions that read it at its version, and
// never kept from one that may be rolled back.
func TestAFigureIsKeptAsLongAsItsVersionStands(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		loads := 0
		figure := func(run func(func(*store.Tx) error) error, of, version int) (n int, err error) {
			failed := run(func(tx *store.Tx) error {
				n, err = store.Keep(tx, figureKey{of}, version, func() (int, error) {
					loads++
					if loads == 1 {
						return 0, errors.New("not yet")
					}
					return loads, nil
				})
				return nil
			})
			return n, errors.Join(err, failed)
		}
		read := func(look func(*store.Tx) error) error { return db.Read(t.Context(), look) }
		write := func(change func(*store.Tx) error) error { return db.Write(t.Context(), change) }
		if _, err := figure(read, 1, 7); err == nil {
			t.Error("a load that failed is kept")
		}
		for i, tt := range []struct {
			run              func(func(*store.Tx) error) error
			of, version, got int
		}{
			{read, 1, 7, 2}, {read, 1, 7, 2}, {read, 2, 7, 3}, {read, 1, 8, 4}, {write, 1, 8, 5}, {read, 1, 8, 4}, {read, 1, 7, 6},
		} {
			if n, err := figure(tt.run, tt.of, tt.version); n != tt.got || err != nil {
				t.Errorf("%d: %d, %v, want %d", i, n, err, tt.got)
			}
		}
	})
}
