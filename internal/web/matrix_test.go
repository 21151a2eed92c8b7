package web_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/demo"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// The matrix of rights: every route of Stagora, asked by everybody there is, on
// objects that belong to Ines, a student of the faculty of Valmer. Who may is
// computed from the right on the route's line and from where its object lies; a
// route that is added is tried without anybody thinking of it, and one whose
// address has a part that nobody here knows fails the test.

// A world is a state of the demo with its pages and objects.
type world struct {
	*demo.World
	pages   http.Handler
	people  map[string]asker
	samples map[string]string // a real value for each part of an address
}

// An asker is somebody with a login session.
type asker struct {
	actor identity.Actor
	token string
}

// stranger has not signed in.
const stranger = "stranger"

// everything are the routes that ask for their right on everything there is,
// whatever their address says.
var everything = []string{"GET /audit", "GET /jobs", "POST /people", "POST /roles"}

// filled are the forms without which a route refuses what was sent before it looks
// at whose it is: with them, it has to look.
var filled = map[string]string{
	"GET /my/campaigns/{campaign}/wishes/row":                        "code=CHUV-PEDI",
	"POST /my/campaigns/{campaign}/wishes":                           "version=1&item=CHUV-PEDI",
	"POST /my/campaigns/{campaign}/wishes/undo":                      "version=1",
	"POST /my/campaigns/{campaign}/wishes/confirm":                   "version=1&sure=1",
	"POST /my/campaigns/{campaign}/wishes/history/{version}/restore": "version=1",
	"GET /campaigns/{campaign}/runs/compare":                         "run={run}&run={run}",
	"POST /campaigns/{campaign}/corrections/{correction}":            "answer=fait",
	"POST /students/{id}/merge":                                      "keep={students}&drop={second}&reason=doublon",
	"POST /students/{id}/distinct":                                   "with={second}&reason=homonymes",
	"POST /students/{id}/cohorts":                                    "cohort={cohorts}",
	"POST /students/{id}/cohorts/leave":                              "cohort={cohorts}",
	"POST /people/{person}/accounts/close":                           "reason=départ",
	"POST /people/{person}/accounts/reopen":                          "reason=retour",
	"POST /people/{person}/grants":                                   "role=observer&place=everything:&from=2027-03-01",
	"POST /roles":                                                    "box=observer:student.view:give",
}

// shared are the things that all offices share: the right anywhere is enough.
var shared = []string{"/roles/", "/parameters/", "/institutions/", "/contacts/"}

// lies tells where the object of a route lies. A nil answer means that the address
// names no object: the right anywhere is enough.
func lies(w *world, route page.Route) []identity.Perimeter {
	_, path, _ := strings.Cut(route.Pattern, " ")
	valmer, cohort := identity.Faculty("VALMER"), identity.Perimeter{Kind: identity.KindCohort, Key: "DFASM2-2026"}
	self := identity.Self(w.people["ines.baraka"].actor.PublicID)
	switch {
	case slices.Contains(everything, route.Pattern):
		return []identity.Perimeter{}
	case !strings.Contains(path, "{") || slices.ContainsFunc(shared, func(p string) bool { return strings.HasPrefix(path, p) }):
		return nil
	case strings.HasPrefix(path, "/my/") && !strings.Contains(path, "{receipt}"):
		// Each participant has a campaign of their own under this address.
		return []identity.Perimeter{self, identity.Self(w.people["zoe.delorme"].actor.PublicID)}
	case strings.HasPrefix(path, "/my/"):
		return []identity.Perimeter{self}
	case strings.HasPrefix(path, "/people/") && (route.Right == identity.PersonEdit || route.Right == identity.RoleEdit):
		return []identity.Perimeter{} // accounts and roles of people are the whole platform's
	case strings.HasPrefix(path, "/people/"), strings.HasPrefix(path, "/students/"):
		return []identity.Perimeter{self, valmer, cohort}
	case strings.HasPrefix(path, "/jobs/"):
		return []identity.Perimeter{}
	}
	return []identity.Perimeter{valmer, cohort}
}

// may computes who may ask a route.
func may(w *world, who string, route page.Route) bool {
	if route.Right == page.Public {
		return true
	}
	if who == stranger {
		return false
	}
	if route.Right == page.SignedIn {
		return true
	}
	actor := w.people[who].actor
	if on := lies(w, route); on != nil {
		return actor.Can(route.Right, on...)
	}
	return actor.CanSomewhere(route.Right)
}

