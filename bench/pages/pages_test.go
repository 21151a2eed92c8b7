package pages

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/demo/large"
	"stagora.org/stagora/internal/demo/large/largetest"
	"stagora.org/stagora/internal/store"
)

func TestMain(m *testing.M) {
	for variable, work := range map[string]func(string) error{serveVariable: serve, stepsVariable: steps} {
		if argument := os.Getenv(variable); argument != "" {
			if err := work(argument); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			return
		}
	}
	os.Exit(m.Run())
}

// A row is one page of the table.
type row struct {
	name    string
	persona string
	path    string
	most    float64 // milliseconds of CPU to reach; 0: none said
	history bool    // of a campaign of 240: at most twice itself in the small world
}

// turned are the rows that are measured so many pages after the first of a list.
var turned = map[string]int{"list: students, page 200": 199}

// rowsOf are the pages that are measured, in a world.
func rowsOf(ctx context.Context, database string, w *large.World) ([]row, error) {
	a, err := addressesIn(ctx, database, w)
	if err != nil {
		return nil, err
	}
	biggest, many := "/campaigns/"+a.biggest, "/my/campaigns/"+a.biggest
	small := "/campaigns/" + w.History[0]
	rows := []row{
		{"bare: hello", "", "/hello", 0, false},
		{"student: home", "student", "/", 4, false},
		{"student: campaign of 20,000", "student", many, 4, false},
		{"student: wishes, 600 posts", "student", many + "/wishes", 12, false},
		{"student: wishes, 110 posts", "student", "/my/campaigns/" + a.middle + "/wishes", 5, false},
		{"student: result", "student", "/my/campaigns/" + w.History[0] + "/result", 4, false},
		{"office: home", "office", "/", 40, false},
		{"office: campaign of 20,000", "office", biggest, 40, false},
		{"office: participants", "office", biggest + "/participants", 40, false},
		{"office: one participant", "office", biggest + "/participants/" + a.student, 40, false},
		{"office: posts", "office", biggest + "/posts", 40, false},
		{"office: lists", "office", biggest + "/lists", 40, false},
		{"office: one list", "office", biggest + "/lists/" + a.student, 40, false},
		{"office: order", "office", biggest + "/order", 40, false},
		{"office: step", "office", biggest + "/step", 40, false},
		{"campaign of 240: page", "office", small, 40, true},
		{"campaign of 240: participants", "office", small + "/participants", 40, true},
		{"campaign of 240: lists", "office", small + "/lists", 40, true},
		{"campaign of 240: runs", "office", small + "/runs", 40, true},
		{"campaign of 240: commission", "office", small + "/commission", 40, true},
		{"campaign of 240: publication", "office", small + "/publication", 40, true},
		{"one student", "office", "/students/" + a.student, 40, false},
		{"one cohort", "office", "/cohorts/" + a.cohort, 40, false},
		{"one site", "office", "/sites/" + a.site, 40, false},
		{"one person", "administrator", "/people/" + a.person, 40, false},
	}
	for _, list := range []struct{ name, persona, path string }{
		{"students", "administrator", "/students"}, {"students, searched", "administrator", "/students?q=mar"},
		{"students, sorted", "administrator", "/students?sort=-name"}, {"students, page 200", "administrator", "/students"},
		{"cohorts", "administrator", "/cohorts"}, {"sites", "administrator", "/sites"}, {"contacts", "administrator", "/contacts"},
		{"institutions", "administrator", "/institutions"}, {"campaigns", "administrator", "/campaigns"},
		{"people", "administrator", "/people"}, {"people, searched", "administrator", "/people?q=mar"},
		{"log", "administrator", "/audit"}, {"mails", "administrator", "/mails"}, {"jobs", "administrator", "/jobs"},
		{"students, a word of all", "administrator", "/students?q=etu"}, {"people, a word of all", "administrator", "/people?q=etu"},
		{"mails, a word of all", "administrator", "/mails?q=etu"}, {"mails of a faculty, a word of all", "office", "/mails?q=etu"},
	} {
		rows = append(rows, row{"list: " + list.name, list.persona, list.path, 30, false})
	}
	return rows, nil
}

// addresses are identifiers that pages need.
type addresses struct{ biggest, middle, student, cohort, site, person string }

