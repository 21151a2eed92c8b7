package reference

import (
	"stagora.org/stagora/internal/capability"
	"stagora.org/stagora/internal/identity"
)

// The rights of this package.
const (
	RightView     identity.Right = "setting.view"  // see the parameters of the platform
	RightEdit     identity.Right = "setting.edit"  // change faculties and levels, and what else is set once
	RightCalendar identity.Right = "calendar.edit" // change academic years and periods
)

// Capability returns what this package declares.
func Capability() capability.Capability {
	return capability.Capability{
		Name: "reference",
		Rights: []identity.DeclaredRight{
			{Right: RightView, Roles: []string{identity.RoleAdministrator}},
			{Right: RightEdit, Roles: []string{identity.RoleAdministrator}},
			{Right: RightCalendar, Roles: []string{identity.RoleAdministrator, identity.RoleOffice}},
		},
		Actions: RecordActions("faculty", "level", "year", "period"),
	}
}

// RecordActions returns the actions that the path of change records for some types
// of record ([RecordType.Name]).
func RecordActions(names ...string) []string {
	var actions []string
	for _, name := range names {
		actions = append(actions, name+".created", name+".changed", name+".removed")
	}
	return actions
}
