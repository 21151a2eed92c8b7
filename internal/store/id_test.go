package store_test

import (
	"testing"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/store"
)

func TestIdentifiersOfRowsAscend(t *testing.T) {
	last := ""
	for range 1000 {
		id := store.NewID()
		if _, err := uuid.Parse(id); err != nil || len(id) != 36 {
			t.Fatalf("%q is no UUID: %v", id, err)
		}
		if id <= last {
			t.Fatalf("%s comes after %s", id, last)
		}
		last = id
	}
}
