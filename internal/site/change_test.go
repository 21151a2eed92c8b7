package site_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/text"
)

// withPlaces runs a test where [places] are.
func withPlaces(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		write(t, db, places)
		test(t, db)
	})
}

func read[T any](t *testing.T, db *store.DB, look func(context.Context, *store.Tx) (T, error)) T {
	t.Helper()
	found, err := store.Get(t.Context(), db, func(tx *store.Tx) (T, error) { return look(t.Context(), tx) })
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func siteWith(t *testing.T, db *store.DB, code string) site.Site {
	t.Helper()
	found := read(t, db, func(ctx context.Context, tx *store.Tx) (map[string]site.Site, error) {
		return site.ByCodes(ctx, tx, []string{code})
	})
	s, there := found[strings.ToLower(code)]
	if !there {
		t.Fatalf("no site %s", code)
	}
	return s
}

// wrongs are the fields that an error names, each with its sentence.
func wrongs(err error) (fields []string) {
	if e, is := errors.AsType[*fault.Error](err); is {
		for _, f := range e.Fields {
			fields = append(fields, f.Name+" "+f.Key)
		}
	}
	return fields
}

func ref(code string) reference.Ref { return reference.Ref{Code: code} }

// Each wrong field of a site is named, and its limits are the last that it may have.
func TestTheFieldsOfASiteAreCheckedEachInItsPlace(t *testing.T) {
	t.Parallel()
	withPlaces(t, func(t *testing.T, db *store.DB) {
		for _, tt := range []struct {
			name   string
			change func(s *site.Site)
			want   string // nothing: it is saved
		}{
			{"as it is", func(*site.Site) {}, ""},
			{"no code and no name", func(s *site.Site) { s.Code, s.Name = " ", "" }, "code form.required, name form.required"},
			{"the code of another in other letters", func(s *site.Site) { s.Code = "B-3" }, "code form.taken"},
			{"a long service", func(s *site.Site) { s.Service = strings.Repeat("a", 256) }, "service form.long"},
			{"a page", func(s *site.Site) { s.Link = " http://chu.example/a?b " }, ""},
			{"a link of another kind", func(s *site.Site) { s.Link = "ftp://chu.example" }, "link reference.link"},
			{"a script for a link", func(s *site.Site) { s.Link = "javascript:alert(1)" }, "link reference.link"},
			{"a link to nowhere", func(s *site.Site) { s.Link = "https:///a" }, "link reference.link"},
			{"a link that is no address", func(s *site.Site) { s.Link = "https://a b%" }, "link reference.link"},
			{"a description", func(s *site.Site) { s.Description = strings.Repeat("é", 10_000) }, ""},
			{"a long description", func(s *site.Site) { s.Description = strings.Repeat("é", 10_001) }, "description form.long"},
			{"a long address", func(s *site.Site) { s.Address.Lines = strings.Repeat("é\n", 10_000) }, "address form.long"},
			{"a long town", func(s *site.Site) {
				s.Address.PostalCode, s.Address.Town = strings.Repeat("1", 256), strings.Repeat("a", 256)
			}, "postal_code form.long, town form.long"},
			{"the most seats", func(s *site.Site) { s.MinSeats, s.IdealSeats, s.MaxSeats = 500, 500, 500 }, ""},
			{"seats out of range", func(s *site.Site) { s.MinSeats, s.IdealSeats, s.MaxSeats = -1, 501, 3 }, "min_seats form.range, ideal_seats form.range"},
			{"too many seats", func(s *site.Site) { s.MaxSeats = 501 }, "max_seats form.range"},
			{"fewer seats than ideal", func(s *site.Site) { s.MinSeats, s.IdealSeats, s.MaxSeats = 2, 1, 0 }, "ideal_seats reference.seats.ideal, max_seats reference.seats.max"},
			{"no category", func(s *site.Site) { s.Category = reference.Ref{} }, "category form.required"},
			{"things that do not exist", func(s *site.Site) {
				s.Category, s.Institution, s.Faculty, s.ClosedLevels = ref("x"), ref("x"), ref("x"), []reference.Ref{ref("D1"), ref("x")}
			}, "category form.choice, institution form.choice, faculty form.choice, closed_levels form.choice"},
			{"an empty closed level", func(s *site.Site) { s.ClosedLevels = []reference.Ref{{}} }, "closed_levels form.required"},
			{"itself as secondary", func(s *site.Site) { s.Secondaries = []reference.Ref{ref("A-1")} }, "secondaries form.choice"},
			{"a main one as secondary", func(s *site.Site) { s.Secondaries = []reference.Ref{ref("C-4"), ref("b-3")} }, "secondaries form.choice"},
			{"secondaries of a secondary one", func(s *site.Site) { s.Main, s.Secondaries = false, []reference.Ref{ref("C-4")} }, "secondaries reference.secondary.of-secondary"},
		} {
			s := siteWith(t, db, "A-1")
			tt.change(&s)
			_, err := site.Save(t.Context(), db, system, s)
			if got := strings.Join(wrongs(err), ", "); got != tt.want || (err == nil) != (tt.want == "") {
				t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
			}
		}
	})
}

// All that is written of a site is read again, and taken off again.
func TestASiteIsReadAsItWasSaved(t *testing.T) {
	t.Parallel()
	withPlaces(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			_, err := reference.PutLevel(ctx, tx, system, reference.Level{Code: "C2", Name: "C2"})
			return err
		})
		s := siteWith(t, db, "A-1")
		s.Code, s.Name, s.Service, s.Main = "A-9", "  Zoo \n vétérinaire", "Unité 2", true
		s.Institution, s.Faculty = ref("clin"), ref("ouest")
		s.Secondaries, s.ClosedLevels = []reference.Ref{ref("C-4"), ref("a-2"), ref("C-4")}, []reference.Ref{ref("d1"), ref("C2"), ref("D1")}
		s.WishesAllowed, s.OutsideSubdivision, s.Archived = true, true, true
		s.MinSeats, s.IdealSeats, s.MaxSeats = 1, 2, 3
		s.Description, s.Link = "Deux \r\nlignes\n", "https://chu.example"
		s.Address = reference.Address{Lines: " 1 rue A ", PostalCode: "14000", Town: "Caen  CEDEX"}
		saved, err := site.Save(t.Context(), db, system, s)
		if err != nil {
			t.Fatal(err)
		}
		got := siteWith(t, db, "A-9")
		if !reference.Same(got, saved) || got.ID != s.ID || got.PublicID != s.PublicID {
			t.Errorf("read  %+v\nsaved %+v", got, saved)
		}
		if got.Name != "Zoo vétérinaire" || got.Description != "Deux\nlignes" || got.Address != (reference.Address{Lines: "1 rue A", PostalCode: "14000", Town: "Caen CEDEX"}) {
			t.Errorf("not cleaned: %+v", got)
		}
		if !slices.Equal(codesOf(got.ClosedLevels), []string{"C2", "D1"}) || !slices.Equal(codesOf(got.Secondaries), []string{"A-2", "C-4"}) {
			t.Errorf("closed %v, secondaries %v", got.ClosedLevels, got.Secondaries)
		}
		if got.Institution.Name != "Clinique du Lac" || got.Faculty.Name != "OUEST" || got.Takes(got.ClosedLevels[0].ID) || !got.Takes(-1) {
			t.Errorf("refers to %+v, %+v", got.Institution, got.Faculty)
		}
		other := siteWith(t, db, "C-4")
		other.Code = "A-0"
		if _, err := site.Save(t.Context(), db, system, other); err != nil {
			t.Fatal(err)
		}
		if got = siteWith(t, db, "A-9"); !slices.Equal(codesOf(got.Secondaries), []string{"A-0", "A-2"}) {
			t.Errorf("once one has another code: %v", got.Secondaries)
		}
		// It is found by its new words and no more by the old ones, and stands elsewhere.
		code := func(s site.Site) string { return s.Code }
		for search, want := range map[string][]string{"zoo": {"A-9"}, "oesophagienne": nil, "caen": {"A-9"}, "lac": {"b-3", "A-9"}, "": {"A-0", "b-3", "A-2", "A-9"}} {
			if is := codes(t, db, &site.List, store.Condition{}, store.Ask{Search: search}, code); !slices.Equal(is, want) {
				t.Errorf("%q finds %v, not %v", search, is, want)
			}
		}
		got.Secondaries, got.ClosedLevels, got.Institution, got.Faculty, got.Archived = nil, nil, reference.Ref{}, reference.Ref{}, false
		if _, err := site.Save(t.Context(), db, system, got); err != nil {
			t.Fatal(err)
		}
		bare := siteWith(t, db, "A-9")
		if bare.Secondaries != nil || bare.ClosedLevels != nil || !bare.Institution.None() || !bare.Faculty.None() || bare.Archived || len(bare.Perimeters()) != 1 {
			t.Errorf("bare: %+v", bare)
		}
	})
}

