package store

import (
	"context"
	"database/sql"
)

// A single is the one statement of [One].
type single struct {
	pool *sql.DB
	ran  bool
}

// QueryContext runs the query.
func (s *single) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s.run()
	return s.pool.QueryContext(ctx, query, args...)
}

// QueryRowContext runs the query for at most one row.
func (s *single) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s.run()
	return s.pool.QueryRowContext(ctx, query, args...)
}

// ExecContext panics.
func (s *single) ExecContext(context.Context, string, ...any) (sql.Result, error) {
	panic("store: One runs a query")
}

// PrepareContext panics.
func (s *single) PrepareContext(context.Context, string) (*sql.Stmt, error) {
	panic("store: One runs a query")
}

func (s *single) run() {
	if s.ran {
		panic("store: One runs one statement")
	}
	s.ran = true
}
