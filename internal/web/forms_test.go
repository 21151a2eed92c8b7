package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// A form that is sent costs as few statements as a page. Those of what the office keeps
// and of the administrators are sent here, as they are filled in and as they are
// refused, in the large world.

// formRooms are the beginnings of the addresses whose forms are all sent.
var formRooms = []string{
	"/students", "/cohorts", "/sites", "/institutions", "/contacts", "/imports", "/parameters", "/people", "/roles", "/mails", "/jobs",
}

// A sending is one form that the administrator sends. Its address and its fields name
// in braces what an earlier sending has found, or what [namedBy] finds.
type sending struct {
	pattern string // of the route, with what the address names
	fields  string
	code    int    // of the answer
	found   string // what the address of the page that follows ends with
	file    string // content of a file that goes with it
	part    bool   // it checks, writes or takes back a part of a file
}

// What a form may cost: statements, the session included, and those for a part of a
// file, which are as many for some hundred rows as for one.
const (
	formBudget = 25
	perPart    = 15
)

const (
	went    = http.StatusSeeOther
	refused = http.StatusUnprocessableEntity
	late    = http.StatusConflict
)

// namedBy are statements that find what forms name.
var namedBy = map[string]string{
	"level":        "SELECT code FROM reference_level ORDER BY id LIMIT 1",
	"otherlevel":   "SELECT code FROM reference_level ORDER BY id DESC LIMIT 1",
	"faculty":      "SELECT code FROM reference_faculty ORDER BY id LIMIT 1",
	"year":         "SELECT code FROM reference_year ORDER BY id LIMIT 1",
	"category":     "SELECT code FROM site_category ORDER BY id LIMIT 1",
	"institution":  "SELECT code FROM site_institution ORDER BY id LIMIT 1",
	"cohort":       "SELECT public_id FROM student_cohort ORDER BY id DESC LIMIT 1",
	"cohortcode":   "SELECT code FROM student_cohort ORDER BY id LIMIT 1",
	"leave":        "SELECT public_id FROM student_leave ORDER BY id DESC LIMIT 1",
	"merge":        "SELECT public_id FROM student_merge ORDER BY id DESC LIMIT 1",
	"doubleperson": "SELECT p.public_id FROM student_student s JOIN identity_person p ON p.id = s.person_id WHERE s.number = '99000002'",
	"grant":        "SELECT public_id FROM identity_grant ORDER BY id DESC LIMIT 1",
	"stopped":      "SELECT public_id FROM notice_message WHERE state = 'cancelled' ORDER BY id LIMIT 1",
	"waiting":      "SELECT public_id FROM notice_message WHERE state = 'waiting' ORDER BY id LIMIT 1",
	"queued":       "SELECT public_id FROM job_task WHERE state = 'queued' ORDER BY id LIMIT 1",
	"cancelled":    "SELECT public_id FROM job_task WHERE state = 'cancelled' ORDER BY id DESC LIMIT 1",
}

// sendings are the forms, in an order in which each finds what it needs.
func sendings() []sending {
	return slices.Concat(studentSendings(), siteSendings(), importSendings(), parameterSendings(), peopleSendings(), activitySendings())
}

