package records_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

func (o *office) write(do func(ctx context.Context, tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Write(o.t.Context(), func(tx *store.Tx) error { return do(o.t.Context(), tx) }); err != nil {
		o.t.Fatal(err)
	}
}

func look[T any](o *office, what func(ctx context.Context, tx *store.Tx) (T, error)) T {
	o.t.Helper()
	found, err := store.Get(o.t.Context(), o.db, func(tx *store.Tx) (T, error) { return what(o.t.Context(), tx) })
	if err != nil {
		o.t.Fatal(err)
	}
	return found
}

// newest is the newest line of the log.
func (o *office) newest() int64 {
	return look(o, func(ctx context.Context, tx *store.Tx) (int64, error) {
		lines, err := audit.Find(ctx, tx, audit.Search{Limit: 1})
		return lines[0].ID, err
	})
}

// shown is what a browser would send of the form of a page that goes to an address, and
// what each field offers.
func (o *office) shown(login, path, action string) (sent url.Values, offers map[string][]string) {
	o.t.Helper()
	doc, err := html.Parse(strings.NewReader(strings.ReplaceAll(o.want(login, path, nil, http.StatusOK).body, "&", "&amp;")))
	if err != nil {
		o.t.Fatal(err)
	}
	sent, offers = url.Values{}, map[string][]string{}
	for form := range doc.Descendants() {
		if form.Data != "form" || of(form, "action") != action || !strings.EqualFold(of(form, "method"), "post") {
			continue
		}
		for n := range form.Descendants() {
			name := of(n, "name")
			switch {
			case n.Data == "input" && name != "" && slices.Contains([]string{"checkbox", "radio"}, of(n, "type")):
				offers[name] = append(offers[name], of(n, "value"))
				if has(n, "checked") {
					sent.Add(name, of(n, "value"))
				}
			case n.Data == "input" && name != "":
				sent.Add(name, of(n, "value"))
			case n.Data == "textarea" && n.FirstChild != nil:
				sent.Add(name, strings.TrimPrefix(n.FirstChild.Data, "\n"))
			case n.Data == "option":
				field := n.Parent
				for field.Data != "select" {
					field = field.Parent
				}
				offers[of(field, "name")] = append(offers[of(field, "name")], of(n, "value"))
				if has(n, "selected") {
					sent.Set(of(field, "name"), of(n, "value"))
				}
			}
		}
	}
	if len(sent) == 0 {
		o.t.Fatalf("%s has no form to %s", path, action)
	}
	return sent, offers
}

func of(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// full are forms with something in every field, by the address of their register.
var full = map[string]url.Values{
	"/students": {"family_name": {"Delorme"}, "given_name": {"Zoé"}, "email": {"zoe@valmer.fr"}, "number": {"77"}, "ine": {"123456789CD"}, "ine_kind": {"rnie"},
		"birth_date": {"2001-02-03"}, "level": {"DFASM2"}, "faculty": {"valmer"}, "lang": {"en"}},
	"/cohorts": {"code": {"M6"}, "name": {"Promotion M6"}, "level": {"DFASM2"}, "year": {"2026-2027"}, "faculty": {"valmer"}, "expected": {"120"}, "previous": {"M5"}},
	"/sites": {"code": {"CHUV-URG"}, "name": {"Urgences"}, "service": {"Service 4"}, "category": {"CHIR"}, "institution": {"CHUV"}, "faculty": {"valmer"},
		"min_seats": {"1"}, "ideal_seats": {"2"}, "max_seats": {"4"}, "main": {"1"}, "wishes": {"1"}, "outside": {"1"}, "closed_levels": {"DFASM1", "DFASM2"},
		"secondaries": {"CHUV-2"}, "description": {"Deux\nlignes"}, "link": {"https://chu.example/urgences"}, "address": {"1 rue A\nBâtiment B"}, "postal_code": {"14000"}, "town": {"Caen"}},
	"/institutions": {"code": {"CLIN"}, "name": {"Clinique"}, "kind": {"clinic"}, "finess": {"750712184"}, "siret": {"73282932000074"}, "address": {"2 rue B"}, "postal_code": {"14100"}, "town": {"Lisieux"}},
	"/contacts":     {"code": {"AMSEL"}, "name": {"Victor Amsel"}, "function": {"Secrétariat"}, "email": {"amsel@chu.fr"}, "phone": {"02 31 00 00 00"}},
}

// withMore adds a second year, a secondary site and a person of the whole office.
func withMore(t *testing.T) *office {
	t.Helper()
	o := open(t)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if _, err := reference.PutAcademicYear(ctx, tx, system, reference.AcademicYear{Code: "2026-2027", Name: "2026-2027", Interval: reference.Interval{From: "2026-09-01", To: "2027-08-31"}}); err != nil {
			return err
		}
		for _, code := range []string{"CHUV-2", "CHUV-3"} {
			if _, err := site.Put(ctx, tx, system, site.Site{Code: code, Name: "Antenne " + code, Category: reference.Ref{Code: "CHIR"}, Faculty: reference.Ref{Code: "valmer"}, MaxSeats: 2}); err != nil {
				return err
			}
		}
		return nil
	})
	return o
}

