package identity

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/store"
)

// What a person's accounts come to, as the list of people filters by it: one open
// account is enough.
const (
	AccountOpen   = "open"
	AccountClosed = "closed"
	AccountNone   = "none"
)

const (
	hasAccount = "EXISTS (SELECT 1 FROM identity_account a WHERE a.person_id = p.id)"
	hasOpen    = "EXISTS (SELECT 1 FROM identity_account a WHERE a.person_id = p.id AND a.disabled_at IS NULL)"
	inForce    = "g.valid_from <= $1 AND (g.valid_until IS NULL OR g.valid_until > $1)"
)

// List returns the list of people, with the roles that are in force at an instant,
// in the order of names: p is the person. [SeenBy] narrows it.
func List(now time.Time) *store.List[Person] {
	return &store.List[Person]{
		Select: "p.id, p.public_id, p.family_name, p.given_name, p.email, p.lang, p.sort_key, p.changed_by, p.changed_at",
		From:   "identity_person p", ID: "p.id", Words: store.Words{{Having: HavingWord, Has: HasWord("p.id")}}, Default: "name",
		Columns: []store.Column{
			{Key: "name", Words: true, Sort: store.ByText("p.sort_key")},
			{Key: "email", Filter: store.Lower("p.email")},
			{Key: "login", Filter: func(asked string, _ *time.Location) store.Condition {
				where := store.Beginning("a.login", strings.ToLower(asked))
				where.SQL = "p.id IN (SELECT a.person_id FROM identity_account a WHERE " + where.SQL + ")"
				return where
			}},
			{Key: "roles", Filter: func(asked string, _ *time.Location) store.Condition {
				return store.Where("p.id IN (SELECT g.person_id FROM identity_role r JOIN identity_grant g ON g.role_id = r.id WHERE r.code = $2 AND "+inForce+")",
					store.At(now), asked)
			}},
			{Key: "account", Filter: store.Cases(map[string]store.Condition{
				AccountOpen:   store.Where(hasOpen),
				AccountClosed: store.Where(hasAccount + " AND NOT " + hasOpen),
				AccountNone:   store.Where("NOT " + hasAccount),
			})},
			{Key: "changed", Filter: store.Moment("p.changed_at"), Sort: store.ByMoment("p.changed_at")},
		},
		Scan: scanPerson,
	}
}

func scanPerson(row store.Row) (p Person, err error) {
	err = row.Scan(&p.ID, &p.PublicID, &p.FamilyName, &p.GivenName, &p.Email, &p.Lang, &p.SortKey, &p.ChangedBy, &p.ChangedAt)
	return p, err
}

// SeenBy returns the condition that a person, p in a list, lies where an actor holds
// a right at an instant: themselves, where they hold a role then, and what a higher
// floor adds, such as the faculty of students; the zero Condition adds nobody.
func SeenBy(actor Actor, right Right, now time.Time, beyond store.Condition) store.Condition {
	held := actor.Perimeters(right)
	if slices.Contains(held, Everything) {
		return store.Condition{}
	}
	if len(held) == 0 {
		return store.Nothing
	}
	var where []store.Condition
	if beyond.SQL != "" {
		where = append(where, beyond)
	}
	for _, on := range held {
		if on.Kind == KindSelf {
			where = append(where, store.Where("p.public_id = $1", on.Key))
		}
		where = append(where, store.Where("p.id IN (SELECT g.person_id FROM identity_grant g WHERE g.perimeter_kind = $2 AND g.perimeter_key = $3 AND "+inForce+")",
			store.At(now), on.Kind, on.Key))
	}
	return store.Or(where...)
}

// KeysOf returns the condition that an expression is the key of one of the people
// who fulfil a condition on p.
func KeysOf(expression string, where store.Condition) store.Condition {
	if where.SQL == "" {
		return store.Where(expression + " <> 0")
	}
	where.SQL = expression + " IN (SELECT p.id FROM identity_person p WHERE " + where.SQL + ")"
	return where
}

// PersonWhere returns a person who fulfils a condition on p ([SeenBy]), or a NotFound
// fault.
func PersonWhere(ctx context.Context, tx *store.Tx, publicID string, where store.Condition) (Person, error) {
	found, err := List(tx.Now).All(ctx, tx, store.And(store.Where("p.public_id = $1", publicID), where))
	if err != nil {
		return Person{}, fmt.Errorf("read person: %w", err)
	}
	if len(found) == 0 {
		return Person{}, fault.New(fault.NotFound, "person.unknown")
	}
	return found[0], nil
}

