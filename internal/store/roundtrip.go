package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
)

// Later returns a context for a statement whose outcome nobody waits for. On
// PostgreSQL it is sent with the next statement of the transaction or with its commit,
// which fail in its place; on SQLite it runs at once. It is for statements that hand
// nothing over and that only a fault of ours can make fail.
func Later(ctx context.Context) context.Context {
	return context.WithValue(ctx, laterKey{}, (*Outcome)(nil))
}

// Ahead returns a context for a statement whose outcome is wanted after the next one of
// the transaction, with which PostgreSQL is sent it; on SQLite it runs at once. It is as
// one for [Later], but tells how many rows it changed.
func Ahead(ctx context.Context) (context.Context, *Outcome) {
	outcome := &Outcome{}
	return context.WithValue(ctx, laterKey{}, outcome), outcome
}

// laterKey has an *Outcome, nil for a statement of which nobody wants to know.
type laterKey struct{}

// outcomeOf returns whether a statement may wait, and where its outcome is told.
func outcomeOf(ctx context.Context) (outcome *Outcome, waits bool) {
	outcome, waits = ctx.Value(laterKey{}).(*Outcome)
	return outcome, waits
}

// An Outcome is that of a statement that was run under [Ahead].
type Outcome struct {
	rows  int64
	known bool
}

// Rows returns how many rows the statement changed. If no other was sent since, it is
// sent now. The error is that of the statement where nobody has been told it.
func (o *Outcome) Rows(ctx context.Context, tx *Tx) (int64, error) {
	if o.known {
		return o.rows, nil
	}
	var one int
	if err := tx.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return 0, err
	}
	return o.rows, nil
}

// tell keeps the outcome, if somebody wants to know it.
func (o *Outcome) tell(rows int64) {
	if o != nil {
		o.rows, o.known = rows, true
	}
}

// of keeps the outcome of a statement that did not wait.
func (o *Outcome) of(result driver.Result, err error) (driver.Result, error) {
	if o == nil || err != nil {
		return result, err
	}
	rows, err := result.RowsAffected()
	o.tell(rows)
	return result, err
}

// A queue is what waits for the next statement, in order.
type queue struct {
	pgx.Batch
	outcomes []*Outcome // of each
}

// A postgresConn is a connection of PostgreSQL that spares round trips. To send and
// to receive takes our process more time than what is sent:
//
//   - BEGIN goes with the first statement of its transaction;
//   - what is for [Later], or [Ahead], goes with the next statement, or with COMMIT;
//   - the end of a transaction that only read is sent, and its answer is read when the
//     connection is used again.
type postgresConn struct {
	*stdlib.Conn
	tx      *postgresTx      // under way; nil: none
	waiting *queue           // goes with the next statement; nil: nothing
	ending  *pgconn.Pipeline // the end of a transaction that only read; nil: its answer has been read
}

// A postgresTx is a transaction.
type postgresTx struct {
	conn     *postgresConn
	readOnly bool
	begun    bool  // BEGIN has been sent
	lost     error // why something of it could not be sent: the transaction is not whole
}

// BeginTx begins a transaction, which PostgreSQL learns with its first statement.
func (c *postgresConn) BeginTx(_ context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if c.Conn.Conn().IsClosed() {
		return nil, driver.ErrBadConn
	}
	begin := "BEGIN"
	switch sql.IsolationLevel(opts.Isolation) {
	case sql.LevelDefault:
	case sql.LevelRepeatableRead:
		begin += " ISOLATION LEVEL REPEATABLE READ"
	default:
		return nil, fmt.Errorf("begin: isolation %v is not used here", sql.IsolationLevel(opts.Isolation))
	}
	if opts.ReadOnly {
		begin += " READ ONLY"
	}
	c.tx = &postgresTx{conn: c, readOnly: opts.ReadOnly}
	c.wait(begin, nil, nil)
	return c.tx, nil
}

