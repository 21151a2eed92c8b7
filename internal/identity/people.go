package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/store"
)

// A NewPerson is somebody to be added, with what lets them sign in if they are to.
type NewPerson struct {
	PersonForm
	Login string // of an account without a password; empty: none
	Role  string // that they hold on themselves; empty: none
}

var personColumns = []string{"public_id", "family_name", "given_name", "sort_key", "search", "email", "lang", "created_at", "changed_at", "changed_by"}

// AddPeople adds people in a transaction of a higher floor, which checks the right
// and records the change, in a number of statements that hardly grows with them.
func AddPeople(ctx context.Context, tx *store.Tx, by string, added []NewPerson) ([]Person, error) {
	people, rows := make([]Person, len(added)), make([][]any, len(added))
	for i, a := range added {
		var form fault.Form
		a.Check(&form)
		if err := form.Err(); err != nil {
			return nil, err
		}
		p := a.person()
		p.PublicID, p.ChangedBy, p.ChangedAt = uuid.NewString(), by, store.At(tx.Now)
		people[i] = p
		rows[i] = []any{p.PublicID, p.FamilyName, p.GivenName, p.SortKey, p.search(), p.Email, p.Lang, store.At(tx.Now), store.At(tx.Now), by}
	}
	keys, err := store.AddNamedRows(ctx, tx, "identity_person", personColumns, rows)
	if err != nil {
		return nil, fmt.Errorf("add people: %w", err)
	}
	found := make(map[int64][]string, len(people))
	for i := range people {
		people[i].ID = keys[people[i].PublicID]
		found[people[i].ID] = store.WordsOf(people[i].Name(), people[i].Email, added[i].Login)
	}
	if err := words.Add(ctx, tx, found); err != nil {
		return nil, err
	}
	if err := openAccounts(ctx, tx, people, added); err != nil {
		return nil, err
	}
	return people, grantSelves(ctx, tx, people, added)
}

// openAccounts gives people accounts that cannot sign in by password.
func openAccounts(ctx context.Context, tx *store.Tx, people []Person, added []NewPerson) error {
	var rows [][]any
	var logins []string
	for i, a := range added {
		if a.Login == "" {
			continue
		}
		var form fault.Form
		login := CheckLogin(&form, a.Login)
		if err := form.Err(); err != nil {
			return err
		}
		rows, logins = append(rows, []any{people[i].ID, login, "", false, store.At(tx.Now)}), append(logins, login)
	}
	taken, err := TakenLogins(ctx, tx, logins)
	if err != nil {
		return err
	}
	for _, login := range logins {
		if _, is := taken[login]; is {
			return loginTaken(login)
		}
	}
	if err := store.AddRows(ctx, tx, "identity_account", []string{"person_id", "login", "password", "demo", "created_at"}, rows, ""); err != nil {
		return fmt.Errorf("add accounts: %w", err)
	}
	return nil
}

func loginTaken(login string) error {
	return &fault.Error{
		Kind: fault.Invalid, Key: "login.taken", Args: fault.Args{"login": login},
		Fields: []fault.Field{{Name: "login", Key: "login.taken", Args: fault.Args{"login": login}}},
	}
}

// grantSelves gives people roles on themselves.
func grantSelves(ctx context.Context, tx *store.Tx, people []Person, added []NewPerson) error {
	roles := map[string]int64{}
	var rows [][]any
	for i, a := range added {
		if a.Role == "" {
			continue
		}
		if _, known := roles[a.Role]; !known {
			role, err := roleByCode(ctx, tx, a.Role)
			if err != nil {
				return err
			}
			roles[a.Role] = role.ID
		}
		on := Self(people[i].PublicID)
		rows = append(rows, []any{uuid.NewString(), people[i].ID, roles[a.Role], on.Kind, on.Key, people[i].Name(), store.At(tx.Now), store.AtOrNil(time.Time{})})
	}
	columns := []string{"public_id", "person_id", "role_id", "perimeter_kind", "perimeter_key", "perimeter_label", "valid_from", "valid_until"}
	if err := store.AddRows(store.Later(ctx), tx, "identity_grant", columns, rows, ""); err != nil {
		return fmt.Errorf("grant roles: %w", err)
	}
	return nil
}

// accountRows reads some accounts.
var accountRows = store.List[Account]{
	Select: "a.id, a.person_id, a.login, a.demo, a.disabled_at", From: "identity_account a", ID: "a.id",
	Scan: func(row store.Row) (a Account, err error) {
		var disabled *store.Time
		err = row.Scan(&a.ID, &a.PersonID, &a.Login, &a.Demo, &disabled)
		a.Disabled = disabled.OrZero()
		return a, err
	},
}

// TakenLogins returns whose those of some logins are that somebody has: the key of
// the person by login.
func TakenLogins(ctx context.Context, tx *store.Tx, logins []string) (map[string]int64, error) {
	taken := make(map[string]int64, len(logins))
	for some := range slices.Chunk(logins, 500) {
		accounts, err := accountRows.All(ctx, tx, store.In("a.login", some))
		if err != nil {
			return nil, fmt.Errorf("read accounts: %w", err)
		}
		for _, a := range accounts {
			taken[a.Login] = a.PersonID
		}
	}
	return taken, nil
}

// AccountsOfPeople returns the accounts of people by the key of the person, each in
// the order in which they were given.
func AccountsOfPeople(ctx context.Context, tx *store.Tx, people []int64) (map[int64][]Account, error) {
	of := make(map[int64][]Account, len(people))
	for some := range slices.Chunk(people, 500) {
		accounts, err := accountRows.All(ctx, tx, store.In("a.person_id", some))
		if err != nil {
			return nil, fmt.Errorf("read accounts: %w", err)
		}
		for _, a := range accounts {
			of[a.PersonID] = append(of[a.PersonID], a)
		}
	}
	return of, nil
}

// removeOfPeople is what goes with people, in an order that the database takes;
// each is followed by a condition on the key of the person.
var removeOfPeople = []string{
	"DELETE FROM identity_session WHERE account_id IN (SELECT a.id FROM identity_account a WHERE %s)",
	"DELETE FROM identity_ticket WHERE account_id IN (SELECT a.id FROM identity_account a WHERE %s)",
	"DELETE FROM identity_account WHERE %s",
	"DELETE FROM identity_grant WHERE %s",
}

// RemovePeople removes people added by mistake, with their accounts and roles, in a
// transaction of a higher floor, which checks the right and records it. The
// database refuses those whom something else refers to ([store.IsInUse]).
func RemovePeople(ctx context.Context, tx *store.Tx, ids []int64) error {
	for some := range slices.Chunk(ids, 500) {
		of, themselves := store.In("person_id", some), store.In("id", some)
		for _, statement := range removeOfPeople {
			if _, err := tx.ExecContext(ctx, fmt.Sprintf(statement, of.SQL), of.Args...); err != nil {
				return fmt.Errorf("remove people: %w", err)
			}
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM identity_person WHERE "+themselves.SQL, themselves.Args...); err != nil {
			return fmt.Errorf("remove people: %w", err)
		}
	}
	return nil
}
