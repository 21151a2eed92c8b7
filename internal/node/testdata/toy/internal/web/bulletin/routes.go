// Package bulletin shows the notes of the offices.
package bulletin

import (
	"stagora.org/stagora/internal/bulletin"
	"stagora.org/stagora/internal/web/page"
)

// Room returns the pages of the bulletin.
func Room() page.Room {
	return page.Room{
		Menu: []page.MenuEntry{{Right: bulletin.RightEdit, Key: "menu.bulletin", Icon: "envelope", Href: bulletin.Path}},
		Routes: []page.Route{
			{Pattern: "GET " + bulletin.Path, Right: bulletin.RightEdit, Handle: showAll},
			{Pattern: "GET " + bulletin.Path + "/new", Right: bulletin.RightEdit, Handle: showNew},
			{Pattern: "POST " + bulletin.Path, Right: bulletin.RightEdit, Handle: post},
		},
	}
}