// wait keeps a statement until the next one is sent. Its outcome is told to who wants
// to know it.
func (c *postgresConn) wait(query string, args []driver.NamedValue, outcome *Outcome) {
	if c.waiting == nil {
		c.waiting = &queue{}
	}
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a.Value
	}
	c.waiting.Queue(query, values...)
	c.waiting.outcomes = append(c.waiting.outcomes, outcome)
}

// send sends what waits, and returns the results, of which the last is still to be
// read.
func (c *postgresConn) send(ctx context.Context) (pgx.BatchResults, error) {
	sent := c.waiting
	c.waiting = nil
	first := c.tx != nil && !c.tx.begun
	if first {
		c.tx.begun = true
	}
	results := c.Conn.Conn().SendBatch(ctx, &sent.Batch)
	for i := range sent.Len() - 1 {
		tag, err := results.Exec()
		if err != nil {
			_ = results.Close() // it says the same
			if first && i == 0 {
				err = unsent(err)
			}
			if c.tx != nil {
				c.tx.lost = err
			}
			return nil, err
		}
		sent.outcomes[i].tell(tag.RowsAffected())
	}
	return results, nil
}

// run sends what waits, and returns the outcome of the last of it.
func (c *postgresConn) run(ctx context.Context) (tag pgconn.CommandTag, err error) {
	last := c.waiting.outcomes[c.waiting.Len()-1]
	results, err := c.send(ctx)
	if err != nil {
		return tag, err
	}
	tag, err = results.Exec()
	if closed := results.Close(); err == nil {
		err = closed
	}
	if err == nil {
		last.tell(tag.RowsAffected())
	}
	return tag, err
}

// errNoTransaction refuses what would be written outside of the transaction that it is
// meant for.
var errNoTransaction = errors.New("the transaction could not begin, or is no more")

// check returns nil unless a transaction is under way of which PostgreSQL knows nothing
// because what BEGIN was sent with could not be prepared.
func (c *postgresConn) check() error {
	if c.tx != nil && c.tx.begun && c.tx.status() == 'I' {
		return errNoTransaction
	}
	return nil
}

// ExecContext runs a statement. A text without a value may hold several, which go
// alone.
func (c *postgresConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	outcome, waits := outcomeOf(ctx)
	if waits && c.tx != nil && len(args) > 0 {
		c.wait(query, args, outcome)
		return driver.ResultNoRows, nil
	}
	if c.waiting != nil && len(args) == 0 {
		if _, err := c.run(ctx); err != nil {
			return nil, err
		}
	}
	if c.waiting == nil {
		result, err := c.Conn.ExecContext(ctx, query, args)
		return outcome.of(result, err)
	}
	c.wait(query, args, outcome)
	tag, err := c.run(ctx)
	return driver.RowsAffected(tag.RowsAffected()), err
}