func codesOf(refs []reference.Ref) (codes []string) {
	for _, r := range refs {
		codes = append(codes, r.Code)
	}
	return codes
}

// A site to which others send their students stays a secondary one, and is not removed.
func TestASecondarySiteInUseStaysOne(t *testing.T) {
	t.Parallel()
	withPlaces(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		main := siteWith(t, db, "A-1")
		main.Secondaries = []reference.Ref{ref("C-4")}
		if _, err := site.Save(ctx, db, system, main); err != nil {
			t.Fatal(err)
		}
		secondary := siteWith(t, db, "C-4")
		if err := site.Remove(ctx, db, system, secondary.PublicID); !fault.Has(err, "reference.in-use") {
			t.Errorf("removed while it is used: %v", err)
		}
		secondary.Main = true
		alone := siteWith(t, db, "A-2")
		alone.Main, alone.Secondaries = true, []reference.Ref{alone.Ref()}
		if _, err := site.Save(ctx, db, system, alone); !slices.Equal(wrongs(err), []string{"secondaries form.choice"}) {
			t.Errorf("made a main one with itself: %v", err)
		}
		_, err := site.Save(ctx, db, system, secondary)
		if e, is := errors.AsType[*fault.Error](err); !is || len(e.Fields) != 1 || e.Fields[0].Name != "main" || e.Fields[0].Args["site"] != "A-1" {
			t.Errorf("made a main one while it is used: %v", err)
		}
		if err := site.Remove(ctx, db, system, main.PublicID); err != nil {
			t.Fatal(err)
		}
		if _, err := site.Save(ctx, db, system, secondary); err != nil {
			t.Errorf("made a main one once it is free: %v", err)
		}
	})
}

