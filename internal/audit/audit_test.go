package audit_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/text"
)

func record(t *testing.T, db *store.DB, e audit.Entry) {
	t.Helper()
	if err := db.Write(t.Context(), func(tx *store.Tx) error { return audit.Record(t.Context(), tx, e) }); err != nil {
		t.Fatal(err)
	}
}

func find(t *testing.T, db *store.DB, s audit.Search) (lines []audit.Line) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
		lines, err = audit.Find(t.Context(), tx, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestALineTellsWhoDidWhatAndWhy(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		nadia := audit.Who{Person: 7, Name: "Nadia Lopes", Origin: "127.0.0.1"}
		record(t, db, audit.Entry{Who: nadia, Action: "person.created", Args: map[string]any{"person": "Ines"}, Kind: "person", Object: "p1"})
		record(t, db, audit.Entry{
			Who: nadia, Action: "person.changed", Args: map[string]any{"person": "Ines"}, Kind: "person", Object: "p1", Scope: "c1",
			Before: map[string]string{"email": ""}, After: map[string]string{"email": "i@v.fr"}, Reason: "écrit par l’étudiante",
		})
		record(t, db, audit.Entry{Who: audit.Who{Origin: "job"}, Action: "person.created", Kind: "person", Object: "p2"})

		lines := find(t, db, audit.Search{Kind: "person", Object: "p1", Limit: 10})
		if len(lines) != 2 {
			t.Fatalf("%d lines about p1", len(lines))
		}
		newest := lines[0]
		if got, want := newest.Sentence(text.In(text.French, "")), "a modifié la fiche de Ines"; got != want {
			t.Errorf("sentence %q, want %q", got, want)
		}
		if newest.Name != "Nadia Lopes" || newest.Before != `{"email":""}` || newest.Reason == "" || !newest.At.Equal(storetest.Start) {
			t.Errorf("got %+v", newest)
		}
		for _, tt := range []struct {
			name string
			s    audit.Search
			want int
		}{
			{"everything", audit.Search{Limit: 10}, 3},
			{"one campaign", audit.Search{Scope: "c1", Limit: 10}, 1},
			{"one person's acts", audit.Search{Person: 7, Limit: 10}, 2},
			{"older than a line", audit.Search{Before: newest.ID, Limit: 10}, 1},
			{"at most one", audit.Search{Limit: 1}, 1},
			{"one kind", audit.Search{Kind: "person", Limit: 10}, 3},
			{"a kind that is not there", audit.Search{Kind: "role", Limit: 10}, 0},
			{"one person in one campaign", audit.Search{Person: 7, Scope: "c1", Limit: 10}, 1},
			{"another person in that campaign", audit.Search{Person: 8, Scope: "c1", Limit: 10}, 0},
			{"from their instant on", audit.Search{From: storetest.Start, Limit: 10}, 3},
			{"until their instant", audit.Search{Until: storetest.Start, Limit: 10}, 0},
			{"in the minute around", audit.Search{From: storetest.Start.Add(-time.Minute), Until: storetest.Start.Add(time.Minute), Limit: 10}, 3},
		} {
			if got := len(find(t, db, tt.s)); got != tt.want {
				t.Errorf("%s: %d lines, want %d", tt.name, got, tt.want)
			}
		}
	})
}

func TestABlankOfALineIsWrittenForWhoeverReadsIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		record(t, db, audit.Entry{
			Action: "right.added", Kind: "role", Object: "observer",
			Args: map[string]any{"right": text.Key("right.audit.view"), "role": "Observation"},
		})
		line := find(t, db, audit.Search{Kind: "role", Object: "observer", Limit: 1})[0]
		for lang, want := range map[text.Lang]string{
			text.French:  text.In(text.French, "").T("right.audit.view"),
			text.English: text.In(text.English, "").T("right.audit.view"),
		} {
			if got := line.Sentence(text.In(lang, "")); !strings.Contains(got, want) {
				t.Errorf("%s: %q does not hold %q", lang, got, want)
			}
		}
		var kinds []string
		err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
			kinds, err = audit.Kinds(t.Context(), tx)
			return err
		})
		if err != nil || !slices.Equal(kinds, []string{"role"}) {
			t.Errorf("kinds %v, %v", kinds, err)
		}
	})
}

func TestNobodyChangesOrRemovesALine(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		record(t, db, audit.Entry{Action: "person.created", Kind: "person", Object: "p1"})
		for _, query := range []string{"UPDATE audit_entry SET reason = 'x'", "DELETE FROM audit_entry"} {
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := tx.ExecContext(t.Context(), query)
				return err
			})
			if err == nil {
				t.Errorf("%s went through", query)
			}
		}
		if n := len(find(t, db, audit.Search{Limit: 10})); n != 1 {
			t.Errorf("%d lines left", n)
		}
	})
}