// FindPeople returns the people whom what was typed may mean, in the order of names,
// at most so many: the one with this public identifier, or those whose words begin
// so.
func FindPeople(ctx context.Context, tx *store.Tx, typed string, most int) ([]Person, error) {
	list := List(tx.Now)
	if found, err := list.All(ctx, tx, store.Where("p.public_id = $1", typed)); err != nil || len(found) > 0 {
		return found, err
	}
	page, err := list.Page(ctx, tx, store.Condition{}, store.Ask{Search: typed, Size: most})
	return page.Rows, err
}

// A Holding is a grant with the person who holds it.
type Holding struct {
	Person Person
	Grant  Grant
}

// Holdings returns the list of grants with those who hold them, in the order of
// names: g is the grant, r its role, p the person. [HeldIn] narrows it.
func Holdings() *store.List[Holding] {
	return &store.List[Holding]{
		Select: "g.public_id, g.perimeter_kind, g.perimeter_key, g.perimeter_label, g.valid_from, g.valid_until, r.id, r.code, r.name_fr, r.name_en, " +
			"p.id, p.public_id, p.family_name, p.given_name, p.email, p.lang, p.sort_key, p.changed_by, p.changed_at",
		From:  "identity_grant g JOIN identity_role r ON r.id = g.role_id " + JoinPerson + "g.person_id",
		ID:    "g.id",
		Words: store.Having("SELECT w.id FROM identity_grant w WHERE w.person_id IN (" + HavingWord + ")"),
		Columns: []store.Column{
			{Key: "name", Filter: store.WordsIn("g.person_id", HavingWord), Sort: store.ByText("p.sort_key")},
			{Key: "from", Filter: store.Moment("g.valid_from")},
		},
		Default: "name",
		Scan: func(row store.Row) (h Holding, err error) {
			var from store.Time
			var until *store.Time
			g, p := &h.Grant, &h.Person
			err = row.Scan(&g.PublicID, &g.On.Kind, &g.On.Key, &g.Label, &from, &until, &g.Role.ID, &g.Role.Code, &g.Role.NameFr, &g.Role.NameEn,
				&p.ID, &p.PublicID, &p.FamilyName, &p.GivenName, &p.Email, &p.Lang, &p.SortKey, &p.ChangedBy, &p.ChangedAt)
			g.From, g.Until = from.Time, until.OrZero()
			return h, err
		},
	}
}

// HeldIn returns the condition that a grant of [Holdings] is in force at an instant
// and is of a role on a perimeter where an actor holds a right.
func HeldIn(role string, actor Actor, right Right, now time.Time) store.Condition {
	var on []store.Condition
	for _, held := range actor.Perimeters(right) {
		if held == Everything {
			on = []store.Condition{{}}
			break
		}
		on = append(on, store.Where("g.perimeter_kind = $1 AND g.perimeter_key = $2", held.Kind, held.Key))
	}
	return store.And(store.Where("g.role_id = (SELECT x.id FROM identity_role x WHERE x.code = $1)", role), store.Where(inForce, store.At(now)), store.Or(on...))
}

// GrantsInForceOf returns the grants in force of some people, such as those of a
// page, by person, in the order of roles.
func GrantsInForceOf(ctx context.Context, tx *store.Tx, people []Person) (map[int64][]Grant, error) {
	held, err := Holdings().All(ctx, tx, store.And(store.In("g.person_id", keysOf(people)), store.Where(inForce, store.At(tx.Now))))
	if err != nil {
		return nil, fmt.Errorf("read grants in force: %w", err)
	}
	slices.SortStableFunc(held, func(a, b Holding) int {
		return cmp.Or(cmp.Compare(a.Grant.Role.ID, b.Grant.Role.ID), cmp.Compare(a.Grant.Label, b.Grant.Label))
	})
	of := map[int64][]Grant{}
	for _, h := range held {
		of[h.Person.ID] = append(of[h.Person.ID], h.Grant)
	}
	return of, nil
}

// CountHolders returns how many people hold each role now, by its code: at most
// [store.CountLimit] and one more.
func CountHolders(ctx context.Context, tx *store.Tx) (map[string]int, error) {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`SELECT r.code,
		(SELECT COUNT(*) FROM (SELECT DISTINCT g.person_id FROM identity_grant g WHERE g.role_id = r.id AND `+inForce+` LIMIT %d) AS held)
		FROM identity_role r`, store.CountLimit+1), store.At(tx.Now))
	if err != nil {
		return nil, fmt.Errorf("count holders: %w", err)
	}
	defer func() { _ = rows.Close() }()
	count := map[string]int{}
	for rows.Next() {
		var code string
		var n int
		if err := rows.Scan(&code, &n); err != nil {
			return nil, fmt.Errorf("count holders: %w", err)
		}
		count[code] = n
	}
	return count, rows.Err()
}

func keysOf(people []Person) []int64 {
	keys := make([]int64, len(people))
	for i, p := range people {
		keys[i] = p.ID
	}
	return keys
}
