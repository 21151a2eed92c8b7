package identity_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
)

const password = "correct horse battery"

// person adds somebody with an account, the default roles and one grant.
func person(t *testing.T, db *store.DB, login, role string, on identity.Perimeter) identity.Person {
	t.Helper()
	var p identity.Person
	hash, err := identity.HashPassword(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(tx *store.Tx) (err error) {
		if err := identity.DeclareRights(t.Context(), tx, node.Rights()); err != nil {
			return err
		}
		if p, err = identity.AddPerson(t.Context(), tx, "test", identity.PersonForm{FamilyName: login, GivenName: "A"}); err != nil {
			return err
		}
		if _, err := identity.AddAccount(t.Context(), tx, p.ID, login, hash, false); err != nil {
			return err
		}
		return identity.GrantRole(t.Context(), tx, p.ID, role, on, "label", tx.Now, time.Time{})
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func actor(t *testing.T, db *store.DB, p identity.Person) identity.Actor {
	t.Helper()
	var a identity.Actor
	err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
		a, err = identity.LoadActor(t.Context(), tx, p, "test")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestNothingIsAllowedWithoutAGrantInForce(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite)
	valmer, caen := identity.Faculty("valmer"), identity.Faculty("caen")
	office := actor(t, db, person(t, db, "office", identity.RoleOffice, valmer))
	admin := actor(t, db, person(t, db, "admin", identity.RoleAdministrator, identity.Everything))
	tests := []struct {
		name  string
		actor identity.Actor
		right identity.Right
		on    []identity.Perimeter
		want  bool
	}{
		{"nobody", identity.Actor{}, campaign.RightView, []identity.Perimeter{valmer}, false},
		{"in the perimeter", office, campaign.RightView, []identity.Perimeter{valmer}, true},
		{"in one of the object's perimeters", office, campaign.RightView, []identity.Perimeter{caen, valmer}, true},
		{"in another perimeter", office, campaign.RightView, []identity.Perimeter{caen}, false},
		{"an object that lies nowhere", office, campaign.RightView, nil, false},
		{"a right the role has not", office, identity.RoleEdit, []identity.Perimeter{valmer}, false},
		{"everything holds everywhere", admin, campaign.RightView, []identity.Perimeter{caen}, true},
		{"everything holds for what lies nowhere", admin, identity.RoleEdit, nil, true},
		{"but not for a right the role has not", admin, result.RightPublish, []identity.Perimeter{caen}, false},
		{"Stagora itself", identity.System("job"), result.RightPublish, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.actor.Can(tt.right, tt.on...); got != tt.want {
				t.Errorf("got %v", got)
			}
			if err := tt.actor.Require(tt.right, tt.on...); (err == nil) != tt.want || (err != nil && fault.KindOf(err) != fault.Denied) {
				t.Errorf("Require: %v", err)
			}
		})
	}
}

func TestAGrantHoldsBetweenItsDates(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		clock := storetest.Clock(t, db)
		admin := actor(t, db, person(t, db, "admin", identity.RoleAdministrator, identity.Everything))
		p := person(t, db, "victor", identity.RoleObserver, identity.Faculty("x"))
		from := storetest.Start.Add(24 * time.Hour)
		g := identity.Grant{Role: identity.Role{Code: identity.RoleOffice}, On: identity.Faculty("valmer"), From: from, Until: from.Add(48 * time.Hour)}
		if err := identity.AddGrant(t.Context(), db, admin, p.PublicID, g); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			at   time.Time
			want bool
		}{{from.Add(-time.Microsecond), false}, {from, true}, {g.Until.Add(-time.Microsecond), true}, {g.Until, false}} {
			clock.Freeze(tt.at)
			if got := actor(t, db, p).Can(campaign.RightEdit, identity.Faculty("valmer")); got != tt.want {
				t.Errorf("at %v: %v", tt.at, got)
			}
		}
	})
}

