package site_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
)

// Who answers for a site is told in the order of signing, and only those are sent
// arrivals who want them, are there and can be reached.
func TestContactsOfASite(t *testing.T) {
	t.Parallel()
	withPlaces(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			for _, c := range []site.Contact{
				{Code: "AMSEL", Name: "Amsel", Email: " A@CHU.example "}, {Code: "gone", Name: "Gone", Email: "g@chu.example", Archived: true},
				{Code: "mute", Name: "Mute"}, {Code: "other", Name: "Other", Email: "o@chu.example"},
			} {
				c.Function = "Responsable"
				if _, err := site.PutContact(ctx, tx, system, c); err != nil {
					return err
				}
			}
			for i, code := range []string{"SOREL", "AMSEL", "gone", "mute", "other"} {
				link := site.ContactSite{Contact: ref(code), Site: ref("A-1"), GetsArrivals: code != "other", SigningOrder: 20 - i, Visible: true, Validates: i == 0, Responsible: i == 1, Signs: i == 2}
				if err := site.PutContactSite(ctx, tx, system, link); err != nil {
					return err
				}
			}
			return site.PutContactSite(ctx, tx, system, site.ContactSite{Contact: ref("other"), Site: ref("A-2"), GetsArrivals: true})
		})
		a, b := siteWith(t, db, "A-1"), siteWith(t, db, "A-2")
		links := read(t, db, func(ctx context.Context, tx *store.Tx) ([]site.ContactSite, error) {
			return site.ContactsOf(ctx, tx, a.ID)
		})
		var said []string
		for _, l := range links {
			said = append(said, fmt.Sprintf("%s %s %d %v", l.Contact.Code, l.Site.Code, l.SigningOrder, []bool{l.Visible, l.Validates, l.Responsible, l.Signs, l.GetsArrivals}))
		}
		if want := []string{
			"other A-1 16 [true false false false false]", "mute A-1 17 [true false false false true]", "gone A-1 18 [true false false true true]",
			"AMSEL A-1 19 [true false true false true]", "SOREL A-1 20 [true true false false true]",
		}; !slices.Equal(said, want) {
			t.Errorf("links %q", said)
		}
		sent := read(t, db, func(ctx context.Context, tx *store.Tx) (map[int64][]site.Contact, error) {
			return site.SentArrivals(ctx, tx, []int64{b.ID, a.ID, a.ID})
		})
		if len(sent) != 2 || len(sent[a.ID]) != 2 || sent[a.ID][0].Email != "a@chu.example" || sent[a.ID][1].Code != "SOREL" || sent[b.ID][0].Code != "other" {
			t.Errorf("arrivals are sent to %+v", sent)
		}
		contacts := read(t, db, site.Contacts)
		of := read(t, db, func(ctx context.Context, tx *store.Tx) (map[int64][]string, error) {
			return site.SitesOf(ctx, tx, contacts)
		})
		names := map[string][]string{}
		for _, c := range contacts {
			names[c.Code] = of[c.ID]
		}
		if !slices.Equal(names["other"], []string{"A-1", "A-2"}) || !slices.Equal(names["mute"], []string{"A-1"}) {
			t.Errorf("sites by contact: %v", names)
		}
		bySite := read(t, db, func(ctx context.Context, tx *store.Tx) ([]site.ContactSite, error) {
			return site.LinksBySites(ctx, tx, []string{"a-2"})
		})
		byContact := read(t, db, func(ctx context.Context, tx *store.Tx) ([]site.ContactSite, error) {
			return site.LinksByContacts(ctx, tx, []string{"OTHER", "amsel"})
		})
		if len(bySite) != 1 || len(byContact) != 3 {
			t.Errorf("by site %+v, by contact %+v", bySite, byContact)
		}
		for order, want := range map[int]string{-1: "signing_order form.range", 21: "signing_order form.range", 20: ""} {
			err := site.SaveContactSite(t.Context(), db, system, site.ContactSite{Contact: ref("other"), Site: ref("A-2"), SigningOrder: order})
			if got := strings.Join(wrongs(err), ", "); got != want {
				t.Errorf("signs as number %d: %v", order, err)
			}
		}
		err := site.SaveContactSite(t.Context(), db, system, site.ContactSite{})
		if got := strings.Join(wrongs(err), ", "); got != "contact form.required, site form.required" {
			t.Errorf("nobody for no site: %v", err)
		}
		for _, c := range contacts {
			if c.Code == "other" {
				if err := site.RemoveContact(t.Context(), db, system, c.PublicID); err != nil {
					t.Errorf("a contact is not removed with the links: %v", err)
				}
			}
		}
		if left := read(t, db, site.ContactSites); len(left) != 4 {
			t.Errorf("%d links are left", len(left))
		}
	})
}

// A campaign opens main sites in use that take one of its levels.
func TestSitesOpenToLevels(t *testing.T) {
	t.Parallel()
	withPlaces(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			if _, err := reference.PutLevel(ctx, tx, system, reference.Level{Code: "D2", Name: "D2"}); err != nil {
				return err
			}
			_, err := site.Put(ctx, tx, system, site.Site{Code: "M-5", Name: "Médecine", Category: ref("CHIR"), Main: true, ClosedLevels: []reference.Ref{ref("D1")}})
			return err
		})
		level := map[string]int64{}
		for _, l := range read(t, db, reference.Levels) {
			level[l.Code] = l.ID
		}
		for _, tt := range []struct {
			levels []int64
			want   []string
		}{
			{nil, nil},
			{[]int64{level["D1"]}, []string{"A-1"}},
			{[]int64{level["D2"]}, []string{"A-1", "M-5"}},
			{[]int64{level["D1"], level["D2"], level["D1"]}, []string{"A-1", "M-5"}},
		} {
			sites := read(t, db, func(ctx context.Context, tx *store.Tx) ([]site.Site, error) {
				return site.Where(ctx, tx, site.Opens(tt.levels))
			})
			var got []string
			for _, s := range sites {
				got = append(got, s.Code)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("open to %v: %v, want %v", tt.levels, got, tt.want)
			}
		}
	})
}

