package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"stagora.org/stagora/internal/demo/large"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// A whole table that is read to hand over a few of its rows grows with the years.
// The databases say of every statement of the walk how they find its rows.

// From how many rows on a table is large, and the share of it that a statement has
// to hand over if it reads it all: one in so many.
var largeTables = map[string]int{large.Large.Name: 5000, large.Tenth.Name: 500}

const fewRows = 10

// shortList is how many students a campaign may have for its lists to be made of them.
const shortList = 2000

// A scan is a table that a statement reads from end to end.
type scan struct {
	table string
	early bool // it may stop early: in the order of an index, after some rows
}

// asked is a statement of the walk, with the most rows that it handed over.
type asked struct {
	store.Statement
	where string
}

// noteStatements keeps each different statement once.
func noteStatements(met map[string]asked, where string, ran []store.Statement) {
	for _, s := range ran {
		if before, twice := met[s.SQL]; !twice || s.Rows > before.Rows {
			met[s.SQL] = asked{s, where}
		}
	}
}

func judgeScans(t *testing.T, w *walker, engine string, statements map[string]asked, scansOf func(context.Context, *store.Tx, asked) ([]scan, error)) {
	t.Helper()
	found, seen := map[string]measures{}, map[string]string{}
	err := w.db.Read(t.Context(), func(tx *store.Tx) error {
		counted := map[string]int{}
		for _, s := range statements {
			if !strings.Contains(strings.ToUpper(s.SQL), "FROM") {
				continue
			}
			scans, err := scansOf(t.Context(), tx, s)
			if err != nil {
				return fmt.Errorf("%s: %w", s.SQL, err)
			}
			if len(scans) > 0 && stoppedCount.MatchString(s.SQL) {
				if err := tx.QueryRowContext(t.Context(), s.SQL, s.Args...).Scan(&s.Rows); err != nil {
					return err
				}
			}
			for _, sc := range scans {
				rows, err := countRows(t.Context(), tx, counted, sc.table)
				if err != nil {
					return err
				}
				if rows >= largeTables[walkSize().Name] && fewRows*s.Rows < rows && !(sc.early && handedAllAskedFor(s)) {
					name := nameOf(s.SQL) + " scans " + sc.table
					found[name], seen[name] = measures{"rows": rows}, s.where
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d statements", len(statements))
	held(t, "scans-"+engine+"-"+walkSize().Name+".txt", found, seen)
}

// stoppedCount finds the counts of lists: a count hands over one row and has read
// those that it counts, until it stops.
var stoppedCount = regexp.MustCompile(`^SELECT COUNT\(\*\) FROM \(SELECT 1 FROM .* LIMIT \d+\) AS counted$`)

func countRows(ctx context.Context, tx *store.Tx, counts map[string]int, table string) (int, error) {
	if n, counted := counts[table]; counted {
		return n, nil
	}
	var n int
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n)
	counts[table] = n
	return n, err
}

// handedAllAskedFor reports whether a statement with a limit reached it: it then
// stopped there.
func handedAllAskedFor(s asked) bool {
	for _, arg := range s.Args {
		if n, whole := arg.(int64); whole && s.Rows > 0 && int64(s.Rows) == n {
			return true
		}
	}
	limit := regexp.MustCompile(`(?i)\blimit\s+(\d+)`).FindStringSubmatch(s.SQL)
	return limit != nil && fmt.Sprint(s.Rows) == limit[1]
}

var (
	queryName = regexp.MustCompile(`^-- name: (\w+)`)
	blanks    = regexp.MustCompile(`\s+`)
)

// nameOf names a statement: as its file does, or by how it begins.
func nameOf(statement string) string {
	if m := queryName.FindStringSubmatch(statement); m != nil {
		return m[1]
	}
	short := blanks.ReplaceAllString(statement, " ")
	return short[:min(len(short), 120)]
}

var (
	scanned = regexp.MustCompile(`^SCAN (\w+)(.*)$`)
	words   = regexp.MustCompile(`\w+`)
)

func sqliteScans(ctx context.Context, tx *store.Tx, s asked) ([]scan, error) {
	tables, err := schema(ctx, tx, "type = 'table'")
	if err != nil {
		return nil, err
	}
	named := tablesIn(s.SQL, tables)
	// Reading a partial index from end to end reads no more than its rows.
	partial, err := schema(ctx, tx, "type = 'index' AND sql LIKE '% WHERE %'")
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, "EXPLAIN QUERY PLAN "+s.SQL, s.Args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var scans []scan
	sorted, ofIDs := false, pageOfIDs.MatchString(s.SQL)
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return nil, err
		}
		// Rows of the same value may be put in order by their key: the others are not read.
		// A page that was found by its IDs is put in order once more, when they are few.
		few := ofIDs && parent == 0
		sorted = sorted || !few && strings.Contains(detail, "TEMP B-TREE") && !strings.Contains(detail, "FOR LAST TERM OF ORDER BY")
		m := scanned.FindStringSubmatch(detail)
		if m == nil || named[m[1]] == "" || slices.ContainsFunc(partial, func(index string) bool { return strings.HasSuffix(m[2], " "+index) }) {
			continue
		}
		scans = append(scans, scan{table: named[m[1]]})
	}
	for i := range scans {
		scans[i].early = !sorted && strings.Contains(strings.ToUpper(s.SQL), "LIMIT")
	}
	return scans, rows.Err()
}

// pageOfIDs finds the pages of lists of long rows ([store.List.Long]).
var pageOfIDs = regexp.MustCompile(`IN \(SELECT .* LIMIT \d+\) ORDER BY [^()]*$`)

// tablesIn returns the tables that a statement names, under each name that it may give
// them: their own, and the word after it.
func tablesIn(statement string, tables []string) map[string]string {
	named := map[string]string{}
	before := ""
	for _, word := range words.FindAllString(statement, -1) {
		switch {
		case slices.Contains(tables, word):
			named[word], before = word, word
		case before != "" && !strings.EqualFold(word, "AS"):
			named[word], before = before, ""
		}
	}
	return named
}

// schema returns the names of what SQLite has of a kind.
func schema(ctx context.Context, tx *store.Tx, kind string) (names []string, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT name FROM sqlite_master WHERE "+kind)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// genericPlans opens a connection that plans as the server does for a statement
// that is run again and again, whatever its arguments, when it has looked at all tables
// since they last changed. On a tenth, where reading a
// table is often the cheapest, it asks whether there is another way.
func genericPlans(t *testing.T, database string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	settings := []string{"VACUUM (ANALYZE)", "SET plan_cache_mode = force_generic_plan"}
	if walkSize().Name != large.Large.Name {
		settings = append(settings, "SET enable_seqscan = off")
	}
	for _, setting := range settings {
		if _, err := conn.Exec(t.Context(), setting); err != nil {
			t.Fatal(err)
		}
	}
	return conn
}

func postgresScans(ctx context.Context, conn *pgx.Conn, name string, s asked) ([]scan, error) {
	prepared, err := conn.Prepare(ctx, name, s.SQL)
	if err != nil {
		return nil, err
	}
	execute := "EXPLAIN (FORMAT JSON) EXECUTE " + name
	if n := len(prepared.ParamOIDs); n > 0 {
		execute += "(" + strings.TrimSuffix(strings.Repeat("NULL,", n), ",") + ")"
	}
	var told []byte
	if err := conn.QueryRow(ctx, execute).Scan(&told); err != nil {
		return nil, err
	}
	plan, err := planOf(told)
	if err != nil {
		return nil, err
	}
	var scans []scan
	plan.visit(false, &scans)
	return scans, nil
}

// judgeRows fails where a step of a plan of PostgreSQL meets far more rows than there are.
// The server goes through a table once for each row of another that it takes for small: the
// participants of a campaign that opened a moment ago, for instance. Four times the largest
// table is not that, nor what a page does that compares its rows with those of a short list.
func judgeRows(t *testing.T, w *walker, statements map[string]asked) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var largest float64
	if err := conn.QueryRow(t.Context(), "SELECT max(reltuples) FROM pg_class WHERE relkind = 'r'").Scan(&largest); err != nil {
		t.Fatal(err)
	}
	var busiest float64
	for _, s := range statements {
		if !strings.HasPrefix(s.SQL, "SELECT") && !strings.HasPrefix(s.SQL, "-- name") {
			continue
		}
		met, err := rowsMet(t.Context(), conn, s)
		if err != nil {
			t.Fatalf("%s: %v", s.SQL, err)
		}
		if met > 4*largest+100*shortList {
			t.Errorf("%s meets %.0f rows where the largest table has %.0f: %s", nameOf(s.SQL), met, largest, s.where)
		}
		busiest = max(busiest, met)
	}
	t.Logf("at most %.0f rows met by a step; the largest table has %.0f", busiest, largest)
}

// rowsMet runs a statement, of which nothing is kept, and returns how many rows the busiest
// step of its plan met.
func rowsMet(ctx context.Context, conn *pgx.Conn, s asked) (float64, error) {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	var told []byte
	if err := tx.QueryRow(ctx, "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) "+s.SQL, s.Args...).Scan(&told); err != nil {
		return 0, err
	}
	plan, err := planOf(told)
	return plan.busiest(), err
}

func planOf(told []byte) (planNode, error) {
	var plans [1]struct{ Plan planNode }
	err := json.Unmarshal(told, &plans)
	return plans[0].Plan, err
}

// A planNode is one step of a plan of PostgreSQL. A plan that was run says how many rows a
// step met each time, and how often it was taken.
type planNode struct {
	Node     string     `json:"Node Type"`
	Table    string     `json:"Relation Name"`
	Rows     float64    `json:"Actual Rows"`
	Filtered float64    `json:"Rows Removed by Filter"`
	Unjoined float64    `json:"Rows Removed by Join Filter"`
	Times    float64    `json:"Actual Loops"`
	Plans    []planNode `json:"Plans"`
}

// busiest returns the most rows that a step met.
func (n planNode) busiest() float64 {
	met := (n.Rows + n.Filtered + n.Unjoined) * n.Times
	for _, below := range n.Plans {
		met = max(met, below.busiest())
	}
	return met
}

// visit collects the tables that are read from end to end. limited says that some
// rows are enough for the steps above.
func (n planNode) visit(limited bool, scans *[]scan) {
	if n.Node == "Seq Scan" {
		*scans = append(*scans, scan{n.Table, limited})
	}
	if n.Node == "Limit" {
		limited = true
	}
	if slices.Contains([]string{"Sort", "Aggregate", "Hash", "Materialize"}, n.Node) {
		limited = false
	}
	for _, below := range n.Plans {
		below.visit(limited, scans)
	}
}

// A plan that reads a whole table is seen, on either database, and one that reads
// along an index is not.
func TestAScanIsSeen(t *testing.T) {
	t.Parallel()
	whole := asked{Statement: store.Statement{SQL: "SELECT id FROM notice_message m WHERE m.detail = $1", Args: []any{"x"}}}
	index := asked{Statement: store.Statement{SQL: "SELECT id FROM notice_message m WHERE m.public_id = $1", Args: []any{"x"}}}
	judge := func(engine store.Engine, scansOf func(asked) ([]scan, error)) {
		scans, err := scansOf(whole)
		if err != nil || len(scans) != 1 || scans[0].table != "notice_message" {
			t.Errorf("%s: a whole table: %v %v", engine, scans, err)
		}
		scans, err = scansOf(index)
		if err != nil || len(scans) != 0 {
			t.Errorf("%s: along an index: %v %v", engine, scans, err)
		}
	}
	err := storetest.Open(t, store.SQLite).Read(t.Context(), func(tx *store.Tx) error {
		judge(store.SQLite, func(s asked) ([]scan, error) { return sqliteScans(t.Context(), tx, s) })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	conn := genericPlans(t, storetest.URL(t, store.Postgres))
	number := 0
	judge(store.Postgres, func(s asked) ([]scan, error) {
		number++
		return postgresScans(t.Context(), conn, fmt.Sprintf("p%d", number), s)
	})
	if handedAllAskedFor(asked{Statement: store.Statement{Rows: 3, Args: []any{int64(50)}}}) {
		t.Error("three rows of fifty are not all")
	}
}