func TestTheLogIsReadByPagesHoweverLongItIs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const many = 6000
		change := func(do string) {
			t.Helper()
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := tx.ExecContext(t.Context(), do)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		at := "printf('2027-03-01T%02d:%02d:00.000000Z', i / 250, i % 50)"
		if db.Engine == store.Postgres {
			at = "timestamptz '2027-03-01T00:00Z' + make_interval(hours => i / 250, mins => i % 50)"
		}
		change(`INSERT INTO audit_entry (at, person, person_name, behalf, behalf_name, origin, action, args,
				object_kind, object, scope, before, after, reason)
			WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 5999)
			SELECT ` + at + `, i % 40, 'Nadia', 0, '', '', CAST('a' || (i % 30) AS TEXT), '{}',
				CAST('k' || (i % 10) AS TEXT), CAST('o' || (i % 300) AS TEXT), CAST('c' || (i % 60) AS TEXT), '', '', '' FROM n`)
		storetest.Analyze(t, db)
		for name, tt := range map[string]struct {
			search audit.Search
			lines  int
		}{
			"everything":                 {audit.Search{}, many},
			"one kind":                   {audit.Search{Kind: "k3"}, 600},
			"one thing":                  {audit.Search{Kind: "k3", Object: "o3"}, 20},
			"one thing of any kind":      {audit.Search{Object: "o3"}, 20},
			"a thing that nobody has":    {audit.Search{Object: "zz"}, 0},
			"one campaign":               {audit.Search{Scope: "c7"}, 100},
			"one person":                 {audit.Search{Person: 5}, 150},
			"one action":                 {audit.Search{Action: "a4"}, 200},
			"an hour":                    {audit.Search{From: storetest.Start, Until: storetest.Start.Add(time.Hour)}, 250},
			"one person in one campaign": {audit.Search{Person: 7, Scope: "c7"}, 50},
		} {
			ctx, counter := store.WithCounter(t.Context())
			counter.Record()
			err := db.Read(ctx, func(tx *store.Tx) error {
				seen := map[int64]bool{}
				last := audit.Line{}
				ask := store.Ask{Size: 40}
				for {
					page, err := audit.Page(ctx, tx, tt.search, ask)
					if err != nil {
						return err
					}
					for _, l := range page.Rows {
						if last.ID != 0 && (l.At.After(last.At) || l.At.Equal(last.At) && l.ID > last.ID) {
							t.Errorf("%s: %+v comes after %+v", name, l, last)
						}
						seen[l.ID], last = true, l
					}
					if ask.After = page.Next; ask.After == "" {
						break
					}
				}
				n, more, err := audit.Count(ctx, tx, tt.search)
				if len(seen) != tt.lines || n != tt.lines || more {
					t.Errorf("%s: %d lines, counted %d, want %d", name, len(seen), n, tt.lines)
				}
				if err != nil {
					return err
				}
				tt.search.Before, tt.search.Limit = last.ID, 5
				older, err := audit.Find(ctx, tx, tt.search)
				if len(older) != 0 {
					t.Errorf("%s: %+v is older than the oldest", name, older[0])
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			for query, plan := range storetest.Scanned(t, db, counter.Recorded(), "audit_entry") {
				// Counting everything reads everything, up to its bound.
				if !(name == "everything" && strings.Contains(query, "COUNT(*)")) {
					t.Errorf("%s scans the log: %s\n%s", name, query, plan)
				}
			}
			if tt.search.Object != "" {
				byObject(t, db, name, counter.Recorded())
			}
		}
		ctx, counter := store.WithCounter(t.Context())
		counter.Record()
		err := db.Read(ctx, func(tx *store.Tx) error {
			kinds, err := audit.Kinds(ctx, tx)
			if len(kinds) != 10 {
				t.Errorf("kinds %v", kinds)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for query, plan := range storetest.Scanned(t, db, counter.Recorded(), "audit_entry") {
			t.Errorf("the kinds scan the log: %s\n%s", query, plan)
		}
	})
}

// byObject proves that statements find a thing along the index of things: the walk of
// the log in its order, until enough lines are found, is no scan to the planners.
func byObject(t *testing.T, db *store.DB, name string, recorded []store.Statement) {
	t.Helper()
	if db.Engine == store.Postgres {
		return // it weighs both by its statistics, and the log of this test is short
	}
	for _, s := range recorded {
		plan := storetest.Plan(t, db, s)
		if strings.Contains(s.SQL, "object =") && !strings.Contains(plan, "audit_entry_by_object (object=?") {
			t.Errorf("%s goes another way than by the thing: %s\n%s", name, s.SQL, plan)
		}
	}
}
