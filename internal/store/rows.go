package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// mostRows is how many rows one statement adds. SQLite keeps a copy of each page that a
// statement changes until it ends, so that many small ones cost more than a large one.
const mostRows = 256

// AddRows adds rows to a table, many in one statement: columns are those of each row.
// End follows the rows, such as "ON CONFLICT DO NOTHING"; it may be empty. The names
// come from the source of Stagora, never from a person.
func AddRows(ctx context.Context, tx *Tx, table string, columns []string, rows [][]any, end string) error {
	return inChunks(rows, func(some [][]any) error {
		statement, args := insertOf(table, columns, some)
		if _, err := tx.ExecContext(ctx, statement+" "+end, args...); err != nil {
			return fmt.Errorf("add to %s: %w", table, err)
		}
		return nil
	})
}

// AddNamedRows is [AddRows] for a table whose rows have a public_id, which is the
// first of the columns: it returns the key of each by it.
func AddNamedRows(ctx context.Context, tx *Tx, table string, columns []string, rows [][]any) (map[string]int64, error) {
	keys := make(map[string]int64, len(rows))
	err := inChunks(rows, func(some [][]any) error {
		statement, args := insertOf(table, columns, some)
		added, err := tx.QueryContext(ctx, statement+" RETURNING public_id, id", args...)
		if err != nil {
			return fmt.Errorf("add to %s: %w", table, err)
		}
		defer func() { _ = added.Close() }()
		for added.Next() {
			var publicID string
			var id int64
			if err := added.Scan(&publicID, &id); err != nil {
				return fmt.Errorf("add to %s: %w", table, err)
			}
			keys[publicID] = id
		}
		if err := added.Err(); err != nil {
			return fmt.Errorf("add to %s: %w", table, err)
		}
		return nil
	})
	return keys, err
}

// inChunks hands rows over in numbers that are powers of two, so that the
// statements that a database has to prepare and keep are few.
func inChunks(rows [][]any, do func([][]any) error) error {
	for size := mostRows; len(rows) > 0; {
		for size > len(rows) {
			size /= 2
		}
		if err := do(rows[:size]); err != nil {
			return err
		}
		rows = rows[size:]
	}
	return nil
}

func insertOf(table string, columns []string, rows [][]any) (statement string, args []any) {
	var b strings.Builder
	b.WriteString("INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES ")
	for i, row := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		for j := range columns {
			if j == 0 {
				b.WriteString("($")
			} else {
				b.WriteString(", $")
			}
			b.WriteString(strconv.Itoa(len(args) + j + 1))
		}
		b.WriteByte(')')
		args = append(args, row...)
	}
	return b.String(), args
}

// CountBy returns how many rows of a table have each of some keys in a column. Those
// that none has are left out.
func CountBy(ctx context.Context, tx *Tx, table, column string, keys []int64) (map[int64]int, error) {
	count := map[int64]int{}
	for some := range slices.Chunk(keys, chunkSize) {
		where := In(column, some)
		err := countInto(ctx, tx, count, "SELECT "+column+", COUNT(*) FROM "+table+" WHERE "+where.SQL+" GROUP BY "+column, where.Args)
		if err != nil {
			return nil, fmt.Errorf("count %s: %w", table, err)
		}
	}
	return count, nil
}

func countInto(ctx context.Context, tx *Tx, count map[int64]int, query string, args []any) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var key int64
		var n int
		if err := rows.Scan(&key, &n); err != nil {
			return err
		}
		count[key] += n
	}
	return rows.Err()
}
