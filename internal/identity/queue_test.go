package identity_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// A line is a queue that looks at one password at a time, and for now at none.
type line struct {
	*identity.Queue
	t       *testing.T
	db      *store.DB
	log     bytes.Buffer
	release func()
}

func newLine(t *testing.T, db *store.DB) *line {
	t.Helper()
	l := &line{t: t, db: db}
	l.Queue = identity.NewQueue(db, slog.New(slog.NewTextHandler(&l.log, nil)))
	l.OneByOne()
	l.hold()
	t.Cleanup(func() {
		if l.release != nil {
			l.release()
		}
		if err := l.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return l
}

func (l *line) hold() {
	l.t.Helper()
	release, err := l.Hold(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	l.release = release
}

// one lets the next password be looked at, and no other.
func (l *line) one() {
	l.t.Helper()
	for !l.Waits() {
		<-time.After(time.Millisecond)
	}
	if err := l.Pass(l.t.Context()); err != nil {
		l.t.Fatal(err)
	}
}

// all lets every password be looked at.
func (l *line) all() {
	l.release()
	l.release = nil
}

// crowd makes people wait, so that whoever comes next gets a ticket.
func (l *line) crowd() { l.Pretend(1) }

// join sends a password and expects a ticket.
func (l *line) join(login, password string) identity.Ticket {
	l.t.Helper()
	admission, err := l.SignIn(l.t.Context(), login, password, "here")
	if err != nil || admission.Token != "" || admission.Ticket.ID == "" {
		l.t.Fatalf("%s was answered %+v, %v", login, admission, err)
	}
	return admission.Ticket
}

// ended waits until somebody's wait is over, and returns how it ended.
func ended(t *testing.T, db *store.DB, ticket identity.Ticket) (string, error) {
	t.Helper()
	for range 3000 {
		turn, err := identity.Ask(t.Context(), db, ticket, "here")
		if err != nil || turn.Token != "" {
			return turn.Token, err
		}
		<-time.After(5 * time.Millisecond)
	}
	t.Fatal("the wait does not end")
	return "", nil
}

func isPerson(t *testing.T, db *store.DB, token string, p identity.Person) {
	t.Helper()
	if a, err := identity.ActorOfSession(t.Context(), db, token, "here"); err != nil || a.ID != p.ID {
		t.Errorf("the session is that of %q, %v", a.Name, err)
	}
}

func TestNobodySeesTheQueueWhileFewCome(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite)
	p := person(t, db, "ines", identity.RoleStudent, identity.Faculty("x"))
	q := identity.NewQueue(db, slog.New(slog.DiscardHandler))
	admission, err := q.SignIn(t.Context(), "ines", password, "here")
	if err != nil || admission.Token == "" {
		t.Fatalf("%+v, %v", admission, err)
	}
	isPerson(t, db, admission.Token, p)
	if err := q.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestPeopleAreServedInTheOrderInWhichTheyCame(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l := newLine(t, db)
		l.crowd()
		var people []identity.Person
		var tickets []identity.Ticket
		for i := range 5 {
			login := fmt.Sprint("p", i)
			people = append(people, person(t, db, login, identity.RoleStudent, identity.Faculty("x")))
			tickets = append(tickets, l.join(login, password))
		}
		l.SetPace(40 * time.Millisecond)
		if err := l.Report(t.Context()); err != nil {
			t.Fatal(err)
		}
		for next := range tickets {
			for i := next; i < len(tickets); i++ {
				turn, err := identity.Ask(t.Context(), db, tickets[i], "here")
				want := identity.Turn{Place: i - next + 1, Wait: time.Duration(i-next+1) * 40 * time.Millisecond}
				if err != nil || turn != want {
					t.Fatalf("after %d, number %d is told %+v, %v; want %+v", next, i, turn, err, want)
				}
			}
			l.one()
			token, err := ended(t, db, tickets[next])
			if err != nil {
				t.Fatal(err)
			}
			isPerson(t, db, token, people[next])
		}
		l.Pretend(-1)
		if !l.Idle() {
			t.Error("something is left in the queue")
		}
	})
}

func TestATicketIsExchangedOnceByWhoHoldsItsCookie(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l := newLine(t, db)
		l.crowd()
		p := person(t, db, "ines", identity.RoleStudent, identity.Faculty("x"))
		person(t, db, "mallory", identity.RoleStudent, identity.Faculty("x"))
		mine, other := l.join("ines", password), l.join("mallory", password)
		l.all()
		if _, err := ended(t, db, other); err != nil {
			t.Fatal(err)
		}
		for name, ticket := range map[string]identity.Ticket{
			"another browser's cookie": {ID: mine.ID, Key: other.Key}, "no cookie": {ID: mine.ID}, "the cookie alone": {Key: mine.Key},
			"a guess": {ID: "A", Key: "B"}, "shifted": {ID: mine.ID + " ", Key: mine.Key}, "exchanged already": other,
		} {
			if turn, err := identity.Ask(t.Context(), db, ticket, "here"); !fault.Has(err, "ticket.unknown") || turn != (identity.Turn{}) {
				t.Errorf("%s: %+v, %v", name, turn, err)
			}
		}
		var wg sync.WaitGroup
		tokens := make(chan string, 8)
		for range 8 {
			wg.Go(func() {
				turn, err := identity.Ask(t.Context(), db, mine, "here")
				if err != nil && !fault.Has(err, "ticket.unknown") {
					t.Error(err)
				}
				tokens <- turn.Token
			})
		}
		wg.Wait()
		close(tokens)
		got := 0
		for token := range tokens {
			if token != "" {
				got++
				isPerson(t, db, token, p)
			}
		}
		if got != 1 {
			t.Errorf("eight who asked at once got %d sessions", got)
		}
	})
}

