package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity/queries"
	"stagora.org/stagora/internal/store"
)

// What somebody may send who is not signed in is bounded before any of it is
// kept or hashed.
const (
	maxLogin    = 255  // characters
	maxPassword = 1024 // bytes
	maxOrigin   = 100  // bytes
)

// credentials are a login and a password that somebody sent, with the address
// that they came from.
type credentials struct {
	login    string // lower case
	password string
	origin   string
	attempt  int64 // see [countAttempt]
}

// newCredentials reads what was sent, and refuses what cannot be a login or a
// password.
func newCredentials(login, password, origin string) (credentials, error) {
	c := credentials{password: password, origin: clip(origin)}
	var form fault.Form
	if utf8.RuneCountInString(login) > maxLogin {
		form.Wrong("login", "form.long", "max", maxLogin)
	}
	if len(password) > maxPassword {
		form.Wrong("password", "password.long", "max", maxPassword)
	}
	if err := form.Err(); err != nil {
		return credentials{}, err
	}
	if !storable(login) {
		return credentials{}, fault.New(fault.SignIn, "signin.wrong")
	}
	c.login = strings.ToLower(strings.TrimSpace(login))
	return c, nil
}

// storable reports whether both databases take a text.
func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// clip cuts an address that a proxy passed on to what is kept of it.
func clip(origin string) string {
	if len(origin) > maxOrigin {
		origin = origin[:maxOrigin]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(origin, ""), "\x00", "")
}

// SignIn checks a login and a password and opens a login session. It returns the
// token for the cookie. Every wrong pair gives the same fault, whether the login
// exists or not; too many of them are refused for a while. It waits as long as
// others' passwords are looked at, or until ctx ends; a [Queue] lets people wait
// without a request of theirs being held.
func SignIn(ctx context.Context, db *store.DB, login, password, origin string) (token string, err error) {
	c, err := newCredentials(login, password, origin)
	if err != nil {
		return "", err
	}
	return c.signIn(ctx, db, hashing)
}

// signIn counts the try, waits for a turn, looks at the password and opens the
// login session, in this order.
func (c credentials) signIn(ctx context.Context, db *store.DB, turns *turns) (token string, err error) {
	var account queries.IdentityAccount
	err = db.Write(ctx, func(tx *store.Tx) (err error) {
		if c.attempt, err = countAttempt(ctx, tx, c.login, c.origin); err != nil {
			return err
		}
		account, err = c.account(ctx, tx)
		return err
	})
	if err != nil {
		return "", err
	}
	// The hash is computed outside any transaction, and for unknown logins too, so
	// that neither a slow hash holds a lock nor a fast answer tells who exists.
	if err := turns.take(ctx); err != nil {
		return "", errors.Join(err, takeBackAttempt(ctx, db, c.attempt))
	}
	good := matches(account.Password, c.password)
	turns.give()
	err = db.Write(ctx, func(tx *store.Tx) error {
		token = ""
		holds, err := c.conclude(ctx, tx, account, good)
		if err == nil && holds {
			token, err = OpenSession(ctx, tx, account.ID, c.origin)
		}
		return err
	})
	if err == nil && token == "" {
		err = fault.New(fault.SignIn, "signin.wrong")
	}
	return token, err
}

// account returns the account of the login, and the zero account if there is none.
func (c credentials) account(ctx context.Context, tx *store.Tx) (queries.IdentityAccount, error) {
	account, err := queries.New(tx).AccountByLogin(ctx, c.login)
	if errors.Is(err, sql.ErrNoRows) {
		return queries.IdentityAccount{}, nil
	}
	if err != nil {
		return queries.IdentityAccount{}, fmt.Errorf("sign in: %w", err)
	}
	return account, nil
}

// conclude settles the tries of a login after its password was looked at: a good
// one forgets those before it, a wrong one is charged to the address too. It
// returns whether the login may be entered, which takes an account that is still
// the one that was looked at, with the same password, and open. Until the transaction
// ends neither changes.
func (c credentials) conclude(ctx context.Context, tx *store.Tx, looked queries.IdentityAccount, good bool) (bool, error) {
	if err := lockLogin(ctx, tx, c.login); err != nil {
		return false, err
	}
	now, err := c.account(ctx, tx)
	if err != nil {
		return false, err
	}
	if !good || now.ID != looked.ID || now.Password != looked.Password || now.DisabledAt != nil {
		return false, chargeOrigin(ctx, tx, c.origin)
	}
	return true, queries.New(tx).ForgetAttempts(ctx, loginSubject(c.login))
}

// SignInDemo opens a login session for a demo account without a password. It
// refuses every other account.
func SignInDemo(ctx context.Context, db *store.DB, login, origin string) (token string, err error) {
	err = db.Write(ctx, func(tx *store.Tx) error {
		account, err := credentials{login: strings.ToLower(login)}.account(ctx, tx)
		if err != nil {
			return err
		}
		if !account.Demo || account.DisabledAt != nil {
			return fault.New(fault.SignIn, "signin.wrong")
		}
		token, err = OpenSession(ctx, tx, account.ID, origin)
		return err
	})
	return token, err
}