// What sites refer to cannot be removed; what nothing refers to can.
func TestWhatASiteRefersToIsNotRemoved(t *testing.T) {
	t.Parallel()
	withPlaces(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		institutions := read(t, db, site.Institutions)
		categories := read(t, db, site.Categories)
		faculties := read(t, db, reference.Faculties)
		levels := read(t, db, reference.Levels)
		used := map[string]func() error{
			"institution": func() error { return site.RemoveInstitution(ctx, db, system, institutions[0].PublicID) },
			"category":    func() error { return site.RemoveCategory(ctx, db, system, categories[0].PublicID) },
			"faculty":     func() error { return reference.RemoveFaculty(ctx, db, system, faculties[0].PublicID) },
			"level":       func() error { return reference.RemoveLevel(ctx, db, system, levels[0].PublicID) },
		}
		for name, remove := range used {
			if err := remove(); fault.KindOf(err) != fault.Conflict || !fault.Has(err, "reference.in-use") {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, s := range read(t, db, site.All) {
			if err := site.Remove(ctx, db, system, s.PublicID); err != nil {
				t.Errorf("%s: %v", s.Code, err)
			}
		}
		for name, remove := range used {
			if err := remove(); err != nil {
				t.Errorf("%s, once free: %v", name, err)
			}
		}
		if links := read(t, db, site.ContactSites); links != nil {
			t.Errorf("contacts answer for sites that are gone: %+v", links)
		}
	})
}

// An office changes sites within its perimeter, and moves none out of it or into it.
func TestASiteIsChangedWithinAPerimeter(t *testing.T) {
	t.Parallel()
	withPlaces(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		office := holder(t, db, identity.Faculty("VALMER"))
		observer := holderOf(t, db, identity.RoleObserver, identity.Faculty("VALMER"))
		mine, theirs := siteWith(t, db, "A-1"), siteWith(t, db, "A-2")
		changed := func(s site.Site, change func(s *site.Site)) site.Site {
			change(&s)
			return s
		}
		rename := func(s *site.Site) { s.Name = "Autre nom" }
		for _, tt := range []struct {
			name  string
			actor identity.Actor
			s     site.Site
		}{
			{"a site of another faculty", office, changed(theirs, rename)},
			{"a site taken over", office, changed(theirs, func(s *site.Site) { s.Faculty = ref("VALMER") })},
			{"a site given away", office, changed(mine, func(s *site.Site) { s.Faculty = ref("OUEST") })},
			{"a new site elsewhere", office, site.Site{Code: "N", Name: "N", Category: ref("CHIR"), Faculty: ref("OUEST")}},
			{"a site that one may only see", observer, changed(mine, rename)},
		} {
			if _, err := site.Save(ctx, db, tt.actor, tt.s); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		if err := site.Remove(ctx, db, office, theirs.PublicID); fault.KindOf(err) != fault.Denied {
			t.Errorf("removed elsewhere: %v", err)
		}
		for _, tt := range []struct {
			name string
			err  error
		}{
			{"a category", func() error {
				_, err := site.SaveCategory(ctx, db, observer, site.Category{Code: "N", Acronym: "N", Name: "N"})
				return err
			}()},
			{"an institution", func() error {
				_, err := site.SaveInstitution(ctx, db, observer, site.Institution{Code: "N", Name: "N", Kind: site.Clinic})
				return err
			}()},
			{"a contact", func() error {
				_, err := site.SaveContact(ctx, db, observer, site.Contact{Code: "N", Name: "N", Function: "N"})
				return err
			}()},
			{"a link", site.SaveContactSite(ctx, db, observer, site.ContactSite{Contact: ref("SOREL"), Site: ref("A-1")})},
			{"a link to no site", site.SaveContactSite(ctx, db, observer, site.ContactSite{Contact: ref("SOREL"), Site: ref("none")})},
			{"a link elsewhere", site.SaveContactSite(ctx, db, office, site.ContactSite{Contact: ref("SOREL"), Site: ref("A-2")})},
			{"the end of a link elsewhere", site.RemoveContactSite(ctx, db, office, site.ContactSite{Contact: ref("SOREL"), Site: ref("A-2")})},
		} {
			if fault.KindOf(tt.err) != fault.Denied {
				t.Errorf("%s: %v", tt.name, tt.err)
			}
		}
		hospital := holder(t, db, site.InstitutionPerimeter("750712184"))
		if _, err := site.Save(ctx, db, hospital, site.Site{Code: "H-1", Name: "H", Category: ref("CHIR"), Institution: ref("CHUV")}); err != nil {
			t.Errorf("a hospital adds no site of its own: %v", err)
		}
		if _, err := site.Save(ctx, db, hospital, changed(mine, func(s *site.Site) { s.Institution = ref("CLIN") })); fault.KindOf(err) != fault.Denied {
			t.Errorf("a hospital gives a site away: %v", err)
		}
		seen := func(actor identity.Actor, s site.Site) error {
			return db.Read(ctx, func(tx *store.Tx) error { _, err := site.For(ctx, tx, actor, s.PublicID); return err })
		}
		if err := seen(observer, mine); err != nil {
			t.Errorf("an observer sees no site of the faculty: %v", err)
		}
		if err := seen(observer, theirs); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an observer sees a site of another faculty: %v", err)
		}
		if _, err := site.Save(ctx, db, office, changed(mine, rename)); err != nil {
			t.Error(err)
		}
		if err := site.SaveContactSite(ctx, db, office, site.ContactSite{Contact: ref("SOREL"), Site: ref("A-1"), Visible: true}); err != nil {
			t.Error(err)
		}
	})
}