var part = regexp.MustCompile(`\{(\w+)(\.\.\.)?\}`)

// address fills the parts of a route's address with what they are in a world. A
// part that this world has nothing for is given an identifier that names nothing.
func address(t *testing.T, w *world, pattern string) (method, path string, whole bool) {
	t.Helper()
	method, path, _ = strings.Cut(pattern, " ")
	whole = true
	path = part.ReplaceAllStringFunc(strings.ReplaceAll(path, "{$}", ""), func(p string) string {
		name := part.FindStringSubmatch(p)[1]
		if name == "id" {
			name = strings.Split(pattern, "/")[1]
		}
		value, known := w.samples[name]
		if !known {
			t.Errorf("%s: nobody has said what {%s} is", pattern, name)
		}
		if value == "" {
			whole = false
			return "00000000-0000-0000-0000-000000000000"
		}
		return value
	})
	return method, path, whole
}

// form returns the form of a route in a world.
func (w *world) form(route page.Route) string {
	return part.ReplaceAllStringFunc(filled[route.Pattern], func(p string) string { return w.samples[strings.Trim(p, "{}")] })
}

// ask sends one request with its form.
func (w *world) ask(who, method, path, form string) int {
	if method == http.MethodGet && form != "" {
		path, form = path+"?"+form, ""
	}
	r := httptest.NewRequest(method, path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if token := w.people[who].token; token != "" {
		r.AddCookie(&http.Cookie{Name: "stagora_session", Value: token})
	}
	answer := httptest.NewRecorder()
	w.pages.ServeHTTP(answer, r)
	if answer.Code == http.StatusSeeOther && strings.HasPrefix(answer.Header().Get("Location"), page.SignInPath) {
		return http.StatusUnauthorized
	}
	return answer.Code
}

// refusals are the answers to somebody who may not. What they may not see does not
// exist.
var refusals = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}

// A question is a route asked by somebody.
type question struct {
	route page.Route
	who   string
}

// An answer is what a world gave to a question; the zero answer is none.
type answer struct {
	code  int
	whole bool // the world has all that the address names
	in    bool
}

// Each world is asked everything on its own and beside the others, area by area, each
// area in a world that no other one changes: what an area does to its objects is not
// seen elsewhere, and more pages are more areas.
func TestEveryRouteLetsInWhoMayAndNobodyElse(t *testing.T) {
	t.Parallel()
	rights := expected(t)
	routes := node.Routes(newWorld(t, demo.Prep).Campaigns)
	for i := range routes {
		routes[i].Right = rights[routes[i].Pattern] // what the route itself says is not asked
	}
	byArea := map[string][]page.Route{}
	for _, route := range routes {
		_, path, _ := strings.Cut(route.Pattern, " ")
		area, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		byArea[areaOf(area)] = append(byArea[areaOf(area)], route)
	}
	for area, routes := range byArea {
		t.Run(area, func(t *testing.T) {
			t.Parallel()
			var worlds []*world
			var group sync.WaitGroup
			for _, state := range []demo.State{demo.Prep, demo.Closed, demo.Result} {
				worlds = append(worlds, newWorld(t, state))
			}
			questions := interview(worlds[0], routes)
			answers := make([][]answer, len(worlds))
			for i, w := range worlds {
				group.Go(func() { answers[i] = w.askAll(t, questions) })
			}
			group.Wait()
			judge(t, worlds[0], questions, answers)
		})
	}
}

// areaOf puts the smaller areas together.
func areaOf(first string) string {
	if slices.Contains([]string{"campaigns", "my", "students", "people", "parameters"}, first) {
		return first
	}
	return "others"
}

// interview returns what everybody there is asks, in an order in which nothing is
// taken away before it is asked for: what changes things comes last, and first by
// those who may not; and whoever signs out asks nothing any more.
func interview(w *world, routes []page.Route) (questions []question) {
	routes = slices.Clone(routes)
	slices.SortStableFunc(routes, func(a, b page.Route) int {
		return cmp.Compare(strings.Count(a.Pattern, ui.SignOutPath), strings.Count(b.Pattern, ui.SignOutPath))
	})
	askers := append(slices.Collect(maps.Keys(w.people)), stranger)
	slices.Sort(askers)
	for _, method := range []string{"GET ", "POST "} {
		for _, allowed := range []bool{false, true} {
			for _, route := range routes {
				for _, who := range askers {
					if strings.HasPrefix(route.Pattern, method) && may(w, who, route) == allowed {
						questions = append(questions, question{route, who})
					}
				}
			}
		}
	}
	return questions
}

