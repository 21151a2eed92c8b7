package page

import "stagora.org/stagora/internal/identity"

// A Room is the pages of one audience or capability: its routes, each with the
// right it takes, and the entries of the main menu that lead there. The node puts
// the rooms together.
type Room struct {
	Menu   []MenuEntry
	Routes []Route
}

// A MenuEntry leads from the main menu to a page.
type MenuEntry struct {
	Right      identity.Right // who holds it sees the entry
	Everywhere bool           // it must be held on everything, not only somewhere
	Key        string         // of the entry's name in the catalogues
	Icon, Href string
}

// OpenTo reports whether somebody sees the entry.
func (e MenuEntry) OpenTo(actor identity.Actor) bool {
	if e.Everywhere {
		return actor.Can(e.Right)
	}
	return actor.CanSomewhere(e.Right)
}

// Join returns several rooms of one audience as one: their menus one after the other.
func Join(rooms ...Room) Room {
	var all Room
	for _, room := range rooms {
		all.Menu = append(all.Menu, room.Menu...)
		all.Routes = append(all.Routes, room.Routes...)
	}
	return all
}

// Routes returns the routes of several rooms.
func Routes(rooms ...Room) []Route {
	return Join(rooms...).Routes
}