func TestSigningIn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := person(t, db, "nadia.lopes", identity.RoleOffice, identity.Faculty("valmer"))
		token, err := identity.SignIn(t.Context(), db, " Nadia.Lopes ", password, "here")
		if err != nil {
			t.Fatal(err)
		}
		a, err := identity.ActorOfSession(t.Context(), db, token, "here")
		if err != nil || a.ID != p.ID || !a.Can(campaign.RightEdit, identity.Faculty("valmer")) {
			t.Fatalf("got %+v, %v", a, err)
		}
		if a, err := identity.ActorOfSession(t.Context(), db, token+"x", "here"); err != nil || a.Known() {
			t.Errorf("a made-up token is %+v, %v", a, err)
		}
		storetest.Clock(t, db).Freeze(storetest.Start.Add(13 * time.Hour))
		if a, _ := identity.ActorOfSession(t.Context(), db, token, "here"); a.Known() {
			t.Error("a session unused for half a day still holds")
		}
		storetest.Clock(t, db).Freeze(storetest.Start)
		if err := identity.SignOut(t.Context(), db, token); err != nil {
			t.Fatal(err)
		}
		if a, _ := identity.ActorOfSession(t.Context(), db, token, "here"); a.Known() {
			t.Error("signed out and still known")
		}
		if _, err := identity.SignInDemo(t.Context(), db, "nadia.lopes", "here"); fault.KindOf(err) != fault.SignIn {
			t.Errorf("an ordinary account was entered as a demo one: %v", err)
		}
	})
}

// What a session may do is what its person may do, also where that is nothing.
func TestASessionHasTheRightsOfItsPerson(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		clock := storetest.Clock(t, db)
		admin := person(t, db, "admin", identity.RoleAdministrator, identity.Everything)
		two, ended := person(t, db, "two", identity.RoleOffice, identity.Faculty("valmer")), person(t, db, "ended", identity.RoleOffice, identity.Faculty("valmer"))
		err := identity.AddGrant(t.Context(), db, actor(t, db, admin), two.PublicID, identity.Grant{
			Role: identity.Role{Code: identity.RoleOffice}, On: identity.Faculty("caen"), From: storetest.Start,
		})
		if err == nil {
			err = identity.EndGrant(t.Context(), db, actor(t, db, admin), ended.PublicID, grants(t, db, ended)[0].PublicID)
		}
		if err != nil {
			t.Fatal(err)
		}
		clock.Freeze(storetest.Start.Add(time.Minute))
		for login, p := range map[string]identity.Person{"admin": admin, "two": two, "ended": ended} {
			token, err := identity.SignIn(t.Context(), db, login, password, "here")
			if err != nil {
				t.Fatal(err)
			}
			got, err := identity.ActorOfSession(t.Context(), db, token, "test")
			if want := actor(t, db, p); err != nil || !got.Known() || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, %v; want %+v", login, got, err, want)
			}
			if got.CanSomewhere(campaign.RightView) == (login == "ended") {
				t.Errorf("%s: %+v", login, got)
			}
		}
	})
}

func TestAClosedAccountSignsNobodyIn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		admin := actor(t, db, person(t, db, "admin", identity.RoleAdministrator, identity.Everything))
		p := person(t, db, "lena", identity.RoleObserver, identity.Faculty("valmer"))
		token, err := identity.SignIn(t.Context(), db, "lena", password, "here")
		if err != nil {
			t.Fatal(err)
		}
		if err := identity.SwitchAccounts(t.Context(), db, admin, p.PublicID, true, "doublon"); err != nil {
			t.Fatal(err)
		}
		if a, _ := identity.ActorOfSession(t.Context(), db, token, "here"); a.Known() {
			t.Error("the session outlived the account")
		}
		if _, err := identity.SignIn(t.Context(), db, "lena", password, "here"); !fault.Has(err, "signin.wrong") {
			t.Errorf("got %v", err)
		}
		if err := identity.SwitchAccounts(t.Context(), db, admin, p.PublicID, false, "annulé"); err != nil {
			t.Fatal(err)
		}
		if _, err := identity.SignIn(t.Context(), db, "lena", password, "here"); err != nil {
			t.Errorf("a reopened account: %v", err)
		}
	})
}

func TestTooManyWrongPasswordsAreRefusedForAWhile(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		person(t, db, "ines", identity.RoleObserver, identity.Faculty("valmer"))
		for range 10 {
			if _, err := identity.SignIn(t.Context(), db, "ines", "wrong", "there"); !fault.Has(err, "signin.wrong") {
				t.Fatal(err)
			}
		}
		if _, err := identity.SignIn(t.Context(), db, "ines", password, "elsewhere"); fault.KindOf(err) != fault.TooMany {
			t.Errorf("the eleventh try, from anywhere: %v", err)
		}
		if _, err := identity.SignIn(t.Context(), db, "other", "wrong", "there"); !fault.Has(err, "signin.wrong") {
			t.Errorf("another login from the same place is another matter: %v", err)
		}
		storetest.Clock(t, db).Freeze(storetest.Start.Add(16 * time.Minute))
		if _, err := identity.SignIn(t.Context(), db, "ines", password, "there"); err != nil {
			t.Errorf("after the wait: %v", err)
		}
	})
}