// holderOf is somebody who holds a role on a perimeter.
func holderOf(t *testing.T, db *store.DB, role string, on identity.Perimeter) (a identity.Actor) {
	t.Helper()
	holder(t, db, on) // declares the rights
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		p, err := identity.AddPerson(ctx, tx, "test", identity.PersonForm{FamilyName: role})
		if err != nil {
			return err
		}
		if err := identity.GrantRole(ctx, tx, p.ID, role, on, "label", tx.Now, time.Time{}); err != nil {
			return err
		}
		a, err = identity.LoadActor(ctx, tx, p, "test")
		return err
	})
	return a
}

func TestTheFieldsOfInstitutionsCategoriesAndContactsAreChecked(t *testing.T) {
	t.Parallel()
	withPlaces(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		institution := func(i site.Institution) error { _, err := site.SaveInstitution(ctx, db, system, i); return err }
		category := func(c site.Category) error { _, err := site.SaveCategory(ctx, db, system, c); return err }
		contact := func(c site.Contact) error { _, err := site.SaveContact(ctx, db, system, c); return err }
		long := strings.Repeat("é", 10_001)
		for name, err := range map[string]error{
			"an institution with a SIRET":     institution(site.Institution{Code: "S", Name: "S", Kind: site.Practice, SIRET: "732 829 320 00074"}),
			"institutions without a number":   institution(site.Institution{Code: "T", Name: "T", Kind: site.Practice}),
			"a contact without an address":    contact(site.Contact{Code: "C", Name: "C", Function: "F"}),
			"a category that is not the main": category(site.Category{Code: "URG", Acronym: "U", Name: "Urgences"}),
		} {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, tt := range []struct {
			name string
			err  error
			want string
		}{
			{"an empty institution", institution(site.Institution{}), "code form.required, name form.required, kind form.choice"},
			{"an institution of no kind", institution(site.Institution{Code: "X", Name: "X", Kind: "castle"}), "kind form.choice"},
			{"an institution with wrong numbers", institution(site.Institution{Code: "X", Name: "X", Kind: site.Clinic, FINESS: "750712185", SIRET: "1"}), "finess identifier.finess.key, siret identifier.siret.form"},
			{"an institution with all that others have", institution(site.Institution{Code: "chuv", Name: "X", Kind: site.Clinic, FINESS: "75 071 2184", SIRET: "73282932000074"}), "code form.taken, finess form.taken, siret form.taken"},
			{"an institution with a long address", institution(site.Institution{Code: "X", Name: "X", Kind: site.Clinic, Address: reference.Address{Lines: long}}), "address form.long"},
			{"an empty category", category(site.Category{}), "code form.required, acronym form.required, name form.required"},
			{"a category with what another has", category(site.Category{Code: "chir", Acronym: "x", Name: "CHIRURGIE"}), "code form.taken, name form.taken"},
			{"an empty contact", contact(site.Contact{}), "code form.required, function form.required, name form.required"},
			{"a contact who cannot be reached", contact(site.Contact{Code: "sorel", Function: "x", Name: "x", Email: "a@", Phone: strings.Repeat("1", 256)}), "phone form.long, email form.email, code form.taken"},
		} {
			if got := strings.Join(wrongs(tt.err), ", "); got != tt.want || fault.KindOf(tt.err) != fault.Invalid {
				t.Errorf("%s: %v, want %q", tt.name, tt.err, tt.want)
			}
		}
	})
}

