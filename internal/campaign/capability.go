package campaign

import (
	"stagora.org/stagora/internal/capability"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
)

// The rights of this package.
const (
	RightView      identity.Right = "campaign.view" // see a campaign with all that the office sees
	RightEdit      identity.Right = "campaign.edit" // prepare it: posts, participants, parameters
	RightOpen      identity.Right = "campaign.open" // open and close it
	RightReopen    identity.Right = "late.grant"    // ask for, or agree to, reopening one person's list
	RightReadLists identity.Right = "wish.view"     // read anybody's list
	RightOwnList   identity.Right = "wish.own"      // read and write one's own list
)

// The kinds of notice, each with the blanks that its template needs besides the
// name, the link and the contact that all have.
const (
	NoticeOpened          notice.Kind = "campaign.opened"               // campaign, closes, most (wishes)
	NoticeNoWishes        notice.Kind = "campaign.reminder.none"        // campaign, closes
	NoticeFewWishes       notice.Kind = "campaign.reminder.short"       // campaign, closes, wishes (how many), most
	NoticeUnconfirmed     notice.Kind = "campaign.reminder.unconfirmed" // campaign, closes, wishes (how many), saved
	NoticeReceipt         notice.Kind = "wishes.receipt"                // campaign, closes, version, saved, wishes ([notice.Lines]), hash, check
	NoticeDeadlineReceipt notice.Kind = "wishes.deadline"               // campaign, closed, version, saved, wishes ([notice.Lines]), hash, check
	NoticeLateGranted     notice.Kind = "late.granted"                  // campaign, until
)

// Capability returns what this package declares. Campaigns close within seconds of
// their deadline; lists are refused at the deadline itself, whoever is late.
func (s *Campaigns) Capability() capability.Capability {
	office, decides := []string{identity.RoleOffice}, []string{identity.RoleOffice, identity.RoleCommission}
	return capability.Capability{
		Name: "campaign",
		Rights: []identity.DeclaredRight{
			{Right: RightView, Roles: []string{
				identity.RoleAdministrator, identity.RoleOffice, identity.RoleCommission, identity.RoleObserver,
			}},
			{Right: RightEdit, Roles: office},
			{Right: RightOpen, Roles: office},
			{Right: RightReopen, Roles: decides},
			{Right: RightReadLists, Roles: decides},
			{Right: RightOwnList, Roles: []string{identity.RoleStudent}},
		},
		Notices: []notice.Kind{
			NoticeOpened, NoticeNoWishes, NoticeFewWishes, NoticeUnconfirmed, NoticeReceipt, NoticeDeadlineReceipt, NoticeLateGranted,
		},
		Actions: []string{
			"campaign.created", "campaign.changed", "campaign.deadline", "campaign.open", "campaign.closed", "campaign.proposed",
			"campaign.confirmed", "campaign.published", "campaign.archived", "post.opened", "post.changed", "post.removed", "post.agreed",
			"participant.points", "participant.manual", "participant.excluded", "participant.included", "correction.asked",
			"correction.answered", "draw.sealed", "draw.revealed", "late.asked", "late.agreed", "late.refused", "wishes.saved",
			"wishes.confirmed",
		},
		Work:      s.Handlers(),
		Makers:    notice.Makers{receiptFile: s.makeReceiptFile},
		Schedules: []job.Schedule{{Kind: CloseKind, Spec: "@every 5s"}, {Kind: RemindKind, Spec: "@every 1m"}},
	}
}
