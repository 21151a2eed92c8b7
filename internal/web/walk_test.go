package web_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/demo/large"
	"stagora.org/stagora/internal/demo/large/largetest"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
)

// The walk asks every page of the large world for everybody there is, and holds
// each to what a page may cost. It walks through a tenth of that world, and through
// the whole with STAGORA_WALK=large, as `make verify` does.

// What one page may cost: statements, the session included; rows handed over by
// the database; bytes of HTML before compression.
type cost struct{ statements, rows, bytes int }

var budgets = map[string]cost{
	large.Large.Name: {25, 2000, 150_000},
	large.Tenth.Name: {25, 300, 150_000},
}

// update writes the list of exceptions anew, as the pages are now.
var update = flag.Bool("update", false, "write the exceptions of the walk anew")

func walkSize() large.Size {
	if size, asked := large.Sizes[os.Getenv("STAGORA_WALK")]; asked {
		return size
	}
	return large.Tenth
}

// A walker asks pages.
type walker struct {
	db        *store.DB
	database  string
	personas  []large.Persona
	campaigns []string // whose pages are asked for
	pages     http.Handler
	routes    []page.Route
	tokens    map[string]string // by persona; none for a stranger
	names     []string          // of the personas
	parts     map[string]string // what stands in addresses, wherever it is
	rounds    []map[string]string
}

// also are addresses that the routes' own do not say: lists further on, searched,
// sorted, as files.
var also = map[string][]string{
	"GET /students":                          {"?q=mar", "?sort=-name", "?sort=number&size=100", "?f.cohort=x&q=a", "?f.watch=twin", "?q=etu", "?format=csv", "?format=xlsx"},
	"GET /people":                            {"?q=mar", "?q=etu", "?f.roles=student", "?sort=-changed"},
	"GET /mails":                             {"?q=mar", "?q=etu", "?f.to=etu", "?sort=queued"},
	"GET /sites":                             {"?q=cardio", "?sort=-code", "?format=csv"},
	"GET /contacts":                          {"?q=mar", "?f.sites=a"},
	"GET /campaigns":                         {"?q=pharma", "?sort=-opens", "?f.phase=open"},
	"GET /campaigns/{campaign}/participants": {"?q=mar", "?f.state=in", "?f.points=%3E5", "?f.wishes=%3E3", "?sort=-first", "?format=csv", "?format=xlsx"},
	"GET /campaigns/{campaign}/lists":        {"?q=mar", "?f.state=empty", "?f.count=%3E3", "?f.confirmed=yes", "?format=csv"},
	"GET /campaigns/{campaign}/order":        {"?q=mar", "?f.points=%3E5", "?sort=-name", "?format=csv"},
	"GET /campaigns/{campaign}/posts":        {"?q=cardio", "?sort=-code", "?format=csv"},
}

// newWalker walks through the large world.
func newWalker(t *testing.T, engine store.Engine) *walker {
	t.Helper()
	database, world := largetest.Database(t, engine, walkSize())
	var personas []large.Persona
	for _, p := range world.Personas {
		if p.Name != "office2" { // who may do what the first one may
			personas = append(personas, p)
		}
	}
	return walkThrough(t, database, personas, world.Open["20000x600"], world.Open["6000x110"], world.History[0], world.Draft["draft 5000x600"])
}

