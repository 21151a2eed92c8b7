package reference_test

import (
	"testing"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

func TestNamesAreReadOnceATransactionAndAgainAfterAChange(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, count := store.WithCounter(t.Context())
		err := db.Write(ctx, func(tx *store.Tx) error {
			if _, err := reference.Levels(ctx, tx); err != nil {
				return err
			}
			before := count.Statements()
			levels, err := reference.Levels(ctx, tx)
			if err != nil || count.Statements() != before {
				t.Errorf("asked again, %d statements, %v", count.Statements()-before, err)
			}
			_, errFaculties := reference.Faculties(ctx, tx)
			_, errYears := reference.AcademicYears(ctx, tx)
			if errFaculties != nil || errYears != nil || count.Statements() != before {
				t.Errorf("faculties and years are not read with levels: %d statements, %v %v", count.Statements()-before, errFaculties, errYears)
			}
			added, err := reference.PutLevel(ctx, tx, identity.System("test"), reference.Level{Code: "L1", Name: "One", Position: 1})
			if err != nil {
				return err
			}
			after, err := reference.Levels(ctx, tx)
			if err != nil || len(after) != len(levels)+1 || after[0].ID != added.ID {
				t.Errorf("after a change: %+v, %v", after, err)
			}
			after[0].Name = "changed by a caller"
			if again, err := reference.Levels(ctx, tx); err != nil || again[0].Name != "One" {
				t.Errorf("one caller changed what another reads: %+v, %v", again, err)
			}
			if _, err := reference.PutFaculty(ctx, tx, identity.System("test"), reference.Faculty{Code: "F1", Name: "One"}); err != nil {
				return err
			}
			written := count.Statements()
			if _, err := reference.Levels(ctx, tx); err != nil || count.Statements() != written+1 {
				t.Errorf("what may name the changed one took %d statements, %v", count.Statements()-written, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
