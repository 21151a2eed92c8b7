package store

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/jackc/pgx/v5/stdlib"
)

// A connector opens connections of a driver that tell the [Counter] of their
// context what runs on them.
type connector struct{ driver.Connector }

// openPool returns a pool of connections of one driver.
func openPool(c driver.Connector) *sql.DB { return sql.OpenDB(connector{c}) }

// Connect opens a connection.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if postgres, ok := opened.(*stdlib.Conn); ok {
		return &conn{&postgresConn{Conn: postgres}}, nil
	}
	return &conn{&sqliteConn{opened.(driverConn), map[string]driverStmt{}}}, nil
}

// A driverConn is what the connections of both drivers can do.
type driverConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
}

// A conn is a connection that counts. The beginning and the end of a transaction
// are not statements.
type conn struct{ driverConn }

// ExecContext runs a statement.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	counterOf(ctx).statement(query, args)
	return c.driverConn.ExecContext(ctx, query, args)
}

// QueryContext runs a query.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	count := counterOf(ctx).statement(query, args)
	return count.watch(c.driverConn.QueryContext(ctx, query, args))
}

// PrepareContext prepares a statement, which counts each time it runs.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	prepared, err := c.driverConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &stmt{prepared.(driverStmt), query}, nil
}

// CheckNamedValue leaves to the driver which kinds of value it takes.
func (c *conn) CheckNamedValue(value *driver.NamedValue) error {
	if checker, ok := c.driverConn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(value)
	}
	return driver.ErrSkip
}

// IsValid reports whether the connection may be used again.
func (c *conn) IsValid() bool {
	validator, ok := c.driverConn.(driver.Validator)
	return !ok || validator.IsValid()
}

// A driverStmt is what the prepared statements of both drivers can do.
type driverStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// A stmt is a prepared statement that counts.
type stmt struct {
	driverStmt
	query string
}

// ExecContext runs the statement.
func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	counterOf(ctx).statement(s.query, args)
	return s.driverStmt.ExecContext(ctx, args)
}

// QueryContext runs the query.
func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	count := counterOf(ctx).statement(s.query, args)
	return count.watch(s.driverStmt.QueryContext(ctx, args))
}

// watchedRows are rows that are counted as they are read.
type watchedRows struct {
	driver.Rows
	count *running
}

// Next reads a row.
func (r watchedRows) Next(dest []driver.Value) error {
	err := r.Rows.Next(dest)
	if err == nil {
		r.count.row()
	}
	return err
}