func addressesIn(ctx context.Context, database string, w *large.World) (a addresses, err error) {
	a.biggest, a.middle = w.Open["20000x600"], w.Open["6000x110"]
	if a.biggest == "" { // the small world
		a.biggest, a.middle = w.Open["480x110"], w.Open["480x110"]
	}
	login := ""
	for _, p := range w.Personas {
		if p.Name == "student" {
			login = p.Login
		}
	}
	db, err := open(ctx, database)
	if err != nil {
		return a, err
	}
	err = db.Read(ctx, func(tx *store.Tx) error {
		for query, into := range map[string]*string{
			"SELECT s.public_id FROM student_student s JOIN identity_account a ON a.person_id = s.person_id WHERE a.login = '" + login + "'": &a.student,
			"SELECT p.public_id FROM identity_person p JOIN identity_account a ON a.person_id = p.id WHERE a.login = '" + login + "'":        &a.person,
			"SELECT public_id FROM student_cohort ORDER BY id LIMIT 1":                                                                       &a.cohort,
			"SELECT public_id FROM site_site ORDER BY id LIMIT 1":                                                                            &a.site,
		} {
			if err := tx.QueryRowContext(ctx, query).Scan(into); err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		return nil
	})
	return a, errors.Join(err, db.Close())
}

// A measure is what one page took.
type measure struct {
	status       int
	cpu, wall    float64 // milliseconds, medians of three
	packed, page int     // bytes
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

// warm is how often a page is asked for before it is measured: what is kept of it
// is made by then, and what making it left in memory is collected.
const warm = 20

// measured asks for a page until it is known what it takes.
func (s *server) measured(r row) (m measure, err error) {
	if m.status, m.page, err = s.get(r.persona, r.path, "identity"); err != nil {
		return m, err
	}
	began := time.Now()
	for range warm {
		if _, m.packed, err = s.get(r.persona, r.path, "gzip"); err != nil {
			return m, err
		}
	}
	once := max(time.Since(began)/warm, time.Millisecond)
	times := max(10, int(300*time.Millisecond/once))
	var cpus, walls []float64
	for range 3 {
		before, err := s.used()
		if err != nil {
			return m, err
		}
		began := time.Now()
		for range times {
			if _, m.packed, err = s.get(r.persona, r.path, "gzip"); err != nil {
				return m, err
			}
		}
		took := time.Since(began)
		after, err := s.used()
		if err != nil {
			return m, err
		}
		cpus = append(cpus, (after.CPU-before.CPU).Seconds()*1000/float64(times))
		walls = append(walls, took.Seconds()*1000/float64(times))
	}
	m.cpu, m.wall = median(cpus), median(walls)
	return m, nil
}

// tableOf measures all pages of a world.
func tableOf(b *testing.B, engine store.Engine, size large.Size) (rows []row, found map[string]measure) {
	b.Helper()
	database, w := largetest.Database(b, engine, size)
	s, err := start(b.Context(), database, w)
	if err != nil {
		b.Fatal(err)
	}
	if rows, err = rowsOf(b.Context(), database, w); err != nil {
		b.Fatal(err)
	}
	found = map[string]measure{}
	for _, r := range rows {
		if r.path, err = s.turn(r.persona, r.path, turned[r.name]); err != nil {
			b.Fatal(err)
		}
		if found[r.name], err = s.measured(r); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.stop(); err != nil {
		b.Fatal(err)
	}
	return rows, found
}

// sizeOf is the size to measure: the large one, unless STAGORA_BENCH says another.
func sizeOf() large.Size {
	if size, asked := large.Sizes[os.Getenv("STAGORA_BENCH")]; asked {
		return size
	}
	return large.Large
}

func BenchmarkPages(b *testing.B) {
	for b.Loop() {
		rows, lite := tableOf(b, store.SQLite, sizeOf())
		_, postgres := tableOf(b, store.Postgres, sizeOf())
		_, small := tableOf(b, store.SQLite, large.Small)
		var t strings.Builder
		fmt.Fprintf(&t, "\nThe %s world. CPU of the server in ms a request, medians of three; %s.\n\n", sizeOf().Name, load())
		t.WriteString("| page | to reach | SQLite | PostgreSQL | SQLite, elapsed | small world | ratio | kB | compressed |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
		for _, r := range rows {
			l, p, s := lite[r.name], postgres[r.name], small[r.name]
			goal := ""
			if r.most > 0 {
				goal = fmt.Sprintf("%.0f", r.most)
			}
			if r.history {
				goal += ", ≤ 2 ×"
			}
			status := ""
			if l.status != 200 {
				status = fmt.Sprintf(" (answers %d)", l.status)
			}
			fmt.Fprintf(&t, "| %s%s | %s | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f |\n", r.name, status, goal,
				l.cpu, p.cpu, l.wall, s.cpu, l.cpu/s.cpu, float64(l.page)/1000, float64(l.packed)/1000)
		}
		fmt.Print(t.String())
	}
}

// load says how busy the machine is: figures taken beside other work are too high.
func load() string {
	content, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "load unknown"
	}
	return "load average " + strings.Join(strings.Fields(string(content))[:3], " ")
}
