package identity

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity/queries"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// NoticeAccountCreated tells somebody that they have an account. Its template needs
// the login.
const NoticeAccountCreated notice.Kind = "account.created"

// An Account is one way for a person to sign in.
type Account struct {
	ID       int64
	PersonID int64
	Login    string // lower case
	Demo     bool   // entered by one click; production refuses to start with one
	Disabled time.Time
}

// AddAccount gives a person an account, in a transaction of a higher floor. The
// zero hash makes an account that cannot sign in by password.
func AddAccount(ctx context.Context, tx *store.Tx, personID int64, login string, password PasswordHash, demo bool) (int64, error) {
	var form fault.Form
	login = CheckLogin(&form, login)
	if err := form.Err(); err != nil {
		return 0, err
	}
	id, err := queries.New(tx).AddAccount(ctx, queries.AddAccountParams{
		PersonID: personID, Login: login, Password: password.phc, Demo: demo, CreatedAt: store.At(tx.Now),
	})
	if store.IsDuplicate(err) {
		return 0, loginTaken(login)
	}
	if err != nil {
		return 0, fmt.Errorf("add account %s: %w", login, err)
	}
	return id, words.Change(ctx, tx, personID, nil, store.WordsOf(login))
}

// CheckLogin notes in form what is wrong with a new login, and returns it as it is
// kept.
func CheckLogin(form *fault.Form, typed string) string {
	login := strings.ToLower(strings.TrimSpace(typed))
	switch {
	case login == "":
		form.Wrong("login", "form.required")
	case utf8.RuneCountInString(login) > maxLogin:
		form.Wrong("login", "form.long", "max", maxLogin)
	case !storable(typed):
		form.Wrong("login", "login.signs")
	}
	return login
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

// HasDemoAccounts reports whether the database holds accounts of the demo, whatever its
// schema; one without tables holds none.
func HasDemoAccounts(ctx context.Context, tx *store.Tx) (bool, error) {
	there, err := store.HasTable(ctx, tx, "identity_account")
	if err != nil || !there {
		return false, err
	}
	n, err := queries.New(tx).DemoAccounts(ctx)
	return n > 0, err
}

// SetDisabled closes or reopens every account of a person, and ends their login
// sessions and tickets when it closes. It returns whether one of them was open before. It
// is for transactions of higher floors (a merge, and its undoing).
func SetDisabled(ctx context.Context, tx *store.Tx, personID int64, disabled bool) (wereOpen bool, err error) {
	q := queries.New(tx)
	accounts, err := q.AccountsOfPerson(ctx, personID)
	if err != nil {
		return false, fmt.Errorf("accounts of person %d: %w", personID, err)
	}
	var at *store.Time
	if disabled {
		at = store.AtOrNil(tx.Now)
	}
	for _, a := range accounts {
		if err := lockLogin(ctx, tx, a.Login); err != nil {
			return false, err
		}
		wereOpen = wereOpen || a.DisabledAt == nil
		if err := q.SetDisabled(ctx, queries.SetDisabledParams{ID: a.ID, DisabledAt: at}); err != nil {
			return false, fmt.Errorf("disable account %d: %w", a.ID, err)
		}
		if disabled {
			if err := endEntries(ctx, tx, a.ID, ""); err != nil {
				return false, err
			}
		}
	}
	return wereOpen, nil
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
		if _, err := SetDisabled(ctx, tx, person.ID, disabled); err != nil {
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
	if err := actor.Require(PersonEdit); err != nil {
		return err
	}
	var form fault.Form
	login := CheckLogin(&form, f.Login)
	if f.Password != "" {
		checkNew(&form, "password", f.Password)
	}
	if err := form.Err(); err != nil {
		return err
	}
	var hash PasswordHash
	if f.Password != "" {
		var err error
		if hash, err = hashed(ctx, f.Password); err != nil {
			return err
		}
	}
	return db.Write(ctx, func(tx *store.Tx) error {
		person, err := PersonByPublicID(ctx, tx, personPublicID)
		if err != nil {
			return err
		}
		id, err := AddAccount(ctx, tx, person.ID, login, hash, false)
		if err != nil {
			return err
		}
		if _, err := notice.Queue(ctx, tx, notice.Message{
			Kind: NoticeAccountCreated, Key: fmt.Sprintf("account.created %d", id), Link: f.Link, Contact: actor.Name, Urgent: true,
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
