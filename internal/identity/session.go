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
	stale := false
	actor, err := store.One(ctx, db, func(tx *store.Tx) (Actor, error) {
		rows, err := queries.New(tx).SessionRights(ctx, queries.SessionRightsParams{TokenHash: tokenHash(token), Now: store.At(tx.Now)})
		if err != nil {
			return Actor{}, fmt.Errorf("read session: %w", err)
		}
		if len(rows) == 0 {
			return Actor{Origin: origin}, nil
		}
		stale = tx.Now.Sub(rows[0].SeenAt.Time) > sessionTouch
		return actorOfSession(rows, origin), nil
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

// actorOfSession returns whose session has given rows.
func actorOfSession(rows []queries.SessionRightsRow, origin string) Actor {
	p := rows[0]
	rights := make([]queries.RightsOfPersonRow, 0, len(rows))
	for _, r := range rows {
		if r.RightCode != "" {
			rights = append(rights, queries.RightsOfPersonRow{RightCode: r.RightCode, PerimeterKind: r.PerimeterKind, PerimeterKey: r.PerimeterKey})
		}
	}
	return actorOf(Person{ID: p.ID, PublicID: p.PublicID, FamilyName: p.FamilyName, GivenName: p.GivenName, Email: p.Email, Lang: p.Lang}, origin, rights)
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
