package exchange

import (
	"context"
	"time"

	"stagora.org/stagora/internal/capability"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
)

// RightImport is the right to bring files in and to undo an import.
const RightImport identity.Right = "import.run"

const (
	forgetKind = "import.forget"
	keepFiles  = 30 * 24 * time.Hour // that were brought in: they hold names and numbers
)

// Capability returns what this package declares. Owners tells who speaks for each
// kind of file.
func Capability(db *store.DB, owners Owners) capability.Capability {
	return capability.Capability{
		Name:    "exchange",
		Rights:  []identity.DeclaredRight{{Right: RightImport, Roles: []string{identity.RoleAdministrator, identity.RoleOffice}}},
		Actions: []string{"import.applied", "import.stopped", "import.halted", "import.taken-back", "import.undone"},
		Work: map[string]job.Handler{
			forgetKind: func(ctx context.Context, _ *job.Run) error {
				return Forget(ctx, db, db.Now().Add(-keepFiles))
			},
			ApplyKind:    applyWork(db, owners),
			TakeBackKind: takeBackWork(db, owners),
		},
		Schedules: []job.Schedule{{Kind: forgetKind, Spec: "50 3 * * *"}},
	}
}
