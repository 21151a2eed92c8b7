package storetest

import (
	"regexp"
	"strings"
	"testing"

	"stagora.org/stagora/internal/store"
)

// Scanned returns the plan of each of these statements that reads one of the tables
// from end to end, also along an index, by its text. Fill the tables first, and let [Analyze] look at them: an
// engine rightly scans what is small.
func Scanned(t testing.TB, db *store.DB, statements []store.Statement, tables ...string) map[string]string {
	t.Helper()
	scanned := map[string]string{}
	named := "(?:" + strings.Join(tables, "|") + `)\b`
	scan := regexp.MustCompile(`Seq Scan on ` + named + `|Index (?:Only )?Scan using \w+ on ` + named + `[^\n]*\n\s+Filter`)
	if db.Engine == store.SQLite {
		scan = regexp.MustCompile(`(?m)^SCAN ` + named + `$`)
	}
	for _, s := range statements {
		if !reads.MatchString(s.SQL) {
			continue
		}
		plan := Plan(t, db, s)
		if scan.MatchString(plan) {
			scanned[s.SQL] = plan
		}
	}
	return scanned
}

// reads is how a statement begins that reads, after the comment of a generated one.
var reads = regexp.MustCompile(`^(?:--[^\n]*\n|\s)*(?:SELECT|WITH)\b`)

// Plan returns how the engine answers a statement, in its own words.
func Plan(t testing.TB, db *store.DB, s store.Statement) string {
	t.Helper()
	explain := "EXPLAIN "
	if db.Engine == store.SQLite {
		explain = "EXPLAIN QUERY PLAN "
	}
	var plan strings.Builder
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.QueryContext(t.Context(), explain+s.SQL, s.Args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var id, parent, unused, line any
			dest := []any{&line}
			if db.Engine == store.SQLite {
				dest = []any{&id, &parent, &unused, &line}
			}
			if err := rows.Scan(dest...); err != nil {
				return err
			}
			plan.WriteString(line.(string) + "\n")
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan.String()
}

// Analyze lets the engine look at what its tables hold.
func Analyze(t testing.TB, db *store.DB) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), "ANALYZE")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
