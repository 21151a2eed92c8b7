package capability

import (
	"context"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
)

const (
	purgeSessionsKind = "identity.purge"
	keepTasks         = 30 * 24 * time.Hour
)

// Ground returns what the packages below this one bring: people and roles, mails,
// background work, the log.
func Ground(db *store.DB) Capability {
	administrator := []string{identity.RoleAdministrator}
	return Capability{
		Name: "ground",
		Rights: append(identity.OwnRights(),
			identity.DeclaredRight{Right: notice.RightView, Roles: []string{identity.RoleAdministrator, identity.RoleOffice}},
			identity.DeclaredRight{Right: job.RightView, Roles: administrator},
			identity.DeclaredRight{Right: audit.RightView, Roles: []string{
				identity.RoleAdministrator, identity.RoleOffice, identity.RoleCommission,
			}},
		),
		Notices: []notice.Kind{identity.NoticeAccountCreated},
		Actions: []string{
			"person.created", "person.changed", "account.created", "account.disabled", "account.enabled", "right.added", "right.removed",
			"right.declared", "grant.added", "grant.ended", "password.changed", "mail.resent", "mail.cancelled", "job.cancelled",
			"job.retried",
		},
		Work: map[string]job.Handler{
			job.PurgeKind:     job.Purge(db, keepTasks),
			purgeSessionsKind: func(ctx context.Context, _ *job.Run) error { return identity.Purge(ctx, db) },
		},
		Schedules: []job.Schedule{
			{Kind: job.PurgeKind, Spec: "30 3 * * *"},
			{Kind: purgeSessionsKind, Spec: "40 3 * * *"},
		},
	}
}
