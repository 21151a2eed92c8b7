package identity_test

import (
	"slices"
	"testing"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// found returns the people who have a word that begins so.
func found(t *testing.T, db *store.DB, beginning string) (names []string) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.QueryContext(t.Context(), "SELECT p.given_name FROM identity_person p WHERE p.id IN ("+identity.HavingWord+") ORDER BY p.id", beginning, beginning+"\U0010FFFF")
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			names = append(names, name)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// People are found by their names, e-mail address and logins as they are now.
func TestTheWordsOfAPersonAreKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var zoe, ada identity.Person
		write := func(change func(tx *store.Tx) error) {
			t.Helper()
			if err := db.Write(t.Context(), change); err != nil {
				t.Fatal(err)
			}
		}
		wanted := func(beginning string, names ...string) {
			t.Helper()
			if is := found(t, db, beginning); !slices.Equal(is, names) {
				t.Errorf("%q finds %q, not %q", beginning, is, names)
			}
		}
		write(func(tx *store.Tx) (err error) {
			if zoe, err = identity.AddPerson(t.Context(), tx, "test", identity.PersonForm{FamilyName: "Lefèvre-Martin", GivenName: "Zoé", Email: "zoe.lm@univ.example"}); err != nil {
				return err
			}
			if ada, err = identity.AddPerson(t.Context(), tx, "test", identity.PersonForm{FamilyName: "Martinez", GivenName: "Ada"}); err != nil {
				return err
			}
			_, err = identity.AddAccount(t.Context(), tx, zoe.ID, "martin.z", identity.PasswordHash{}, false)
			return err
		})
		wanted("martin", "Zoé", "Ada")
		wanted("lefev", "Zoé")
		wanted("univ", "Zoé")
		wanted("artin")

		write(func(tx *store.Tx) error {
			_, err := identity.UpdatePerson(t.Context(), tx, "test", zoe, identity.PersonForm{FamilyName: "Durand", GivenName: "Zoé"})
			return err
		})
		wanted("lefev")
		wanted("univ")
		wanted("dura", "Zoé")
		wanted("martin", "Zoé", "Ada") // by the login

		write(func(tx *store.Tx) error { return identity.RemovePeople(t.Context(), tx, []int64{ada.ID}) })
		wanted("martin", "Zoé")
	})
}
