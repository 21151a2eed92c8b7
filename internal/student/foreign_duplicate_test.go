package student_test

import (
	"context"
	"testing"

	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
)

// Somebody from abroad is entered under a provisional INE, and again under the
// definitive one: two different numbers then say nothing against one person. Nor do
// two numbers of different kinds, which everybody has who changed universities.
func TestDifferentKindsOfINEDoNotKeepOnePersonApart(t *testing.T) {
	t.Parallel()
	type ine struct {
		kind   reference.INEKind
		number string
	}
	for name, tt := range map[string]struct {
		first, second ine
		alike         bool
	}{
		"provisional, then definitive": {ine{reference.INEProvisional, "2024D12345B"}, ine{reference.INERNIE, "123456789CC"}, true},
		"of a school and definitive":   {ine{reference.INEBEA, "1234567890V"}, ine{reference.INERNIE, "123456789CC"}, true},
		"two provisional ones":         {ine{reference.INEProvisional, "2024D12345B"}, ine{reference.INEProvisional, "2025D54321C"}, true},
		"two of one kind":              {ine{reference.INEBEA, "1234567890V"}, ine{reference.INEBEA, "0512003456W"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := storetest.Open(t, store.SQLite)
			valmer(t, db)
			first, second := newStudent("Nguyen", "Thi Lan"), newStudent("Nguyen", "Thi Lann")
			first.BirthDate, second.BirthDate = "2003-02-11", "2003-02-11"
			first.INEKind, first.INE = tt.first.kind, tt.first.number
			second.INEKind, second.INE = tt.second.kind, tt.second.number
			saved(t, db, first)
			saved(t, db, second)
			pairs := read(t, db, func(ctx context.Context, tx *store.Tx) ([]student.DuplicatePair, error) {
				return student.DuplicatePairs(ctx, tx, system)
			})
			if alike := len(pairs) == 1; alike != tt.alike {
				t.Errorf("found %+v", pairs)
			}
		})
	}
}