// What is entered in a form is shown in it again, field by field; sent as it is shown, it
// changes nothing; and each of its fields can be changed.
func TestAFormShowsAndKeepsEveryField(t *testing.T) {
	t.Parallel()
	o := withMore(t)
	for register, form := range full {
		page := o.want("nadia", register, form, http.StatusSeeOther).header.Get("Location")
		if page == "" {
			t.Fatalf("%s: nothing was added", register)
		}
		sent, _ := o.shown("nadia", page, page)
		for name, want := range form {
			if got := sent[name]; !slices.Equal(got, want) {
				t.Errorf("%s shows %q in %s, not %q", register, got, name, want)
			}
		}
		before := o.newest()
		o.want("nadia", page, sent, http.StatusSeeOther)
		if o.newest() != before {
			t.Errorf("%s: sent as it was shown, something changed", register)
		}
		for name, value := range map[string]map[string]string{
			"/students":     {"given_name": "Zo", "email": "z@valmer.fr", "number": "78", "level": "DFASM1", "lang": "fr", "birth_date": "2001-02-04", "active": ""},
			"/cohorts":      {"name": "M6 bis", "level": "DFASM1", "expected": "121", "previous": "", "archived": "1"},
			"/sites":        {"service": "S", "institution": "", "max_seats": "5", "main": "", "wishes": "", "outside": "", "closed_levels": "DFASM1", "link": "", "town": "Ifs", "archived": "1"},
			"/institutions": {"kind": "hospital", "finess": "", "siret": "", "town": "Caen", "archived": "1"},
			"/contacts":     {"function": "F", "email": "", "phone": "1", "archived": "1"},
		}[register] {
			changed := maps.Clone(sent)
			changed.Set(name, value)
			if name == "main" { // a secondary site has none of its own
				changed.Del("secondaries")
			}
			before := o.newest()
			changed.Del("seen")
			o.want("nadia", page, changed, http.StatusSeeOther)
			now, _ := o.shown("nadia", page, page)
			if o.newest() == before || now.Get(name) != value {
				t.Errorf("%s: %s was changed to %q, and is %q", register, name, value, now.Get(name))
			}
		}
	}
}

// What is archived is offered nowhere any more; where it stands it stays, and saving
// something else does not take it away.
func TestWhatIsArchivedIsOfferedOnlyWhereItStands(t *testing.T) {
	t.Parallel()
	o := withMore(t)
	form := maps.Clone(full["/sites"])
	form.Set("closed_levels", "DFASM1")
	page := o.want("nadia", "/sites", form, http.StatusSeeOther).header.Get("Location")
	pupil := o.want("nadia", "/students", full["/students"], http.StatusSeeOther).header.Get("Location")
	group := o.want("nadia", "/cohorts", full["/cohorts"], http.StatusSeeOther).header.Get("Location")
	stood := map[string]url.Values{}
	for _, path := range []string{page, pupil, group} {
		stood[path], _ = o.shown("nadia", path, path)
	}
	o.write(archive)
	for path, fields := range map[string]map[string][]string{
		"/sites":    {"category": {"", "MED"}, "institution": {""}, "faculty": {"", "caen"}, "closed_levels": nil, "secondaries": {"CHUV-3"}},
		"/students": {"level": {""}, "faculty": {"", "caen"}},
		"/cohorts":  {"level": {""}, "year": {"", "2025-2026"}, "faculty": {"", "caen"}},
	} {
		_, offers := o.shown("nadia", path+"/new", path)
		for name, want := range fields {
			if got := offers[name]; !slices.Equal(got, want) {
				t.Errorf("%s/new offers %q in %s, not %q", path, got, name, want)
			}
		}
	}
	for path, name := range map[string]string{page: "service", pupil: "given_name", group: "name"} {
		sent, _ := o.shown("nadia", path, path)
		sent.Set(name, "Autre")
		o.want("nadia", path, sent, http.StatusSeeOther)
		now, _ := o.shown("nadia", path, path)
		for field, was := range stood[path] {
			if field != name && field != "seen" && !slices.Equal(now[field], was) {
				t.Errorf("%s: %s was %q, and is %q after another field was changed", path, field, was, now[field])
			}
		}
	}
}

