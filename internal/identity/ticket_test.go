package identity_test

import (
	"testing"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

func TestAChangedPasswordEndsWhatTheFormerOneWon(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := person(t, db, "nadia", identity.RoleOffice, identity.Faculty("valmer"))
		here, err := identity.SignIn(t.Context(), db, "nadia", password, "here")
		if err != nil {
			t.Fatal(err)
		}
		l := newLine(t, db)
		l.crowd()
		good, waiting := l.join("nadia", password), l.join("nadia", password)
		l.one()
		wait(t, func() bool { return waitingTickets(t, db) == 1 })
		if err := identity.ChangePassword(t.Context(), db, actor(t, db, p), here, password, "a long enough one"); err != nil {
			t.Fatal(err)
		}
		if turn, err := identity.Ask(t.Context(), db, good, "here"); !fault.Has(err, "ticket.unknown") || turn.Token != "" {
			t.Errorf("a ticket won with the former password: %+v, %v", turn, err)
		}
		l.all()
		if token, err := ended(t, db, waiting); !fault.Has(err, "signin.wrong") || token != "" {
			t.Errorf("the former password, which waited: %q, %v", token, err)
		}
		if err := identity.ChangePassword(t.Context(), db, actor(t, db, p), here, password, "another long one"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a change with the former password: %v", err)
		}
	})
}

func TestAClosedAccountEndsItsTickets(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := person(t, db, "lena", identity.RoleObserver, identity.Faculty("valmer"))
		l := newLine(t, db)
		l.crowd()
		good, during := l.join("lena", password), l.join("lena", password)
		l.one()
		wait(t, func() bool { return waitingTickets(t, db) == 1 })
		// The other password is looked at while the account is being closed.
		disable(t, db, p, true, func() {
			l.all()
			if db.Engine == store.Postgres { // on SQLite the verdict waits for this very function
				wait(t, func() bool { return waitingTickets(t, db) == 0 || awaited(t, db) })
			}
		})
		settled(t, l, 1)
		disable(t, db, p, false, func() {})
		if turn, err := identity.Ask(t.Context(), db, good, "here"); !fault.Has(err, "ticket.unknown") || turn.Token != "" {
			t.Errorf("a ticket from before the account was closed: %+v, %v", turn, err)
		}
		if token, err := ended(t, db, during); !fault.Has(err, "signin.wrong") || token != "" {
			t.Errorf("a password looked at while it was closed: %q, %v", token, err)
		}
	})
}

// disable closes or reopens a person's accounts, and does something else before the
// transaction ends.
func disable(t *testing.T, db *store.DB, p identity.Person, disabled bool, meanwhile func()) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		if _, err := identity.SetDisabled(t.Context(), tx, p.ID, disabled); err != nil {
			return err
		}
		meanwhile()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// wait waits until something is so.
func wait(t *testing.T, is func() bool) {
	t.Helper()
	for range 3000 {
		if is() {
			return
		}
		<-time.After(5 * time.Millisecond)
	}
	t.Error("it does not come about")
}

func waitingTickets(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRowContext(t.Context(), "SELECT count(*) FROM identity_ticket WHERE state = 'waiting'").Scan(&n)
	})
	if err != nil {
		t.Error(err)
	}
	return n
}

// Tickets of a node become known one after the other: who was told a place is never
// told a later one, because somebody with an earlier key was slower.
func TestTicketsBecomeKnownInTheirOrder(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.Postgres)
	person(t, db, "nadia", identity.RoleOffice, identity.Faculty("valmer"))
	l := newLine(t, db)
	l.crowd()
	joined := make(chan identity.Ticket, 1)
	err := db.Write(t.Context(), func(tx *store.Tx) error { // somebody slow, who writes a ticket
		if err := tx.Lock(t.Context(), l.TicketsLock()); err != nil {
			return err
		}
		go func() { joined <- l.join("nadia", password) }()
		wait(t, func() bool { return awaited(t, db) || len(joined) > 0 })
		if len(joined) > 0 {
			t.Error("a ticket became known before an earlier one")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	<-joined
	l.all()
}

// awaited reports whether somebody waits for a lock.
func awaited(t *testing.T, db *store.DB) (yes bool) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		const waiting = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
		return tx.QueryRowContext(t.Context(), waiting).Scan(&yes)
	})
	if err != nil {
		t.Error(err)
	}
	return yes
}