// QueryContext runs a query. One of no transaction ([One]) that a dead connection did not
// take is run on another one.
func (c *postgresConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.waiting == nil {
		rows, err := c.Conn.QueryContext(ctx, query, args)
		if c.tx == nil && errors.Is(unsent(err), errUnsent) {
			return nil, driver.ErrBadConn
		}
		return rows, err
	}
	c.wait(query, args, nil)
	results, err := c.send(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := results.Query()
	r := &postgresRows{rows: rows, results: results, types: c.Conn.Conn().TypeMap()}
	if err == nil {
		r.more = rows.Next() // an error is told now, and the columns are known
		err = rows.Err()
	}
	if err != nil {
		_ = r.Close() // it says the same
		return nil, err
	}
	return r, nil
}

// PrepareContext prepares a statement, after what waits has run.
func (c *postgresConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.waiting != nil {
		if _, err := c.run(ctx); err != nil {
			return nil, err
		}
	}
	return c.Conn.PrepareContext(ctx, query)
}

// Ping asks whether the database answers.
func (c *postgresConn) Ping(ctx context.Context) error {
	c.settle()
	return c.Conn.Ping(ctx)
}

// ResetSession makes the connection ready for another use.
func (c *postgresConn) ResetSession(ctx context.Context) error {
	c.settle()
	return c.Conn.ResetSession(ctx)
}

// endWithin is how long PostgreSQL may take to end a transaction that only read, for
// which it has nothing to do.
const endWithin = 3 * time.Second

// settle reads the answer to the end of a transaction that only read. Where that
// fails, or takes too long, the connection is closed, or not in the state that
// ResetSession asks for.
func (c *postgresConn) settle() {
	if c.ending == nil {
		return
	}
	line := c.Conn.Conn().PgConn().Conn()
	_ = line.SetReadDeadline(time.Now().Add(endWithin)) // a connection that is closed says so when it is read
	_ = c.ending.Close()
	_ = line.SetReadDeadline(time.Time{})
	c.ending = nil
}

// end sends the end of a transaction that only read, and does not wait.
func (c *postgresConn) end() error {
	c.ending = c.Conn.Conn().PgConn().StartPipeline(context.Background())
	c.ending.SendQueryParams("COMMIT", nil, nil, nil, nil)
	return c.ending.Sync()
}

// Commit commits: the transaction is on disk when it returns nil.
func (t *postgresTx) Commit() error {
	c := t.conn
	switch {
	case !t.begun && c.waiting.Len() == 1: // BEGIN alone
		return t.Rollback()
	case t.lost != nil:
		return errors.Join(t.lost, t.Rollback())
	case t.begun && t.status() != 'T':
		return errors.Join(pgx.ErrTxCommitRollback, t.Rollback())
	case t.readOnly && c.waiting == nil:
		c.tx = nil
		return c.end()
	}
	c.wait("COMMIT", nil, nil)
	// No context ends it: then nobody would know whether it is on disk.
	tag, err := c.run(context.Background())
	if err != nil {
		return errors.Join(err, t.Rollback())
	}
	c.tx = nil
	if tag.String() != "COMMIT" {
		return pgx.ErrTxCommitRollback
	}
	return nil
}

// Rollback takes back. Of a connection that is closed nothing is left to take back.
func (t *postgresTx) Rollback() error {
	c := t.conn
	c.tx, c.waiting = nil, nil
	switch {
	case t.status() == 'I':
		return nil
	case t.readOnly:
		return c.end()
	}
	c.wait("ROLLBACK", nil, nil)
	_, err := c.run(context.Background())
	return err
}

// status is that of PostgreSQL: 'I' outside of a transaction, 'T' in one, 'E' in one
// that a statement has made fail.
func (t *postgresTx) status() byte {
	conn := t.conn.Conn.Conn().PgConn()
	if conn.IsClosed() {
		return 'I'
	}
	return conn.TxStatus()
}

// postgresRows are the rows of a query that went with other statements.
type postgresRows struct {
	rows    pgx.Rows
	results pgx.BatchResults
	types   *pgtype.Map
	more    bool // the next row has been read
}

// Columns returns the names of the columns.
func (r *postgresRows) Columns() []string {
	fields := r.rows.FieldDescriptions()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

// Next hands a row over.
func (r *postgresRows) Next(dest []driver.Value) error {
	if !r.more {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	fields := r.rows.FieldDescriptions()
	for i, raw := range r.rows.RawValues() {
		var err error
		if dest[i], err = r.value(&fields[i], raw); err != nil {
			return fmt.Errorf("read column %s: %w", fields[i].Name, err)
		}
	}
	r.more = r.rows.Next()
	return nil
}

func (r *postgresRows) value(f *pgconn.FieldDescription, raw []byte) (driver.Value, error) {
	if raw == nil {
		return nil, nil
	}
	kind, known := r.types.TypeForOID(f.DataTypeOID)
	if !known {
		return string(raw), nil
	}
	return kind.Codec.DecodeDatabaseSQLValue(r.types, f.DataTypeOID, f.Format, raw)
}

// Close ends the rows, and what was sent with them.
func (r *postgresRows) Close() error {
	r.rows.Close()
	err := r.rows.Err()
	if closed := r.results.Close(); err == nil {
		err = closed
	}
	return err
}