// archive archives all that the forms of [full] name, and adds a category.
func archive(ctx context.Context, tx *store.Tx) error {
	if _, err := site.PutCategory(ctx, tx, system, site.Category{Code: "MED", Acronym: "MED", Name: "Médecine"}); err != nil {
		return err
	}
	levels, err := reference.Levels(ctx, tx)
	if err != nil {
		return err
	}
	for _, l := range levels {
		l.Archived = true
		if _, err := reference.PutLevel(ctx, tx, system, l); err != nil {
			return err
		}
	}
	faculties, err := reference.Faculties(ctx, tx)
	if err != nil {
		return err
	}
	for _, f := range faculties {
		f.Archived = f.Code == "valmer"
		if _, err := reference.PutFaculty(ctx, tx, system, f); err != nil {
			return err
		}
	}
	years, err := reference.AcademicYears(ctx, tx)
	if err != nil {
		return err
	}
	years[0].Archived = true
	if _, err := reference.PutAcademicYear(ctx, tx, system, years[0]); err != nil {
		return err
	}
	categories, err := site.Categories(ctx, tx)
	if err != nil {
		return err
	}
	for _, c := range categories {
		c.Archived = c.Code == "CHIR"
		if _, err := site.PutCategory(ctx, tx, system, c); err != nil {
			return err
		}
	}
	institutions, err := site.Institutions(ctx, tx)
	if err != nil {
		return err
	}
	institutions[0].Archived = true
	if _, err := site.PutInstitution(ctx, tx, system, institutions[0]); err != nil {
		return err
	}
	sites, err := site.ByCodes(ctx, tx, []string{"CHUV-2"})
	if err != nil {
		return err
	}
	away := sites["chuv-2"]
	away.Archived = true
	_, err = site.Put(ctx, tx, system, away)
	return err
}

// The account of a contact is not in the form, and stays.
func TestAFormKeepsTheAccountOfAContact(t *testing.T) {
	t.Parallel()
	o := open(t)
	var c site.Contact
	o.write(func(ctx context.Context, tx *store.Tx) error {
		person, err := identity.AddPerson(ctx, tx, "test", identity.PersonForm{FamilyName: "Amsel"})
		if err != nil {
			return err
		}
		c, err = site.PutContact(ctx, tx, system, site.Contact{Code: "AMSEL", Name: "Amsel", Function: "F", PersonID: person.ID})
		return err
	})
	page := "/contacts/" + c.PublicID
	sent, _ := o.shown("nadia", page, page)
	sent.Set("phone", "12")
	o.want("nadia", page, sent, http.StatusSeeOther)
	now := look(o, func(ctx context.Context, tx *store.Tx) (site.Contact, error) {
		return site.ContactFor(ctx, tx, c.PublicID)
	})
	if now.Phone != "12" || now.PersonID != c.PersonID {
		t.Errorf("the contact is %+v", now)
	}
}

