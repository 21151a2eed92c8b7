package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"stagora.org/stagora/internal/identity/queries"
	"stagora.org/stagora/internal/store"
)

// How long a login session lasts: it ends when unused for a while, so that a
// shared computer does not stay signed in, but not during an evening of ranking.
const (
	sessionIdle  = 12 * time.Hour
	sessionTouch = 5 * time.Minute // how stale "last seen" may be, to spare writes
)

// OpenSession opens a login session for an account whose holder has been
// recognised by other means than a password, and returns the token for the
// cookie.
func OpenSession(ctx context.Context, tx *store.Tx, accountID int64, origin string) (token string, err error) {
	token = rand.Text()
	err = queries.New(tx).AddSession(ctx, queries.AddSessionParams{
		TokenHash: tokenHash(token), AccountID: accountID, CreatedAt: store.At(tx.Now),
		ExpiresAt: store.At(tx.Now.Add(sessionIdle)), Origin: clip(origin),
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
		rows, err := queries.New(tx).SessionRights(ctx, queries.SessionRightsParams{TokenHash: tokenHash(token), Now: store.At(tx.Now)})
		if err != nil {
			return fmt.Errorf("read session: %w", err)
		}
		actor = Actor{Origin: origin}
		for _, r := range rows {
			if !actor.Known() {
				actor = actorOf(Person{ID: r.ID, PublicID: r.PublicID, FamilyName: r.FamilyName, GivenName: r.GivenName, Email: r.Email, Lang: r.Lang}, origin)
				stale = tx.Now.Sub(r.SeenAt.Time) > sessionTouch
			}
			if r.RightCode != "" {
				actor.grant(Right(r.RightCode), Perimeter{r.PerimeterKind, r.PerimeterKey})
			}
		}
		return nil
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

// endEntries ends the login sessions of an account, but for the one of a token, and
// the tickets that would open more. The caller holds the account's login
// ([lockLogin]).
func endEntries(ctx context.Context, tx *store.Tx, accountID int64, except string) error {
	q := queries.New(tx)
	// Tickets go first: one that is being exchanged meanwhile has its session by then.
	if err := q.EndTicketsOfAccount(ctx, sql.NullInt64{Int64: accountID, Valid: true}); err != nil {
		return fmt.Errorf("end tickets of account %d: %w", accountID, err)
	}
	if err := q.EndOtherSessions(ctx, queries.EndOtherSessionsParams{AccountID: accountID, TokenHash: tokenHash(except)}); err != nil {
		return fmt.Errorf("end sessions of account %d: %w", accountID, err)
	}
	return nil
}

// SignOut ends a login session.
func SignOut(ctx context.Context, db *store.DB, token string) error {
	return db.Write(ctx, func(tx *store.Tx) error { return queries.New(tx).EndSession(ctx, tokenHash(token)) })
}

// Purge removes login sessions, tickets and tries that no longer matter.
func Purge(ctx context.Context, db *store.DB) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		q, ended := queries.New(tx), store.At(tx.Now.Add(-ticketLife))
		return errors.Join(
			q.PurgeSessions(ctx, store.At(tx.Now)), q.PurgeAttempts(ctx, store.At(tx.Now.Add(-attemptWindow))),
			q.PurgeTickets(ctx, ended), q.PurgeNodes(ctx, ended),
		)
	})
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
