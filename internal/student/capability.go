package student

import (
	"context"

	"stagora.org/stagora/internal/capability"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
)

// The rights of this package.
const (
	RightView  identity.Right = "student.view"  // see students and cohorts
	RightEdit  identity.Right = "student.edit"  // change them
	RightMerge identity.Right = "student.merge" // make two records of one student one
)

// Capability returns what this package declares.
func Capability(db *store.DB) capability.Capability {
	offices := []string{identity.RoleAdministrator, identity.RoleOffice}
	return capability.Capability{
		Name: "student",
		Rights: []identity.DeclaredRight{
			{Right: RightView, Roles: []string{identity.RoleAdministrator, identity.RoleOffice, identity.RoleCommission}},
			{Right: RightEdit, Roles: offices},
			{Right: RightMerge, Roles: offices},
		},
		Actions: append(reference.RecordActions("cohort", "student", "leave"),
			"student.merged", "student.merge-undone", "student.distinct", "member.joined", "member.left"),
		Work: map[string]job.Handler{
			CompareKind: func(ctx context.Context, run *job.Run) error {
				compared, err := CompareDue(ctx, db)
				if compared == 0 {
					run.Nothing()
				}
				return err
			},
		},
		Schedules: []job.Schedule{{Kind: CompareKind, Spec: "@every 1m"}},
	}
}
