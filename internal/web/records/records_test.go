package records_test

import (
	"bytes"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/web/page"
)

// An office is a site with a few students, places and people.
type office struct {
	t       testing.TB
	db      *store.DB
	handler http.Handler
	tokens  map[string]string
	student map[string]string // public identifiers, by number
	site    string
}

var system = identity.System("test")

func open(t testing.TB) *office {
	t.Helper()
	o := &office{t: t, db: storetest.Open(t, store.SQLite), tokens: map[string]string{}, student: map[string]string{}}
	o.handler = node.Pages(&page.Site{DB: o.db, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), BaseURL: "https://stagora.test"}, &campaign.Campaigns{DB: o.db})
	if err := o.db.Write(t.Context(), o.fill); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) fill(tx *store.Tx) error {
	ctx := o.t.Context()
	if err := identity.DeclareRights(ctx, tx, node.Rights()); err != nil {
		return err
	}
	for _, code := range []string{"valmer", "caen"} {
		if _, err := reference.PutFaculty(ctx, tx, system, reference.Faculty{Code: code, Name: "Santé de " + code}); err != nil {
			return err
		}
	}
	for i, code := range []string{"DFASM1", "DFASM2"} {
		if _, err := reference.PutLevel(ctx, tx, system, reference.Level{Code: code, Name: code, Position: i + 1}); err != nil {
			return err
		}
	}
	if _, err := reference.PutAcademicYear(ctx, tx, system, reference.AcademicYear{Code: "2025-2026", Name: "2025-2026", Interval: reference.Interval{From: "2025-09-01", To: "2026-08-31"}}); err != nil {
		return err
	}
	cohort, err := student.PutCohort(ctx, tx, system, student.Cohort{
		Code: "M5", Name: "Promotion M5", Level: reference.Ref{Code: "DFASM2"}, Year: reference.Ref{Code: "2025-2026"}, Faculty: reference.Ref{Code: "valmer"}, Expected: 3,
	})
	if err != nil {
		return err
	}
	for _, s := range []struct{ number, family, given, email, level, ine, faculty string }{
		{"1001", "Marchetti", "Léna", "lena@valmer.fr", "DFASM2", "123456789AB", "valmer"},
		{"1002", "Marchetti", "Lena", "", "DFASM2", "123456789AB", "valmer"},
		{"1003", "Amblard", "Victoire", "victoire@valmer.fr", "DFASM1", "", "valmer"},
		{"1004", "Oster", "Karim", "", "DFASM2", "", "valmer"},
		{"9001", "Ailleurs", "Zoé", "zoe@caen.fr", "DFASM2", "", "caen"},
	} {
		kind := reference.INEKind("")
		if s.ine != "" {
			kind = reference.INERNIE
		}
		kept, err := student.Put(ctx, tx, system, student.Student{
			Person: identity.Person{FamilyName: s.family, GivenName: s.given, Email: s.email}, Number: s.number, INE: s.ine, INEKind: kind, BirthDate: "2003-01-25",
			Level: reference.Ref{Code: s.level}, Faculty: reference.Ref{Code: s.faculty}, Active: true,
		})
		if err != nil {
			return err
		}
		o.student[s.number] = kept.PublicID
		if s.number == "1001" {
			if err := student.PutMember(ctx, tx, system, cohort.PublicID, kept.PublicID); err != nil {
				return err
			}
		}
	}
	if _, err := site.PutCategory(ctx, tx, system, site.Category{Code: "CHIR", Acronym: "CHIR", Name: "Chirurgie", Main: true}); err != nil {
		return err
	}
	if _, err := site.PutInstitution(ctx, tx, system, site.Institution{Code: "CHUV", Name: "CHU de Valmer", Kind: site.UniversityHospital}); err != nil {
		return err
	}
	place, err := site.Put(ctx, tx, system, site.Site{
		Code: "CHUV-CHIR", Name: "Chirurgie digestive", Category: reference.Ref{Code: "CHIR"}, Institution: reference.Ref{Code: "CHUV"}, Faculty: reference.Ref{Code: "valmer"},
		Main: true, WishesAllowed: true, MinSeats: 1, IdealSeats: 2, MaxSeats: 3,
	})
	o.site = place.PublicID
	if err != nil {
		return err
	}
	if _, err := site.PutContact(ctx, tx, system, site.Contact{Code: "SOREL", Function: "Responsable", Name: "Hélène Sorel", Email: "h@chu.fr"}); err != nil {
		return err
	}
	for login, role := range map[string]string{"nadia": identity.RoleOffice, "paul": identity.RoleCommission} {
		person, err := identity.AddPerson(ctx, tx, "test", identity.PersonForm{FamilyName: "Lopes", GivenName: login})
		if err != nil {
			return err
		}
		if err := identity.GrantRole(ctx, tx, person.ID, role, identity.Faculty("valmer"), "Valmer", tx.Now, tx.Now.AddDate(1, 0, 0)); err != nil {
			return err
		}
		account, err := identity.AddAccount(ctx, tx, person.ID, login, identity.PasswordHash{}, true)
		if err != nil {
			return err
		}
		if o.tokens[login], err = identity.OpenSession(ctx, tx, account, "test"); err != nil {
			return err
		}
	}
	return nil
}

