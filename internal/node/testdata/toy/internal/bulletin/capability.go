package bulletin

import (
	"context"

	"stagora.org/stagora/internal/capability"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// RightEdit is the right to read and post notes.
const RightEdit identity.Right = "bulletin.edit"

// NoticePosted tells whoever posted a note that it is there.
const NoticePosted notice.Kind = "bulletin.posted"

// ConfirmKind is the work that queues it; its payload is a note.
const ConfirmKind = "bulletin.confirm"

// Capability returns what this package declares. Base is the address of the site.
func Capability(db *store.DB, base string) capability.Capability {
	return capability.Capability{
		Name:    "bulletin",
		Rights:  []identity.DeclaredRight{{Right: RightEdit, Roles: []string{identity.RoleAdministrator, identity.RoleOffice}}},
		Notices: []notice.Kind{NoticePosted},
		Actions: []string{"bulletin.posted"},
		Work:    map[string]job.Handler{ConfirmKind: confirm(db, base)},
		Demo: func(ctx context.Context, db *store.DB) error {
			return db.Write(ctx, func(tx *store.Tx) error {
				return Post(ctx, tx, identity.System("demo"), text.In(text.French, "").T("bulletin.demo"))
			})
		},
	}
}