// Each duty of a contact is told by its own word.
func TestEachDutyOfAContactIsKept(t *testing.T) {
	t.Parallel()
	o := open(t)
	page := "/sites/" + o.site
	words := map[string]string{
		"visible": "visible des étudiants", "responsible": "responsable", "arrivals": "reçoit la liste des arrivants", "validates": "valide les stages", "signs": "signe les conventions",
	}
	for duty := range words {
		o.want("nadia", page+"/contacts", url.Values{"contact": {"SOREL"}, "site": {"CHUV-CHIR"}, duty: {"1"}, "order": {"3"}}, http.StatusSeeOther)
		links := look(o, func(ctx context.Context, tx *store.Tx) ([]site.ContactSite, error) { return site.ContactSites(ctx, tx) })
		if len(links) != 1 || links[0].SigningOrder != 3 {
			t.Fatalf("links %+v", links)
		}
		holds := map[string]bool{"visible": links[0].Visible, "responsible": links[0].Responsible, "arrivals": links[0].GetsArrivals, "validates": links[0].Validates, "signs": links[0].Signs}
		for name, is := range holds {
			if is != (name == duty) {
				t.Errorf("%s was ticked, %s is %v", duty, name, is)
			}
		}
		body := o.want("nadia", page, nil, http.StatusOK).body
		for name, word := range words {
			want := 1 // in the form
			if name == duty {
				want = 2
			}
			if got := strings.Count(body, word); got != want {
				t.Errorf("%s was ticked, and %q stands %d times on the page", duty, word, got)
			}
		}
	}
	o.want("nadia", page+"/contacts", url.Values{"contact": {"SOREL"}, "site": {"CHUV-CHIR"}, "order": {"3"}}, http.StatusSeeOther)
	o.want("nadia", page, nil, http.StatusOK, "rien de particulier")
	o.want("nadia", page+"/contacts", url.Values{"contact": {"SOREL"}, "site": {"CHUV-CHIR"}, "order": {"21"}}, http.StatusUnprocessableEntity)
	o.want("nadia", page+"/contacts", url.Values{"contact": {"NOBODY"}, "site": {"CHUV-CHIR"}, "order": {"1"}}, http.StatusUnprocessableEntity, "NOBODY")
	o.want("paul", page+"/contacts", url.Values{"contact": {"SOREL"}, "site": {"CHUV-CHIR"}}, http.StatusForbidden)
}

// The kind of an INE is asked only where its form says too little.
func TestTheKindOfAnINEIsTakenWhereOnlyOneIsPossible(t *testing.T) {
	t.Parallel()
	o := open(t)
	form := maps.Clone(full["/students"])
	form.Del("ine_kind")
	page := o.want("nadia", "/students", form, http.StatusSeeOther).header.Get("Location")
	if sent, _ := o.shown("nadia", page, page); sent.Get("ine_kind") != string(reference.INERNIE) {
		t.Errorf("123456789CD is kept as %q", sent.Get("ine_kind"))
	}
	form.Set("birth_date", "demain")
	form.Set("number", "78")
	o.want("nadia", "/students", form, http.StatusUnprocessableEntity, `id="f-birth_date-error"`, `value="demain"`)
}

// Somebody outside the reader's perimeter who looks alike is not named.
func TestALikenessElsewhereIsToldWithoutAName(t *testing.T) {
	t.Parallel()
	o := open(t)
	form := url.Values{"family_name": {"Ailleurs"}, "given_name": {"Zoé"}, "birth_date": {"25/01/2003"}, "number": {"5"}, "level": {"DFASM2"}, "faculty": {"valmer"}, "lang": {"fr"}}
	body := o.want("nadia", "/students", form, http.StatusUnprocessableEntity, "Une fiche hors de votre périmètre ressemble à cette personne").body
	if strings.Contains(body, "9001") {
		t.Error("the number of another faculty's student is told")
	}
	paths := []string{"/students/" + o.student["9001"] + "/merge", "/students/" + o.student["1001"] + "/merge?with=" + o.student["9001"]}
	for _, path := range paths {
		o.want("nadia", path, nil, http.StatusNotFound)
	}
	if found := o.want("nadia", "/students/"+o.student["1001"]+"/merge?search=ailleurs", nil, http.StatusOK, "Aucune autre fiche").body; strings.Contains(found, "9001") {
		t.Error("the search finds another faculty's student")
	}
	o.want("nadia", "/students/"+o.student["1001"]+"/merge?search=amblard", nil, http.StatusOK, o.student["1003"])
}

// Two records that are two people are not asked about again; without a reason, they are.
func TestTwoPeopleAreDeclaredToBeTwo(t *testing.T) {
	t.Parallel()
	o := open(t)
	lena := "/students/" + o.student["1001"]
	o.want("nadia", lena+"/distinct", url.Values{"with": {o.student["1002"]}, "reason": {" "}}, http.StatusUnprocessableEntity, "motif")
	o.want("nadia", lena+"/merge", nil, http.StatusOK, "même INE")
	o.want("paul", lena+"/distinct", url.Values{"with": {o.student["1002"]}, "reason": {"Sœurs"}}, http.StatusForbidden)
	o.want("nadia", lena+"/distinct", url.Values{"with": {o.student["1002"]}, "reason": {"Sœurs"}}, http.StatusSeeOther)
	o.want("nadia", lena+"/merge", nil, http.StatusOK, "Aucune autre fiche ne ressemble à celle-ci")
	if body := o.want("nadia", "/students?f.watch=twin&format=csv", nil, http.StatusOK).body; strings.Contains(body, "Marchetti") {
		t.Errorf("they are still watched: %s", body)
	}
}