// askAll asks a world all questions.
func (w *world) askAll(t *testing.T, questions []question) []answer {
	answers, removed := make([]answer, len(questions)), map[string]bool{}
	for i, q := range questions {
		if removed[q.route.Pattern] {
			continue // the first who might has taken it away
		}
		method, path, whole := address(t, w, q.route.Pattern)
		code := w.ask(q.who, method, path, w.form(q.route))
		refused := slices.Contains(refusals, code)
		if q.route.Right == page.Public && code == http.StatusUnauthorized {
			refused = false // it asks who one is, which is what it is for
		}
		answers[i] = answer{code, whole, !refused}
		removed[q.route.Pattern] = !refused && strings.HasSuffix(q.route.Pattern, "/remove")
	}
	return answers
}

// judge compares what the worlds answered with what they should have: whoever may is
// let in by one of them, and who may not by none.
func judge(t *testing.T, w *world, questions []question, answers [][]answer) {
	t.Helper()
	let, removed := 0, map[string]bool{}
	for i, q := range questions {
		if removed[q.route.Pattern] {
			continue
		}
		in, wholly := false, false
		var codes []int
		for _, world := range answers {
			a := world[i]
			in, wholly = in || a.in, wholly || a.whole
			codes = append(codes, a.code)
			if a.code >= 500 {
				t.Errorf("%s by %s: %d", q.route.Pattern, q.who, a.code)
			}
		}
		if in {
			let++
			removed[q.route.Pattern] = strings.HasSuffix(q.route.Pattern, "/remove")
		}
		allowed := may(w, q.who, q.route)
		switch {
		case in && !allowed:
			t.Errorf("%s lets %s in, who lacks %s there: %v", q.route.Pattern, q.who, q.route.Right, codes)
		case !in && allowed && !wholly:
			t.Errorf("%s: no world has all that its address names, so that nobody knows whom it lets in", q.route.Pattern)
		case !in && allowed:
			t.Errorf("%s refuses %s, who holds %s there: %v", q.route.Pattern, q.who, q.route.Right, codes)
		}
	}
	t.Logf("%d questions, %d let in", len(questions), let)
	if let == 0 || let == len(questions) {
		t.Error("the matrix separates nobody from anybody")
	}
}

func TestAStudentGetsNothingOfAnothersByChangingAnIdentifier(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo.Result)
	for _, route := range node.Routes(w.Campaigns) {
		if route.Right == page.Public || route.Right == page.SignedIn {
			continue
		}
		method, path, _ := address(t, w, route.Pattern)
		code := w.ask("zoe.delorme", method, path, w.form(route))
		// Zoé takes part in the campaign too; what is Ines's is her receipts.
		hers := strings.HasPrefix(path, "/my/") && !strings.Contains(route.Pattern, "{receipt}")
		if !hers && !slices.Contains(refusals, code) {
			t.Errorf("%s %s answers Zoé with %d", method, path, code)
		}
	}
}

// copies are the worlds of this package's tests.
var copies demo.Copies