// Who changed their name is found by the new one alone.
func TestThingsAreFoundByTheirNewWords(t *testing.T) {
	t.Parallel()
	withPlaces(t, func(t *testing.T, db *store.DB) {
		contact := read(t, db, site.Contacts)[0]
		contact.Name, contact.Email = "Inès Baraka", "i.baraka@chu.example"
		institution := read(t, db, site.Institutions)[0]
		institution.Name, institution.FINESS, institution.Address.Town = "Hôpital neuf", "010003820", "Ifs"
		if _, err := site.SaveContact(t.Context(), db, system, contact); err != nil {
			t.Fatal(err)
		}
		if _, err := site.SaveInstitution(t.Context(), db, system, institution); err != nil {
			t.Fatal(err)
		}
		for search, want := range map[string]int{"ines": 1, "i.baraka": 1, "sorel respons": 1, "helene": 0, "h.sorel": 0} {
			if got := codes(t, db, &site.ContactList, store.Condition{}, store.Ask{Search: search}, func(c site.Contact) string { return c.Code }); len(got) != want {
				t.Errorf("%q finds contacts %v", search, got)
			}
		}
		for search, want := range map[string]int{"neuf": 1, "ifs": 1, "0100": 1, "valmer": 0, "7507": 0} {
			if got := codes(t, db, &site.InstitutionList, store.Condition{}, store.Ask{Search: search}, func(i site.Institution) string { return i.Code }); len(got) != want {
				t.Errorf("%q finds institutions %v", search, got)
			}
		}
	})
}

