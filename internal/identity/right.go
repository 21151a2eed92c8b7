package identity

// A Right is something that may be done. Code asks for rights; roles, which are
// data, hold them. Each has its sentence in the catalogues under "right." + the
// right.
type Right string

// The rights of this package. Those of others are declared by their owners.
const (
	PersonView Right = "person.view" // see people and their accounts
	PersonEdit Right = "person.edit" // create and change people and accounts
	RoleView   Right = "role.view"   // see roles and who holds them
	RoleEdit   Right = "role.edit"   // change what a role may do and who holds it
)

// A DeclaredRight is a right as its owner declares it, with the codes of the roles
// that hold it by default.
type DeclaredRight struct {
	Right Right
	Roles []string
}

// OwnRights are the rights of this package.
func OwnRights() []DeclaredRight {
	return []DeclaredRight{
		{PersonView, []string{RoleAdministrator, RoleOffice}},
		{PersonEdit, []string{RoleAdministrator}},
		{RoleView, []string{RoleAdministrator}},
		{RoleEdit, []string{RoleAdministrator}},
	}
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
