package site_test

import (
	"context"
	"fmt"
	"testing"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

var system = identity.System("test")

func write(t *testing.T, db *store.DB, do func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), func(tx *store.Tx) error { return do(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// withSites runs a test where some sites, contacts and institutions are.
func withSites(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			if _, err := site.PutCategory(ctx, tx, system, site.Category{Code: "CHIR", Acronym: "CHIR", Name: "Chirurgie", Main: true}); err != nil {
				return err
			}
			_, err := site.PutInstitution(ctx, tx, system, site.Institution{Code: "CHUV", Name: "CHU de Vence", Kind: site.UniversityHospital, FINESS: "750712184"})
			return err
		})
		addSites(t, db, 0, 3)
		test(t, db)
	})
}

func addSites(t *testing.T, db *store.DB, from, until int) {
	t.Helper()
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		for i := from; i < until; i++ {
			if _, err := site.Put(ctx, tx, system, draft(fmt.Sprintf("SITE-%d", i), i%2 == 0)); err != nil {
				return err
			}
			_, err := site.PutContact(ctx, tx, system, site.Contact{Code: fmt.Sprintf("C-%d", i), Function: "Responsable", Name: fmt.Sprint("Contact ", i)})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func draft(code string, main bool) site.Site {
	return site.Site{
		Code: code, Name: "Service " + code, Category: reference.Ref{Code: "CHIR"}, Institution: reference.Ref{Code: "chuv"},
		Main: main, WishesAllowed: true, IdealSeats: 1, MaxSeats: 2,
	}
}

func TestASiteIsWrittenByKeyHoweverManyThereAre(t *testing.T) {
	t.Parallel()
	withSites(t, func(t *testing.T, db *store.DB) {
		put := func(code string) (statements, rows int) {
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				ctx, counter := store.WithCounter(t.Context())
				s, err := site.Put(ctx, tx, system, draft(code, false))
				if err != nil {
					return err
				}
				s.Name = "Autre nom"
				if _, err = site.Put(ctx, tx, system, s); err == nil {
					_, err = site.PutContact(ctx, tx, system, site.Contact{Code: code, Function: "Responsable", Name: code})
				}
				if err == nil {
					err = site.PutContactSite(ctx, tx, system, site.ContactSite{Contact: reference.Ref{Code: code}, Site: reference.Ref{Code: code}})
				}
				statements, rows = counter.Statements(), counter.Rows()
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return statements, rows
		}
		statements, rows := put("FIRST")
		addSites(t, db, 3, 40)
		more, moreRows := put("SECOND")
		if more != statements || moreRows != rows {
			t.Errorf("among 3 sites: %d statements, %d rows; among 40: %d and %d", statements, rows, more, moreRows)
		}
		t.Logf("%s: two writes of a site, one of a contact, one of a link: %d statements", db.Engine, statements)
	})
}

func TestWhatASiteRefersToIsFoundByKey(t *testing.T) {
	t.Parallel()
	withSites(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			main := draft("MAIN", true)
			main.Secondaries = []reference.Ref{{Code: "site-1"}}
			if _, err := site.Put(ctx, tx, system, main); err != nil {
				return err
			}
			for name, wrong := range map[string]func(s *site.Site){
				"code":        func(s *site.Site) { s.Code = "site-1" },
				"institution": func(s *site.Site) { s.Institution = reference.Ref{Code: "nowhere"} },
				"category":    func(s *site.Site) { s.Category = reference.Ref{} },
				"secondaries": func(s *site.Site) { s.Main, s.Secondaries = true, []reference.Ref{{Code: "SITE-0"}} }, // a main one
			} {
				s := draft("OTHER", false)
				wrong(&s)
				_, err := site.Put(ctx, tx, system, s)
				if kind := fault.KindOf(err); kind != fault.Invalid {
					t.Errorf("%s: %v", name, err)
				}
			}
			found, err := site.ByCodes(ctx, tx, []string{"MAIN", "Site-1", "none"})
			if err != nil {
				return err
			}
			if len(found) != 2 || len(found["main"].Secondaries) != 1 || found["main"].Secondaries[0].Code != "SITE-1" || found["site-1"].Institution.Name != "CHU de Vence" {
				t.Errorf("found %+v", found)
			}
			if in := found["main"].Perimeters(); len(in) != 2 || in[1] != site.InstitutionPerimeter("750712184") {
				t.Errorf("perimeters %v", in)
			}
			used := found["site-1"]
			used.Main = true
			if _, err := site.Put(ctx, tx, system, used); fault.KindOf(err) != fault.Invalid {
				t.Errorf("a secondary site becomes a main one: %v", err)
			}
			for _, again := range []site.Institution{{Code: "chuv"}, {Code: "X", FINESS: "750712184"}} {
				again.Name, again.Kind = "Autre", site.Clinic
				if _, err := site.PutInstitution(ctx, tx, system, again); fault.KindOf(err) != fault.Invalid {
					t.Errorf("%+v: %v", again, err)
				}
			}
			return nil
		})
	})
}
