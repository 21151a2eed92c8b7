package store_test

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/text"
)

// A thing is a row of the list that these tests ask.
type thing struct {
	ID     int64
	Name   string
	Code   string
	Seats  *int64
	Open   bool
	SeenAt time.Time // zero: never
}

var things = store.List[thing]{
	Select: "t.id, t.name, t.code, t.seats, t.open, t.seen_at",
	From:   "thing t",
	ID:     "t.id",
	Words: store.Words{{
		Having: "SELECT thing_id FROM thing_word WHERE word >= $1 AND word < $2",
		Has:    "EXISTS (SELECT 1 FROM thing_word w WHERE w.thing_id = t.id AND w.word >= $1 AND w.word < $2)",
	}},
	Columns: []store.Column{
		{Key: "name", Filter: store.Prefix("t.folded"), Sort: store.ByText("t.sort_key")},
		{Key: "code", Filter: store.Choice("t.code")},
		{Key: "seats", Filter: store.Number("t.seats"), Sort: store.ByNumber("t.seats").OrNull()},
		{Key: "open", Filter: store.Bool("t.open"), Sort: store.ByBool("t.open")},
		{Key: "seen", Filter: store.Moment("t.seen_at"), Sort: store.ByMoment("t.seen_at").OrNull()},
		{Key: "words", Words: true},
	},
	Default: "name",
	Scan: func(r store.Row) (t thing, err error) {
		var seen *store.Time
		err = r.Scan(&t.ID, &t.Name, &t.Code, &t.Seats, &t.Open, &seen)
		t.SeenAt = seen.OrZero()
		return t, err
	},
}

// thingTables makes the tables of the list, with an index for each column that sorts.
func thingTables(t *testing.T, db *store.DB) {
	t.Helper()
	kind := map[store.Engine]string{store.SQLite: "TEXT", store.Postgres: "TIMESTAMPTZ"}[db.Engine]
	write(t, db, func(tx *store.Tx) error {
		return execAll(t.Context(), tx,
			"CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL, sort_key TEXT NOT NULL, code TEXT NOT NULL, "+
				"seats INTEGER, open BOOLEAN NOT NULL, seen_at "+kind+")",
			"CREATE TABLE thing_word (word TEXT NOT NULL, thing_id BIGINT NOT NULL REFERENCES thing (id), PRIMARY KEY (word, thing_id))",
			"CREATE INDEX thing_by_name ON thing (sort_key, id)",
			"CREATE INDEX thing_by_seats ON thing (seats, id)",
			"CREATE INDEX thing_by_open ON thing (open, id)",
			"CREATE INDEX thing_by_seen ON thing (seen_at, id)",
		)
	})
}

func putThings(ctx context.Context, tx *store.Tx, all []thing) error {
	for _, t := range all {
		_, err := tx.ExecContext(ctx, "INSERT INTO thing (id, name, folded, sort_key, code, seats, open, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
			t.ID, t.Name, text.Fold(t.Name), text.SortKey(t.Name), t.Code, t.Seats, t.Open, store.AtOrNil(t.SeenAt))
		if err != nil {
			return err
		}
		if err := (store.WordTable{Name: "thing_word", Key: "thing_id"}).Change(ctx, tx, t.ID, nil, store.WordsOf(t.Name, t.Code)); err != nil {
			return err
		}
	}
	return nil
}

func execAll(ctx context.Context, tx *store.Tx, statements ...string) error {
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

func write(t *testing.T, db *store.DB, change func(*store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), change); err != nil {
		t.Fatal(err)
	}
}

// wanted is the list as Go makes it: what passes the filters, in order.
func wanted(all []thing, ask store.Ask) []thing {
	kept := slices.DeleteFunc(slices.Clone(all), func(t thing) bool { return !passes(t, ask) })
	slices.SortFunc(kept, func(a, b thing) int {
		none, order := compareBy(ask.Sort, a, b)
		if none != 0 {
			return none
		}
		if order == 0 {
			order = cmp.Compare(a.ID, b.ID)
		}
		if ask.Desc {
			return -order
		}
		return order
	})
	return kept
}

