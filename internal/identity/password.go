package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

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

// hashing lets few hashes run at once: a burst of sign-ins must not take the
// memory of the machine.
var hashing = make(chan struct{}, 4)

// hashPassword returns the argon2id hash of a password in the PHC form.
func hashPassword(password string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("salt: %w", err)
	}
	key := argonKeyOf(password, salt, argonTime, argonMemory, argonLanes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// noPassword is what an unknown login is compared with, for the sake of the time
// it takes.
const noPassword = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// checkPassword reports whether a password is the one of a hash. An empty or
// unreadable hash is never matched, and takes as long.
func checkPassword(hash, password string) bool {
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
	got := argonKeyOf(password, salt, passes, memory, lanes)
	return subtle.ConstantTimeCompare(got, want) == 1 && known
}

func argonKeyOf(password string, salt []byte, passes, memory uint32, lanes uint8) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, passes, memory, lanes, argonKey)
}

// How many wrong passwords are borne within a window of time. An address may
// stand for a whole lecture hall, hence its larger number.
const (
	attemptWindow    = 15 * time.Minute
	attemptsByLogin  = 10
	attemptsByOrigin = 100
)

func loginSubject(login string) string   { return "login:" + login }
func originSubject(origin string) string { return "origin:" + origin }

// checkAttempts refuses further tries for a login or an address that had too many
// wrong ones. The count stands in the database, which all nodes share.
func checkAttempts(ctx context.Context, db *store.DB, login, origin string) error {
	return db.Read(ctx, func(tx *store.Tx) error {
		q, since := queries.New(tx), store.At(tx.Now.Add(-attemptWindow))
		for _, limit := range []struct {
			subject string
			most    int64
		}{{loginSubject(login), attemptsByLogin}, {originSubject(origin), attemptsByOrigin}} {
			n, err := q.CountAttempts(ctx, queries.CountAttemptsParams{Subject: limit.subject, At: since})
			if err != nil {
				return fmt.Errorf("count attempts: %w", err)
			}
			if n >= limit.most {
				return fault.New(fault.TooMany, "signin.toomany", "wait", attemptWindow)
			}
		}
		return nil
	})
}

func noteAttempt(ctx context.Context, db *store.DB, login, origin string) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		q := queries.New(tx)
		for _, subject := range []string{loginSubject(login), originSubject(origin)} {
			if err := q.AddAttempt(ctx, queries.AddAttemptParams{Subject: subject, At: store.At(tx.Now)}); err != nil {
				return fmt.Errorf("note attempt: %w", err)
			}
		}
		return nil
	})
}

// ChangePassword gives the account of a login session another password, if the
// person knows the present one, and ends the account's other login sessions.
func ChangePassword(ctx context.Context, db *store.DB, actor Actor, token, present, next string) error {
	var account queries.IdentityAccount
	err := db.Read(ctx, func(tx *store.Tx) error {
		var err error
		account, err = queries.New(tx).AccountOfSession(ctx, queries.AccountOfSessionParams{TokenHash: tokenHash(token), ExpiresAt: store.At(tx.Now)})
		return err
	})
	if err != nil {
		return fmt.Errorf("account of session: %w", err)
	}
	if err := checkAttempts(ctx, db, account.Login, actor.Origin); err != nil {
		return err
	}
	var form fault.Form
	if len([]rune(next)) < minPassword {
		form.Wrong("next", "password.short", "min", minPassword)
	}
	if !checkPassword(account.Password, present) {
		if err := noteAttempt(ctx, db, account.Login, actor.Origin); err != nil {
			return err
		}
		form.Wrong("present", "password.present")
	}
	if err := form.Err(); err != nil {
		return err
	}
	hash, err := hashPassword(next)
	if err != nil {
		return err
	}
	return db.Write(ctx, func(tx *store.Tx) error {
		q := queries.New(tx)
		if err := q.SetPassword(ctx, queries.SetPasswordParams{ID: account.ID, Password: hash}); err != nil {
			return fmt.Errorf("set password of account %d: %w", account.ID, err)
		}
		if err := q.EndOtherSessions(ctx, queries.EndOtherSessionsParams{AccountID: account.ID, TokenHash: tokenHash(token)}); err != nil {
			return fmt.Errorf("end other sessions of account %d: %w", account.ID, err)
		}
		return audit.Record(ctx, tx, audit.Entry{
			Who: actor.Who(), Action: "password.changed", Args: map[string]any{"login": account.Login}, Kind: "person", Object: actor.PublicID,
		})
	})
}
