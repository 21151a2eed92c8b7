package admin

import (
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/web/page"
)

// Room returns the pages of the parameters.
func Room() page.Room {
	return page.Room{
		Menu: []page.MenuEntry{
			{Right: reference.RightView, Key: "admin.parameters", Icon: "sliders", Href: ParametersPath},
		},
		Routes: []page.Route{
			{Pattern: "GET " + ParametersPath, Right: reference.RightView, Handle: Parameters},
			{Pattern: "GET " + ParametersPath + "/{list}", Right: reference.RightView, Handle: of(list.List)},
			{Pattern: "POST " + ParametersPath + "/{list}", Right: reference.RightEdit, Handle: of(list.Create)},
			{Pattern: "GET " + ParametersPath + "/{list}/new", Right: reference.RightEdit, Handle: of(list.New)},
			{Pattern: "GET " + ParametersPath + "/{list}/{id}", Right: reference.RightView, Handle: of(list.Page)},
			{Pattern: "POST " + ParametersPath + "/{list}/{id}", Right: reference.RightEdit, Handle: of(list.Change)},
			{Pattern: "POST " + ParametersPath + "/{list}/{id}/archive", Right: reference.RightEdit, Handle: of(archiveItem)},
		},
	}
}
