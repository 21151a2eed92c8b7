package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity/queries"
	"stagora.org/stagora/internal/store"
)

// minPassword is the least number of characters of a password: the ANSSI's
// advice (2021) for one that is rate-limited, without rules of composition.
const minPassword = 12

// The argon2id cost of a hash: OWASP's first recommendation, 19 MiB and two
// passes, about 27 ms.
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonKey    = 32
	argonSalt   = 16
)

// A PasswordHash is what is kept of a password. The zero value is that of an
// account which cannot sign in by password.
type PasswordHash struct{ phc string }

// HashPassword returns what is kept of a password, or an Invalid fault if it is
// too short or too long. It waits for its turn, or until ctx ends, and takes some
// 30 ms of a core: call it before a transaction and not inside one.
func HashPassword(ctx context.Context, password string) (PasswordHash, error) {
	var form fault.Form
	checkNew(&form, "password", password)
	if err := form.Err(); err != nil {
		return PasswordHash{}, err
	}
	return hashed(ctx, password)
}

// checkNew notes in form what is wrong with a new password.
func checkNew(form *fault.Form, field, password string) {
	if utf8.RuneCountInString(password) < minPassword {
		form.Wrong(field, "password.short", "min", minPassword)
	}
	if len(password) > maxPassword {
		form.Wrong(field, "password.long", "max", maxPassword)
	}
}

// hashed returns the argon2id hash of a password in the PHC form.
func hashed(ctx context.Context, password string) (PasswordHash, error) {
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return PasswordHash{}, fmt.Errorf("salt: %w", err)
	}
	if err := hashing.take(ctx); err != nil {
		return PasswordHash{}, fmt.Errorf("wait to hash: %w", err)
	}
	defer hashing.give()
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, argonKey)
	b64 := base64.RawStdEncoding
	return PasswordHash{fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		b64.EncodeToString(salt), b64.EncodeToString(key))}, nil
}

// noPassword is what an unknown login is compared with, for the sake of the time
// it takes.
const noPassword = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// matches reports whether a password is the one of a hash. An empty or unreadable
// hash is never matched, and takes as long. The caller holds a turn.
func matches(hash, password string) bool {
	known := hash != ""
	if !known {
		hash = noPassword
	}
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var memory, passes uint32
	var lanes uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, passes, memory, lanes, argonKey)
	return subtle.ConstantTimeCompare(got, want) == 1 && known
}

// ChangePassword gives the account of a login session another password, if the
// person knows the present one, and ends the account's other login sessions and every
// ticket: nothing that was won with the former password opens a session.
func ChangePassword(ctx context.Context, db *store.DB, actor Actor, token, present, next string) error {
	account, known, err := knowsPassword(ctx, db, actor, token, present)
	if err != nil {
		return err
	}
	var form fault.Form
	checkNew(&form, "next", next)
	if !known {
		form.Wrong("present", "password.present")
	}
	if err := form.Err(); err != nil {
		return err
	}
	hash, err := hashed(ctx, next)
	if err != nil {
		return err
	}
	return db.Write(ctx, func(tx *store.Tx) error {
		if err := lockLogin(ctx, tx, account.Login); err != nil {
			return err
		}
		q := queries.New(tx)
		now, err := q.AccountOfSession(ctx, queries.AccountOfSessionParams{TokenHash: tokenHash(token), ExpiresAt: store.At(tx.Now)})
		if errors.Is(err, sql.ErrNoRows) || err == nil && now.Password != account.Password {
			return fault.New(fault.SignIn, "signin.needed") // another change was first
		}
		if err != nil {
			return fmt.Errorf("account of session: %w", err)
		}
		if err := q.SetPassword(ctx, queries.SetPasswordParams{ID: account.ID, Password: hash.phc}); err != nil {
			return fmt.Errorf("set password of account %d: %w", account.ID, err)
		}
		if err := endEntries(ctx, tx, account.ID, token); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Who: actor.Who(), Action: "password.changed", Args: map[string]any{"login": account.Login}, Kind: "person", Object: actor.PublicID,
		})
	})
}

// knowsPassword reports whether the person in front of a login session knows the
// password of its account. Wrong ones count as those of signing in do.
func knowsPassword(ctx context.Context, db *store.DB, actor Actor, token, present string) (account queries.IdentityAccount, known bool, err error) {
	var c credentials
	err = db.Write(ctx, func(tx *store.Tx) error {
		account, err = queries.New(tx).AccountOfSession(ctx, queries.AccountOfSessionParams{TokenHash: tokenHash(token), ExpiresAt: store.At(tx.Now)})
		if err != nil {
			return fmt.Errorf("account of session: %w", err)
		}
		if c, err = newCredentials(account.Login, present, actor.Origin); err != nil {
			return err
		}
		c.attempt, err = countAttempt(ctx, tx, c.login, c.origin)
		return err
	})
	if err != nil {
		return account, false, err
	}
	if err := hashing.take(ctx); err != nil {
		return account, false, errors.Join(err, takeBackAttempt(ctx, db, c.attempt))
	}
	known = matches(account.Password, present)
	hashing.give()
	if known {
		return account, true, takeBackAttempt(ctx, db, c.attempt)
	}
	return account, false, db.Write(ctx, func(tx *store.Tx) error { return chargeOrigin(ctx, tx, c.origin) })
}
