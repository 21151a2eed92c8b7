package identity_test

import (
	"slices"
	"testing"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

func names(people []identity.Person) (names []string) {
	for _, p := range people {
		names = append(names, p.FamilyName)
	}
	return names
}

// listed returns the names of the list as an actor sees it and asks for it, each of
// which is also found alone.
func listed(t *testing.T, db *store.DB, where store.Condition, ask store.Ask) []string {
	t.Helper()
	people, err := store.Get(t.Context(), db, func(tx *store.Tx) ([]identity.Person, error) {
		page, err := identity.List(tx.Now).Page(t.Context(), tx, where, ask)
		if err != nil {
			return nil, err
		}
		n, _, err := identity.List(tx.Now).Count(t.Context(), tx, where, ask)
		if n != len(page.Rows) {
			t.Errorf("%+v: %d are counted, %d are shown", ask, n, len(page.Rows))
		}
		return page.Rows, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names(people)
}

// grant gives somebody a role, for days from now on: from may be past.
func grant(t *testing.T, db *store.DB, p identity.Person, role string, on identity.Perimeter, from, until int) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		return identity.GrantRole(t.Context(), tx, p.ID, role, on, "label", tx.Now.AddDate(0, 0, from), tx.Now.AddDate(0, 0, until))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPeopleAreSeenWithinAPerimeter(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valmer := identity.Faculty("valmer")
		admin := person(t, db, "admin", identity.RoleAdministrator, identity.Everything)
		office := person(t, db, "office", identity.RoleOffice, valmer)
		student := person(t, db, "student", identity.RoleStudent, identity.Perimeter{Kind: identity.KindSelf, Key: "x"})
		elsewhere := person(t, db, "elsewhere", identity.RoleOffice, identity.Faculty("caen"))
		former := person(t, db, "former", identity.RoleObserver, identity.Faculty("nowhere"))
		grant(t, db, former, identity.RoleOffice, valmer, -20, -10)
		grant(t, db, former, identity.RoleOffice, valmer, 10, 20)
		beyond := store.Where("p.id = $1", student.ID) // as a higher floor knows
		for _, tt := range []struct {
			who  identity.Person
			sees []string
		}{
			{admin, []string{"admin", "elsewhere", "former", "office", "student"}},
			{office, []string{"office", "student"}},
			{elsewhere, []string{"elsewhere", "student"}},
			{student, nil},
			{former, nil},
		} {
			a := actor(t, db, tt.who)
			where := identity.SeenBy(a, identity.PersonView, db.Now(), beyond)
			if is := listed(t, db, where, store.Ask{}); !slices.Equal(is, tt.sees) {
				t.Errorf("%s sees %v, not %v", tt.who.FamilyName, is, tt.sees)
			}
			alone := identity.SeenBy(a, identity.PersonView, db.Now(), store.Condition{})
			if is := listed(t, db, alone, store.Ask{Search: "stud"}); len(is) > 0 && tt.who.ID != admin.ID {
				t.Errorf("%s sees %v, whom nothing adds", tt.who.FamilyName, is)
			}
			for _, p := range []identity.Person{admin, office, student, elsewhere, former} {
				_, err := store.Get(t.Context(), db, func(tx *store.Tx) (identity.Person, error) {
					return identity.PersonWhere(t.Context(), tx, p.PublicID, where)
				})
				if visible := slices.Contains(tt.sees, p.FamilyName); (err == nil) != visible || (err != nil && fault.KindOf(err) != fault.NotFound) {
					t.Errorf("%s and %s: %v", tt.who.FamilyName, p.FamilyName, err)
				}
			}
		}
	})
}

// Each filter of the list of people lets through those whom its column shows so.
func TestPeopleAreFiltered(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		anna := person(t, db, "anna", identity.RoleObserver, identity.Everything)
		grant(t, db, anna, identity.RoleOffice, identity.Faculty("valmer"), -20, -10)
		bob := person(t, db, "bob", identity.RoleOffice, identity.Faculty("valmer"))
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			if _, err := identity.SetDisabled(t.Context(), tx, bob.ID, true); err != nil {
				return err
			}
			_, err := identity.AddPerson(t.Context(), tx, "test", identity.PersonForm{FamilyName: "clara", Email: "c.dupont@univ.example"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			column, asked string
			want          []string
		}{
			{"name", "AN", []string{"anna"}},
			{"email", "C.Dup", []string{"clara"}},
			{"login", "Bo", []string{"bob"}},
			{"roles", identity.RoleOffice, []string{"bob"}},
			{"roles", identity.RoleObserver, []string{"anna"}},
			{"account", identity.AccountOpen, []string{"anna"}},
			{"account", identity.AccountClosed, []string{"bob"}},
			{"account", identity.AccountNone, []string{"clara"}},
			{"changed", "> 2000", []string{"anna", "bob", "clara"}},
		} {
			if is := listed(t, db, store.Condition{}, store.Ask{Filters: map[string]string{tt.column: tt.asked}}); !slices.Equal(is, tt.want) {
				t.Errorf("%s %s: %v, not %v", tt.column, tt.asked, is, tt.want)
			}
		}
		if is := listed(t, db, store.Condition{}, store.Ask{Sort: "changed", Desc: true, Search: "univ"}); !slices.Equal(is, []string{"clara"}) {
			t.Errorf("the search finds %v", is)
		}
	})
}

// Who holds a role is told on the perimeters of the reader, and counted once a
// person.
func TestHoldersOfARole(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		admin := person(t, db, "admin", identity.RoleAdministrator, identity.Everything)
		bob := person(t, db, "bob", identity.RoleOffice, identity.Faculty("valmer"))
		anna := person(t, db, "anna", identity.RoleOffice, identity.Faculty("caen"))
		grant(t, db, bob, identity.RoleOffice, identity.Faculty("caen"), -1, 10)
		grant(t, db, anna, identity.RoleCommission, identity.Faculty("caen"), -20, -10)
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			count, err := identity.CountHolders(t.Context(), tx)
			if count[identity.RoleOffice] != 2 || count[identity.RoleCommission] != 0 || count[identity.RoleAdministrator] != 1 {
				t.Errorf("holders are counted as %v", count)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			who    identity.Actor
			search string
			want   []string
		}{
			{actor(t, db, admin), "", []string{"anna caen", "bob valmer", "bob caen"}},
			{actor(t, db, admin), "an", []string{"anna caen"}},
			{actor(t, db, bob), "", nil}, // an office does not see roles
		} {
			holdings, err := store.Get(t.Context(), db, func(tx *store.Tx) (store.Page[identity.Holding], error) {
				where := identity.HeldIn(identity.RoleOffice, tt.who, identity.RoleView, tx.Now)
				return identity.Holdings().Page(t.Context(), tx, where, store.Ask{Search: tt.search})
			})
			if err != nil {
				t.Fatal(err)
			}
			var is []string
			for _, h := range holdings.Rows {
				is = append(is, h.Person.FamilyName+" "+h.Grant.On.Key)
			}
			if !slices.Equal(is, tt.want) {
				t.Errorf("%s, %q: %v, not %v", tt.who.Name, tt.search, is, tt.want)
			}
		}
	})
}