func TestAGoodTicketIsNotKeptForEver(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite)
	l := newLine(t, db)
	l.crowd()
	admin := actor(t, db, person(t, db, "admin", identity.RoleAdministrator, identity.Everything))
	p := person(t, db, "ines", identity.RoleStudent, identity.Faculty("x"))
	late, closed := l.join("ines", password), l.join("ines", password)
	l.all()
	settled(t, l, 1)
	if err := identity.SwitchAccounts(t.Context(), db, admin, p.PublicID, true, "doublon"); err != nil {
		t.Fatal(err)
	}
	if _, err := identity.Ask(t.Context(), db, closed, "here"); !fault.Has(err, "ticket.unknown") {
		t.Errorf("the account was closed meanwhile: %v", err)
	}
	if err := identity.SwitchAccounts(t.Context(), db, admin, p.PublicID, false, "annulé"); err != nil {
		t.Fatal(err)
	}
	storetest.Clock(t, db).Freeze(storetest.Start.Add(identity.TicketLife + time.Second))
	if _, err := identity.Ask(t.Context(), db, late, "here"); !fault.Has(err, "ticket.unknown") {
		t.Errorf("after its time: %v", err)
	}
	if err := identity.Purge(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, "identity_ticket"); n != 0 {
		t.Errorf("%d tickets are kept", n)
	}
}

// settled waits until only so many are held.
func settled(t *testing.T, l *line, pretended int) {
	t.Helper()
	l.Pretend(-pretended)
	defer l.Pretend(pretended)
	for range 3000 {
		if l.Idle() {
			return
		}
		<-time.After(5 * time.Millisecond)
	}
	t.Fatal("the queue does not end")
}

func count(t *testing.T, db *store.DB, table string) (n int) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhatWasWrongIsToldToWhoWaited(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l := newLine(t, db)
		l.crowd()
		person(t, db, "ines", identity.RoleStudent, identity.Faculty("x"))
		wrong, nobody := l.join("ines", "wrong"), l.join("nobody", password)
		l.all()
		for _, ticket := range []identity.Ticket{wrong, nobody} {
			if _, err := ended(t, db, ticket); !fault.Has(err, "signin.wrong") {
				t.Errorf("told %v", err)
			}
		}
	})
}

