package store

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"modernc.org/sqlite"

	"stagora.org/stagora/internal/text"
)

// A WordTable is a table of words beside a table that people search: the word and
// the key of the row, each pair once, with an index that begins with the word. The
// owner of both keeps it with [WordTable.Change] in the transaction that writes the
// row; [List.Words] searches it.
type WordTable struct {
	Name string // identity_word
	Key  string // the column with the key of the row: person_id
}

// Change writes what has changed between the words that a row had and those that it
// has now ([WordsOf]): at most one statement for those that go and one for those
// that come. A new row had none; the words of a row that is removed go with it.
func (t WordTable) Change(ctx context.Context, tx *Tx, id int64, before, now []string) error {
	gone := slices.DeleteFunc(slices.Clone(before), func(word string) bool { return slices.Contains(now, word) })
	if len(gone) > 0 {
		where := And(Where(t.Key+" = $1", id), In("word", gone))
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+t.Name+" WHERE "+where.SQL, where.Args...); err != nil {
			return fmt.Errorf("remove from %s: %w", t.Name, err)
		}
	}
	come := slices.DeleteFunc(slices.Clone(now), func(word string) bool { return slices.Contains(before, word) })
	if len(come) == 0 {
		return nil
	}
	// A word given twice is kept once: see In for why there are as many as that.
	words := In("word", come).Args
	values := make([]string, len(words))
	for i := range words {
		values[i] = fmt.Sprintf("($1, $%d)", i+2)
	}
	insert := "INSERT INTO " + t.Name + " (" + t.Key + ", word) VALUES " + strings.Join(values, ", ") + " ON CONFLICT DO NOTHING"
	if _, err := tx.ExecContext(ctx, insert, append([]any{id}, words...)...); err != nil {
		return fmt.Errorf("add to %s: %w", t.Name, err)
	}
	return nil
}

// Add writes the words of rows that had none of them before, by key, many in one
// statement.
func (t WordTable) Add(ctx context.Context, tx *Tx, words map[int64][]string) error {
	var rows [][]any
	for _, id := range slices.Sorted(maps.Keys(words)) {
		for _, word := range words[id] {
			rows = append(rows, []any{id, word})
		}
	}
	return AddRows(Later(ctx), tx, t.Name, []string{t.Key, "word"}, rows, "ON CONFLICT DO NOTHING")
}

// wordsInSQLite gives SQLite the functions fold, which is [text.Fold], and words, which
// is [WordsOf] as a JSON array: migrations fill tables of words with them. On PostgreSQL
// they fold with its own functions.
var wordsInSQLite = sync.OnceValue(func() error {
	one := func(do func(string) (string, error)) func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
		return func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			s, _ := args[0].(string)
			return do(s)
		}
	}
	folded := func(s string) (string, error) { return text.Fold(s), nil }
	words := func(s string) (string, error) {
		list, err := json.Marshal(append([]string{}, WordsOf(s)...))
		return string(list), err
	}
	return errors.Join(
		sqlite.RegisterDeterministicScalarFunction("fold", 1, one(folded)),
		sqlite.RegisterDeterministicScalarFunction("words", 1, one(words)),
	)
})
