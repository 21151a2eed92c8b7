package people

import (
	"context"
	"net/http"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// The forms of a person's page: the one that was sent is shown open, with what
// was typed and what is wrong.
const (
	formFacts   = "facts"
	formAccount = "account"
	formSwitch  = "switch"
	formGrant   = "grant"
)

// A profile is what the page of a person shows.
type profile struct {
	person   identity.Person
	accounts []identity.Account
	grants   []identity.Grant
	roles    []identity.Role
	places   []place
	lines    []audit.Line
	readsLog bool
	now      time.Time
	sent     string // the form that was sent and refused; empty: none
	wrong    ui.Errors
}

// historyLength is how many lines a page shows of the history of a thing; the
// log has them all.
const historyLength = 20

// Person shows one person: who they are, how they sign in, what they may do.
func Person(w http.ResponseWriter, r *page.Request) error {
	return personPage(w, r, http.StatusOK, "", ui.Errors{})
}

func personPage(w http.ResponseWriter, r *page.Request, status int, sent string, wrong ui.Errors) error {
	d := profile{now: r.Now(), sent: sent, wrong: wrong}
	err := r.DB.Read(r.Context(), func(tx *store.Tx) error { return d.load(r.Context(), tx, r) })
	if err != nil {
		return err
	}
	p := ui.Page{
		Title: d.person.Name(), Density: ui.Manage,
		Crumbs: []ui.Link{admin.Home(r), {Label: r.T("admin.people"), Href: admin.PeoplePath}},
	}
	return r.ShowStatus(w, status, p, personBody(r, d))
}

func (d *profile) load(ctx context.Context, tx *store.Tx, r *page.Request) error {
	person, err := identity.PersonWhere(ctx, tx, r.PathValue("person"), admin.Reach(r, identity.PersonView))
	if err != nil {
		return err
	}
	d.person = person
	if d.accounts, err = identity.AccountsOfPerson(ctx, tx, person.ID); err != nil {
		return err
	}
	if d.grants, err = identity.GrantsOfPerson(ctx, tx, person.ID); err != nil {
		return err
	}
	if d.roles, err = identity.Roles(ctx, tx); err != nil {
		return err
	}
	_, err = identity.PersonWhere(ctx, tx, person.PublicID, admin.Reach(r, audit.RightView))
	d.readsLog = err == nil
	if !d.readsLog && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if d.readsLog {
		d.lines, err = audit.Find(ctx, tx, audit.Search{Kind: "person", Object: person.PublicID, Limit: historyLength})
		if err != nil {
			return err
		}
	}
	if !r.Actor.Can(identity.RoleEdit) {
		return nil
	}
	d.places, err = places(ctx, tx, person.PublicID)
	return err
}

// refused shows the person's page again with what was typed, if the person who
// typed can do something about it.
func refused(w http.ResponseWriter, r *page.Request, sent string, err error) error {
	if kind := fault.KindOf(err); kind != fault.Invalid && kind != fault.Conflict {
		return err
	}
	return personPage(w, r, r.Explain(err).Status, sent, ui.ErrorsOf(r.Text, err))
}

// SavePerson changes the name, the address or the language of a person.
func SavePerson(w http.ResponseWriter, r *page.Request) error {
	publicID := r.PathValue("person")
	if err := student.ChangePerson(r.Context(), r.DB, r.Actor, publicID, personForm(r)); err != nil {
		return refused(w, r, formFacts, err)
	}
	return r.GoSaying(w, admin.PersonPath(publicID), "admin.person.saved")
}

// CreateAccount gives a person a way to sign in.
func CreateAccount(w http.ResponseWriter, r *page.Request) error {
	publicID := r.PathValue("person")
	err := identity.CreateAccount(r.Context(), r.DB, r.Actor, publicID, identity.AccountForm{
		Login: r.FormValue("login"), Password: r.FormValue("password"), Link: r.BaseURL() + page.SignInPath,
	})
	if err != nil {
		return refused(w, r, formAccount, err)
	}
	return r.GoSaying(w, admin.PersonPath(publicID), "admin.account.created", "login", r.FormValue("login"))
}

// CloseAccounts ends every way that a person has to sign in.
func CloseAccounts(w http.ResponseWriter, r *page.Request) error { return switchAccounts(w, r, true) }

// ReopenAccounts lets a person sign in again.
func ReopenAccounts(w http.ResponseWriter, r *page.Request) error { return switchAccounts(w, r, false) }

func switchAccounts(w http.ResponseWriter, r *page.Request, closing bool) error {
	f := r.Fields()
	reason := f.Reason("reason")
	if err := f.Err(); err != nil {
		return refused(w, r, formSwitch, err)
	}
	publicID := r.PathValue("person")
	if err := identity.SwitchAccounts(r.Context(), r.DB, r.Actor, publicID, closing, reason); err != nil {
		return refused(w, r, formSwitch, err)
	}
	said := "admin.accounts.reopened"
	if closing {
		said = "admin.accounts.closed"
	}
	return r.GoSaying(w, admin.PersonPath(publicID), said)
}

// AddGrant gives a person a role on a perimeter between two dates.
func AddGrant(w http.ResponseWriter, r *page.Request) error {
	publicID := r.PathValue("person")
	grant, err := grantOf(r, publicID)
	if err == nil {
		err = identity.AddGrant(r.Context(), r.DB, r.Actor, publicID, grant)
	}
	if err != nil {
		return refused(w, r, formGrant, err)
	}
	return r.GoSaying(w, admin.PersonPath(publicID), "admin.grant.added")
}

// grantOf reads the role, the perimeter and the dates that were chosen.
func grantOf(r *page.Request, personPublicID string) (g identity.Grant, err error) {
	f := r.Fields()
	err = r.DB.Read(r.Context(), func(tx *store.Tx) error {
		roles, err := identity.Roles(r.Context(), tx)
		if err != nil {
			return err
		}
		if code := f.Required("role"); code != "" {
			codes := make([]string, len(roles))
			for i, role := range roles {
				codes[i] = role.Code
			}
			g.Role.Code = f.Choice("role", codes...)
		}
		p, err := placeIn(r, tx, f, personPublicID)
		// The label stands in the log and in lists for every reader: in French.
		g.On, g.Label = p.on, labelToKeep(p)
		return err
	})
	if err != nil {
		return g, err
	}
	if f.Required("from") != "" {
		g.From = f.Time("from")
	}
	if last := f.Time("until"); !last.IsZero() {
		g.Until = last.In(r.Text.Location()).AddDate(0, 0, 1)
	}
	return g, f.Err()
}

// placeIn reads the place that a form names.
func placeIn(r *page.Request, tx *store.Tx, f *page.Form, personPublicID string) (place, error) {
	value := f.Required("place")
	if value == "" {
		return place{}, nil
	}
	among, err := places(r.Context(), tx, personPublicID)
	if err != nil {
		return place{}, err
	}
	p, found := placeOf(among, value)
	if !found {
		f.Wrong("place", "form.choice", "found", value)
		return p, nil
	}
	return p.precise(r.Context(), tx, f)
}

// EndGrant ends now a role that a person holds.
func EndGrant(w http.ResponseWriter, r *page.Request) error {
	if err := identity.EndGrant(r.Context(), r.DB, r.Actor, r.PathValue("person"), r.PathValue("grant")); err != nil {
		return refused(w, r, formGrant, err)
	}
	return r.GoSaying(w, admin.PersonPath(r.PathValue("person")), "admin.grant.ended")
}