func TestWhoLeftLosesTheirPlaceAndTheirTryIsForgotten(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l := newLine(t, db)
		l.crowd()
		person(t, db, "gone", identity.RoleStudent, identity.Faculty("x"))
		p := person(t, db, "here", identity.RoleStudent, identity.Faculty("x"))
		gone, here := l.join("gone", password), l.join("here", password)
		clock := storetest.Clock(t, db)
		for step := range 5 {
			clock.Freeze(storetest.Start.Add(time.Duration(step) * identity.TicketQuiet / 3))
			if err := l.Report(t.Context()); err != nil {
				t.Fatal(err)
			}
			if turn, err := identity.Ask(t.Context(), db, here, "here"); err != nil || turn.Place < 1 {
				t.Fatalf("who is there is told %+v, %v", turn, err)
			}
		}
		if turn, err := identity.Ask(t.Context(), db, here, "here"); err != nil || turn.Place != 1 {
			t.Errorf("who is there has place %d, %v", turn.Place, err)
		}
		if n := count(t, db, "identity_attempt"); n != 1 {
			t.Errorf("%d tries are counted, want that of who waits", n)
		}
		if _, err := identity.Ask(t.Context(), db, gone, "here"); !fault.Has(err, "ticket.left") {
			t.Errorf("who left is told %v", err)
		}
		l.all()
		token, err := ended(t, db, here)
		if err != nil {
			t.Fatal(err)
		}
		isPerson(t, db, token, p)
		if n := count(t, db, "identity_attempt"); n != 0 {
			t.Errorf("%d tries are counted at the end", n)
		}
	})
}

func TestAnyNodeAnswersATicketAndSaysWhenItsOwnIsGone(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, engine)
			clock := &store.MovableClock{}
			clock.Freeze(storetest.Start)
			node := func() *store.DB {
				db, err := store.Open(t.Context(), url, clock.Now)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { db.Close() })
				return db
			}
			here, there := node(), node()
			p := person(t, here, "ines", identity.RoleStudent, identity.Faculty("x"))
			person(t, here, "zoe", identity.RoleStudent, identity.Faculty("x"))
			a, b := newLine(t, here), newLine(t, there)
			a.crowd()
			b.crowd()
			first, second, third := a.join("ines", password), b.join("zoe", password), a.join("zoe", password)
			for i, ticket := range []identity.Ticket{first, second, third} {
				want := []int{1, 1, 2}[i]
				for _, db := range []*store.DB{here, there} {
					if turn, err := identity.Ask(t.Context(), db, ticket, "here"); err != nil || turn.Place != want {
						t.Errorf("number %d is told %+v, %v", i, turn, err)
					}
				}
			}
			a.one()
			token, err := ended(t, there, first)
			if err != nil {
				t.Fatal(err)
			}
			isPerson(t, here, token, p)
			a.Die()
			if _, err := identity.Ask(t.Context(), there, third, "here"); err != nil {
				t.Errorf("nobody can know yet, and %v", err)
			}
			clock.Freeze(storetest.Start.Add(identity.NodeQuiet + time.Second))
			if _, err := identity.Ask(t.Context(), there, third, "here"); !fault.Has(err, "ticket.lost") {
				t.Errorf("its node is gone: %v", err)
			}
			if err := b.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := identity.Ask(t.Context(), here, second, "here"); !fault.Has(err, "ticket.lost") {
				t.Errorf("its node was stopped: %v", err)
			}
		})
	}
}

func TestSoManyWaitAndNoMore(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite)
	l := newLine(t, db)
	person(t, db, "ines", identity.RoleStudent, identity.Faculty("x"))
	l.Pretend(identity.MaxWaiting - 1)
	l.join("ines", password)
	if _, err := l.SignIn(t.Context(), "ines", password, "here"); fault.KindOf(err) != fault.Unavailable || !fault.Has(err, "signin.full") {
		t.Errorf("one too many: %v", err)
	}
	if n := count(t, db, "identity_attempt"); n != 1 {
		t.Errorf("%d tries are counted", n)
	}
}