// compareBy compares two rows by a column: first by which has no value, then by
// their values.
func compareBy(sort string, a, b thing) (none, order int) {
	truth := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	switch sort {
	case "seats":
		if a.Seats == nil || b.Seats == nil {
			return truth(a.Seats == nil) - truth(b.Seats == nil), 0
		}
		return 0, cmp.Compare(*a.Seats, *b.Seats)
	case "open":
		return 0, truth(a.Open) - truth(b.Open)
	case "seen":
		return truth(a.SeenAt.IsZero()) - truth(b.SeenAt.IsZero()), a.SeenAt.Compare(b.SeenAt)
	}
	return 0, strings.Compare(text.SortKey(a.Name), text.SortKey(b.Name))
}

func passes(t thing, ask store.Ask) bool {
	for key, asked := range ask.Filters {
		switch key {
		case "name":
			if text.Fold(asked) == "" || !strings.HasPrefix(text.Fold(t.Name), text.Fold(asked)) {
				return false
			}
		case "code":
			if t.Code != asked {
				return false
			}
		case "seats":
			low, high, ok := store.Range(asked)
			if !ok || t.Seats == nil || *t.Seats*100 < low || *t.Seats*100 > high {
				return false
			}
		case "open":
			if strconv.FormatBool(t.Open) != asked {
				return false
			}
		case "seen":
			from, to, ok := store.Period(asked, time.UTC)
			if !ok || t.SeenAt.IsZero() || t.SeenAt.Before(from) || !to.IsZero() && !t.SeenAt.Before(to) {
				return false
			}
		}
	}
	if ask.Search != "" && text.Fold(ask.Search) == "" {
		return false // signs alone are no word
	}
	for word := range strings.FieldsSeq(text.Fold(ask.Search)) {
		if !slices.ContainsFunc(text.Words(t.Name+" "+t.Code), func(w string) bool { return strings.HasPrefix(w, word) }) {
			return false
		}
	}
	return true
}

var (
	someNames  = rapid.SampledFrom([]string{"Zoé", "zoe", "Éloïse Œuvrard", "Ana", "Anaïs d'Été", "Đặng N’Guyen", "B", "", "22", "Ångström ßa"})
	someCodes  = rapid.SampledFrom([]string{"A1", "B2", "été"})
	someDays   = rapid.SampledFrom([]time.Time{{}, time.Date(2026, 12, 31, 23, 59, 59, 999_999_000, time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 1, 31, 9, 0, 0, 1000, time.UTC)})
	someFilter = map[string]*rapid.Generator[string]{
		"name":  rapid.SampledFrom([]string{"z", "ana", "e", "œu", "?"}),
		"code":  rapid.SampledFrom([]string{"A1", "été", "none", "'; DROP TABLE thing; --", "\x00A1"}),
		"seats": rapid.SampledFrom([]string{"2", "> 1", "<=0", "1-3", "1,5..9", "abc", "999999999999", ">= -1"}),
		"open":  rapid.SampledFrom([]string{"true", "false"}),
		"seen":  rapid.SampledFrom([]string{"2027", "01/2027", "> 2026", "<= 2026-12-31", "2026..2027", "soon"}),
	}
)

func drawThings(t *rapid.T) []thing {
	all := make([]thing, rapid.IntRange(0, 30).Draw(t, "rows"))
	for i := range all {
		all[i] = thing{ID: int64(1000 - i), Name: someNames.Draw(t, "name"), Code: someCodes.Draw(t, "code"),
			Open: rapid.Bool().Draw(t, "open"), SeenAt: someDays.Draw(t, "seen")}
		if rapid.Bool().Draw(t, "has seats") {
			seats := rapid.Int64Range(-1, 4).Draw(t, "seats")
			all[i].Seats = &seats
		}
	}
	return all
}

func drawAsk(t *rapid.T) store.Ask {
	ask := store.Ask{
		Filters: map[string]string{},
		Search:  rapid.SampledFrom([]string{"", "", "z", "an et", "oeuv A1", "dang nguyen", "dete", "?", "%", "_", "\""}).Draw(t, "search"),
		Sort:    rapid.SampledFrom([]string{"name", "seats", "open", "seen"}).Draw(t, "sort"),
		Desc:    rapid.Bool().Draw(t, "desc"),
		Size:    rapid.IntRange(1, 8).Draw(t, "size"),
	}
	for _, key := range []string{"name", "code", "seats", "open", "seen"} {
		if rapid.IntRange(0, 4).Draw(t, "filters") == 0 {
			ask.Filters[key] = someFilter[key].Draw(t, key)
		}
	}
	return ask
}