func TestOneLoginBelongsToOnePerson(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		admin := actor(t, db, person(t, db, "admin", identity.RoleAdministrator, identity.Everything))
		people := []identity.Person{
			person(t, db, "a", identity.RoleObserver, identity.Faculty("x")), person(t, db, "b", identity.RoleObserver, identity.Faculty("x")),
		}
		var wg sync.WaitGroup
		refused := make(chan error, len(people))
		for _, p := range people {
			wg.Go(func() {
				refused <- identity.CreateAccount(t.Context(), db, admin, p.PublicID,
					identity.AccountForm{Login: "shared", Password: password, Link: "https://stagora.test/"})
			})
		}
		wg.Wait()
		close(refused)
		failures := 0
		for err := range refused {
			if err != nil {
				failures++
				if !fault.Has(err, "login.taken") {
					t.Error(err)
				}
			}
		}
		if failures != 1 {
			t.Errorf("%d of two were refused", failures)
		}
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			mails, err := notice.ListTo(nil).First(t.Context(), tx, store.Where("m.kind = $1", string(identity.NoticeAccountCreated)), 10)
			if len(mails) != 1 || !strings.Contains(mails[0].Body, "shared") || strings.Contains(mails[0].Body, password) {
				t.Errorf("the person with the account was told %+v", mails)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestWrongEntriesAboutAPersonAreAllNamed(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite)
	admin := actor(t, db, person(t, db, "admin", identity.RoleAdministrator, identity.Everything))
	tests := []struct {
		form identity.PersonForm
		want []string
	}{
		{identity.PersonForm{}, []string{"family_name"}},
		{identity.PersonForm{FamilyName: " ", Email: "nobody"}, []string{"family_name", "email"}},
		{identity.PersonForm{FamilyName: "Oster", Email: "karim@localhost"}, []string{"email"}},
		{identity.PersonForm{FamilyName: "Oster", Email: "Karim <k@v.fr>"}, []string{"email"}},
	}
	for _, tt := range tests {
		_, err := identity.CreatePerson(t.Context(), db, admin, tt.form)
		var got []string
		if f, ok := errors.AsType[*fault.Error](err); ok {
			for _, field := range f.Fields {
				got = append(got, field.Name)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%+v: %v, want %v", tt.form, got, tt.want)
		}
	}
}

func TestTheLastRightToGiveRightsStays(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite)
	admin := actor(t, db, person(t, db, "admin", identity.RoleAdministrator, identity.Everything))
	if err := identity.SetRight(t.Context(), db, admin, identity.RoleAdministrator, identity.RoleEdit, false); !fault.Has(err, "right.last") {
		t.Errorf("got %v", err)
	}
	if err := identity.SetRight(t.Context(), db, admin, identity.RoleObserver, student.RightView, true); err != nil {
		t.Fatal(err)
	}
	p := person(t, db, "observer", identity.RoleObserver, identity.Faculty("x"))
	if !actor(t, db, p).Can(student.RightView, identity.Faculty("x")) {
		t.Error("a right given to a role does not hold")
	}
}

// The longest names and addresses are kept, in any script; one letter more is refused at
// its field.
func TestWhatAPersonIsCalledHasAnEnd(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		admin := actor(t, db, person(t, db, "admin", identity.RoleAdministrator, identity.Everything))
		random := rand.New(rand.NewPCG(1, 1))
		for _, script := range []string{"abcdefghijklmnopqrstuvwxyzéèçñøłđ", "αβγδεζηθικλμνξοπρστυφχψω", "абвгдежзийклмнопрстуфхцчшщ", "王李张刘陈杨黄赵吴周徐孙马朱胡"} {
			letters := []rune(script)
			name := func(n int) string {
				word := make([]rune, n)
				for i := range word {
					word[i] = letters[random.IntN(len(letters))]
				}
				return string(word)
			}
			longest := identity.PersonForm{FamilyName: name(100), GivenName: name(100), Email: strings.Repeat("a", 254-len("@univ.example")) + "@univ.example"}
			if _, err := identity.CreatePerson(t.Context(), db, admin, longest); err != nil {
				t.Errorf("%s: %v", script, err)
			}
			for field, change := range map[string]func(*identity.PersonForm){
				"family_name": func(f *identity.PersonForm) { f.FamilyName += "a" },
				"given_name":  func(f *identity.PersonForm) { f.GivenName += "a" },
				"email":       func(f *identity.PersonForm) { f.Email = "a" + f.Email },
			} {
				longer := longest
				change(&longer)
				_, err := identity.CreatePerson(t.Context(), db, admin, longer)
				wrong, is := errors.AsType[*fault.Error](err)
				if !is || len(wrong.Fields) != 1 || wrong.Fields[0].Name != field || wrong.Fields[0].Key != "form.long" {
					t.Errorf("%s too long: %v", field, err)
				}
			}
		}
	})
}

