package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Role is a named set of rights.
type Role struct {
	ID     int64
	Code   string
	NameFr string
	NameEn string
	Rights []Right
}

// Name returns the role's name in a language.
func (r Role) Name(lang text.Lang) string {
	if lang == text.English {
		return r.NameEn
	}
	return r.NameFr
}

// Has reports whether the role holds a right.
func (r Role) Has(right Right) bool { return slices.Contains(r.Rights, right) }

// The codes of the roles that a new database starts with.
const (
	RoleAdministrator = "administrator"
	RoleOffice        = "office"
	RoleCommission    = "commission"
	RoleStudent       = "student"
	RoleObserver      = "observer"
)

// defaultRoles are the roles that a new database starts with; offices change them
// on the screen of roles. Who declares a right says which of them hold it. They
// follow StageTrek's default matrix, narrowed: the office prepares and the
// commission decides.
var defaultRoles = []string{RoleAdministrator, RoleOffice, RoleCommission, RoleStudent, RoleObserver}

// Roles returns every role with its rights.
func Roles(ctx context.Context, tx *store.Tx) ([]Role, error) {
	q := queries.New(tx)
	rows, err := q.Roles(ctx)
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	rights, err := q.RightsOfRoles(ctx)
	if err != nil {
		return nil, fmt.Errorf("read rights of roles: %w", err)
	}
	roles := make([]Role, len(rows))
	for i, r := range rows {
		roles[i] = Role{ID: r.ID, Code: r.Code, NameFr: r.NameFr, NameEn: r.NameEn}
		for _, held := range rights {
			if held.Code == r.Code {
				roles[i].Rights = append(roles[i].Rights, Right(held.RightCode))
			}
		}
	}
	return roles, nil
}

// SetRight gives a right to a role, or takes it away.
func SetRight(ctx context.Context, db *store.DB, actor Actor, roleCode string, right Right, held bool) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, "role:"+roleCode); err != nil {
			return err
		}
		if err := actor.Require(RoleEdit); err != nil {
			return err
		}
		known, err := KnownRights(ctx, tx)
		if err != nil {
			return err
		}
		if !slices.Contains(known, right) {
			return fault.New(fault.NotFound, "right.unknown", "right", string(right))
		}
		role, err := roleByCode(ctx, tx, roleCode)
		if err != nil {
			return err
		}
		// Somebody must always be able to give rights back.
		if roleCode == RoleAdministrator && right == RoleEdit && !held {
			return fault.New(fault.Conflict, "right.last")
		}
		action := "right.removed"
		if held {
			action = "right.added"
			err = queries.New(tx).AddRight(ctx, queries.AddRightParams{RoleID: role.ID, RightCode: string(right)})
		} else {
			err = queries.New(tx).RemoveRight(ctx, queries.RemoveRightParams{RoleID: role.ID, RightCode: string(right)})
		}
		if err != nil {
			return fmt.Errorf("%s %s of %s: %w", action, right, roleCode, err)
		}
		return audit.Record(ctx, tx, audit.Entry{
			Who: actor.Who(), Action: action, Args: map[string]any{"right": rightName(right), "role": role.NameFr},
			Kind: "role", Object: roleCode,
		})
	})
}

func roleByCode(ctx context.Context, tx *store.Tx, code string) (queries.IdentityRole, error) {
	role, err := queries.New(tx).RoleByCode(ctx, code)
	if errors.Is(err, sql.ErrNoRows) {
		return role, fault.New(fault.NotFound, "role.unknown", "role", code)
	}
	return role, err
}

// A Grant is a role that a person holds on a perimeter between two dates.
type Grant struct {
	PublicID string
	Role     Role // without its rights
	On       Perimeter
	Label    string    // the perimeter as people read it
	From     time.Time // inclusive
	Until    time.Time // exclusive; zero: no end
}

// InForce reports whether the grant holds at an instant.
func (g Grant) InForce(now time.Time) bool {
	return !now.Before(g.From) && (g.Until.IsZero() || now.Before(g.Until))
}

// GrantRole gives a person a role, in a transaction of a higher floor.
func GrantRole(ctx context.Context, tx *store.Tx, personID int64, roleCode string, on Perimeter, label string, from, until time.Time) error {
	role, err := roleByCode(ctx, tx, roleCode)
	if err != nil {
		return err
	}
	err = queries.New(tx).AddGrant(ctx, queries.AddGrantParams{
		PublicID: uuid.NewString(), PersonID: personID, RoleID: role.ID, PerimeterKind: on.Kind, PerimeterKey: on.Key,
		PerimeterLabel: label, ValidFrom: store.At(from), ValidUntil: store.AtOrNil(until),
	})
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, "grant.exists")
	}
	if err != nil {
		return fmt.Errorf("grant %s: %w", roleCode, err)
	}
	return nil
}