// forwards walks all pages by their next ones, and back again by their previous ones.
func forwardsAndBack(ctx context.Context, tx *store.Tx, things store.List[thing], where store.Condition, ask store.Ask) (there, back []thing, err error) {
	var starts []string
	for {
		page, err := things.Page(ctx, tx, where, ask)
		if err != nil {
			return nil, nil, err
		}
		there = append(there, page.Rows...)
		starts = append(starts, page.Previous)
		if page.Next == "" {
			back = slices.Clone(page.Rows)
			break
		}
		ask.After = page.Next
	}
	ask.After = ""
	for previous := starts[len(starts)-1]; previous != ""; {
		ask.Before = previous
		page, err := things.Page(ctx, tx, where, ask)
		if err != nil {
			return nil, nil, err
		}
		back = append(slices.Clone(page.Rows), back...)
		previous = page.Previous
	}
	return there, back, nil
}

func TestAListIsWhatGoWouldFilterAndSort(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		thingTables(t, db)
		rapid.Check(t, func(rt *rapid.T) {
			all, ask, least := drawThings(rt), drawAsk(rt), rapid.Int64Range(980, 1001).Draw(rt, "least")
			things := things
			things.Long = rapid.Bool().Draw(rt, "long")
			if rapid.Bool().Draw(rt, "words of another key") {
				things.WordsOf, things.Words = "-t.id", store.Words{{Having: "SELECT -thing_id FROM thing_word WHERE word >= $1 AND word < $2", Has: things.Words.Has()}}
			}
			where := store.Condition{}
			if rapid.Bool().Draw(rt, "bounded") {
				where = store.Or(store.Where("t.id >= $1", least), store.Where("t.name = $1 OR t.name = $2", "Ana", "B"))
			}
			var kept []thing
			for _, v := range all {
				if where.SQL == "" || v.ID >= least || v.Name == "Ana" || v.Name == "B" {
					kept = append(kept, v)
				}
			}
			cleaned := ask
			if code, ok := ask.Filters["code"]; ok {
				cleaned.Filters = map[string]string{}
				for k, v := range ask.Filters {
					cleaned.Filters[k] = v
				}
				cleaned.Filters["code"] = strings.Trim(code, "\x00")
			}
			want := wanted(kept, cleaned)
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				if err := execAll(t.Context(), tx, "DELETE FROM thing_word", "DELETE FROM thing"); err != nil {
					return err
				}
				if err := putThings(t.Context(), tx, all); err != nil {
					return err
				}
				there, back, err := forwardsAndBack(t.Context(), tx, things, where, ask)
				if err != nil {
					return err
				}
				var each []thing
				err = things.Each(t.Context(), tx, where, ask, func(chunk []thing) error {
					each = append(each, chunk...)
					return nil
				})
				if err != nil {
					return err
				}
				for way, got := range map[string][]thing{"forwards": there, "backwards": back, "each": each} {
					if g, w := ids(got), ids(want); !slices.Equal(g, w) {
						rt.Errorf("%s: got %v, want %v", way, g, w)
					}
				}
				n, more, err := things.Count(t.Context(), tx, where, ask)
				if n != len(want) || more {
					rt.Errorf("counted %d (more: %t), want %d", n, more, len(want))
				}
				return err
			})
			if err != nil {
				rt.Fatal(err)
			}
		})
	})
}

func ids(all []thing) (found []int64) {
	for _, t := range all {
		found = append(found, t.ID)
	}
	return found
}

// manyThings puts n rows: names in no order, few different seats, some without.
func manyThings(t *testing.T, db *store.DB, n int) {
	t.Helper()
	thingTables(t, db)
	write(t, db, func(tx *store.Tx) error {
		var all []thing
		for i := range n {
			v := thing{ID: int64(i + 1), Name: fmt.Sprintf("Name%05d Of%d", i*7919%n, i%10), Code: fmt.Sprintf("C%d", i%50), Open: i%2 == 0}
			if i%10 != 0 {
				seats := int64(i % 4)
				v.Seats, v.SeenAt = &seats, storetest.Start.Add(time.Duration(i)*time.Minute)
			}
			all = append(all, v)
		}
		if err := putThings(t.Context(), tx, all); err != nil {
			return err
		}
		return execAll(t.Context(), tx, "ANALYZE")
	})
}

