package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"strconv"
	"strings"
)

// keptStatements is how many prepared statements a connection keeps: more than the
// different ones that pages and saves run.
const keptStatements = 256

// A sqliteConn is a connection of SQLite that keeps statements prepared between
// runs: to read and plan one again costs more than most take to run. pgx does so
// by itself.
type sqliteConn struct {
	driverConn
	idle map[string]driverStmt // prepared and not running, by text
}

// ExecContext runs a statement.
func (c *sqliteConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	if err = errors.Join(err, c.keep(query, s)); err != nil {
		return nil, err
	}
	outcome, _ := outcomeOf(ctx)
	return outcome.of(result, nil)
}

// QueryContext runs a query. Its statement is kept once its rows are closed.
func (c *sqliteConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, c.keep(query, s))
	}
	return &keptRows{rows, func() error { return c.keep(query, s) }}, nil
}

// take returns a prepared statement that nobody else runs.
func (c *sqliteConn) take(ctx context.Context, query string) (driverStmt, error) {
	if s, ok := c.idle[query]; ok {
		delete(c.idle, query)
		return s, nil
	}
	s, err := c.PrepareContext(ctx, nameless(query))
	if err != nil {
		return nil, err
	}
	return s.(driverStmt), nil
}

// nameless returns a statement with "?" for its placeholders if they stand in order,
// each once. SQLite takes "$7" for a name, and to find the names of some hundred
// placeholders takes longer than to run most statements.
func nameless(query string) string {
	pieces := strings.Split(query, "$")
	for i := range pieces {
		if i == 0 {
			continue
		}
		rest, ok := strings.CutPrefix(pieces[i], strconv.Itoa(i))
		if !ok || rest != "" && '0' <= rest[0] && rest[0] <= '9' {
			return query
		}
		pieces[i] = rest
	}
	return strings.Join(pieces, "?")
}

// keep keeps a statement for the next time, in the place of any other one if there
// are too many. One that is run twice at once, or that changes the schema, is not
// worth its place.
func (c *sqliteConn) keep(query string, s driverStmt) error {
	if _, ok := c.idle[query]; ok || !worthKeeping(query) {
		return s.Close()
	}
	c.idle[query] = s
	if len(c.idle) <= keptStatements {
		return nil
	}
	for other, old := range c.idle {
		if other != query {
			delete(c.idle, other)
			return old.Close()
		}
	}
	return nil
}

func worthKeeping(query string) bool {
	query = strings.TrimSpace(query)
	if strings.HasPrefix(query, "-- name:") {
		return true // what sqlc generates
	}
	word, _, _ := strings.Cut(query, " ")
	switch strings.ToUpper(word) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE":
		return true
	}
	return false
}

// Close closes the connection and what it keeps.
func (c *sqliteConn) Close() error {
	var err error
	for _, s := range c.idle {
		err = errors.Join(err, s.Close())
	}
	c.idle = nil
	return errors.Join(err, c.driverConn.Close())
}

// IsValid reports whether the connection may be used again.
func (c *sqliteConn) IsValid() bool { return c.driverConn.(driver.Validator).IsValid() }

// keptRows are rows whose statement is kept when they are closed.
type keptRows struct {
	driver.Rows
	keep func() error
}

// Close closes the rows.
func (r *keptRows) Close() error {
	if r.keep == nil {
		return nil
	}
	err := r.Rows.Close()
	keep := r.keep
	r.keep = nil
	return errors.Join(err, keep())
}