// A merge takes the fields that were chosen, and the reader says which record stays.
func TestAMergeTakesWhatWasChosen(t *testing.T) {
	t.Parallel()
	o := open(t)
	keep, drop := o.student["1002"], o.student["1001"]
	to := o.want("nadia", "/students/"+drop+"/merge", url.Values{"keep": {keep}, "drop": {drop}, "take": {"email"}, "reason": {"Double"}}, http.StatusSeeOther).header.Get("Location")
	if to != "/students/"+keep+"/merge" {
		t.Errorf("led to %s", to)
	}
	kept := look(o, func(ctx context.Context, tx *store.Tx) (student.Student, error) {
		return student.ByPublicID(ctx, tx, keep)
	})
	if kept.Person.Email != "lena@valmer.fr" || kept.Person.GivenName != "Lena" || kept.Number != "1002" {
		t.Errorf("the record is %+v", kept)
	}
	o.want("nadia", "/students/"+drop, nil, http.StatusNotFound)
}

// The list says of each student what there is to look at, and its file holds the columns
// that were chosen.
func TestTheListOfStudentsSaysWhatToLookAt(t *testing.T) {
	t.Parallel()
	o := open(t)
	victoire := "/students/" + o.student["1003"]
	sent, _ := o.shown("nadia", victoire, victoire)
	sent.Del("active")
	o.want("nadia", victoire, sent, http.StatusSeeOther)
	body := o.want("nadia", "/students?format=csv&cols=name&cols=number&cols=watch&cols=ine&cols=birth_date&cols=faculty&cols=cohort", nil, http.StatusOK).body
	for number, words := range map[string][]string{
		"1001": {"Doublon possible", "123456789AB", "Santé de valmer"}, "1003": {"A quitté la formation", "25/01/2003"}, "1004": {"Sans adresse"},
	} {
		found := false
		for line := range strings.SplitSeq(body, "\r\n") {
			if !strings.Contains(line, number) {
				continue
			}
			found = true
			for _, word := range words {
				if !strings.Contains(line, word) {
					t.Errorf("%s does not say %q: %s", number, word, line)
				}
			}
		}
		if !found {
			t.Errorf("no %s in %s", number, body)
		}
	}
	for filter, want := range map[string]string{"f.watch=left": "1003", "f.watch=no-email": "1004", "f.level=DFASM2&f.number=1004": "1004"} {
		body := o.want("nadia", "/students?format=csv&"+filter, nil, http.StatusOK).body
		if got := strings.Count(strings.TrimSpace(body), "\r\n"); !strings.Contains(body, want) || strings.Contains(body, "Ailleurs") || (filter != "f.watch=no-email" && got != 1) {
			t.Errorf("%s: %s", filter, body)
		}
	}
}

// A site of another faculty is in no list and on no page of an office's, and stays as it is.
func TestSitesElsewhereAreNotTheOfficesOwn(t *testing.T) {
	t.Parallel()
	o := withMore(t)
	var away site.Site
	o.write(func(ctx context.Context, tx *store.Tx) (err error) {
		away, err = site.Put(ctx, tx, system, site.Site{Code: "CAEN-1", Name: "Service lointain", Category: reference.Ref{Code: "CHIR"}, Faculty: reference.Ref{Code: "caen"}, MaxSeats: 2})
		return err
	})
	for _, list := range []string{"/sites", "/sites?format=csv", "/sites?q=lointain"} {
		if body := o.want("nadia", list, nil, http.StatusOK).body; strings.Contains(body, "CAEN-1") {
			t.Errorf("%s shows a site of another faculty", list)
		}
	}
	before := o.newest()
	page := "/sites/" + away.PublicID
	o.want("nadia", page, nil, http.StatusNotFound)
	form := maps.Clone(full["/sites"])
	o.want("nadia", page, form, http.StatusForbidden)
	o.want("nadia", page+"/contacts", url.Values{"contact": {"SOREL"}, "site": {"CAEN-1"}, "order": {"1"}}, http.StatusForbidden)
	form.Set("faculty", "caen")
	o.want("nadia", "/sites", form, http.StatusForbidden)
	if o.newest() != before {
		t.Error("something was done")
	}
}