func TestThePlatformKeepsAnAdministrator(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first := person(t, db, "first", identity.RoleAdministrator, identity.Everything)
		admin := actor(t, db, first)
		if err := identity.SwitchAccounts(t.Context(), db, admin, first.PublicID, true, "départ"); !fault.Has(err, "grant.last") {
			t.Errorf("closing the last account: %v", err)
		}
		if err := identity.EndGrant(t.Context(), db, admin, first.PublicID, grants(t, db, first)[0].PublicID); !fault.Has(err, "grant.last") {
			t.Errorf("ending the last grant: %v", err)
		}
		second := person(t, db, "second", identity.RoleAdministrator, identity.Everything)
		if err := identity.EndGrant(t.Context(), db, admin, first.PublicID, grants(t, db, second)[0].PublicID); !fault.Has(err, "grant.unknown") {
			t.Errorf("ending a grant of somebody else: %v", err)
		}
		var wg sync.WaitGroup
		failed := make(chan error, 2)
		for _, p := range []identity.Person{first, second} {
			wg.Go(func() { failed <- identity.EndGrant(t.Context(), db, admin, p.PublicID, grants(t, db, p)[0].PublicID) })
		}
		wg.Wait()
		if a, b := <-failed, <-failed; (a == nil) == (b == nil) || (a != nil && !fault.Has(a, "grant.last")) || (b != nil && !fault.Has(b, "grant.last")) {
			t.Errorf("two who end each other's role: %v, %v", a, b)
		}
	})
}

// Whoever waited for somebody who ended the same role is told so, though their own
// transaction began before.
func TestARoleIsEndedOnce(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.Postgres)
	clock := storetest.Clock(t, db)
	admin := actor(t, db, person(t, db, "admin", identity.RoleAdministrator, identity.Everything))
	p := person(t, db, "victor", identity.RoleObserver, identity.Faculty("x"))
	grant := grants(t, db, p)[0].PublicID
	later := make(chan error, 1)
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		if err := tx.Lock(t.Context(), identity.AdminLock); err != nil {
			return err
		}
		go func() { later <- identity.EndGrant(t.Context(), db, admin, p.PublicID, grant) }()
		wait(t, func() bool { return awaited(t, db) })
		end := storetest.Start.Add(time.Second)
		clock.Freeze(end)
		_, err := tx.ExecContext(t.Context(), "UPDATE identity_grant SET valid_until = $1 WHERE public_id = $2", store.At(end), grant)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-later; !fault.Has(err, "grant.ended") {
		t.Errorf("ended again: %v", err)
	}
}

func grants(t *testing.T, db *store.DB, p identity.Person) (held []identity.Grant) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
		held, err = identity.GrantsOfPerson(t.Context(), tx, p.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return held
}

func TestAPasswordIsChangedByWhoKnowsIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := person(t, db, "nadia", identity.RoleOffice, identity.Faculty("valmer"))
		here, err := identity.SignIn(t.Context(), db, "nadia", password, "here")
		if err != nil {
			t.Fatal(err)
		}
		elsewhere, err := identity.SignIn(t.Context(), db, "nadia", password, "elsewhere")
		if err != nil {
			t.Fatal(err)
		}
		a := actor(t, db, p)
		for _, wrong := range []struct{ present, next string }{{"not the password", "a long enough one"}, {password, "short"}} {
			if err := identity.ChangePassword(t.Context(), db, a, here, wrong.present, wrong.next); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", wrong, err)
			}
		}
		if err := identity.ChangePassword(t.Context(), db, a, here, password, "a long enough one"); err != nil {
			t.Fatal(err)
		}
		if _, err := identity.SignIn(t.Context(), db, "nadia", password, "here"); !fault.Has(err, "signin.wrong") {
			t.Errorf("the former password: %v", err)
		}
		if a, _ := identity.ActorOfSession(t.Context(), db, elsewhere, "elsewhere"); a.Known() {
			t.Error("a session opened with the former password still holds")
		}
		if a, _ := identity.ActorOfSession(t.Context(), db, here, "here"); !a.Known() {
			t.Error("the session that changed it was ended too")
		}
	})
}