func studentSendings() []sending {
	const (
		student = "level={level}&faculty={faculty}&lang=fr&birth_date=2003-04-05&"
		twin    = student + "family_name=Tessier-Vaugirard&given_name=Capucine&email=capucine.tv@etu.example&"
		seen    = "&seen=2020-01-01T00:00:00Z" // before whatever stands there
		all     = "&take=family_name&take=given_name&take=email&take=number&take=birth_date&take=level"
	)
	return []sending{
		{pattern: "POST /students", fields: student + "family_name=", code: refused},
		{pattern: "POST /students", fields: twin + "number=99000001&ine=1234567890V", code: went, found: "first"},
		{pattern: "POST /students", fields: twin + "number=99000002", code: refused},
		{pattern: "POST /students", fields: twin + "number=99000002&distinct=1", code: went, found: "double"},
		{pattern: "POST /students/{first}", fields: student + "family_name=", code: refused},
		{pattern: "POST /students/{first}", fields: student + "family_name=Tessier" + seen, code: late},
		{pattern: "POST /people/{doubleperson}/accounts", fields: "login=capucine.double", code: went},
		{pattern: "POST /students", fields: "level={level}&faculty={faculty}&lang=fr&birth_date=2003-05-04&family_name=Tessier&given_name=Capucine+Marie&number=99000004&distinct=1", code: went},
		{pattern: "POST /students/{double}", fields: "level={otherlevel}&faculty={faculty}&lang=en&active=1&birth_date=2003-05-04&family_name=Tessier&given_name=Capucine+Marie&number=99000003&email=capucine@etu.example", code: went},
		{pattern: "POST /students/{first}/cohorts", fields: "cohort={cohort}", code: went},
		{pattern: "POST /students/{double}/cohorts", fields: "cohort={cohort}", code: went},
		{pattern: "POST /students/{first}/leaves", fields: "from=2027-03-01&to=2027-02-01", code: refused},
		{pattern: "POST /students/{first}/leaves", fields: "from=2027-02-01&to=2027-03-01&comment=Stage", code: went},
		{pattern: "POST /students/{first}/leaves/{leave}/remove", code: went},
		{pattern: "POST /students/{first}/merge?with={double}", fields: "keep={first}&drop={double}", code: refused},
		{pattern: "POST /students/{first}/merge", fields: "keep={first}&drop={double}&reason=doublon" + all, code: went},
		{pattern: "POST /students/{first}/merge/{merge}/undo", code: refused},
		{pattern: "POST /students/{first}/merge/{merge}/undo", fields: "reason=homonymes", code: went},
		{pattern: "POST /students/{first}/distinct", fields: "with={double}", code: refused},
		{pattern: "POST /students/{first}/distinct", fields: "with={double}&reason=homonymes", code: went},
		{pattern: "POST /students/{first}/cohorts/leave", fields: "cohort={cohort}", code: went},

		{pattern: "POST /cohorts", fields: "code=", code: refused},
		{pattern: "POST /cohorts", fields: "code=ESSAI-1&name=Essai&level={level}&year={year}&faculty={faculty}&expected=12", code: went, found: "added"},
		{pattern: "POST /cohorts/{added}", fields: "code=", code: refused},
		{pattern: "POST /cohorts/{added}", fields: "code=ESSAI-2&name=Essai+2&level={otherlevel}&year={year}&faculty={faculty}&expected=13&archived=1", code: went},
	}
}

func siteSendings() []sending {
	const seats = "&category={category}&min_seats=1&ideal_seats=2&max_seats=4&main=1&wishes=1&secondaries={secondary}"
	return []sending{
		{pattern: "POST /institutions", fields: "code=", code: refused},
		{pattern: "POST /institutions", fields: "code=ESSAI&name=Essai&kind=hospital", code: went, found: "house"},
		{pattern: "POST /institutions/{house}", fields: "code=", code: refused},
		{pattern: "POST /institutions/{house}", fields: "code=ESSAI2&name=Autre+essai&kind=clinic&town=Valmer&archived=1", code: went},

		{pattern: "POST /contacts", fields: "code=", code: refused},
		{pattern: "POST /contacts", fields: "code=ESSAI&function=Responsable&name=Dr+Essai&email=essai@hopital.example", code: went, found: "doctor"},
		{pattern: "POST /contacts/{doctor}", fields: "code=", code: refused},
		{pattern: "POST /contacts/{doctor}", fields: "code=ESSAI&function=Responsable&name=Dr+Autre&email=autre@hopital.example&phone=0102030405", code: went},

		{pattern: "POST /sites", fields: "code=", code: refused},
		{pattern: "POST /sites", fields: "code=SECOND&name=Second&category={category}&min_seats=1&ideal_seats=2&max_seats=3", code: went},
		{pattern: "POST /sites", fields: "code=ESSAI&name=Essai" + seats, code: went, found: "place"},
		{pattern: "POST /sites/{place}", fields: "code=", code: refused},
		{pattern: "POST /sites/{place}", fields: "code=ESSAI2&name=Autre&faculty={faculty}&closed_levels={level}&institution={institution}" + seats, code: went},
		{pattern: "POST /sites/{place}/contacts", fields: "site=ESSAI2&contact=&order=1", code: refused},
		{pattern: "POST /sites/{place}/contacts", fields: "site=ESSAI2&contact=ESSAI&visible=1&order=1", code: went},
		{pattern: "POST /sites/{place}/contacts", fields: "site=ESSAI2&contact=ESSAI&responsible=1&signs=1&order=2", code: went},
		{pattern: "POST /sites/{place}/contacts/remove", fields: "site=ESSAI2&contact=ESSAI", code: went},
	}
}

