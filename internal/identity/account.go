package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity/queries"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// An Account is one way for a person to sign in.
type Account struct {
	ID       int64
	PersonID int64
	Login    string // lower case
	Demo     bool   // entered by one click; production refuses to start with one
	Disabled time.Time
}

// AddAccount gives a person an account, in a transaction of a higher floor. An
// empty password makes an account that cannot sign in by password.
func AddAccount(ctx context.Context, tx *store.Tx, personID int64, login, password string, demo bool) (int64, error) {
	login = strings.ToLower(strings.TrimSpace(login))
	var form fault.Form
	if login == "" {
		form.Wrong("login", "form.required")
	}
	if password != "" && len([]rune(password)) < minPassword {
		form.Wrong("password", "password.short", "min", minPassword)
	}
	if err := form.Err(); err != nil {
		return 0, err
	}
	hash := ""
	if password != "" {
		var err error
		if hash, err = hashPassword(password); err != nil {
			return 0, err
		}
	}
	id, err := queries.New(tx).AddAccount(ctx, queries.AddAccountParams{
		PersonID: personID, Login: login, Password: hash, Demo: demo, CreatedAt: store.At(tx.Now),
	})
	if store.IsDuplicate(err) {
		return 0, &fault.Error{Kind: fault.Invalid, Key: "login.taken", Args: fault.Args{"login": login},
			Fields: []fault.Field{{Name: "login", Key: "login.taken", Args: fault.Args{"login": login}}}}
	}
	if err != nil {
		return 0, fmt.Errorf("add account %s: %w", login, err)
	}
	return id, nil
}

// AccountsOfPerson returns the accounts of a person.
func AccountsOfPerson(ctx context.Context, tx *store.Tx, personID int64) ([]Account, error) {
	rows, err := queries.New(tx).AccountsOfPerson(ctx, personID)
	return accountsOf(rows, err)
}

// Accounts returns all accounts, by person.
func Accounts(ctx context.Context, tx *store.Tx) ([]Account, error) {
	rows, err := queries.New(tx).Accounts(ctx)
	return accountsOf(rows, err)
}

// HasDemoAccounts reports whether the database holds accounts of the demo.
func HasDemoAccounts(ctx context.Context, tx *store.Tx) (bool, error) {
	n, err := queries.New(tx).DemoAccounts(ctx)
	return n > 0, err
}

// SetDisabled closes or reopens every account of a person, and ends their login
// sessions when it closes. It is for transactions of higher floors (a merge, and
// its undoing).
func SetDisabled(ctx context.Context, tx *store.Tx, personID int64, disabled bool) error {
	q := queries.New(tx)
	accounts, err := q.AccountsOfPerson(ctx, personID)
	if err != nil {
		return fmt.Errorf("accounts of person %d: %w", personID, err)
	}
	var at *store.Time
	if disabled {
		at = store.AtOrNil(tx.Now)
	}
	for _, a := range accounts {
		if err := q.SetDisabled(ctx, queries.SetDisabledParams{ID: a.ID, DisabledAt: at}); err != nil {
			return fmt.Errorf("disable account %d: %w", a.ID, err)
		}
		if disabled {
			if err := q.EndSessionsOfAccount(ctx, a.ID); err != nil {
				return fmt.Errorf("end sessions of account %d: %w", a.ID, err)
			}
		}
	}
	return nil
}

// SwitchAccounts closes or reopens a person's accounts from the screen of people.
func SwitchAccounts(ctx context.Context, db *store.DB, actor Actor, personPublicID string, disabled bool, reason string) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, adminLock); err != nil {
			return err
		}
		if err := actor.Require(PersonEdit); err != nil {
			return err
		}
		person, err := PersonByPublicID(ctx, tx, personPublicID)
		if err != nil {
			return err
		}
		if err := SetDisabled(ctx, tx, person.ID, disabled); err != nil {
			return err
		}
		action := "account.enabled"
		if disabled {
			action = "account.disabled"
			if err := someoneStays(ctx, tx); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, audit.Entry{
			Who: actor.Who(), Action: action, Args: map[string]any{"person": person.Name()},
			Kind: "person", Object: personPublicID, Reason: reason,
		})
	})
}

// An AccountForm is what is entered about a new account.
type AccountForm struct {
	Login    string
	Password string // empty: the account cannot sign in by password
	Link     string // absolute address of the page where one signs in
}

// CreateAccount gives a person an account from the screen of people, and tells
// them their login by mail, never the password.
func CreateAccount(ctx context.Context, db *store.DB, actor Actor, personPublicID string, f AccountForm) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		if err := actor.Require(PersonEdit); err != nil {
			return err
		}
		person, err := PersonByPublicID(ctx, tx, personPublicID)
		if err != nil {
			return err
		}
		id, err := AddAccount(ctx, tx, person.ID, f.Login, f.Password, false)
		if err != nil {
			return err
		}
		login := strings.ToLower(strings.TrimSpace(f.Login))
		if _, err := notice.Queue(ctx, tx, notice.Message{
			Kind: notice.AccountCreated, Key: fmt.Sprintf("account.created %d", id), Link: f.Link, Contact: actor.Name, Urgent: true,
			To:     notice.Recipient{Person: person.ID, Name: person.Name(), Address: person.Email, Lang: text.ParseLang(person.Lang)},
			Blanks: text.Blanks{"login": login},
		}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Who: actor.Who(), Action: "account.created", Args: map[string]any{"person": person.Name(), "login": login},
			Kind: "person", Object: personPublicID,
		})
	})
}

