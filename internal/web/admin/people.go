package admin

import (
	"net/http"
	"strings"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// People lists the people whom the reader may see.
func People(w http.ResponseWriter, r *page.Request) error {
	t := ui.Table{
		Caption: r.T("admin.people"), Path: PeoplePath, Export: PeoplePath, Columns: peopleColumns(r),
		Empty: ui.Empty{Icon: "people", What: r.T("admin.people.none"), Why: r.T("admin.people.none.why")},
	}
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		t.Rows, err = peopleRows(r, tx)
		return err
	})
	if err != nil {
		return err
	}
	t.State = ui.ParseTable("", t.Columns, r.URL.Query())
	if r.WantsFile() {
		return r.SendTable(w, t)
	}
	p := ui.Page{Title: t.Caption, Lead: r.T("admin.people.lead"), Density: ui.Manage, Crumbs: []ui.Link{home(r)}}
	if r.Actor.Can(identity.PersonEdit) {
		p.Actions = []ui.Action{{Label: r.T("admin.person.new"), Icon: "plus-lg", Href: PeoplePath + "/new", Kind: ui.Primary}}
	}
	return r.Show(w, p, ui.DataTable(r.Text, t))
}

func peopleColumns(r *page.Request) []ui.Column {
	return []ui.Column{
		{Key: "name", Title: r.T("admin.person.name"), Filter: true, Fixed: true},
		{Key: "email", Title: r.T("admin.person.email"), Filter: true},
		{Key: "login", Title: r.T("admin.person.login"), Filter: true},
		{Key: "roles", Title: r.T("admin.person.roles"), Filter: true},
		{Key: "account", Title: r.T("admin.account"), Kind: ui.KindChoice, Filter: true, Options: []ui.Option{
			{Value: accountOpen, Label: r.T("admin.account.open")},
			{Value: accountClosed, Label: r.T("admin.account.closed")},
			{Value: accountNone, Label: r.T("admin.account.none")},
		}},
		{Key: "changed", Title: r.T("admin.person.changed"), Kind: ui.KindMoment, Hidden: true},
	}
}

// What a person's accounts come to.
const (
	accountOpen   = "open"
	accountClosed = "closed"
	accountNone   = "none"
)

func peopleRows(r *page.Request, tx *store.Tx) ([]ui.Row, error) {
	ctx := r.Context()
	where, err := whereabouts(ctx, tx, r.Actor, identity.PersonView)
	if err != nil {
		return nil, err
	}
	people, err := identity.PeopleFor(ctx, tx, r.Actor, identity.PersonView, where)
	if err != nil {
		return nil, err
	}
	accounts, err := identity.Accounts(ctx, tx)
	if err != nil {
		return nil, err
	}
	held, err := identity.RolesInForce(ctx, tx)
	if err != nil {
		return nil, err
	}
	of := map[int64][]identity.Account{}
	for _, a := range accounts {
		of[a.PersonID] = append(of[a.PersonID], a)
	}
	rows := make([]ui.Row, len(people))
	for i, p := range people {
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: p.SortedName(), Href: personPath(p.PublicID), Sort: p.SortKey},
			ui.Word(p.Email), ui.Word(logins(of[p.ID])), ui.Word(roleWords(r, held[p.ID])),
			accountCell(r, of[p.ID]), ui.Moment(r.Text, p.ChangedAt.Time),
		}}
	}
	return rows, nil
}

func personPath(publicID string) string { return PeoplePath + "/" + publicID }

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
	state, tone := accountNone, ui.Neutral
	for _, a := range accounts {
		if a.Disabled.IsZero() {
			state, tone = accountOpen, ui.Good
			break
		}
		state, tone = accountClosed, ui.Warn
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
	return r.GoSaying(w, personPath(p.PublicID), "admin.person.created", "person", p.Name())
}

func newPersonPage(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	form := ui.Form{
		Action: PeoplePath, Errors: wrong, Fields: personFields(r, personForm(r)),
		Submit: ui.Action{Label: r.T("admin.person.create"), Icon: "plus-lg", Kind: ui.Primary},
		Cancel: ui.Link{Label: r.T("admin.cancel"), Href: PeoplePath},
	}
	p := ui.Page{
		Title: r.T("admin.person.new"), Lead: r.T("admin.person.new.lead"), Density: ui.Manage,
		Crumbs: []ui.Link{home(r), {Label: r.T("admin.people"), Href: PeoplePath}},
	}
	return r.ShowStatus(w, status, p, panelForm(r.Text, "", form))
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
