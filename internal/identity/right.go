package identity

// A Right is something that may be done. Code asks for rights; roles, which are
// data, hold them. Each has its sentence in the catalogues under "right." + the
// right.
type Right string

// The rights. Adding one here makes it appear on the screen of roles.
const (
	PersonView   Right = "person.view"   // see people and their accounts
	PersonEdit   Right = "person.edit"   // create and change people and accounts
	RoleView     Right = "role.view"     // see roles and who holds them
	RoleEdit     Right = "role.edit"     // change what a role may do and who holds it
	SettingView  Right = "setting.view"  // see the parameters of the platform
	SettingEdit  Right = "setting.edit"  // change them
	MailView     Right = "mail.view"     // see what was sent to whom, send again
	JobView      Right = "job.view"      // see background work, start it again, cancel it
	AuditView    Right = "audit.view"    // read the log
	ImportRun    Right = "import.run"    // bring files in, undo an import
	SiteView     Right = "site.view"     // see institutions, sites, categories, contacts
	SiteEdit     Right = "site.edit"     // change them
	StudentView  Right = "student.view"  // see students and cohorts
	StudentEdit  Right = "student.edit"  // change them
	StudentMerge Right = "student.merge" // make two records of one student one

	CampaignView    Right = "campaign.view"    // see a campaign with all that the office sees
	CampaignEdit    Right = "campaign.edit"    // prepare it: posts, participants, parameters
	CampaignOpen    Right = "campaign.open"    // open and close it
	CampaignRun     Right = "campaign.run"     // run the engine, adopt a run
	CampaignDecide  Right = "campaign.decide"  // the commission: change, pin, confirm
	CampaignPublish Right = "campaign.publish" // publish the result
	LateGrant       Right = "late.grant"       // ask for, or agree to, reopening one person's list
	WishView        Right = "wish.view"        // read anybody's list
	WishOwn         Right = "wish.own"         // read and write one's own list
	ResultOwn       Right = "result.own"       // read one's own result
)

// Rights are all rights, in the order of the screen.
var Rights = []Right{
	PersonView, PersonEdit, RoleView, RoleEdit, SettingView, SettingEdit, MailView, JobView, AuditView, ImportRun,
	SiteView, SiteEdit, StudentView, StudentEdit, StudentMerge,
	CampaignView, CampaignEdit, CampaignOpen, CampaignRun, CampaignDecide, CampaignPublish, LateGrant,
	WishView, WishOwn, ResultOwn,
}

// A Perimeter is where a right holds: a kind ("faculty", "cohort", "self") and
// the key of one such thing. To this package both are opaque; the owner of an
// object says in which perimeters it lies.
type Perimeter struct{ Kind, Key string }

// Everything is the perimeter that every object lies in.
var Everything = Perimeter{Kind: "everything"}

// The kinds of perimeter that roles are granted on.
const (
	KindFaculty     = "faculty"     // key: the code of the faculty
	KindInstitution = "institution" // key: the FINESS number
	KindSite        = "site"        // key: the code of the site
	KindCohort      = "cohort"      // key: the code of the cohort
	KindSelf        = "self"        // key: the public identifier of the person
)

// Self is the perimeter of what is a person's own.
func Self(personPublicID string) Perimeter { return Perimeter{KindSelf, personPublicID} }

// Faculty is the perimeter of what belongs to a faculty.
func Faculty(code string) Perimeter { return Perimeter{KindFaculty, code} }