func accountsOf(rows []queries.IdentityAccount, err error) ([]Account, error) {
	if err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	accounts := make([]Account, len(rows))
	for i, r := range rows {
		accounts[i] = Account{ID: r.ID, PersonID: r.PersonID, Login: r.Login, Demo: r.Demo, Disabled: r.DisabledAt.OrZero()}
	}
	return accounts, nil
}

// How long a login session lasts: it ends when unused for a while, so that a
// shared computer does not stay signed in, but not during an evening of ranking.
const (
	sessionIdle  = 12 * time.Hour
	sessionTouch = 5 * time.Minute // how stale "last seen" may be, to spare writes
)

// SignIn checks a login and a password and opens a login session. It returns the
// token for the cookie. Every wrong pair gives the same fault, whether the login
// exists or not; too many of them are refused for a while.
func SignIn(ctx context.Context, db *store.DB, login, password, origin string) (token string, err error) {
	login = strings.ToLower(strings.TrimSpace(login))
	if err := checkAttempts(ctx, db, login, origin); err != nil {
		return "", err
	}
	var account queries.IdentityAccount
	err = db.Read(ctx, func(tx *store.Tx) error {
		var err error
		account, err = queries.New(tx).AccountByLogin(ctx, login)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	// The hash is computed outside any transaction, and for unknown logins too, so
	// that neither a slow hash holds a lock nor a fast answer tells who exists.
	good := checkPassword(account.Password, password)
	if !good || account.DisabledAt != nil {
		if err := noteAttempt(ctx, db, login, origin); err != nil {
			return "", err
		}
		return "", fault.New(fault.SignIn, "signin.wrong")
	}
	return openSession(ctx, db, account, origin)
}

// SignInDemo opens a login session for a demo account without a password. It
// refuses every other account.
func SignInDemo(ctx context.Context, db *store.DB, login, origin string) (token string, err error) {
	var account queries.IdentityAccount
	err = db.Read(ctx, func(tx *store.Tx) error {
		var err error
		account, err = queries.New(tx).AccountByLogin(ctx, strings.ToLower(login))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) || (err == nil && (!account.Demo || account.DisabledAt != nil)) {
		return "", fault.New(fault.SignIn, "signin.wrong")
	}
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	return openSession(ctx, db, account, origin)
}

func openSession(ctx context.Context, db *store.DB, account queries.IdentityAccount, origin string) (token string, err error) {
	err = db.Write(ctx, func(tx *store.Tx) error {
		if err := queries.New(tx).ForgetAttempts(ctx, loginSubject(account.Login)); err != nil {
			return err
		}
		token, err = OpenSession(ctx, tx, account.ID, origin)
		return err
	})
	return token, err
}

// OpenSession opens a login session for an account whose holder has been
// recognised by other means than a password, and returns the token for the
// cookie.
func OpenSession(ctx context.Context, tx *store.Tx, accountID int64, origin string) (token string, err error) {
	token = rand.Text()
	err = queries.New(tx).AddSession(ctx, queries.AddSessionParams{
		TokenHash: tokenHash(token), AccountID: accountID, CreatedAt: store.At(tx.Now),
		ExpiresAt: store.At(tx.Now.Add(sessionIdle)), Origin: origin,
	})
	if err != nil {
		return "", fmt.Errorf("open session: %w", err)
	}
	return token, nil
}

// ActorOfSession returns who a cookie's token belongs to, with the rights that
// are theirs now, and the zero Actor if it belongs to nobody any more.
func ActorOfSession(ctx context.Context, db *store.DB, token, origin string) (Actor, error) {
	if token == "" {
		return Actor{Origin: origin}, nil
	}
	var actor Actor
	stale := false
	err := db.Read(ctx, func(tx *store.Tx) error {
		row, err := queries.New(tx).SessionPerson(ctx, queries.SessionPersonParams{TokenHash: tokenHash(token), ExpiresAt: store.At(tx.Now)})
		if errors.Is(err, sql.ErrNoRows) {
			actor = Actor{Origin: origin}
			return nil
		}
		if err != nil {
			return fmt.Errorf("read session: %w", err)
		}
		stale = tx.Now.Sub(row.SeenAt.Time) > sessionTouch
		person := Person{ID: row.ID, PublicID: row.PublicID, FamilyName: row.FamilyName, GivenName: row.GivenName, Email: row.Email, Lang: row.Lang}
		actor, err = LoadActor(ctx, tx, person, origin)
		return err
	})
	if err == nil && stale {
		err = db.Write(ctx, func(tx *store.Tx) error {
			return queries.New(tx).TouchSession(ctx, queries.TouchSessionParams{
				TokenHash: tokenHash(token), SeenAt: store.At(tx.Now), ExpiresAt: store.At(tx.Now.Add(sessionIdle)),
			})
		})
	}
	return actor, err
}

// SignOut ends a login session.
func SignOut(ctx context.Context, db *store.DB, token string) error {
	return db.Write(ctx, func(tx *store.Tx) error { return queries.New(tx).EndSession(ctx, tokenHash(token)) })
}

// Purge removes login sessions and failed attempts that no longer matter.
func Purge(ctx context.Context, db *store.DB) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		q := queries.New(tx)
		return errors.Join(q.PurgeSessions(ctx, store.At(tx.Now)), q.PurgeAttempts(ctx, store.At(tx.Now.Add(-attemptWindow))))
	})
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