func TestAPageReadsWhatItShows(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		manyThings(t, db, 2500)
		for _, sort := range []string{"name", "seats", "open", "seen"} {
			for _, desc := range []bool{false, true} {
				ask := store.Ask{Sort: sort, Desc: desc, Size: 1000}
				for page := range 5 {
					ctx, count := store.WithCounter(t.Context())
					count.Record()
					if page == 4 { // deep in the list, and back
						ask.Before, ask.After = ask.After, ""
					}
					got, err := store.Get(ctx, db, func(tx *store.Tx) (store.Page[thing], error) {
						return things.Page(ctx, tx, store.Condition{}, ask)
					})
					if err != nil {
						t.Fatal(err)
					}
					ask.After, ask.Size = got.Next, 50
					if count.Statements() > 3 || count.Rows() > 3*1001 {
						t.Errorf("%s desc=%t page %d: %d statements, %d rows", sort, desc, page, count.Statements(), count.Rows())
					}
					for _, s := range count.Recorded() {
						if plan := planOf(t, db, s); sorts.MatchString(plan) || !strings.Contains(plan, "INDEX") {
							t.Errorf("%s desc=%t page %d: %s\n%s", sort, desc, page, s.SQL, plan)
						}
					}
				}
			}
		}
	})
}

var sorts = regexp.MustCompile(`\bSORT\b`)

