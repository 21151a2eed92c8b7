package people

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// A matrix is the page of roles: which role holds which right.
type matrix struct {
	rights  []identity.Right
	roles   []identity.Role
	holders map[string]int // people who hold a role now, by its code
	may     bool           // the reader may change it
	last    box            // what was changed last; zero: nothing
	wrong   string         // why the last change was refused
}

// A box is one right of one role, given or not.
type box struct {
	role  string
	right identity.Right
	held  bool
}

// String names the box in a form and in an address: "observer:site.view:give".
func (b box) String() string {
	act := "take"
	if b.held {
		act = "give"
	}
	return b.role + ":" + string(b.right) + ":" + act
}

func (b box) none() bool { return b.role == "" }

func parseBox(s string) box {
	parts := strings.Split(s, ":")
	if len(parts) != 3 {
		return box{}
	}
	return box{role: parts[0], right: identity.Right(parts[1]), held: parts[2] == "give"}
}

// Roles shows which role holds which right, and who holds the roles.
func Roles(w http.ResponseWriter, r *page.Request) error {
	return rolesPage(w, r, http.StatusOK, "")
}

func rolesPage(w http.ResponseWriter, r *page.Request, status int, wrong string) error {
	m := matrix{may: r.Actor.Can(identity.RoleEdit), wrong: wrong}
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		if m.rights, err = identity.KnownRights(r.Context(), tx); err != nil {
			return err
		}
		if m.roles, err = identity.Roles(r.Context(), tx); err != nil {
			return err
		}
		m.holders, err = identity.CountHolders(r.Context(), tx)
		return err
	})
	if err != nil {
		return err
	}
	if b := parseBox(r.URL.Query().Get("changed")); slices.Contains(m.rights, b.right) && b.held == m.holds(b.role, b.right) {
		m.last = b
	}
	p := ui.Page{Title: r.T("admin.roles"), Lead: r.T("admin.roles.lead"), Density: ui.Manage, Crumbs: []ui.Link{admin.Home(r)}}
	return r.ShowStatus(w, status, p, matrixBody(r, m))
}

func (m matrix) holds(role string, right identity.Right) bool {
	return slices.ContainsFunc(m.roles, func(r identity.Role) bool { return r.Code == role && r.Has(right) })
}

func (m matrix) name(p text.Printer, code string) string {
	for _, role := range m.roles {
		if role.Code == code {
			return role.Name(p.Lang)
		}
	}
	return code
}

// SetRight gives a right to a role, or takes it away: one box of the matrix.
func SetRight(w http.ResponseWriter, r *page.Request) error {
	b := parseBox(r.FormValue("box"))
	if b.none() {
		return fault.New(fault.NotFound, "right.unknown", "right", r.FormValue("box"))
	}
	err := identity.SetRight(r.Context(), r.DB, r.Actor, b.role, b.right, b.held)
	if fault.KindOf(err) == fault.Conflict {
		why := r.Explain(err)
		return rolesPage(w, r, why.Status, why.Sentence)
	}
	if err != nil {
		return err
	}
	return r.Go(w, admin.RolesPath+"?changed="+url.QueryEscape(b.String())+"#right-"+string(b.right))
}

// Role lists who holds a role, on the perimeters of the reader.
func Role(w http.ResponseWriter, r *page.Request) error {
	role, err := store.Get(r.Context(), r.DB, func(tx *store.Tx) (identity.Role, error) { return roleByCode(r, tx) })
	if err != nil {
		return err
	}
	list := holders(role)
	if r.WantsFile() {
		return list.Send(w, r)
	}
	t, err := list.Read(r)
	if err != nil {
		return err
	}
	return r.Show(w, ui.Page{
		Title: role.Name(r.Text.Lang), Lead: r.T("admin.role.lead"), Density: ui.Manage,
		Crumbs: []ui.Link{admin.Home(r), {Label: r.T("admin.roles"), Href: admin.RolesPath}},
	}, roleBody(r, role, t))
}

// holders is the list of those who hold a role now.
func holders(role identity.Role) table.List[identity.Holding] {
	return table.List[identity.Holding]{
		Name: "admin.holders", Path: admin.RolesPath + "/" + role.Code, Icon: "people", Rows: identity.Holdings(),
		Where: func(r *page.Request) store.Condition {
			return identity.HeldIn(role.Code, r.Actor, identity.RoleView, r.Now())
		},
		Columns: func(r *page.Request) []table.Column[identity.Holding] {
			return []table.Column[identity.Holding]{
				{Column: ui.Column{Key: "name", Title: r.T("admin.person.name"), Fixed: true},
					Cell: func(h identity.Holding) ui.Cell {
						return ui.LinkCell(h.Person.SortedName(), admin.PersonPath(h.Person.PublicID))
					}},
				{Column: ui.Column{Key: "place", Title: r.T("admin.place")},
					Cell: func(h identity.Holding) ui.Cell { return ui.Word(perimeterLabel(r, h.Grant)) }},
				{Column: ui.Column{Key: "from", Title: r.T("admin.grant.from"), Kind: ui.KindMoment},
					Cell: func(h identity.Holding) ui.Cell { return ui.Moment(r.Text, h.Grant.From) }},
				{Column: ui.Column{Key: "until", Title: r.T("admin.grant.until")},
					Cell: func(h identity.Holding) ui.Cell { return ui.Word(lastDay(r.Text, h.Grant.Until)) }},
			}
		},
	}
}

func roleByCode(r *page.Request, tx *store.Tx) (identity.Role, error) {
	roles, err := identity.Roles(r.Context(), tx)
	if err != nil {
		return identity.Role{}, err
	}
	code := r.PathValue("role")
	for _, role := range roles {
		if role.Code == code {
			return role, nil
		}
	}
	return identity.Role{}, fault.New(fault.NotFound, "role.unknown", "role", code)
}
