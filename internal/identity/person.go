/*
Package identity knows people: who they are, how they sign in, what they may do.

A person is there once, whatever they do. An account is how a person signs in; a
person may have several, and a supervisor may have none. What somebody may do is
data: a role (a named set of rights) on a perimeter (everything, a faculty, a
cohort, oneself…) between two dates, edited on a screen.

# What always holds

  - Nothing is allowed unless a grant in force says so ([Actor.Can]).
  - A password is kept as its argon2id hash, a login session as the hash of its
    cookie.
  - After too many wrong passwords for one login or from one address, further
    ones are refused for a while, whichever node they reach.
  - A password that waits to be looked at is in the memory of one node and
    nowhere else ([Queue]).

# What is not here

What a perimeter means: it is a pair of texts, and the owner of an object says in
which ones the object lies. Single sign-on comes with its own issue.
*/
package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Person is somebody Stagora knows.
type Person struct {
	ID         int64
	PublicID   string
	FamilyName string
	GivenName  string
	Email      string // empty: none known
	Lang       string // the language they read: "fr" or "en"
	SortKey    string
	ChangedBy  string
	ChangedAt  store.Time
}

// Name returns the name as it is said: given name, family name.
func (p Person) Name() string { return strings.TrimSpace(p.GivenName + " " + p.FamilyName) }

// SortedName returns the name as lists have it: family name, given name.
func (p Person) SortedName() string { return strings.TrimSpace(p.FamilyName + " " + p.GivenName) }

// A PersonForm is what may be entered about a person.
type PersonForm struct {
	FamilyName string
	GivenName  string
	Email      string
	Lang       string
}

// How many characters a family name, a given name and an e-mail address have at most.
// PostgreSQL keeps no more than 2,704 bytes in an index, where the sort key of both names
// stands: it has twelve signs a letter, and is compressed. Mail servers take 254 (RFC 5321).
const (
	maxName  = 100
	MaxEmail = 254
)

// Check notes in form what is wrong, each field under its name with the prefix.
func (f *PersonForm) Check(form *fault.Form) {
	f.FamilyName, f.GivenName = strings.TrimSpace(f.FamilyName), strings.TrimSpace(f.GivenName)
	f.Email = strings.ToLower(strings.TrimSpace(f.Email))
	if f.FamilyName == "" {
		form.Wrong("family_name", "form.required")
	}
	checkLength(form, "family_name", f.FamilyName, maxName)
	checkLength(form, "given_name", f.GivenName, maxName)
	if checkLength(form, "email", f.Email, MaxEmail) && f.Email != "" && !IsEmail(f.Email) {
		form.Wrong("email", "form.email", "found", f.Email)
	}
	if f.Lang == "" {
		f.Lang = string(text.French)
	}
	if !slices.Contains(text.Langs, text.Lang(f.Lang)) {
		form.Wrong("lang", "form.choice", "found", f.Lang)
	}
}

// checkLength notes a field that has too many characters, and reports whether it has not.
func checkLength(form *fault.Form, name, value string, most int) bool {
	if utf8.RuneCountInString(value) <= most {
		return true
	}
	form.Wrong(name, "form.long", "max", most)
	return false
}

// IsEmail reports whether s is one bare e-mail address, no longer than mail servers take.
func IsEmail(s string) bool {
	address, err := mail.ParseAddress(s)
	return err == nil && address.Address == s && utf8.RuneCountInString(s) <= MaxEmail && strings.Contains(s[strings.LastIndex(s, "@"):], ".")
}

// AddPerson is [AddPeople] for one who is not to sign in.
func AddPerson(ctx context.Context, tx *store.Tx, by string, f PersonForm) (Person, error) {
	people, err := AddPeople(ctx, tx, by, []NewPerson{{PersonForm: f}})
	if err != nil {
		return Person{}, err
	}
	return people[0], nil
}

// UpdatePerson changes a person, as they stand, in a transaction of a higher floor,
// which checks the right and records the change.
func UpdatePerson(ctx context.Context, tx *store.Tx, by string, before Person, f PersonForm) (Person, error) {
	var form fault.Form
	f.Check(&form)
	if err := form.Err(); err != nil {
		return Person{}, err
	}
	p := f.person()
	p.ID, p.PublicID, p.ChangedBy, p.ChangedAt = before.ID, before.PublicID, by, store.At(tx.Now)
	err := queries.New(tx).ChangePerson(ctx, queries.ChangePersonParams{
		ID: p.ID, FamilyName: p.FamilyName, GivenName: p.GivenName, SortKey: p.SortKey, Search: p.search(),
		Email: p.Email, Lang: p.Lang, ChangedAt: p.ChangedAt, ChangedBy: by,
	})
	if err != nil {
		return Person{}, fmt.Errorf("change person %d: %w", p.ID, err)
	}
	if before.Name() == p.Name() && before.Email == p.Email {
		return p, nil
	}
	return p, changeWords(ctx, tx, before, p)
}