// newWorld loads a world with its people and one object of each kind.
func newWorld(t *testing.T, state demo.State) *world {
	t.Helper()
	loaded, err := copies.Load(t.Context(), storetest.URL(t, store.SQLite), "http://demo.example", state)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = loaded.DB.Close() })
	loaded.Campaigns.Stale = time.Hour
	site := &page.Site{DB: loaded.DB, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), BaseURL: "http://demo.example"}
	w := &world{World: loaded, pages: node.Pages(site, loaded.Campaigns), people: map[string]asker{}}
	if err := loaded.DB.Write(t.Context(), func(tx *store.Tx) error { return w.meet(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	w.touch(t)
	if err := loaded.DB.Read(t.Context(), func(tx *store.Tx) error { return w.collect(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	return w
}

// meet signs in the people of the demo, an observer, an office and a student of another
// faculty, and an administrator of this one: what is the whole platform's is not theirs.
func (w *world) meet(ctx context.Context, tx *store.Tx) error {
	caen := identity.Faculty("CAEN")
	for login, grant := range map[string]struct {
		role string
		on   identity.Perimeter
	}{"other.office": {identity.RoleOffice, caen}, "observer": {identity.RoleObserver, identity.Faculty("VALMER")}, "other.student": {identity.RoleStudent, identity.Perimeter{}}, "faculty.admin": {identity.RoleAdministrator, identity.Faculty("VALMER")}} {
		p, err := identity.AddPerson(ctx, tx, "test", identity.PersonForm{GivenName: "A", FamilyName: login})
		if err != nil {
			return err
		}
		if grant.on == (identity.Perimeter{}) {
			grant.on = identity.Self(p.PublicID)
		}
		if err := identity.GrantRole(ctx, tx, p.ID, grant.role, grant.on, "", tx.Now, time.Time{}); err != nil {
			return err
		}
		if _, err := identity.AddAccount(ctx, tx, p.ID, login, identity.PasswordHash{}, false); err != nil {
			return err
		}
	}
	accounts, err := identity.Accounts(ctx, tx)
	if err != nil {
		return err
	}
	wanted := []string{"ines.baraka", "zoe.delorme", "nadia.lopes", "marie.tellier", "alix.moreau", "other.office", "observer", "other.student", "faculty.admin"}
	for _, a := range accounts {
		if !slices.Contains(wanted, a.Login) {
			continue
		}
		person, err := identity.PersonByID(ctx, tx, a.PersonID)
		if err != nil {
			return err
		}
		actor, err := identity.LoadActor(ctx, tx, person, "test")
		if err != nil {
			return err
		}
		token, err := identity.OpenSession(ctx, tx, a.ID, "test")
		if err != nil {
			return err
		}
		w.people[a.Login] = asker{actor, token}
	}
	return nil
}

// touch makes the objects that a state does not have by itself.
func (w *world) touch(t *testing.T) {
	t.Helper()
	nadia, ines := w.people["nadia.lopes"].actor, w.Records["E05"]
	var err error
	switch w.State {
	case demo.Prep:
		if err = w.Campaigns.AskCorrection(t.Context(), nadia, w.Campaign, w.Records["E19"], "niveau"); err != nil {
			break
		}
		leave := student.Leave{Interval: reference.Interval{From: "2027-01-04", To: "2027-02-05"}}
		if _, err = student.SaveLeave(t.Context(), w.DB, nadia, ines, leave); err != nil {
			break
		}
		w.samples = map[string]string{"import": w.upload(t)}
	case demo.Closed:
		if _, err = w.Campaigns.AskLate(t.Context(), nadia, w.Campaign, ines, w.DB.Now().Add(time.Hour), "certificat"); err != nil {
			break
		}
		results := &result.Results{DB: w.DB, Base: "http://demo.example"}
		_, err = results.RequestRun(t.Context(), nadia, w.Campaign, result.RunForm{DespiteLate: true})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// upload brings a file in, as Nadia would, and returns its import.
func (w *world) upload(t *testing.T) string {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", "categories.csv")
	if err == nil {
		_, err = file.Write([]byte("code;acronyme;libelle;ordre;principal\nOPH;Oph;Ophtalmologie;9;oui\n"))
	}
	if err := errors.Join(err, form.WriteField("kind", "categories"), form.Close()); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/imports", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: "stagora_session", Value: w.people["nadia.lopes"].token})
	answer := httptest.NewRecorder()
	w.pages.ServeHTTP(answer, r)
	id, kept := strings.CutPrefix(answer.Header().Get("Location"), "/imports/")
	if !kept {
		t.Fatalf("the file was not kept: %d %.500s", answer.Code, answer.Body)
	}
	return id
}

// collect finds one object of each kind.
func (w *world) collect(ctx context.Context, tx *store.Tx) error {
	nadia, ines := w.people["nadia.lopes"].actor, w.people["ines.baraka"].actor
	imported := w.samples["import"]
	w.samples = map[string]string{
		"guide": "student", "campaign": w.Campaign, "student": w.Records["E05"], "person": ines.PublicID, "post": "CHUV-PEDI",
		"version": "1", "role": identity.RoleObserver, "list": "levels", "number": "1", "code": "unknown",
		"receipt": "", "late": "", "correction": "", "run": "", "decision": "", "mail": "", "job": "", "grant": "", "parameters": "", "import": imported, "merge": "", "leave": "", "ticket": "none",
		"students": w.Records["E05"], "second": w.Records["E06"], "cohorts": "", "sites": "", "institutions": "", "contacts": "",
	}
	c, err := campaign.Get(ctx, tx, w.Campaign)
	if err != nil {
		return err
	}
	for _, find := range []func() error{
		func() error { return w.collectOffice(ctx, tx, c, nadia) },
		func() error { return w.collectPlatform(ctx, tx, ines) },
		func() error {
			mine, err := campaign.ForStudent(ctx, tx, ines, w.Campaign)
			if mine.Receipt != "" {
				w.samples["receipt"], w.samples["code"] = mine.Receipt, mine.Receipt
			}
			if c.Phase == campaign.Draft {
				err = nil // students see nothing of it yet
			}
			return err
		},
	} {
		if err := find(); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) collectOffice(ctx context.Context, tx *store.Tx, c campaign.Campaign, nadia identity.Actor) error {
	lates, err := campaign.Lates(ctx, tx, c)
	if err != nil {
		return err
	}
	if len(lates) > 0 {
		w.samples["late"] = lates[0].PublicID
	}
	var correction string
	err = tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(public_id), '') FROM campaign_correction WHERE campaign_id = $1", c.ID).Scan(&correction)
	if err != nil {
		return err
	}
	if correction != "" {
		w.samples["correction"] = correction
	}
	runs, err := result.RunsFor(ctx, tx, nadia, w.Campaign)
	if err != nil {
		return err
	}
	if len(runs) > 0 {
		w.samples["run"] = runs[0].PublicID
	}
	if c.Phase.Reached(campaign.Proposed) {
		proposal, err := result.ProposalFor(ctx, tx, nadia, w.Campaign)
		if err != nil {
			return err
		}
		if len(proposal.Decisions) > 0 {
			w.samples["decision"] = proposal.Decisions[0].PublicID
		}
	}
	return w.collectRecords(ctx, tx)
}

func (w *world) collectRecords(ctx context.Context, tx *store.Tx) error {
	sites, err := site.All(ctx, tx)
	if err != nil {
		return err
	}
	cohorts, err := student.AllCohorts(ctx, tx)
	if err != nil {
		return err
	}
	institutions, err := site.Institutions(ctx, tx)
	if err != nil {
		return err
	}
	contacts, err := site.Contacts(ctx, tx)
	if err != nil {
		return err
	}
	w.samples["sites"], w.samples["cohorts"] = sites[0].PublicID, cohorts[0].PublicID
	w.samples["institutions"], w.samples["contacts"] = institutions[0].PublicID, contacts[0].PublicID
	record, err := student.ByPublicID(ctx, tx, w.Records["E05"])
	if err != nil {
		return err
	}
	leaves, err := student.LeavesOf(ctx, tx, record.ID)
	if err != nil {
		return err
	}
	if len(leaves) > 0 {
		w.samples["leave"] = leaves[0].PublicID
	}
	all, err := student.All(ctx, tx)
	if err != nil {
		return err
	}
	for _, s := range all {
		merges, err := student.MergesOf(ctx, tx, w.people["nadia.lopes"].actor, s)
		if err != nil {
			return err
		}
		if len(merges) > 0 {
			w.samples["merge"] = merges[0].PublicID
		}
	}
	return nil
}

func (w *world) collectPlatform(ctx context.Context, tx *store.Tx, ines identity.Actor) error {
	mails, err := notice.ListTo(nil).First(ctx, tx, store.Where("m.person = $1", ines.ID), 1)
	if err != nil {
		return err
	}
	if len(mails) > 0 {
		w.samples["mail"] = mails[0].ID
	}
	tasks, err := job.Tasks().First(ctx, tx, store.Condition{}, 1)
	if err != nil {
		return err
	}
	if len(tasks) > 0 {
		w.samples["job"] = tasks[0].ID
	}
	grants, err := identity.GrantsOfPerson(ctx, tx, ines.ID)
	if err != nil {
		return err
	}
	w.samples["grant"] = grants[0].PublicID
	levels, err := reference.Levels(ctx, tx)
	if err == nil {
		w.samples["parameters"] = levels[0].PublicID
	}
	return err
}
