/*
Package people shows administrators the people whom Stagora knows, how they sign in,
and what they may do: the roles of each, and the rights of each role.
*/
package people

import (
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/page"
)

// Room returns the pages of people, their accounts and roles.
func Room() page.Room {
	return page.Room{
		Menu: []page.MenuEntry{
			{Right: identity.PersonView, Key: "admin.people", Icon: "people", Href: admin.PeoplePath},
			{Right: identity.RoleView, Key: "admin.roles", Icon: "shield-lock", Href: admin.RolesPath},
		},
		Routes: []page.Route{
			{Pattern: "GET " + admin.PeoplePath, Right: identity.PersonView, Handle: People},
			{Pattern: "GET " + admin.PeoplePath + "/new", Right: identity.PersonEdit, Handle: NewPerson},
			{Pattern: "POST " + admin.PeoplePath, Right: identity.PersonEdit, Handle: CreatePerson},
			{Pattern: "GET " + admin.PeoplePath + "/{person}", Right: identity.PersonView, Handle: Person},
			{Pattern: "POST " + admin.PeoplePath + "/{person}", Right: identity.PersonEdit, Handle: SavePerson},
			{Pattern: "POST " + admin.PeoplePath + "/{person}/accounts", Right: identity.PersonEdit, Handle: CreateAccount},
			{Pattern: "POST " + admin.PeoplePath + "/{person}/accounts/close", Right: identity.PersonEdit, Handle: CloseAccounts},
			{Pattern: "POST " + admin.PeoplePath + "/{person}/accounts/reopen", Right: identity.PersonEdit, Handle: ReopenAccounts},
			{Pattern: "POST " + admin.PeoplePath + "/{person}/grants", Right: identity.RoleEdit, Handle: AddGrant},
			{Pattern: "POST " + admin.PeoplePath + "/{person}/grants/{grant}/end", Right: identity.RoleEdit, Handle: EndGrant},
			{Pattern: "GET " + admin.RolesPath, Right: identity.RoleView, Handle: Roles},
			{Pattern: "POST " + admin.RolesPath, Right: identity.RoleEdit, Handle: SetRight},
			{Pattern: "GET " + admin.RolesPath + "/{role}", Right: identity.RoleView, Handle: Role},
		},
	}
}
