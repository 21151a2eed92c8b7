package identity

import (
	"context"
	"fmt"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity/queries"
	"stagora.org/stagora/internal/store"
)

// How many wrong passwords are borne within a window of time. An address may
// stand for a whole lecture hall, hence its larger number.
const (
	attemptWindow    = 15 * time.Minute
	attemptsByLogin  = 10
	attemptsByOrigin = 100
)

func loginSubject(login string) string   { return "login:" + login }
func originSubject(origin string) string { return "origin:" + origin }

// lockLogin makes what lets somebody enter by a login, and what ends that, wait for
// each other: tries, verdicts, a new password, a closed account.
func lockLogin(ctx context.Context, tx *store.Tx, login string) error {
	return tx.Lock(ctx, "identity:"+loginSubject(login))
}

// countAttempt counts one more try for a login before its password is looked at,
// and refuses it if there were too many, for the login or from the address. It
// returns the number under which the try is taken back. Tries that come together
// wait for each other here, so that none slips past the limit.
//
// An address is charged only when a password was wrong: a lecture hall may well
// sign in together. What stands between the two are the passwords that are looked
// at in the same instant, at most one a core.
//
// Anybody can lock any login in this way for a while; the limit by login is to
// give way to one that spares its holder.
func countAttempt(ctx context.Context, tx *store.Tx, login, origin string) (int64, error) {
	subject := loginSubject(login)
	if err := lockLogin(ctx, tx, login); err != nil {
		return 0, err
	}
	if err := refuseAttempts(ctx, tx, subject, attemptsByLogin); err != nil {
		return 0, err
	}
	if err := refuseAttempts(ctx, tx, originSubject(origin), attemptsByOrigin); err != nil {
		return 0, err
	}
	id, err := queries.New(tx).AddAttempt(ctx, queries.AddAttemptParams{Subject: subject, At: store.At(tx.Now)})
	if err != nil {
		return 0, fmt.Errorf("count attempt: %w", err)
	}
	return id, nil
}

var errTooMany = fault.New(fault.TooMany, "signin.toomany", "wait", attemptWindow)

// refuseAttempts returns a TooMany fault if a login or an address had too many.
func refuseAttempts(ctx context.Context, tx *store.Tx, subject string, most int64) error {
	n, err := queries.New(tx).CountAttempts(ctx, queries.CountAttemptsParams{Subject: subject, At: store.At(tx.Now.Add(-attemptWindow))})
	if err != nil {
		return fmt.Errorf("count attempts: %w", err)
	}
	if n >= most {
		return errTooMany
	}
	return nil
}

// chargeOrigin counts a wrong password for the address that it came from.
func chargeOrigin(ctx context.Context, tx *store.Tx, origin string) error {
	if _, err := queries.New(tx).AddAttempt(ctx, queries.AddAttemptParams{Subject: originSubject(origin), At: store.At(tx.Now)}); err != nil {
		return fmt.Errorf("count attempt: %w", err)
	}
	return nil
}

// takeBackAttempt forgets a try whose password was not looked at, although the
// request that made it is over.
func takeBackAttempt(ctx context.Context, db *store.DB, id int64) error {
	ctx = context.WithoutCancel(ctx)
	return db.Write(ctx, func(tx *store.Tx) error { return queries.New(tx).RemoveAttempt(ctx, id) })
}
