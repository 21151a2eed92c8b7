package large

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A writer brings rows into a database. It checks no rule: what it writes are
// copies of rows that were written by the rules.
type writer interface {
	// lastKeys returns the last key of each of the tables.
	lastKeys(ctx context.Context, tables []*table) (map[string]int64, error)
	write(ctx context.Context, table string, columns []string, rows [][]any) error
	// finish makes the database ready to be used.
	finish(ctx context.Context, tables []*table) error
	close(ctx context.Context) error
}

func newWriter(ctx context.Context, database string) (writer, error) {
	if strings.HasPrefix(database, "postgres") {
		conn, err := pgx.Connect(ctx, database)
		return &postgresWriter{conn}, err
	}
	// A file that is not whole is thrown away: nothing is worth a journal.
	db, err := sql.Open("sqlite", "file:"+database+"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=cache_size(-400000)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(ctx, "BEGIN")
	return &sqliteWriter{db: db, inserts: map[string]*sql.Stmt{}}, err
}

type sqliteWriter struct {
	db      *sql.DB
	inserts map[string]*sql.Stmt
}

func (w *sqliteWriter) lastKeys(ctx context.Context, tables []*table) (map[string]int64, error) {
	return lastKeys(tables, func(query string) (last int64, err error) {
		err = w.db.QueryRowContext(ctx, query).Scan(&last)
		return last, err
	})
}

func lastKeys(tables []*table, ask func(query string) (int64, error)) (map[string]int64, error) {
	keys := map[string]int64{}
	for _, t := range tables {
		if t.key < 0 {
			continue
		}
		last, err := ask("SELECT COALESCE(max(id), 0) FROM " + t.name)
		if err != nil {
			return nil, err
		}
		keys[t.name] = last
	}
	return keys, nil
}

// Rows that one statement adds: more save little and make long statements.
const together = 40

func (w *sqliteWriter) write(ctx context.Context, table string, columns []string, rows [][]any) error {
	for len(rows) > 0 {
		n := min(together, len(rows))
		insert, err := w.insert(ctx, table, columns, n)
		if err != nil {
			return err
		}
		var args []any
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		if _, err := insert.ExecContext(ctx, args...); err != nil {
			return fmt.Errorf("large: add to %s: %w", table, err)
		}
		rows = rows[n:]
	}
	return nil
}

func (w *sqliteWriter) insert(ctx context.Context, table string, columns []string, rows int) (*sql.Stmt, error) {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", len(columns)), ",") + ")"
	query := "INSERT INTO " + table + " (" + quoted(columns) + ") VALUES " + strings.TrimSuffix(strings.Repeat(one+",", rows), ",")
	if s := w.inserts[query]; s != nil {
		return s, nil
	}
	s, err := w.db.PrepareContext(ctx, query)
	w.inserts[query] = s
	return s, err
}

func quoted(columns []string) string { return `"` + strings.Join(columns, `", "`) + `"` }

// Plans are those of a database that nobody has gathered figures about, as the
// product's are.
func (w *sqliteWriter) finish(ctx context.Context, _ []*table) error {
	_, err := w.db.ExecContext(ctx, "COMMIT")
	return err
}

func (w *sqliteWriter) close(context.Context) error {
	for _, s := range w.inserts {
		if err := s.Close(); err != nil {
			return err
		}
	}
	return w.db.Close()
}

type postgresWriter struct{ conn *pgx.Conn }

func (w *postgresWriter) lastKeys(ctx context.Context, tables []*table) (map[string]int64, error) {
	return lastKeys(tables, func(query string) (last int64, err error) {
		err = w.conn.QueryRow(ctx, query).Scan(&last)
		return last, err
	})
}

func (w *postgresWriter) write(ctx context.Context, table string, columns []string, rows [][]any) error {
	read, fill := io.Pipe()
	go func() {
		buffer := bufio.NewWriterSize(fill, 1<<18)
		for _, row := range rows {
			writeCopy(buffer, row)
		}
		fill.CloseWithError(buffer.Flush())
	}()
	_, err := w.conn.PgConn().CopyFrom(ctx, read, "COPY "+table+" ("+quoted(columns)+") FROM STDIN")
	err = errors.Join(err, read.Close())
	if err != nil {
		return fmt.Errorf("large: add to %s: %w", table, err)
	}
	return nil
}

var copied = strings.NewReplacer("\\", "\\\\", "\t", "\\t", "\n", "\\n", "\r", "\\r")

// writeCopy writes a row in the text form of COPY. Errors stay with the buffer.
func writeCopy(b *bufio.Writer, row []any) {
	for i, value := range row {
		if i > 0 {
			_ = b.WriteByte('\t')
		}
		switch v := value.(type) {
		case nil:
			_, _ = b.WriteString("\\N")
		case string:
			_, _ = copied.WriteString(b, v)
		case []byte:
			_, _ = b.WriteString("\\\\x" + hex.EncodeToString(v))
		default:
			_, _ = fmt.Fprint(b, v)
		}
	}
	_ = b.WriteByte('\n')
}

func (w *postgresWriter) finish(ctx context.Context, tables []*table) error {
	for _, t := range tables {
		if t.key < 0 {
			continue
		}
		_, err := w.conn.Exec(ctx, "SELECT setval(pg_get_serial_sequence('"+t.name+"', 'id'), GREATEST((SELECT max(id) FROM "+t.name+"), 1))")
		if err != nil {
			return fmt.Errorf("large: next key of %s: %w", t.name, err)
		}
	}
	_, err := w.conn.Exec(ctx, "ANALYZE")
	return err
}

func (w *postgresWriter) close(ctx context.Context) error { return w.conn.Close(ctx) }
