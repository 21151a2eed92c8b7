package result

import (
	"stagora.org/stagora/internal/capability"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
)

// The rights of this package.
const (
	RightRun       identity.Right = "campaign.run"     // run the engine, adopt a run
	RightDecide    identity.Right = "campaign.decide"  // the commission: change, pin, confirm
	RightPublish   identity.Right = "campaign.publish" // publish the result
	RightOwnResult identity.Right = "result.own"       // read one's own result
)

// The kinds of notice, each with the blanks that its template needs besides the
// name, the link and the contact that all have.
const (
	NoticePlaced   notice.Kind = "result.published" // campaign, site, from, to
	NoticeUnplaced notice.Kind = "result.unplaced"  // campaign
	NoticeArrivals notice.Kind = "result.site"      // campaign, site, from, to, number, arrivals ([notice.Lines])
)

// Capability returns what this package declares.
func Capability(db *store.DB, baseURL string) capability.Capability {
	decides := []string{identity.RoleOffice, identity.RoleCommission}
	return capability.Capability{
		Name: "result",
		Rights: []identity.DeclaredRight{
			{Right: RightRun, Roles: decides},
			{Right: RightDecide, Roles: decides},
			{Right: RightPublish, Roles: []string{identity.RoleOffice}},
			{Right: RightOwnResult, Roles: []string{identity.RoleStudent}},
		},
		Notices: []notice.Kind{NoticePlaced, NoticeUnplaced, NoticeArrivals},
		Actions: []string{
			"run.requested", "run.adopted", "decision.move", "decision.cost", "decision.keep", "decision.undo", "result.published",
		},
		Work:      Handlers(db, baseURL),
		Schedules: []job.Schedule{{Kind: SummaryKind, Spec: "@every 1m", If: unsummarised}},
	}
}
