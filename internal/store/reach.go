package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

// IsUnreachable reports whether the database did not answer: it refused the connection,
// it stopped, or the way to it broke. Nothing that was acknowledged is lost by it. A
// change that was under way is on disk or not at all.
func IsUnreachable(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false // whoever asked has gone
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return unreachableCode(pg.Code)
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	for _, lost := range []error{
		driver.ErrBadConn, sql.ErrConnDone, io.ErrUnexpectedEOF, net.ErrClosed, syscall.EPIPE, syscall.ECONNRESET, syscall.ECONNREFUSED,
		errUnsent,
	} {
		if errors.Is(err, lost) {
			return true
		}
	}
	return pgconn.SafeToRetry(err)
}

// unreachableCode reports whether PostgreSQL says by a code that it takes no work, or
// gives up all that it has.
func unreachableCode(code string) bool {
	switch code {
	case "57P01", "57P02", "57P03", // it stops, it crashed, it is starting
		"53300": // too many connections
		return true
	}
	return strings.HasPrefix(code, "08") // the connection is lost
}

// errUnsent says that the first statement of a transaction could not be sent: its
// connection had died since it was last used, and the database knows nothing of the
// transaction.
var errUnsent = errors.New("the transaction did not reach the database")

// unsent returns err, which is the answer to BEGIN or to a query of no transaction, as
// errUnsent if nothing of the transaction was sent, or if the server had ended the
// connection: answers come in order, so that it has not begun.
func unsent(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var answer *pgconn.PgError
	ended := errors.As(err, &answer) && answer.Severity == "FATAL" && strings.HasPrefix(answer.Code, "57P")
	if ended || pgconn.SafeToRetry(err) {
		return errors.Join(errUnsent, err)
	}
	return err
}