func importSendings() []sending {
	const (
		students = ";Numéro étudiant;Nom;Prénom;Mail;Date de naissance;Adresse;Code postale;Ville;Groupe;Niveau;INE\n" +
			";97000001;Aubrac;Zélie;zelie.aubrac@etu.example;01/01/2002;1 rue des Lilas;14000;Valmer;{cohortcode};;\n" +
			";97000002;Bennani;Karime;karime.bennani@etu.example;08/02/2003;2 rue des Lilas;14000;Valmer;ailleurs;;\n"
		sites = "categorie;code;libelle;min_place;ideal_place;max_place;hors_subdivision;preferences;service;lien;adresse;adresse_complement;cp;ville;cedex\n" +
			"{category};FICHIER;Chirurgie du fichier;1;2;3;;;Chirurgie;;1 avenue du Port;;01400;Valmer;\n"
	)
	return []sending{
		{pattern: "POST /imports", code: refused},
		{pattern: "POST /imports", fields: "kind=students", file: students, code: went, found: "import"},
		{pattern: "POST /imports/{import}/decisions", fields: "do=nothing:3", code: refused},
		{pattern: "POST /imports/{import}/decisions", fields: "do=leave:3", code: went},
		{pattern: "POST /imports/{import}/apply", fields: "digest=other", code: late, part: true},
		{pattern: "POST /imports/{import}/apply", fields: "digest={digest}", code: went, part: true},
		{pattern: "POST /imports/{import}/undo", code: went, part: true},
		{pattern: "POST /imports", fields: "kind=sites", file: sites, code: went, found: "import"},
		{pattern: "POST /imports/{import}/apply", fields: "digest={digest}", code: went, part: true},
		{pattern: "POST /imports/{import}/undo", code: went, part: true},
	}
}

func parameterSendings() (all []sending) {
	for list, fields := range map[string]string{
		"faculties": "", "levels": "&position=9", "years": "&from=2040-09-01&to=2041-08-31",
		"periods": "&from=01/10/2040+-+31/03/2041", "categories": "&position=9&acronym=Es",
	} {
		path := "POST /parameters/" + list
		all = append(all,
			sending{pattern: path, fields: "code=", code: refused},
			sending{pattern: path, fields: "code=ESSAI&name=Essai" + fields, code: went, found: "item"},
			sending{pattern: path + "/{item}", fields: "code=", code: refused},
			sending{pattern: path + "/{item}", fields: "code=ESSAI2&name=Autre" + fields, code: went},
			sending{pattern: path + "/{item}/archive", fields: "archived=1", code: went},
		)
	}
	return all
}

func peopleSendings() []sending {
	return []sending{
		{pattern: "POST /people", fields: "family_name=", code: refused},
		{pattern: "POST /people", fields: "family_name=Essai&given_name=Ada&email=ada.essai@univ.example&lang=fr", code: went, found: "person"},
		{pattern: "POST /people/{person}", fields: "family_name=", code: refused},
		{pattern: "POST /people/{person}", fields: "family_name=Essai&given_name=Adèle&email=adele.essai@univ.example&lang=en", code: went},
		{pattern: "POST /people/{person}/accounts", fields: "login=", code: refused},
		{pattern: "POST /people/{person}/accounts", fields: "login=adele.essai", code: went},
		{pattern: "POST /people/{person}/accounts/close", code: refused},
		{pattern: "POST /people/{person}/accounts/close", fields: "reason=absence", code: went},
		{pattern: "POST /people/{person}/accounts/reopen", fields: "reason=retour", code: went},
		{pattern: "POST /people/{person}/grants", fields: "role=", code: refused},
		{pattern: "POST /people/{person}/grants", fields: "role=observer&place=faculty:{faculty}&from=2027-01-01", code: went},
		{pattern: "POST /people/{person}/grants/{grant}/end", code: went},
		{pattern: "POST /roles", fields: "box=observer:site.view:take", code: went},
		{pattern: "POST /roles", fields: "box=observer:site.view:give", code: went},
		{pattern: "POST /roles", fields: "box=administrator:role.edit:take", code: late},
	}
}

func activitySendings() []sending {
	return []sending{
		{pattern: "POST /mails/{waiting}/cancel", code: went},
		{pattern: "POST /mails/{stopped}/resend", fields: "address=", code: refused},
		{pattern: "POST /mails/{stopped}/resend", fields: "address=autre@etu.example", code: went},
		{pattern: "POST /jobs/{queued}/cancel", code: went},
		{pattern: "POST /jobs/{cancelled}/retry", code: went},
	}
}

