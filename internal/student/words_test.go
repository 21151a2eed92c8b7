package student_test

import (
	"slices"
	"testing"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
)

// A record is found by the words of the person, by its number and by its INE, as
// they are now.
func TestTheWordsOfARecord(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valmer(t, db)
		zoe := newStudent("Lefèvre", "Zoé")
		zoe.Number, zoe.Person.Email = "ab-12.34", "zoe@univ.example"
		zoe = saved(t, db, zoe)
		ada := saved(t, db, newStudent("Martin", "Ada"))
		wanted := func(beginning string, ids ...int64) {
			t.Helper()
			found, err := store.Get(t.Context(), db, func(tx *store.Tx) (map[int64]*student.Student, error) {
				return student.Where(t.Context(), tx, store.Where("s.id IN ("+student.Words.Having()+")", beginning, beginning+"\U0010FFFF"))
			})
			if err != nil {
				t.Fatal(err)
			}
			var is []int64
			for id := range found {
				is = append(is, id)
			}
			if slices.Sort(is); !slices.Equal(is, ids) {
				t.Errorf("%q finds %v, not %v", beginning, is, ids)
			}
		}
		wanted("lefev", zoe.ID)
		wanted("ab12", zoe.ID)
		wanted("univ", zoe.ID)
		wanted("12")
		wanted("mart", ada.ID)
		zoe.Person.FamilyName, zoe.Number = "Martinez", "777"
		zoe = saved(t, db, zoe)
		wanted("lefev")
		wanted("mart", zoe.ID, ada.ID)
		wanted("77", zoe.ID)
	})
}