func TestWhatIsOfferedAndCounted(t *testing.T) {
	t.Parallel()
	withPlaces(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			if _, err := site.PutCategory(ctx, tx, system, site.Category{Code: "URG", Acronym: "U", Name: "Urgences", Position: -1}); err != nil {
				return err
			}
			if _, err := site.PutContact(ctx, tx, system, site.Contact{Code: "gone", Name: "A", Function: "F", Archived: true}); err != nil {
				return err
			}
			if _, err := site.PutContact(ctx, tx, system, site.Contact{Code: "Z", Name: "A", Function: "F"}); err != nil {
				return err
			}
			_, err := site.Put(ctx, tx, system, site.Site{Code: "0", Name: "Z", Category: ref("CHIR"), Archived: true})
			return err
		})
		all := read(t, db, site.All)
		ids := []int64{-7}
		for _, s := range all {
			ids = append(ids, s.ID, s.ID)
		}
		institutions := read(t, db, site.Institutions)
		offered := func(of func(context.Context, *store.Tx, int) ([]reference.Ref, error), most int) []string {
			return codesOf(read(t, db, func(ctx context.Context, tx *store.Tx) ([]reference.Ref, error) { return of(ctx, tx, most) }))
		}
		refs := codesOf(read(t, db, func(ctx context.Context, tx *store.Tx) ([]reference.Ref, error) { return site.Refs(ctx, tx, ids) }))
		var categories []string
		for _, c := range read(t, db, site.Categories) {
			categories = append(categories, c.Code)
		}
		for name, tt := range map[string]struct{ got, want []string }{
			"named sites":         {refs, []string{"C-4", "A-1", "b-3", "A-2", "0"}},
			"categories":          {categories, []string{"URG", "CHIR"}},
			"secondary sites":     {offered(site.SecondaryRefs, 5), []string{"A-2", "C-4"}},
			"one secondary site":  {offered(site.SecondaryRefs, 1), []string{"A-2"}},
			"contacts":            {offered(site.ContactRefs, 5), []string{"SOREL", "Z"}},
			"sites by category":   {[]string{fmt.Sprint(read(t, db, site.CountByCategory))}, []string{"map[CHIR:5 URG:0]"}},
			"institutions' names": {[]string{institutions[0].Name, institutions[1].Name}, []string{"CHU de Valmer", "Clinique du Lac"}},
		} {
			if !slices.Equal(tt.got, tt.want) {
				t.Errorf("%s: %q, want %q", name, tt.got, tt.want)
			}
		}
		counts := read(t, db, func(ctx context.Context, tx *store.Tx) (map[int64]int, error) {
			return site.CountsAt(ctx, tx, institutions)
		})
		one := read(t, db, func(ctx context.Context, tx *store.Tx) (int, error) { return site.CountAt(ctx, tx, institutions[0].ID) })
		if counts[institutions[0].ID] != 2 || counts[institutions[1].ID] != 1 || one != 2 {
			t.Errorf("sites of institutions: %v, %d", counts, one)
		}
	})
}

// An institution is found by its number however it is typed, and none by no number.
func TestThingsAreFoundByWhatNamesThem(t *testing.T) {
	t.Parallel()
	withPlaces(t, func(t *testing.T, db *store.DB) {
		for typed, want := range map[string]string{"75-071.2184 ": "CHUV", "": "", " ": "", "010003820": ""} {
			i, err := store.Get(t.Context(), db, func(tx *store.Tx) (site.Institution, error) { return site.WithFINESS(t.Context(), tx, typed) })
			if i.Code != want || (err == nil) != (want != "") || (err != nil && fault.KindOf(err) != fault.NotFound) {
				t.Errorf("%q is %q, %v", typed, i.Code, err)
			}
		}
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			_, errSite := site.ByID(t.Context(), tx, -1)
			_, errInstitution := site.InstitutionFor(t.Context(), tx, "x")
			_, errContact := site.ContactFor(t.Context(), tx, "x")
			for _, err := range []error{errSite, errInstitution, errContact} {
				if !fault.Has(err, "reference.unknown") {
					t.Errorf("found: %v", err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		contacts := read(t, db, func(ctx context.Context, tx *store.Tx) (map[string]site.Contact, error) {
			return site.ContactsByCodes(ctx, tx, []string{"Sorel", "none"})
		})
		if len(contacts) != 1 || contacts["sorel"].Name != "Hélène Sorel" {
			t.Errorf("contacts %+v", contacts)
		}
		page := read(t, db, func(ctx context.Context, tx *store.Tx) ([]site.Site, error) {
			page, err := site.List.Page(ctx, tx, store.Condition{}, store.Ask{})
			if err != nil {
				return nil, err
			}
			return page.Rows, site.Complete(ctx, tx, page.Rows)
		})
		for _, s := range page {
			whole := siteWith(t, db, s.Code)
			if s.Faculty != whole.Faculty || !slices.Equal(s.ClosedLevels, whole.ClosedLevels) {
				t.Errorf("%s is completed as %+v, %v", s.Code, s.Faculty, s.ClosedLevels)
			}
		}
	})
}