// sendForms sends all forms, and judges how many statements each took.
func (w *walker) sendForms(t *testing.T) {
	err := w.db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := job.Enqueue(t.Context(), tx, job.Request{Kind: student.CompareKind})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	found, worst, seen := map[string]string{"secondary": "SECOND"}, map[string]measures{}, map[string]string{}
	sent := map[string]bool{}
	for _, s := range sendings() {
		route, spent := w.send(t, s, found)
		sent[route] = true
		allowed := formBudget
		if s.part {
			allowed += perPart
		}
		if spent > allowed && spent > worst[route]["statements"] {
			worst[route], seen[route] = measures{"statements": spent}, fmt.Sprint(s.fields, " ", s.code)
		}
	}
	for _, route := range w.routes {
		_, path, _ := strings.Cut(route.Pattern, " ")
		ours := strings.HasPrefix(route.Pattern, "POST ") && slices.ContainsFunc(formRooms, func(room string) bool { return strings.HasPrefix(path, room) })
		if ours && !sent[route.Pattern] {
			t.Errorf("%s: no form is sent", route.Pattern)
		}
	}
	held(t, "forms.txt", worst, seen)
}

// send sends a form, and returns its route and how many statements it took.
func (w *walker) send(t *testing.T, s sending, found map[string]string) (route string, statements int) {
	t.Helper()
	path := w.fillIn(t, strings.TrimPrefix(s.pattern, "POST "), found)
	ctx, counter := store.WithCounter(t.Context())
	r := s.request(t, ctx, path, w.fillIn(t, s.fields, found), w.fillIn(t, s.file, found))
	r.AddCookie(&http.Cookie{Name: "stagora_session", Value: w.tokens["administrator"]})
	answer := httptest.NewRecorder()
	w.pages.ServeHTTP(answer, r)
	if answer.Code != s.code {
		t.Errorf("%s with %s answers %d, not %d: %s", s.pattern, s.fields, answer.Code, s.code, wrongs.FindAllString(answer.Body.String(), 5))
	}
	if s.found != "" {
		to, _ := url.Parse(answer.Header().Get("Location"))
		found[s.found] = to.Path[strings.LastIndex(to.Path, "/")+1:]
	}
	if s.found == "import" || strings.HasSuffix(path, "/decisions") {
		match := digestField.FindStringSubmatch(w.get(t, "administrator", "/imports/"+found["import"]).Body.String())
		if match == nil {
			t.Fatal("the page of the import has no digest")
		}
		found["digest"] = match[1]
	}
	return w.routeOf(t, r), counter.Statements()
}

var (
	digestField = regexp.MustCompile(`name="digest" value="([^"]*)"`)
	wrongs      = regexp.MustCompile(`(?s)class="error".{0,300}`)
)

// request makes the request of a form, with its file if it has one.
func (s sending) request(t *testing.T, ctx context.Context, path, fields, file string) *http.Request {
	t.Helper()
	if file == "" {
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, path, strings.NewReader(fields))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return r
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "fichier.csv")
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	values, wrong := url.ParseQuery(fields)
	err = errors.Join(err, wrong)
	for name := range values {
		err = errors.Join(err, form.WriteField(name, values.Get(name)))
	}
	if err := errors.Join(err, form.Close()); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

// fillIn writes what stands for the names in braces.
func (w *walker) fillIn(t *testing.T, s string, found map[string]string) string {
	t.Helper()
	return part.ReplaceAllStringFunc(s, func(p string) string {
		name := strings.Trim(p, "{}")
		if value, known := found[name]; known {
			return value
		}
		query, known := namedBy[name]
		if !known {
			t.Fatalf("nobody has said what {%s} is", name)
		}
		var value string
		err := w.db.Read(t.Context(), func(tx *store.Tx) error { return tx.QueryRowContext(t.Context(), query).Scan(&value) })
		if err != nil {
			t.Fatalf("{%s}: %v", name, err)
		}
		return value
	})
}

// routeOf returns the pattern of the route that answers a request.
func (w *walker) routeOf(t *testing.T, r *http.Request) string {
	t.Helper()
	mux := http.NewServeMux()
	for _, route := range w.routes {
		mux.HandleFunc(route.Pattern, func(http.ResponseWriter, *http.Request) {})
	}
	_, pattern := mux.Handler(r)
	return pattern
}