// walkThrough walks through a database, where campaigns are looked at. The last
// persona but one is a student.
func walkThrough(t *testing.T, database string, personas []large.Persona, campaigns ...string) *walker {
	t.Helper()
	db := largetest.OpenAt(t, database)
	work := &campaign.Campaigns{DB: db, Base: "http://large.example", Stale: time.Hour}
	site := &page.Site{DB: db, Log: slog.New(slog.DiscardHandler), BaseURL: "http://large.example"}
	w := &walker{
		db: db, database: database, personas: personas, campaigns: campaigns, pages: node.Pages(site, work), routes: node.Routes(work),
		tokens: map[string]string{}, names: []string{stranger},
	}
	for _, p := range personas {
		w.names = append(w.names, p.Name)
	}
	err := db.Write(t.Context(), func(tx *store.Tx) error { return w.signIn(t.Context(), tx) })
	if err == nil {
		err = db.Read(t.Context(), func(tx *store.Tx) error { return w.collect(t.Context(), tx) })
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *walker) signIn(ctx context.Context, tx *store.Tx) error {
	for _, p := range w.personas {
		var account int64
		if err := tx.QueryRowContext(ctx, "SELECT id FROM identity_account WHERE login = $1", p.Login).Scan(&account); err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		token, err := identity.OpenSession(ctx, tx, account, "test")
		if err != nil {
			return err
		}
		w.tokens[p.Name] = token
	}
	return nil
}

// collect finds something for each part of an address. Of campaigns there are four: the
// largest, one in which a choice is simulated, a published one, and one in draft.
func (w *walker) collect(ctx context.Context, tx *store.Tx) error {
	first := func(query string, args ...any) (string, error) {
		var found string
		err := tx.QueryRowContext(ctx, query, args...).Scan(&found)
		if errors.Is(err, sql.ErrNoRows) {
			return "", nil // a page that names nothing costs something too
		}
		return found, err
	}
	w.parts = map[string]string{"guide": "student", "role": identity.RoleObserver, "list": "levels", "number": "1", "version": "1", "code": "unknown", "ticket": "none"}
	login := w.personas[len(w.personas)-2].Login
	for part, query := range map[string]string{
		"person":       "SELECT p.public_id FROM identity_person p JOIN identity_account a ON a.person_id = p.id WHERE a.login = '" + login + "'",
		"students":     "SELECT s.public_id FROM student_student s JOIN identity_account a ON a.person_id = s.person_id WHERE a.login = '" + login + "'",
		"cohorts":      "SELECT public_id FROM student_cohort ORDER BY id LIMIT 1",
		"sites":        "SELECT public_id FROM site_site ORDER BY id LIMIT 1",
		"institutions": "SELECT public_id FROM site_institution ORDER BY id LIMIT 1",
		"contacts":     "SELECT public_id FROM site_contact ORDER BY id LIMIT 1",
		"parameters":   "SELECT public_id FROM reference_level ORDER BY id LIMIT 1",
		"mail":         "SELECT public_id FROM notice_message WHERE scope <> '' ORDER BY id LIMIT 1",
		"job":          "SELECT public_id FROM job_task ORDER BY id LIMIT 1",
		"import":       "SELECT public_id FROM exchange_import ORDER BY id LIMIT 1",
	} {
		found, err := first(query)
		if err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
		w.parts[part] = found
	}
	for _, id := range w.campaigns {
		round := map[string]string{"campaign": id}
		for part, query := range map[string]string{
			"student": "SELECT s.public_id FROM student_student s JOIN identity_account a ON a.person_id = s.person_id WHERE a.login = '" + login + "' AND '' <> $1",
			"post":    "SELECT p.code FROM campaign_post p JOIN campaign_campaign c ON c.id = p.campaign_id WHERE c.public_id = $1 ORDER BY p.id LIMIT 1",
			"run":     "SELECT r.public_id FROM campaign_run r JOIN campaign_campaign c ON c.id = r.campaign_id WHERE c.public_id = $1 ORDER BY r.id LIMIT 1",
			"receipt": "SELECT r.code FROM ranking_receipt r JOIN ranking_list l ON l.id = r.list_id JOIN campaign_participant p ON p.id = l.owner " +
				"JOIN identity_account a ON a.person_id = p.person_id WHERE r.scope = $1 AND a.login = '" + login + "' ORDER BY r.id LIMIT 1",
		} {
			found, err := first(query, id)
			if err != nil {
				return fmt.Errorf("%s: %w", part, err)
			}
			round[part] = found
		}
		member, err := first("SELECT s.public_id FROM campaign_campaign c JOIN campaign_cohort o ON o.campaign_id = c.id JOIN student_member m ON m.cohort_id = o.cohort_id "+
			"JOIN student_student s ON s.id = m.student_id WHERE c.public_id = $1 AND c.phase = 'draft' ORDER BY s.id LIMIT 1", id)
		if err != nil {
			return err
		}
		if member != "" {
			round["student"] = member
		}
		w.rounds = append(w.rounds, round)
	}
	return nil
}

// addresses are those that a route is asked at.
func (w *walker) addresses(t *testing.T, route page.Route) []string {
	t.Helper()
	fill := func(round map[string]string) string {
		_, path, _ := strings.Cut(route.Pattern, " ")
		return part.ReplaceAllStringFunc(strings.ReplaceAll(path, "{$}", ""), func(p string) string {
			name := part.FindStringSubmatch(p)[1]
			if name == "id" {
				name = strings.Split(route.Pattern, "/")[1]
			}
			value, known := round[name]
			if !known {
				value, known = w.parts[name]
			}
			if !known {
				t.Errorf("%s: nobody has said what {%s} is", route.Pattern, name)
			}
			if value == "" {
				return "00000000-0000-0000-0000-000000000000"
			}
			return value
		})
	}
	paths := []string{}
	for _, round := range w.rounds {
		if path := fill(round); !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	for _, path := range slices.Clone(paths) {
		for _, query := range also[route.Pattern] {
			paths = append(paths, path+query)
		}
	}
	if query := filled[route.Pattern]; query != "" {
		for i := range paths {
			paths[i] += "?" + part.ReplaceAllStringFunc(query, func(p string) string { return w.rounds[i%len(w.rounds)][strings.Trim(p, "{}")] })
		}
	}
	return paths
}

// A file is read some rows at a time, with a few statements each time.
const (
	chunk    = 500
	perChunk = 6
)

// ask asks for one page, and returns what it cost and what was asked of the
// database. Files are not pages: they are written as they are read, and may be of
// any length.
func (w *walker) ask(t *testing.T, who, path string) (spent cost, statements []store.Statement, code int) {
	t.Helper()
	ctx, counter := store.WithCounter(t.Context())
	counter.Record()
	r := httptest.NewRequest(http.MethodGet, path, nil).WithContext(ctx)
	if token := w.tokens[who]; token != "" {
		r.AddCookie(&http.Cookie{Name: "stagora_session", Value: token})
	}
	answer := httptest.NewRecorder()
	w.pages.ServeHTTP(answer, r)
	if answer.Code >= 500 {
		t.Errorf("%s asked for by %s answers %d", path, who, answer.Code)
	}
	spent = cost{counter.Statements(), counter.Rows(), answer.Body.Len()}
	if !strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html") {
		spent = cost{statements: spent.statements - perChunk*(spent.rows/chunk)}
	}
	return spent, counter.Recorded(), answer.Code
}

// walk asks every page for everybody.
func (w *walker) walk(t *testing.T, visit func(route page.Route, who, path string, spent cost, code int, statements []store.Statement)) {
	t.Helper()
	asked := 0
	for _, route := range w.routes {
		if !strings.HasPrefix(route.Pattern, "GET ") {
			continue
		}
		refused := map[string]bool{}
		for _, path := range w.addresses(t, route) {
			for _, who := range w.names {
				if refused[who] {
					continue // and wherever else
				}
				spent, statements, code := w.ask(t, who, path)
				refused[who] = code == http.StatusForbidden || code == http.StatusSeeOther && who == stranger
				visit(route, who, path, spent, code, statements)
				asked++
			}
		}
	}
	t.Logf("%d pages asked for by %d people", asked, len(w.names))
}

// TestWalk walks once on each database, and judges what it saw: what the pages cost,
// and how the databases find what the pages ask for.
func TestWalk(t *testing.T) {
	t.Parallel()
	t.Run(string(store.SQLite), func(t *testing.T) {
		t.Parallel()
		w := newWalker(t, store.SQLite)
		costs, statements := newCosts(), map[string]asked{}
		w.walk(t, func(route page.Route, who, path string, spent cost, _ int, ran []store.Statement) {
			costs.note(route.Pattern, who+" at "+path, spent)
			noteStatements(statements, who+" at "+path, ran)
		})
		t.Run("no page costs more than a page may", func(t *testing.T) { costs.judge(t, walkSize().Name, budgets[walkSize().Name]) })
		t.Run("no statement reads a large table for a few rows", func(t *testing.T) {
			judgeScans(t, w, "sqlite", statements, sqliteScans)
		})
		t.Run("no list weighs more than a page may", w.showWidest)
		t.Run("every filter answers", w.answerFilters)
		t.Run("every row is on a page", w.turnPages)
		t.Run("no form costs more than a page may", w.sendForms)
	})
	t.Run(string(store.Postgres), func(t *testing.T) {
		t.Parallel()
		w := newWalker(t, store.Postgres)
		statements := map[string]asked{}
		w.walk(t, func(_ page.Route, who, path string, _ cost, _ int, ran []store.Statement) {
			noteStatements(statements, who+" at "+path, ran)
		})
		t.Run("no statement meets more rows than there are", func(t *testing.T) { judgeRows(t, w, statements) })
		t.Run("no statement reads a large table for a few rows", func(t *testing.T) {
			conn, number := genericPlans(t, w.database), 0
			judgeScans(t, w, "postgres", statements, func(ctx context.Context, _ *store.Tx, s asked) ([]scan, error) {
				number++
				return postgresScans(ctx, conn, fmt.Sprintf("p%d", number), s)
			})
		})
		t.Run("every filter answers", w.answerFilters)
		t.Run("every row is on a page", w.turnPages)
		t.Run("no form costs more than a page may", w.sendForms)
	})
}

// costs are the most that each page costs, and where it does.
type costs struct {
	worst map[string]cost
	seen  map[string]string
}

func newCosts() costs { return costs{map[string]cost{}, map[string]string{}} }

func (c costs) note(pattern, where string, spent cost) {
	before := c.worst[pattern]
	if spent.statements > before.statements || spent.rows > before.rows || spent.bytes > before.bytes {
		c.seen[pattern] = where
	}
	c.worst[pattern] = cost{max(before.statements, spent.statements), max(before.rows, spent.rows), max(before.bytes, spent.bytes)}
}

// judge compares what pages cost with what a page may, and with the exceptions of a
// world.
func (c costs) judge(t *testing.T, world string, budget cost) {
	t.Helper()
	found := map[string]measures{}
	for pattern, is := range c.worst {
		over := measures{}
		for name, of := range map[string][2]int{
			"statements": {is.statements, budget.statements}, "rows": {is.rows, budget.rows}, "bytes": {is.bytes, budget.bytes},
		} {
			if of[0] > of[1] {
				over[name] = of[0]
			}
		}
		if len(over) > 0 {
			found[pattern] = over
		}
	}
	held(t, "walk-"+world+".txt", found, c.seen)
}