// AddGrant gives a person a role from the screen of people.
func AddGrant(ctx context.Context, db *store.DB, actor Actor, personPublicID string, g Grant) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		if err := actor.Require(RoleEdit); err != nil {
			return err
		}
		if !g.Until.IsZero() && !g.From.Before(g.Until) {
			var form fault.Form
			form.Wrong("until", "grant.order")
			return form.Err()
		}
		person, err := PersonByPublicID(ctx, tx, personPublicID)
		if err != nil {
			return err
		}
		role, err := roleByCode(ctx, tx, g.Role.Code)
		if err != nil {
			return err
		}
		if err := GrantRole(ctx, tx, person.ID, role.Code, g.On, g.Label, g.From, g.Until); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Who: actor.Who(), Action: "grant.added",
			Args: map[string]any{"person": person.Name(), "role": role.NameFr, "perimeter": g.Label},
			Kind: "person", Object: personPublicID,
			After: map[string]any{
				"role": role.NameFr, "perimeter": fmt.Sprintf("%s (%s:%s)", g.Label, g.On.Kind, g.On.Key),
				"from": g.From, "until": orNil(g.Until),
			},
		})
	})
}

// EndGrant ends now a grant of a person, both by their public ids.
func EndGrant(ctx context.Context, db *store.DB, actor Actor, of, grantPublicID string) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, adminLock); err != nil {
			return err
		}
		if err := actor.Require(RoleEdit); err != nil {
			return err
		}
		q := queries.New(tx)
		g, err := q.GrantByPublicID(ctx, grantPublicID)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.NotFound, "grant.unknown")
		}
		if err != nil {
			return fmt.Errorf("read grant: %w", err)
		}
		person, err := PersonByID(ctx, tx, g.PersonID)
		if err != nil {
			return err
		}
		if person.PublicID != of {
			return fault.New(fault.NotFound, "grant.unknown")
		}
		// Not the transaction's own time: that is before it waited for whoever ended it first.
		n, err := q.EndGrant(ctx, queries.EndGrantParams{PublicID: grantPublicID, ValidUntil: store.AtOrNil(db.Now())})
		if err != nil {
			return fmt.Errorf("end grant: %w", err)
		}
		if n == 0 {
			return fault.New(fault.Conflict, "grant.ended")
		}
		if err := someoneStays(ctx, tx); err != nil {
			return err
		}
		role, err := roleByCode(ctx, tx, g.RoleCode)
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Who: actor.Who(), Action: "grant.ended",
			Args: map[string]any{"person": person.Name(), "role": role.NameFr, "perimeter": g.PerimeterLabel},
			Kind: "person", Object: person.PublicID,
		})
	})
}

// adminLock is held by whatever may leave the platform without an administrator,
// so that two do not each close the other's way in.
const adminLock = "identity:administrators"

// someoneStays returns a Conflict if nobody with an open account may give roles
// on everything any more: nobody could then repair that.
func someoneStays(ctx context.Context, tx *store.Tx) error {
	n, err := queries.New(tx).AccountsWithRight(ctx, queries.AccountsWithRightParams{RightCode: string(RoleEdit), ValidFrom: store.At(tx.Now)})
	if err != nil {
		return fmt.Errorf("count administrators: %w", err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "grant.last")
	}
	return nil
}

// GrantsOfPerson returns every grant of a person, past and future too.
func GrantsOfPerson(ctx context.Context, tx *store.Tx, personID int64) ([]Grant, error) {
	rows, err := queries.New(tx).GrantsOfPerson(ctx, personID)
	if err != nil {
		return nil, fmt.Errorf("read grants: %w", err)
	}
	grants := make([]Grant, len(rows))
	for i, r := range rows {
		grants[i] = Grant{
			PublicID: r.PublicID, Role: Role{ID: r.RoleID, Code: r.RoleCode, NameFr: r.NameFr, NameEn: r.NameEn},
			On: Perimeter{r.PerimeterKind, r.PerimeterKey}, Label: r.PerimeterLabel,
			From: r.ValidFrom.Time, Until: r.ValidUntil.OrZero(),
		}
	}
	return grants, nil
}

// orNil is how the log keeps an instant that may be none.
func orNil(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

func rightName(right Right) text.Key { return text.Key("right." + string(right)) }
