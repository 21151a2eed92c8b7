package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/identity/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// DeclareRights makes a database know the rights that the program has. A new
// database gets the default roles with them. In one that is in use, a right met for
// the first time is given to the default roles of its declaration that are still
// there, told in the log, and shown to administrators ([CountNewRights]); rights that it
// knew are left as people set them.
func DeclareRights(ctx context.Context, tx *store.Tx, declared []DeclaredRight) error {
	if err := tx.Lock(ctx, "identity:rights"); err != nil {
		return err
	}
	roles, installed, err := defaultRolesIn(ctx, tx)
	if err != nil {
		return err
	}
	known, err := KnownRights(ctx, tx)
	if err != nil {
		return err
	}
	q := queries.New(tx)
	for i, d := range declared {
		position := queries.PlaceRightParams{Code: string(d.Right), Position: int64(i)}
		if slices.Contains(known, d.Right) {
			if err := q.PlaceRight(ctx, position); err != nil {
				return fmt.Errorf("place right %s: %w", d.Right, err)
			}
			continue
		}
		added := queries.AddKnownRightParams{Code: string(d.Right), Position: int64(i), FirstSeenAt: store.At(tx.Now), Later: installed}
		if err := q.AddKnownRight(ctx, added); err != nil {
			return fmt.Errorf("add right %s: %w", d.Right, err)
		}
		if err := grantByDefault(ctx, tx, d, roles, installed); err != nil {
			return err
		}
	}
	return nil
}

// defaultRolesIn returns the default roles of the database by code, made if it has
// no role yet, and whether it was in use before.
func defaultRolesIn(ctx context.Context, tx *store.Tx) (roles map[string]queries.IdentityRole, installed bool, err error) {
	q := queries.New(tx)
	rows, err := q.Roles(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("read roles: %w", err)
	}
	installed = len(rows) > 0
	if !installed {
		for _, code := range defaultRoles {
			name := "role." + code
			_, err := q.AddRole(ctx, queries.AddRoleParams{
				Code: code, NameFr: text.In(text.French, "").T(name), NameEn: text.In(text.English, "").T(name),
			})
			if err != nil {
				return nil, false, fmt.Errorf("add role %s: %w", code, err)
			}
		}
		if rows, err = q.Roles(ctx); err != nil {
			return nil, false, fmt.Errorf("read roles: %w", err)
		}
	}
	roles = make(map[string]queries.IdentityRole, len(rows))
	for _, r := range rows {
		roles[r.Code] = r
	}
	return roles, installed, nil
}

func grantByDefault(ctx context.Context, tx *store.Tx, d DeclaredRight, roles map[string]queries.IdentityRole, tell bool) error {
	for _, code := range d.Roles {
		role, there := roles[code]
		if !there {
			continue
		}
		if err := queries.New(tx).AddRight(ctx, queries.AddRightParams{RoleID: role.ID, RightCode: string(d.Right)}); err != nil {
			return fmt.Errorf("add right %s to role %s: %w", d.Right, code, err)
		}
		if !tell {
			continue
		}
		err := audit.Record(ctx, tx, audit.Entry{
			Who: System("upgrade").Who(), Action: "right.declared", Args: map[string]any{"right": rightName(d.Right), "role": role.NameFr},
			Kind: "role", Object: code,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// KnownRights returns the rights that the database knows, in the order of the
// screen of roles.
func KnownRights(ctx context.Context, tx *store.Tx) ([]Right, error) {
	rows, err := queries.New(tx).KnownRights(ctx)
	if err != nil {
		return nil, fmt.Errorf("read rights: %w", err)
	}
	rights := make([]Right, len(rows))
	for i, code := range rows {
		rights[i] = Right(code)
	}
	return rights, nil
}

// newFor is how long a right that came with a release is told as new.
const newFor = 30 * 24 * time.Hour

// CountNewRights counts the rights that a release brought to a database in use
// within the last 30 days, up to most: administrators look whether the right people
// hold them.
func CountNewRights(ctx context.Context, tx *store.Tx, most int) (int, error) {
	n, err := queries.New(tx).CountNewRights(ctx, store.At(tx.Now.Add(-newFor)))
	if err != nil {
		return 0, fmt.Errorf("count new rights: %w", err)
	}
	return min(int(n), most), nil
}