func TestTriesThatComeTogetherAreCountedOneByOne(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		person(t, db, "ines", identity.RoleStudent, identity.Faculty("x"))
		q := identity.NewQueue(db, slog.New(slog.DiscardHandler))
		var wg sync.WaitGroup
		told := make(chan error, 90)
		for range 90 {
			wg.Go(func() {
				admission, err := q.SignIn(t.Context(), "ines", "wrong", "here")
				if err == nil {
					_, err = ended(t, db, admission.Ticket)
				}
				told <- err
			})
		}
		wg.Wait()
		close(told)
		wrong := 0
		for err := range told {
			switch {
			case fault.Has(err, "signin.wrong"):
				wrong++
			case fault.KindOf(err) != fault.TooMany:
				t.Error(err)
			}
		}
		if wrong != 10 {
			t.Errorf("of 90 wrong passwords at once %d were looked at, want 10", wrong)
		}
		if err := q.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAnAddressIsRefusedAfterAHundredWrongPasswordsAndNotForManyWhoWait(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l := newLine(t, db)
		l.crowd()
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			for range 97 {
				_, err := tx.ExecContext(t.Context(), "INSERT INTO identity_attempt (subject, at) VALUES ($1, $2)", "origin:here", store.At(tx.Now))
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var tickets []identity.Ticket
		for i := range 6 {
			tickets = append(tickets, l.join(fmt.Sprint("nobody", i), "wrong"))
		}
		for i, ticket := range tickets {
			l.one()
			want := fault.SignIn
			if i >= 3 {
				want = fault.TooMany
			}
			if _, err := ended(t, db, ticket); fault.KindOf(err) != want {
				t.Errorf("number %d of six: %v", i, err)
			}
		}
	})
}

func TestARequestThatLeftIsNotLookedAtAndDoesNotCount(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite)
	person(t, db, "ines", identity.RoleStudent, identity.Faculty("x"))
	l := newLine(t, db) // nobody's turn comes
	ctx, leave := context.WithCancel(t.Context())
	told := make(chan error)
	go func() {
		_, err := l.SignIn(ctx, "ines", password, "here")
		told <- err
	}()
	for count(t, db, "identity_attempt") == 0 {
		<-time.After(time.Millisecond)
	}
	leave()
	if err := <-told; err == nil {
		t.Error("a request that left was answered")
	}
	if n := count(t, db, "identity_attempt"); n != 0 {
		t.Errorf("%d tries are counted", n)
	}
}

func TestWhatCannotBeALoginIsNeitherKeptNorHashed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		l := newLine(t, db) // whoever waited for a turn would wait for ever
		for _, tt := range []struct {
			login, password string
			want            fault.Kind
		}{
			{strings.Repeat("é", 256), password, fault.Invalid},
			{"ines", strings.Repeat("x", 1025), fault.Invalid},
			{strings.Repeat("x", 10<<20), password, fault.Invalid},
			{"ines\x00", password, fault.SignIn},
			{"ines\xff", password, fault.SignIn},
		} {
			if _, err := l.SignIn(t.Context(), tt.login, tt.password, "here"); fault.KindOf(err) != tt.want {
				t.Errorf("a login of %d bytes: %v", len(tt.login), err)
			}
		}
		if n := count(t, db, "identity_attempt"); n != 0 {
			t.Errorf("%d tries are kept", n)
		}
	})
}

func TestAPasswordThatWaitsIsWrittenNowhere(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.Postgres)
	l := newLine(t, db)
	l.crowd()
	person(t, db, "ines", identity.RoleStudent, identity.Faculty("x"))
	ticket := l.join("ines", password)
	if _, err := identity.Ask(t.Context(), db, ticket, "here"); err != nil {
		t.Fatal(err)
	}
	var whole string
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRowContext(t.Context(), "SELECT database_to_xml(true, true, '')::text").Scan(&whole)
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(whole, "identity_ticket") || !strings.Contains(whole, "ines") {
		t.Fatal("this is not the whole database")
	}
	for what, secret := range map[string]string{"password": password, "ticket": ticket.ID, "cookie": ticket.Key} {
		if strings.Contains(whole, secret) || strings.Contains(l.log.String(), secret) {
			t.Errorf("the %s was written", what)
		}
	}
}

// Not parallel: it counts the goroutines of the process.
func TestNothingOfAQueueStays(t *testing.T) {
	db := storetest.Open(t, store.SQLite)
	person(t, db, "ines", identity.RoleStudent, identity.Faculty("x"))
	l := newLine(t, db)
	l.crowd()
	for range 5 {
		l.join("ines", password)
	}
	l.all()
	settled(t, l, 1)
	l.join("ines", password)
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	stacks := make([]byte, 1<<20)
	if s := string(stacks[:runtime.Stack(stacks, true)]); strings.Contains(s, "(*Queue)") {
		t.Errorf("a goroutine of the queue is still there:\n%s", s)
	}
	if n := count(t, db, "identity_node"); n != 0 {
		t.Errorf("%d nodes are said to be there", n)
	}
}
