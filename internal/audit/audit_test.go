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
