package site

import (
	"stagora.org/stagora/internal/capability"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
)

// The rights of this package.
const (
	RightView identity.Right = "site.view" // see institutions, sites, categories, contacts
	RightEdit identity.Right = "site.edit" // change them
)

// Capability returns what this package declares.
func Capability() capability.Capability {
	return capability.Capability{
		Name: "site",
		Rights: []identity.DeclaredRight{
			{Right: RightView, Roles: []string{
				identity.RoleAdministrator, identity.RoleOffice, identity.RoleCommission, identity.RoleObserver,
			}},
			{Right: RightEdit, Roles: []string{identity.RoleAdministrator, identity.RoleOffice}},
		},
		Actions: append(reference.RecordActions("category", "institution", "site", "contact"),
			"contact-site.changed", "contact-site.removed"),
	}
}
