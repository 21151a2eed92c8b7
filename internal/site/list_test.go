package site_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// places are two institutions with sites of two faculties, and a contact.
func places(ctx context.Context, tx *store.Tx) error {
	system := identity.System("test")
	for _, code := range []string{"VALMER", "OUEST"} {
		if _, err := reference.PutFaculty(ctx, tx, system, reference.Faculty{Code: code, Name: code}); err != nil {
			return err
		}
	}
	if _, err := reference.PutLevel(ctx, tx, system, reference.Level{Code: "D1", Name: "D1"}); err != nil {
		return err
	}
	if _, err := site.PutCategory(ctx, tx, system, site.Category{Code: "CHIR", Acronym: "CHIR", Name: "Chirurgie", Main: true}); err != nil {
		return err
	}
	for _, i := range []site.Institution{
		{Code: "CHUV", Name: "CHU de Valmer", Kind: site.UniversityHospital, FINESS: "750712184"},
		{Code: "CLIN", Name: "Clinique du Lac", Kind: site.Clinic, Archived: true},
	} {
		if _, err := site.PutInstitution(ctx, tx, system, i); err != nil {
			return err
		}
	}
	for _, s := range []site.Site{
		{Code: "A-1", Name: "Chirurgie œsophagienne", Institution: reference.Ref{Code: "CHUV"}, Faculty: reference.Ref{Code: "VALMER"}, Main: true, MaxSeats: 4},
		{Code: "A-2", Name: "Urgences", Institution: reference.Ref{Code: "CHUV"}, Faculty: reference.Ref{Code: "OUEST"}, ClosedLevels: []reference.Ref{{Code: "D1"}}, MaxSeats: 8},
		{Code: "b-3", Name: "Pédiatrie", Institution: reference.Ref{Code: "CLIN"}, Main: true, Archived: true},
		{Code: "C-4", Name: "Cabinet", Faculty: reference.Ref{Code: "VALMER"}},
	} {
		s.Category.Code = "CHIR"
		if _, err := site.Put(ctx, tx, system, s); err != nil {
			return err
		}
	}
	_, err := site.PutContact(ctx, tx, system, site.Contact{Code: "SOREL", Function: "Responsable", Name: "Hélène Sorel", Email: "h.sorel@chu.example"})
	if err != nil {
		return err
	}
	return site.PutContactSite(ctx, tx, system, site.ContactSite{Contact: reference.Ref{Code: "SOREL"}, Site: reference.Ref{Code: "A-1"}})
}

// codes returns the codes of a list as it is asked for, and counts them.
func codes[T any](t *testing.T, db *store.DB, list *store.List[T], where store.Condition, ask store.Ask, code func(T) string) []string {
	t.Helper()
	page, err := store.Get(t.Context(), db, func(tx *store.Tx) (store.Page[T], error) {
		n, _, err := list.Count(t.Context(), tx, where, ask)
		if err != nil {
			return store.Page[T]{}, err
		}
		page, err := list.Page(t.Context(), tx, where, ask)
		if n != len(page.Rows) {
			t.Errorf("%+v: %d are counted, %d are shown", ask, n, len(page.Rows))
		}
		return page, err
	})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, x := range page.Rows {
		found = append(found, code(x))
	}
	return found
}