// An answer is what came back: a page with its entities read and plain spaces.
type answer struct {
	status int
	body   string
	header http.Header
}

func (o *office) send(login string, r *http.Request) answer {
	o.t.Helper()
	r.AddCookie(&http.Cookie{Name: "stagora_session", Value: o.tokens[login]})
	w := httptest.NewRecorder()
	o.handler.ServeHTTP(w, r)
	a := answer{w.Code, w.Body.String(), w.Result().Header}
	if strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		if i := strings.Index(a.body, "⟦"); i >= 0 {
			o.t.Errorf("%s: a sentence is missing: %.60s", r.URL, a.body[i:])
		}
		a.body = strings.ReplaceAll(html.UnescapeString(a.body), "\u00a0", " ")
	}
	return a
}

// want fails unless a page has a status and holds each of the words. A form makes
// it a POST.
func (o *office) want(login, path string, form url.Values, status int, words ...string) answer {
	o.t.Helper()
	r := httptest.NewRequestWithContext(o.t.Context(), http.MethodGet, path, nil)
	if form != nil {
		r = httptest.NewRequestWithContext(o.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	a := o.send(login, r)
	o.check(path, a, status, words...)
	return a
}

func (o *office) check(path string, a answer, status int, words ...string) {
	o.t.Helper()
	if a.status != status {
		o.t.Errorf("%s: %d, want %d\n%s", path, a.status, status, excerpt(a.body))
	}
	for _, word := range words {
		if !strings.Contains(a.body, word) {
			o.t.Errorf("%s does not say %q\n%s", path, word, excerpt(a.body))
		}
	}
}

var tag = regexp.MustCompile(`<[^>]*>|\s+`)

func excerpt(body string) string {
	if i := strings.Index(body, "<main"); i >= 0 {
		body = body[i:]
	}
	s := tag.ReplaceAllString(body, " ")
	return s[:min(len(s), 2000)]
}

// drop uploads a file and returns the address of its import.
func (o *office) drop(kind, name string, content []byte) answer {
	o.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("kind", kind); err != nil {
		o.t.Fatal(err)
	}
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		o.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(o.t.Context(), http.MethodPost, "/imports", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return o.send("nadia", r)
}

func (o *office) people() int {
	o.t.Helper()
	n := 0
	err := o.db.Read(o.t.Context(), func(tx *store.Tx) error {
		all, err := student.All(o.t.Context(), tx)
		n = len(all)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

var digest = regexp.MustCompile(`name="digest" value="([0-9a-f]+)"`)

func TestTheOfficeTriesDecidesImportsAndUndoesAFile(t *testing.T) {
	t.Parallel()
	o := open(t)
	file, err := os.ReadFile("../../exchange/stagetrek/testdata/students.csv")
	if err != nil {
		t.Fatal(err)
	}
	before := o.people()
	up := o.drop("students", "rentree.csv", file)
	o.check("/imports", up, http.StatusSeeOther)
	path := up.header.Get("Location")
	a := o.want("nadia", path, nil, http.StatusOK, "23 à créer (dont 1 avertissement), 1 refusée, 1 doublon à trancher",
		"Niveau DFSAM2 inconnu. Vouliez-vous dire DFASM2 ?", `value="DFASM2"`, "Garder la ligne 13, écarter la ligne 26", "Garder la ligne 26, écarter la ligne 13")
	o.want("nadia", path+"/apply", url.Values{"digest": {digest.FindStringSubmatch(a.body)[1]}}, http.StatusUnprocessableEntity, "2 lignes du fichier « rentree.csv » sont refusées ou à trancher")
	rows := o.want("nadia", path+"?outcome=open&format=csv", nil, http.StatusOK, "Adresse", "Motifs", "DFSAM2")
	if got := strings.Count(rows.body, "\r\n"); got != 3 {
		t.Errorf("%d lines to correct, want a header and two rows", got)
	}
	o.want("nadia", path+"/decisions", url.Values{"do": {"correct:20"}, "cell.level": {"DFASM2"}}, http.StatusSeeOther)
	o.want("nadia", path+"/decisions", url.Values{"do": {"keep:26"}, "other": {"13"}}, http.StatusSeeOther)
	o.want("nadia", path+"/decisions", url.Values{"do": {"what"}}, http.StatusUnprocessableEntity, "Cette décision ne se comprend pas")
	if o.people() != before {
		t.Error("something was written before the file was applied")
	}
	a = o.want("nadia", path, nil, http.StatusOK, "24 à créer (dont 1 avertissement), 1 écartée")
	o.want("nadia", path+"/apply", url.Values{"digest": {"0"}}, http.StatusConflict, "ont changé depuis le contrôle")
	o.want("nadia", path+"/apply", url.Values{"digest": {digest.FindStringSubmatch(a.body)[1]}}, http.StatusSeeOther)
	if got := o.people(); got != before+24 {
		t.Errorf("%d people, want %d", got, before+24)
	}
	o.want("nadia", "/imports", nil, http.StatusOK, "rentree.csv", "24 lignes créées, 1 écartée", "Importé")
	o.want("nadia", path, nil, http.StatusOK, "Annuler cet import", "Créée", "Écartée")
	o.want("nadia", path+"/undo", url.Values{}, http.StatusSeeOther)
	if got := o.people(); got != before {
		t.Errorf("%d people after undoing, want %d", got, before)
	}
	o.want("nadia", path+"/undo", url.Values{}, http.StatusConflict, "a déjà été annulé")
}

func TestAFileThatCannotBeReadIsRefusedAndNothingIsKept(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.check("empty", o.drop("students", "vide.csv", nil), http.StatusUnprocessableEntity, "Le fichier « vide.csv » est vide")
	o.check("kind", o.drop("trees", "x.csv", []byte("a;b\n1;2\n")), http.StatusUnprocessableEntity, "« trees » n’est pas dans la liste proposée")
	up := o.drop("students", "x.csv", []byte("a;b\n1;2\n"))
	o.want("nadia", up.header.Get("Location"), nil, http.StatusOK, "La colonne « Numéro étudiant » est obligatoire", "disabled")
	o.want("paul", "/imports", nil, http.StatusForbidden)
	o.want("nadia", "/imports/nothing", nil, http.StatusNotFound, "Cet import n’existe pas")
}

// The three corrections that a campaign waits for: a double record, a level, an
// address.
func TestTheOfficeCorrectsWhoIsMissing(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.want("nadia", "/students?f.watch=twin", nil, http.StatusOK, "Marchetti", "Doublon possible")
	merge := "/students/" + o.student["1001"] + "/merge"
	o.want("nadia", merge, nil, http.StatusOK, "même INE", "Comparer")
	o.want("nadia", merge+"?with="+o.student["1002"], nil, http.StatusOK, "La fiche de Léna Marchetti (n° 1001) est gardée", "Ce qui diffère", "Lena")
	o.want("nadia", merge+"?with="+o.student["1002"]+"&keep="+o.student["1002"], nil, http.StatusOK, "La fiche de Lena Marchetti (n° 1002) est gardée")
	other := "/students/" + o.student["1002"] + "/merge?with=" + o.student["1001"]
	o.want("nadia", other, nil, http.StatusOK, "La fiche de Léna Marchetti (n° 1001) est gardée", "la plus utilisée")
	o.want("nadia", other+"&keep="+o.student["1002"], nil, http.StatusOK, "La fiche de Lena Marchetti (n° 1002) est gardée")
	pair := url.Values{"keep": {o.student["1001"]}, "drop": {o.student["1002"]}}
	o.want("nadia", other, pair, http.StatusUnprocessableEntity, "Indiquez le motif", "La fiche de Léna Marchetti (n° 1001) est gardée")
	o.want("nadia", merge+"?with="+o.student["1002"], pair, http.StatusUnprocessableEntity, "Indiquez le motif")
	pair.Set("reason", "Deux inscriptions")
	o.want("nadia", merge, pair, http.StatusSeeOther)
	a := o.want("nadia", merge, nil, http.StatusOK, "Fiche n° 1002 réunie à la fiche n° 1001", "Annuler la fusion", "Deux inscriptions")
	if o.want("nadia", "/students", nil, http.StatusOK); strings.Contains(o.want("nadia", "/students", nil, http.StatusOK).body, "1002") {
		t.Error("the merged record is still in the list")
	}
	undo := regexp.MustCompile(`action="(` + merge + `/[^"]+/undo)"`).FindStringSubmatch(a.body)[1]
	o.want("nadia", undo, url.Values{"reason": {""}}, http.StatusUnprocessableEntity)
	o.want("nadia", undo, url.Values{"reason": {"Erreur"}}, http.StatusSeeOther)
	o.want("nadia", merge, nil, http.StatusOK, "même INE", "Annulée le")

	victoire := "/students/" + o.student["1003"]
	form := url.Values{"family_name": {"Amblard"}, "given_name": {"Victoire"}, "email": {"victoire@"}, "number": {"1003"}, "level": {"DFASM2"}, "faculty": {"valmer"}, "active": {"1"}, "birth_date": {"2003-01-25"}, "lang": {"fr"}}
	o.want("nadia", victoire, form, http.StatusUnprocessableEntity, "« victoire@ » n’est pas une adresse électronique", `value="victoire@"`)
	form.Set("email", "victoire@valmer.fr")
	o.want("nadia", victoire, form, http.StatusSeeOther)
	o.want("nadia", victoire, nil, http.StatusOK, "n° 1003 · DFASM2", "a modifié la fiche de Victoire Amblard")
	form.Set("seen", "2020-01-01T00:00:00Z")
	o.want("nadia", victoire, form, http.StatusConflict, "nadia Lopes a modifié cette fiche entre-temps")

	karim := "/students/" + o.student["1004"]
	o.want("nadia", karim, url.Values{"family_name": {"Oster"}, "given_name": {"Karim"}, "email": {"karim@valmer.fr"}, "number": {"1004"}, "level": {"DFASM2"}, "faculty": {"valmer"}, "active": {"1"}, "lang": {"fr"}}, http.StatusSeeOther)
	o.want("nadia", karim, nil, http.StatusOK, "karim@valmer.fr")
}

func TestAStudentWhoLooksLikeAnotherIsAddedOnlyAfterALook(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.want("nadia", "/students/new", nil, http.StatusOK, "Ajouter un étudiant")
	form := url.Values{"family_name": {"Amblard"}, "given_name": {"Victoire"}, "birth_date": {"25/01/2003"}, "number": {"77"}, "level": {"DFASM2"}, "faculty": {"valmer"}, "lang": {"fr"}}
	o.want("nadia", "/students", form, http.StatusUnprocessableEntity, "Victoire Amblard (n° 1003) ressemble à cette personne : même nom et même date de naissance")
	form.Set("distinct", "1")
	o.want("nadia", "/students", form, http.StatusSeeOther)
	form.Set("number", "1003")
	o.want("nadia", "/students", form, http.StatusUnprocessableEntity, "« 1003 » est déjà utilisé par Victoire Amblard")
}

func TestLeavesCohortsAndContactsAreKeptBesideTheForm(t *testing.T) {
	t.Parallel()
	o := open(t)
	karim := "/students/" + o.student["1004"]
	o.want("nadia", karim+"/leaves", url.Values{"from": {"2026-02-01"}, "to": {"2026-01-01"}}, http.StatusUnprocessableEntity, "doit venir après le début", `value="Oster"`)
	o.want("nadia", karim+"/leaves", url.Values{"from": {"2026-01-01"}, "to": {"2026-02-01"}}, http.StatusSeeOther)
	a := o.want("nadia", karim, nil, http.StatusOK, "01/01/2026 – 01/02/2026")
	o.want("nadia", regexp.MustCompile(`action="(` + karim + `/leaves/[^"]+/remove)"`).FindStringSubmatch(a.body)[1], url.Values{}, http.StatusSeeOther)
	cohort := regexp.MustCompile(`<option value="([0-9a-f-]{36})"`).FindStringSubmatch(a.body)[1]
	o.want("nadia", karim+"/cohorts", url.Values{"cohort": {cohort}}, http.StatusSeeOther)
	o.want("nadia", karim, nil, http.StatusOK, "Retirer de la promotion Promotion M5")
	o.want("nadia", "/cohorts/"+cohort, nil, http.StatusOK, "2 étudiants, 3 attendus")
	o.want("nadia", karim+"/cohorts/leave", url.Values{"cohort": {cohort}}, http.StatusSeeOther)

	site := "/sites/" + o.site
	o.want("nadia", site, nil, http.StatusOK, "CHUV-CHIR · CHU de Valmer", "Aucun contact rattaché")
	o.want("nadia", site+"/contacts", url.Values{"contact": {"SOREL"}, "site": {"CHUV-CHIR"}, "signs": {"1"}, "order": {"1"}}, http.StatusSeeOther)
	o.want("nadia", site, nil, http.StatusOK, "Hélène Sorel", "signe les conventions")
	o.want("nadia", "/contacts", nil, http.StatusOK, "Hélène Sorel", "CHUV-CHIR")
	o.want("nadia", site+"/contacts/remove", url.Values{"contact": {"SOREL"}, "site": {"CHUV-CHIR"}}, http.StatusSeeOther)
	form := url.Values{"code": {"CHUV-CHIR"}, "name": {"Chirurgie"}, "category": {"CHIR"}, "institution": {"CHUV"}, "faculty": {"valmer"}, "min_seats": {"4"}, "ideal_seats": {"2"}, "max_seats": {"3"}, "main": {"1"}, "wishes": {"1"}}
	o.want("nadia", site, form, http.StatusUnprocessableEntity, "Le nombre idéal de places (2) ne peut pas être inférieur au minimum (4)")
	form["min_seats"], form["closed_levels"] = []string{"2"}, []string{"DFASM1"}
	o.want("nadia", site, form, http.StatusSeeOther)
	o.want("nadia", "/sites?c=name&c=closed", nil, http.StatusOK, "Chirurgie")
}

// Every list is there as a page and as files, and holds what its reader may see.
func TestEveryListIsReadFilteredAndExported(t *testing.T) {
	t.Parallel()
	o := open(t)
	for path, says := range map[string]string{"/students": "Amblard", "/cohorts": "Promotion M5", "/sites": "Chirurgie digestive", "/institutions": "CHU de Valmer", "/contacts": "Sorel"} {
		a := o.want("nadia", path, nil, http.StatusOK, says)
		if strings.Contains(a.body, "Ailleurs") {
			t.Errorf("%s shows another faculty's student", path)
		}
		o.want("nadia", path+"?format=csv", nil, http.StatusOK, says)
		if a := o.want("nadia", path+"?format=xlsx", nil, http.StatusOK); !strings.HasPrefix(a.body, "PK") {
			t.Errorf("%s: not a spreadsheet", path)
		}
		o.want("nadia", path+"/new", nil, http.StatusOK)
		o.want("paul", path+"/new", nil, http.StatusForbidden)
		o.want("nadia", path+"/nothing", nil, http.StatusNotFound)
	}
	if a := o.want("nadia", "/students?f.name=amb&format=csv", nil, http.StatusOK); strings.Contains(a.body, "Oster") {
		t.Error("the export is not what is seen")
	}
	o.want("nadia", "/students/"+o.student["9001"], nil, http.StatusNotFound)
	o.want("paul", "/students/"+o.student["1003"], nil, http.StatusOK, "Vous pouvez lire cette fiche, pas la modifier")
	o.want("paul", "/students/"+o.student["1003"]+"/merge", nil, http.StatusForbidden)
}