// Two people enter one institution at once, under two codes: its number is taken once.
func TestOneInstitutionIsEnteredOnce(t *testing.T) {
	t.Parallel()
	withPlaces(t, func(t *testing.T, db *store.DB) {
		var errs [4]error
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = site.SaveInstitution(t.Context(), db, system, site.Institution{
					Code: string(rune('K' + i)), Name: "CH", Kind: site.Hospital, FINESS: "010003820",
				})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if got := wrongs(err); !slices.Equal(got, []string{"finess form.taken"}) {
				t.Errorf("told %v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d entered it", won)
		}
	})
}

// The log names each act by what it was about.
func TestTheLogTellsOfPlacesAndLinks(t *testing.T) {
	t.Parallel()
	withPlaces(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		lines := func(kind, object string) (said []string) {
			for _, line := range read(t, db, func(ctx context.Context, tx *store.Tx) ([]audit.Line, error) {
				return audit.Find(ctx, tx, audit.Search{Kind: kind, Object: object, Limit: 3})
			}) {
				before, after := strings.Contains(line.Before, "SOREL"), strings.Contains(line.After, "SOREL")
				said = append(said, line.Sentence(text.In(text.English, "")))
				if kind == "site" && strings.HasPrefix(line.Action, "contact") {
					said[len(said)-1] += map[bool]string{true: " (before)"}[before] + map[bool]string{true: " (after)"}[after]
				}
			}
			return said
		}
		s := siteWith(t, db, "A-1")
		link := site.ContactSite{Contact: ref("sorel"), Site: ref("a-1"), Signs: true}
		for range 2 { // said again, it is no act
			if err := site.SaveContactSite(ctx, db, system, link); err != nil {
				t.Fatal(err)
			}
		}
		if err := site.RemoveContactSite(ctx, db, system, link); err != nil {
			t.Fatal(err)
		}
		if err := site.RemoveContactSite(ctx, db, system, link); fault.KindOf(err) != fault.NotFound {
			t.Errorf("removed twice: %v", err)
		}
		if got := lines("site", s.PublicID); !slices.Equal(got, []string{
			"took Hélène Sorel off site A-1 (before)", "changed what Hélène Sorel does for site A-1 (before) (after)", "changed what Hélène Sorel does for site A-1 (after)",
		}) {
			t.Errorf("of the site: %q", got)
		}
		i := read(t, db, site.Institutions)[0]
		if got := lines("institution", i.PublicID); !slices.Equal(got, []string{"created institution CHU de Valmer"}) {
			t.Errorf("of the institution: %q", got)
		}
	})
}