// planOf returns how the engine runs a statement, in capitals. A sort is called
// SORT, the use of an index INDEX, on both.
func planOf(t *testing.T, db *store.DB, s store.Statement) string {
	t.Helper()
	plan, err := store.Get(t.Context(), db, func(tx *store.Tx) (string, error) {
		explain := map[store.Engine]string{store.SQLite: "EXPLAIN QUERY PLAN ", store.Postgres: "EXPLAIN "}[tx.Engine]
		rows, err := tx.QueryContext(t.Context(), explain+s.SQL, s.Args...)
		if err != nil {
			return "", err
		}
		defer func() { _ = rows.Close() }()
		var plan strings.Builder
		for rows.Next() {
			var id, parent, unused int
			var line string
			dest := []any{&line}
			if tx.Engine == store.SQLite {
				dest = []any{&id, &parent, &unused, &line}
			}
			if err := rows.Scan(dest...); err != nil {
				return "", err
			}
			plan.WriteString(strings.ReplaceAll(strings.ToUpper(line), "USE TEMP B-TREE FOR", "SORT") + "\n")
		}
		return plan.String(), rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// More rows than are read at once are each handed over once.
func TestManyRowsAreReadWhole(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		manyThings(t, db, 1300)
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			all, err := things.All(t.Context(), tx, store.Where("t.id > $1", 1))
			some, other := things.Unordered(t.Context(), tx, store.Where("t.id > $1", 1))
			slices.SortFunc(some, func(a, b thing) int { return cmp.Compare(a.ID, b.ID) })
			for _, found := range [][]thing{all, some} {
				for i, found := range found {
					if found.ID != int64(i+2) {
						t.Fatalf("row %d has the key %d", i, found.ID)
					}
				}
				if len(found) != 1299 {
					t.Errorf("%d rows are read", len(found))
				}
			}
			return errors.Join(err, other)
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// However many have the words of a search, the same rows are found; those who have one
// that many have are not gathered.
func TestWordsThatManyHaveAreAskedOfTheRows(t *testing.T) {
	t.Parallel()
	things := things
	things.Words = append(slices.Clone(things.Words), store.Place{
		Having: "SELECT id FROM thing WHERE id % 2 = 0 AND 'even' >= $1 AND 'even' < $2", Has: "t.id % 2 = 0 AND 'even' >= $1 AND 'even' < $2",
	})
	gathering := things
	gathering.Words = store.Having(things.Words.Having())
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		manyThings(t, db, 2500)
		write(t, db, func(tx *store.Tx) error {
			return execAll(t.Context(), tx, "INSERT INTO thing_word (word, thing_id) SELECT 'qmost', id FROM thing WHERE id % 2 = 0",
				"INSERT INTO thing_word (word, thing_id) SELECT 'qfew', id FROM thing WHERE id % 100 = 0", "INSERT INTO thing_word (word, thing_id) SELECT 'qall', id FROM thing")
		})
		owned := things
		owned.WordsOf, owned.Words = "-t.id", store.Having("SELECT -thing_id FROM thing_word WHERE word >= $1 AND word < $2")
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			n, _, err := owned.Count(t.Context(), tx, store.Condition{}, store.Ask{Search: "q"})
			if n != 2500 {
				t.Errorf("%d of 2500 are counted, some of whom have several such words", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, ask := range []store.Ask{
			{Search: "qm"}, {Search: "qfew"}, {Search: "qall qmo"}, {Search: "qfe qmost", Sort: "seats"}, {Search: "qnone qall"}, {Search: "- qall", Sort: "seen", Desc: true},
			{Search: "--"}, {Filters: map[string]string{"words": "qmost", "open": "1"}}, {Search: "ev"}, {Search: "qall even"}, {Search: "qfew evening"}, {Search: "qall", Filters: map[string]string{"words": "qfew"}},
		} {
			err := db.Read(t.Context(), func(tx *store.Tx) error {
				got, err := things.Page(t.Context(), tx, store.Condition{}, ask)
				if err != nil {
					return err
				}
				n, _, err := things.Count(t.Context(), tx, store.Condition{}, ask)
				if err != nil {
					return err
				}
				var all []thing
				err = gathering.Each(t.Context(), tx, store.Condition{}, ask, func(some []thing) error {
					all = append(all, some...)
					return nil
				})
				same := slices.EqualFunc(got.Rows, all[:min(len(all), 50)], func(a, b thing) bool { return a.ID == b.ID })
				if !same || n != len(all) {
					t.Errorf("%+v: %d rows of %d, want %d", ask, len(got.Rows), n, len(all))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for what, read := range map[string]func(context.Context, *store.Tx) error{
			"a page": func(ctx context.Context, tx *store.Tx) error {
				_, err := things.Page(ctx, tx, store.Condition{}, store.Ask{Search: "qall qmost"})
				return err
			},
			"a file": func(ctx context.Context, tx *store.Tx) error { // each of its parts would gather them anew
				return things.Each(ctx, tx, store.Condition{}, store.Ask{Search: "qall qmost"}, func([]thing) error { return nil })
			},
		} {
			ctx, count := store.WithCounter(t.Context())
			count.Record()
			err := db.Read(ctx, func(tx *store.Tx) error { return read(ctx, tx) })
			if ran := count.Recorded(); err != nil || len(ran) < 2 || strings.Contains(ran[1].SQL, "IN (") {
				t.Errorf("%s: %+v, %v", what, ran, err)
			}
		}
	})
}

// SQLite goes along the index of an order to spare a sort, even where it reads all places
// of a run for a few of them.
func TestSomeKnownRowsAreFoundByTheirCondition(t *testing.T) {
	t.Parallel()
	places := store.List[int]{Select: "p.owner", From: "place p", ID: "p.owner", Scan: func(r store.Row) (n int, err error) { return n, r.Scan(&n) }}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error {
			if err := execAll(t.Context(), tx, "CREATE TABLE place (run BIGINT, position BIGINT, owner BIGINT, PRIMARY KEY (run, position), UNIQUE (run, owner))"); err != nil {
				return err
			}
			for i := range 200 {
				if _, err := tx.ExecContext(t.Context(), "INSERT INTO place (run, position, owner) VALUES (1, $1, $2)", i, 200-i); err != nil {
					return err
				}
			}
			return nil
		})
		positions := make([]int, 64)
		for i := range positions {
			positions[i] = 3 * i
		}
		ctx, count := store.WithCounter(t.Context())
		count.Record()
		got, err := store.Get(ctx, db, func(tx *store.Tx) ([]int, error) {
			return places.All(ctx, tx, store.And(store.Where("p.run = $1", 1), store.In("p.position", positions)))
		})
		if err != nil || len(got) != 64 || !slices.IsSorted(got) {
			t.Errorf("got %v, %v", got, err)
		}
		if plan := planOf(t, db, count.Recorded()[0]); db.Engine == store.SQLite && !strings.Contains(plan, "POSITION=?") {
			t.Errorf("some places are not found by their positions:\n%s", plan)
		}
	})
}

func TestACountStopsAtTenThousand(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		thingTables(t, db)
		write(t, db, func(tx *store.Tx) error {
			return execAll(t.Context(), tx, `INSERT INTO thing (id, name, folded, sort_key, code, open)
				WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001)
				SELECT i, '', '', '', CASE WHEN i = 1 THEN 'A1' ELSE 'B2' END, FALSE FROM n`)
		})
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			for _, c := range []struct {
				ask  store.Ask
				n    int
				more bool
			}{{store.Ask{}, 10_000, true}, {store.Ask{Filters: map[string]string{"code": "B2"}}, 10_000, false}, {store.Ask{Filters: map[string]string{"code": "A1"}}, 1, false}} {
				n, more, err := things.Count(t.Context(), tx, store.Condition{}, c.ask)
				if err != nil || n != c.n || more != c.more {
					t.Errorf("%v: %d, %t, %v; want %d, %t", c.ask, n, more, err, c.n, c.more)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// An address may come from anywhere: an old page, another list, somebody's hands.
func TestAnAddressThatDoesNotFitShowsTheList(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		manyThings(t, db, 60)
		page := func(ask store.Ask) store.Page[thing] {
			t.Helper()
			ask.Size = 20
			p, err := store.Get(t.Context(), db, func(tx *store.Tx) (store.Page[thing], error) {
				return things.Page(t.Context(), tx, store.Condition{}, ask)
			})
			if err != nil {
				t.Errorf("%+v: %v", ask, err)
			}
			return p
		}
		first := ids(page(store.Ask{}).Rows)
		last := ids(page(store.Ask{Desc: true, Sort: "name"}).Rows)
		slices.Reverse(last)
		byName := page(store.Ask{Sort: "name"}).Next
		for what, ask := range map[string]store.Ask{
			"no such column":              {Sort: "birth", Filters: map[string]string{"birth": "1"}},
			"a column that does not sort": {Sort: "code", Desc: true},
			"no cursor":                   {After: "?", Before: "e30"},
			"not base64":                  {After: "AAA=AAA"},
			"the cursor of another order": {After: page(store.Ask{Sort: "open"}).Next},
			"a number for a text":         {After: forged(`{"s":"name","v":{"V":1,"Valid":true},"i":1}`)},
			"no value for a text":         {After: forged(`{"s":"name","v":{"V":"","Valid":false},"i":1}`)},
			"no value at all":             {After: forged(`{"s":"name","i":1}`)},
			"a text that none can hold":   {After: forged(`{"s":"name","v":{"V":"a\u0000","Valid":true},"i":1}`)},
			"a size that nobody offers":   {Size: -5},
			"before the first row":        {Before: forged(`{"s":"name","v":{"V":"","Valid":true},"i":0}`)},
		} {
			if got := ids(page(ask).Rows); !slices.Equal(got, first) {
				t.Errorf("%s: got %v, want %v", what, got, first)
			}
		}
		if got := page(store.Ask{After: forged(`{"s":"name","v":{"V":"~","Valid":true},"i":0}`)}); !slices.Equal(ids(got.Rows), last) || got.Next != "" || got.Previous == "" {
			t.Errorf("behind the last row: got %v, want %v", ids(got.Rows), last)
		}
		huge := forged(`{"s":"seats","v":{"V":` + strconv.Itoa(math.MaxInt64) + `,"Valid":true},"i":` + strconv.Itoa(math.MaxInt64) + `}`)
		if got := page(store.Ask{Sort: "seats", After: huge}); len(got.Rows) == 0 {
			t.Error("a number greater than any shows nothing")
		}
		if byName == "" {
			t.Error("sixty rows fit on a page of twenty")
		}
	})
}

// forged returns a cursor that somebody made.
func forged(json string) string { return base64.RawURLEncoding.EncodeToString([]byte(json)) }
