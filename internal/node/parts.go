package node

import (
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/capability"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/exchange/stagetrek"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/web"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/admin/activity"
	"stagora.org/stagora/internal/web/admin/people"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/office/participants"
	"stagora.org/stagora/internal/web/office/results"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/records"
	mine "stagora.org/stagora/internal/web/student"
	"stagora.org/stagora/internal/web/student/wishes"
)

// A part is a capability with the room of pages that shows it, if it has one of
// its own.
type part struct {
	capability capability.Capability
	room       page.Room
}

// parts are all capabilities of Stagora, in the order of the main menu and of the
// screen of roles. Adding one is adding its line.
func parts(s *campaign.Campaigns) []part {
	return []part{
		{s.Capability(), page.Join(mine.Room(s), wishes.Room(s))},
		{result.Capability(s.DB, s.Base), page.Join(office.Room(s), participants.Room(s), results.Room(s))},
		{student.Capability(s.DB), records.Room()},
		{site.Capability(), page.Room{}},
		{placement.Capability(), page.Room{}},
		{exchange.Capability(s.DB, stagetrek.Owner), page.Room{}},
		{reference.Capability(), page.Room{}},
		{capability.Ground(s.DB), page.Join(people.Room(), admin.Room(), activity.Room())},
	}
}

// Capabilities returns what each capability of Stagora declares.
func Capabilities(s *campaign.Campaigns) []capability.Capability {
	var all []capability.Capability
	for _, p := range parts(s) {
		all = append(all, p.capability)
	}
	return all
}

// Rooms returns the rooms of pages.
func Rooms(s *campaign.Campaigns) []page.Room {
	var all []page.Room
	for _, p := range parts(s) {
		all = append(all, p.room)
	}
	return all
}

// Routes returns every page of Stagora with the right it takes. The test of the
// matrix of rights walks this table.
func Routes(s *campaign.Campaigns) []page.Route {
	return append(web.Routes(), page.Routes(Rooms(s)...)...)
}

// Declared returns what all capabilities declare, with nothing that can be started:
// for what is known without a database.
func Declared() capability.Capability {
	return capability.Union(Capabilities(&campaign.Campaigns{})...)
}

// Rights returns every right, for the database to know ([identity.DeclareRights]).
func Rights() []identity.DeclaredRight { return Declared().Rights }
