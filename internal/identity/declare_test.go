package identity_test

import (
	"context"
	"slices"
	"testing"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

func declare(t *testing.T, db *store.DB, declared []identity.DeclaredRight) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error { return identity.DeclareRights(t.Context(), tx, declared) })
	if err != nil {
		t.Fatal(err)
	}
}

// holders returns the codes of the roles that hold a right.
func holders(t *testing.T, db *store.DB, right identity.Right) []string {
	t.Helper()
	roles, err := store.Get(t.Context(), db, func(tx *store.Tx) ([]identity.Role, error) { return identity.Roles(t.Context(), tx) })
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, r := range roles {
		if r.Has(right) {
			codes = append(codes, r.Code)
		}
	}
	return codes
}

func newRights(t *testing.T, db *store.DB) int {
	t.Helper()
	n, err := store.Get(t.Context(), db, func(tx *store.Tx) (int, error) { return identity.CountNewRights(t.Context(), tx, 100) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A right that comes with a release reaches those who are meant to hold it, once, and
// somebody is told.
func TestARightThatIsNewIsGrantedOnceAndTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		declare(t, db, node.Rights())
		if n := newRights(t, db); n != 0 {
			t.Errorf("a new database tells of %d new rights", n)
		}
		brought := identity.DeclaredRight{Right: "toy.play", Roles: []string{identity.RoleOffice, "gone"}}
		release := append(node.Rights(), brought)
		declare(t, db, release)
		if got := holders(t, db, "toy.play"); !slices.Equal(got, []string{identity.RoleOffice}) {
			t.Errorf("held by %v", got)
		}
		if n := newRights(t, db); n != 1 {
			t.Errorf("tells of %d new rights", n)
		}
		lines, err := store.Get(t.Context(), db, func(tx *store.Tx) ([]audit.Line, error) { return logOfRole(t.Context(), tx, identity.RoleOffice) })
		if err != nil || len(lines) != 1 || lines[0].Action != "right.declared" {
			t.Errorf("told in the log: %+v, %v", lines, err)
		}

		admin := actor(t, db, person(t, db, "admin", identity.RoleAdministrator, identity.Everything))
		if err := identity.SetRight(t.Context(), db, admin, identity.RoleOffice, "toy.play", false); err != nil {
			t.Fatal(err)
		}
		declare(t, db, release)
		if got := holders(t, db, "toy.play"); len(got) != 0 {
			t.Errorf("what was taken away came back: held by %v", got)
		}
	})
}

func logOfRole(ctx context.Context, tx *store.Tx, role string) ([]audit.Line, error) {
	return audit.Find(ctx, tx, audit.Search{Kind: "role", Object: role, Limit: 10})
}