// ChangePerson changes a person from the screen of people.
func ChangePerson(ctx context.Context, db *store.DB, actor Actor, publicID string, f PersonForm) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		_, err := PutPerson(ctx, tx, actor, publicID, f)
		return err
	})
}

// PutPerson is [ChangePerson] in a transaction of the caller. It returns the person
// as they were.
func PutPerson(ctx context.Context, tx *store.Tx, actor Actor, publicID string, f PersonForm) (Person, error) {
	if err := actor.Require(PersonEdit); err != nil {
		return Person{}, err
	}
	before, err := PersonByPublicID(ctx, tx, publicID)
	if err != nil {
		return Person{}, err
	}
	if _, err := UpdatePerson(ctx, tx, actor.Name, before, f); err != nil {
		return Person{}, err
	}
	return before, audit.Record(ctx, tx, audit.Entry{
		Who: actor.Who(), Action: "person.changed", Args: map[string]any{"person": before.Name()},
		Kind: "person", Object: publicID, Before: before.form(), After: f,
	})
}

// CreatePerson adds a person from the screen of people.
func CreatePerson(ctx context.Context, db *store.DB, actor Actor, f PersonForm) (Person, error) {
	var p Person
	err := db.Write(ctx, func(tx *store.Tx) error {
		if err := actor.Require(PersonEdit); err != nil {
			return err
		}
		var err error
		if p, err = AddPerson(ctx, tx, actor.Name, f); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Who: actor.Who(), Action: "person.created", Args: map[string]any{"person": p.Name()},
			Kind: "person", Object: p.PublicID, After: p.form(),
		})
	})
	return p, err
}

// PersonByID returns a person by the internal key.
func PersonByID(ctx context.Context, tx *store.Tx, id int64) (Person, error) {
	row, err := queries.New(tx).PersonByID(ctx, id)
	return personOf(row, err)
}

// PersonByPublicID returns a person, or a NotFound fault.
func PersonByPublicID(ctx context.Context, tx *store.Tx, publicID string) (Person, error) {
	row, err := queries.New(tx).PersonByPublicID(ctx, publicID)
	return personOf(row, err)
}

// PeopleByEmail returns everybody who has an e-mail address.
func PeopleByEmail(ctx context.Context, tx *store.Tx, email string) ([]Person, error) {
	rows, err := queries.New(tx).PeopleByEmail(ctx, strings.ToLower(strings.TrimSpace(email)))
	return peopleOf(rows, err)
}

// PeopleWithRight returns everybody who holds a right somewhere now, in the order
// of names: whom to ask.
func PeopleWithRight(ctx context.Context, tx *store.Tx, right Right) ([]Person, error) {
	rows, err := queries.New(tx).PeopleWithRight(ctx, queries.PeopleWithRightParams{RightCode: string(right), ValidFrom: store.At(tx.Now)})
	return peopleOf(rows, err)
}

func peopleOf(rows []queries.IdentityPerson, err error) ([]Person, error) {
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	people := make([]Person, len(rows))
	for i, row := range rows {
		people[i], _ = personOf(row, nil)
	}
	return people, nil
}

func personOf(r queries.IdentityPerson, err error) (Person, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Person{}, fault.New(fault.NotFound, "person.unknown")
	}
	if err != nil {
		return Person{}, fmt.Errorf("read person: %w", err)
	}
	return Person{
		ID: r.ID, PublicID: r.PublicID, FamilyName: r.FamilyName, GivenName: r.GivenName, Email: r.Email,
		Lang: r.Lang, SortKey: r.SortKey, ChangedBy: r.ChangedBy, ChangedAt: r.ChangedAt,
	}, nil
}

func (f PersonForm) person() Person {
	p := Person{FamilyName: f.FamilyName, GivenName: f.GivenName, Email: f.Email, Lang: f.Lang}
	p.SortKey = text.SortKey(p.SortedName())
	return p
}

func (p Person) form() PersonForm {
	return PersonForm{FamilyName: p.FamilyName, GivenName: p.GivenName, Email: p.Email, Lang: p.Lang}
}

func (p Person) search() string { return text.Fold(p.Name() + " " + p.Email) }