func TestPlacesAreListedFilteredAndFound(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := db.Write(t.Context(), func(tx *store.Tx) error { return places(t.Context(), tx) }); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			column, asked string
			want          []string
		}{
			{"", "", []string{"C-4", "A-1", "b-3", "A-2"}},
			{"", "oesoph", []string{"A-1"}},
			{"", "valmer", []string{"A-1", "A-2"}}, // by the institution
			{"", "chir valm", []string{"A-1"}},
			{"name", "ped", []string{"b-3"}},
			{"code", "B-", []string{"b-3"}},
			{"category", "CHIR", []string{"C-4", "A-1", "b-3", "A-2"}},
			{"institution", "lac", []string{"b-3"}},
			{"max", ">4", []string{"A-2"}},
			{"closed", "D1", []string{"A-2"}},
			{"main", site.ListMain, []string{"A-1", "b-3"}},
			{"state", site.ListArchived, []string{"b-3"}},
			{"state", site.ListInUse, []string{"C-4", "A-1", "A-2"}},
		} {
			ask := store.Ask{Search: tt.asked}
			if tt.column != "" {
				ask = store.Ask{Filters: map[string]string{tt.column: tt.asked}}
			}
			if is := codes(t, db, &site.List, store.Condition{}, ask, func(s site.Site) string { return s.Code }); !slices.Equal(is, tt.want) {
				t.Errorf("%s %q: %v, not %v", tt.column, tt.asked, is, tt.want)
			}
		}
		contact := func(c site.Contact) string { return c.Code }
		for _, ask := range []store.Ask{{Search: "sorel respons"}, {Filters: map[string]string{"email": "H.S"}}, {Filters: map[string]string{"sites": "a-1"}}} {
			if is := codes(t, db, &site.ContactList, store.Condition{}, ask, contact); !slices.Equal(is, []string{"SOREL"}) {
				t.Errorf("%+v: contacts are %v", ask, is)
			}
		}
		if is := codes(t, db, &site.ContactList, store.Condition{}, store.Ask{Filters: map[string]string{"sites": "A-2"}}, contact); is != nil {
			t.Errorf("contacts of a site without one are %v", is)
		}
		institution := func(i site.Institution) string { return i.Code }
		for _, ask := range []store.Ask{{Search: "7507"}, {Filters: map[string]string{"finess": "75 0712"}}, {Filters: map[string]string{"kind": string(site.UniversityHospital)}}} {
			if is := codes(t, db, &site.InstitutionList, store.Condition{}, ask, institution); !slices.Equal(is, []string{"CHUV"}) {
				t.Errorf("%+v: institutions are %v", ask, is)
			}
		}
	})
}

// The list in the database shows a reader what the perimeters of each site say.
func TestSitesAreSeenWithinAPerimeter(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := db.Write(t.Context(), func(tx *store.Tx) error { return places(t.Context(), tx) }); err != nil {
			t.Fatal(err)
		}
		all, err := store.Get(t.Context(), db, func(tx *store.Tx) ([]site.Site, error) { return site.All(t.Context(), tx) })
		if err != nil {
			t.Fatal(err)
		}
		for _, on := range []identity.Perimeter{
			identity.Everything, identity.Faculty("VALMER"), identity.Faculty("nowhere"), site.Perimeter("b-3"),
			site.InstitutionPerimeter("750712184"), site.InstitutionPerimeter(""), {Kind: identity.KindCohort, Key: "VALMER"},
		} {
			actor := holder(t, db, on)
			var want []string
			for _, s := range all {
				if actor.Can(site.RightView, s.Perimeters()...) {
					want = append(want, s.Code)
				}
			}
			if is := codes(t, db, &site.List, site.SeenBy(actor, site.RightView), store.Ask{}, func(s site.Site) string { return s.Code }); !slices.Equal(is, want) {
				t.Errorf("on %v: %v, not %v", on, is, want)
			}
		}
	})
}

// holder is somebody of an office on a perimeter.
func holder(t *testing.T, db *store.DB, on identity.Perimeter) (a identity.Actor) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		if err := identity.DeclareRights(t.Context(), tx, node.Rights()); err != nil {
			return err
		}
		p, err := identity.AddPerson(t.Context(), tx, "test", identity.PersonForm{FamilyName: "Lopes"})
		if err != nil {
			return err
		}
		if err := identity.GrantRole(t.Context(), tx, p.ID, identity.RoleOffice, on, "label", tx.Now, time.Time{}); err != nil {
			return err
		}
		a, err = identity.LoadActor(t.Context(), tx, p, "test")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}
