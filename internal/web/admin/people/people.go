package people

import (
	"net/http"
	"strings"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// People lists the people whom the reader may see.
func People(w http.ResponseWriter, r *page.Request) error {
	p := ui.Page{Title: r.T("admin.people"), Lead: r.T("admin.people.lead"), Crumbs: []ui.Link{admin.Home(r)}}
	if r.Actor.Can(identity.PersonEdit) {
		p.Actions = []ui.Action{{Label: r.T("admin.person.new"), Icon: "plus-lg", Href: admin.PeoplePath + "/new", Kind: ui.Primary}}
	}
	roles, err := store.Get(r.Context(), r.DB, func(tx *store.Tx) ([]identity.Role, error) { return identity.Roles(r.Context(), tx) })
	if err != nil {
		return err
	}
	return people(r, roles).Show(w, r, p)
}

// people is the list of people, for one request.
func people(r *page.Request, roles []identity.Role) table.List[identity.Person] {
	var accounts map[int64][]identity.Account
	var held map[int64][]identity.Grant
	return table.List[identity.Person]{
		Name: "admin.people", Path: admin.PeoplePath, Icon: "people", Rows: identity.List(r.Now()),
		Where: func(r *page.Request) store.Condition { return admin.Reach(r, identity.PersonView) },
		Complete: func(r *page.Request, tx *store.Tx, people []identity.Person) (err error) {
			ids := make([]int64, len(people))
			for i, p := range people {
				ids[i] = p.ID
			}
			if accounts, err = identity.AccountsOfPeople(r.Context(), tx, ids); err != nil {
				return err
			}
			held, err = identity.GrantsInForceOf(r.Context(), tx, people)
			return err
		},
		Columns: func(r *page.Request) []table.Column[identity.Person] {
			return []table.Column[identity.Person]{
				{Column: ui.Column{Key: "name", Title: r.T("admin.person.name"), Fixed: true},
					Cell: func(p identity.Person) ui.Cell { return ui.LinkCell(p.SortedName(), admin.PersonPath(p.PublicID)) }},
				{Column: ui.Column{Key: "email", Title: r.T("admin.person.email")},
					Cell: func(p identity.Person) ui.Cell { return ui.Word(p.Email) }},
				{Column: ui.Column{Key: "login", Title: r.T("admin.person.login")},
					Cell: func(p identity.Person) ui.Cell { return ui.Word(logins(accounts[p.ID])) }},
				{Column: ui.Column{Key: "roles", Title: r.T("admin.person.roles"), Kind: ui.KindChoice, Options: roleOptions(r, roles)},
					Cell: func(p identity.Person) ui.Cell { return ui.Word(roleWords(r, held[p.ID])) }},
				{Column: ui.Column{Key: "account", Title: r.T("admin.account"), Kind: ui.KindChoice, Options: accountOptions(r)},
					Cell: func(p identity.Person) ui.Cell { return accountCell(r, accounts[p.ID]) }},
				{Column: ui.Column{Key: "changed", Title: r.T("admin.changed"), Kind: ui.KindMoment, Hidden: true},
					Cell: func(p identity.Person) ui.Cell { return ui.Moment(r.Text, p.ChangedAt.Time) }},
			}
		},
	}
}

func roleOptions(r *page.Request, roles []identity.Role) []ui.Option {
	options := make([]ui.Option, len(roles))
	for i, role := range roles {
		options[i] = ui.Option{Value: role.Code, Label: role.Name(r.Text.Lang)}
	}
	return options
}

func accountOptions(r *page.Request) []ui.Option {
	var options []ui.Option
	for _, state := range []string{identity.AccountOpen, identity.AccountClosed, identity.AccountNone} {
		options = append(options, ui.Option{Value: state, Label: r.T("admin.account." + state)})
	}
	return options
}

func logins(accounts []identity.Account) string {
	words := make([]string, len(accounts))
	for i, a := range accounts {
		words[i] = a.Login
	}
	return strings.Join(words, ", ")
}

func roleWords(r *page.Request, held []identity.Grant) string {
	words := make([]string, len(held))
	for i, g := range held {
		words[i] = r.T("admin.role.on", "role", g.Role.Name(r.Text.Lang), "on", perimeterLabel(r, g))
	}
	return strings.Join(words, " ; ")
}

// accountCell says whether a person can sign in: one open account is enough.
func accountCell(r *page.Request, accounts []identity.Account) ui.Cell {
	state, tone := identity.AccountNone, ui.Neutral
	for _, a := range accounts {
		if a.Disabled.IsZero() {
			state, tone = identity.AccountOpen, ui.Good
			break
		}
		state, tone = identity.AccountClosed, ui.Warn
	}
	return ui.StateCell(state, tone, r.T("admin.account."+state))
}

// NewPerson asks who is to be added.
func NewPerson(w http.ResponseWriter, r *page.Request) error {
	return newPersonPage(w, r, http.StatusOK, ui.Errors{})
}

// CreatePerson adds a person.
func CreatePerson(w http.ResponseWriter, r *page.Request) error {
	p, err := identity.CreatePerson(r.Context(), r.DB, r.Actor, personForm(r))
	if fault.KindOf(err) == fault.Invalid {
		return newPersonPage(w, r, http.StatusUnprocessableEntity, ui.ErrorsOf(r.Text, err))
	}
	if err != nil {
		return err
	}
	return r.GoSaying(w, admin.PersonPath(p.PublicID), "admin.person.created", "person", p.Name())
}

func newPersonPage(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	form := ui.Form{
		Action: admin.PeoplePath, Errors: wrong, Fields: personFields(r, personForm(r)),
		Submit: ui.Action{Label: r.T("admin.person.create"), Icon: "plus-lg", Kind: ui.Primary},
		Cancel: ui.Link{Label: r.T("admin.cancel"), Href: admin.PeoplePath},
	}
	p := ui.Page{
		Title: r.T("admin.person.new"), Lead: r.T("admin.person.new.lead"), Density: ui.Manage,
		Crumbs: []ui.Link{admin.Home(r), {Label: r.T("admin.people"), Href: admin.PeoplePath}},
	}
	return r.ShowStatus(w, status, p, ui.FormPanel(r.Text, "", form))
}

// personForm reads what was typed about a person.
func personForm(r *page.Request) identity.PersonForm {
	return identity.PersonForm{
		FamilyName: r.FormValue("family_name"), GivenName: r.FormValue("given_name"),
		Email: r.FormValue("email"), Lang: langOf(r.FormValue("lang")),
	}
}

// langOf keeps a language that Stagora speaks, and otherwise leaves the choice
// to the domain.
func langOf(s string) string {
	if s == "en" || s == "fr" {
		return s
	}
	return ""
}

func personFields(r *page.Request, f identity.PersonForm) []ui.Field {
	return []ui.Field{
		{Name: "family_name", Label: r.T("admin.person.family"), Value: f.FamilyName, Complete: "off"},
		{Name: "given_name", Label: r.T("admin.person.given"), Value: f.GivenName, Optional: true, Complete: "off"},
		{Name: "email", Kind: ui.FieldEmail, Label: r.T("admin.person.email"), Value: f.Email, Optional: true,
			Hint: r.T("admin.person.email.hint"), Complete: "off"},
		{Name: "lang", Kind: ui.FieldSelect, Label: r.T("admin.person.lang"), Value: f.Lang, Options: []ui.Option{
			{Value: "fr", Label: r.T("lang.fr")}, {Value: "en", Label: r.T("lang.en")},
		}},
	}
}
