package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// columns lists every column of the schema as "table.column kind null?", with the
// kinds of both engines brought to common words.
func columns(ctx context.Context, tx *store.Tx) ([]string, error) {
	query := `SELECT table_name, column_name, data_type, is_nullable = 'YES'
		FROM information_schema.columns WHERE table_schema = 'public'`
	if tx.Engine == store.SQLite {
		query = `SELECT m.name, c.name, lower(c.type), c."notnull" = 0 AND c.pk = 0
			FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`
	}
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var found []string
	for rows.Next() {
		var table, column, kind string
		var nullable bool
		if err := rows.Scan(&table, &column, &kind, &nullable); err != nil {
			return nil, err
		}
		if !strings.HasPrefix(table, "goose_") {
			found = append(found, fmt.Sprintf("%s.%s %s null=%t", table, column, commonKind(kind), nullable))
		}
	}
	slices.Sort(found)
	return found, rows.Err()
}

// commonKind names what one engine calls otherwise than the other. SQLite keeps
// times as text and calls its key an integer.
func commonKind(kind string) string {
	switch kind {
	case "bigint", "integer":
		return "number"
	case "timestamp with time zone", "text":
		return "text"
	case "bytea", "blob":
		return "bytes"
	}
	return kind
}

// uniques lists the columns of every unique index and primary key.
func uniques(ctx context.Context, tx *store.Tx) ([]string, error) {
	query := `SELECT t.relname, string_agg(a.attname, ',' ORDER BY a.attname)
		FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
		JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY(i.indkey)
		WHERE i.indisunique AND n.nspname = 'public' GROUP BY t.relname, i.indexrelid`
	if tx.Engine == store.SQLite {
		query = `SELECT m.name, (SELECT string_agg(c.name, ',' ORDER BY c.name) FROM pragma_index_info(i.name) c)
			FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table' AND i."unique" = 1
			UNION ALL
			SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c
			WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND c.pk = 1 AND lower(c.type) = 'integer'`
	}
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var found []string
	for rows.Next() {
		var table, names string
		if err := rows.Scan(&table, &names); err != nil {
			return nil, err
		}
		if !strings.HasPrefix(table, "goose_") {
			found = append(found, table+" ("+names+")")
		}
	}
	slices.Sort(found)
	return slices.Compact(found), rows.Err()
}

func TestBothEnginesHaveTheSameSchema(t *testing.T) {
	t.Parallel()
	for what, look := range map[string]func(context.Context, *store.Tx) ([]string, error){"columns": columns, "unique keys": uniques} {
		found := map[store.Engine][]string{}
		for _, engine := range storetest.Engines {
			err := storetest.Open(t, engine).Read(t.Context(), func(tx *store.Tx) (err error) {
				found[engine], err = look(t.Context(), tx)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if len(found[store.SQLite]) == 0 {
			t.Errorf("no %s found", what)
		}
		for _, s := range found[store.SQLite] {
			if !slices.Contains(found[store.Postgres], s) {
				t.Errorf("%s: only SQLite has %s", what, s)
			}
		}
		for _, s := range found[store.Postgres] {
			if !slices.Contains(found[store.SQLite], s) {
				t.Errorf("%s: only PostgreSQL has %s", what, s)
			}
		}
	}
}

// removedOften are the tables whose rows an import that is taken back removes by the
// thousand: each removal looks for who refers to the row.
var removedOften = []string{"identity_person", "student_student", "site_site", "site_institution", "site_contact"}

// references lists the columns that refer to a table, and those of them that begin an index.
func references(ctx context.Context, tx *store.Tx, table string) (all, indexed []string, err error) {
	all, err = words(ctx, tx, map[store.Engine]string{
		store.SQLite: `SELECT m.name || '.' || f."from" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND f."table" = $1`,
		store.Postgres: `SELECT t.relname || '.' || a.attname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
			JOIN pg_class p ON p.oid = c.confrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
			WHERE c.contype = 'f' AND p.relname = $1`,
	}[tx.Engine], table)
	if err != nil {
		return nil, nil, err
	}
	indexed, err = words(ctx, tx, map[store.Engine]string{
		store.SQLite: `SELECT m.name || '.' || (SELECT c.name FROM pragma_index_info(i.name) c WHERE c.seqno = 0)
			FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table' AND $1 = $1
			UNION SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.pk = 1`,
		store.Postgres: `SELECT t.relname || '.' || a.attname FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
			JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0] WHERE $1::text = $1`,
	}[tx.Engine], table)
	return all, indexed, err
}

func words(ctx context.Context, tx *store.Tx, query string, args ...any) (found []string, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var word sql.NullString
		if err := rows.Scan(&word); err != nil {
			return nil, err
		}
		found = append(found, word.String)
	}
	return found, rows.Err()
}

func TestARemovalFindsWhoRefersToTheRowByAnIndex(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			for _, table := range removedOften {
				all, indexed, err := references(t.Context(), tx, table)
				if err != nil {
					return err
				}
				if len(all) == 0 {
					t.Errorf("nothing refers to %s", table)
				}
				for _, column := range all {
					if !slices.Contains(indexed, column) {
						t.Errorf("%s refers to %s and begins no index", column, table)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestASecondMigrationHasNothingToDo(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			db := storetest.Empty(t, engine)
			if pending, err := db.Pending(t.Context()); err != nil || len(pending) == 0 {
				t.Fatalf("%v pending on an empty database, %v", pending, err)
			}
			for range 2 {
				if err := db.Migrate(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if pending, err := db.Pending(t.Context()); err != nil || len(pending) != 0 {
				t.Errorf("%v pending, %v", pending, err)
			}
		})
	}
}
