package people

import (
	"time"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

func (d profile) terms(r *page.Request) []ui.Term {
	email := d.person.Email
	if email == "" {
		email = r.T("admin.email.none")
	}
	return []ui.Term{
		{Name: r.T("admin.person.family"), Value: d.person.FamilyName},
		{Name: r.T("admin.person.given"), Value: d.person.GivenName},
		{Name: r.T("admin.person.email"), Value: email},
		{Name: r.T("admin.person.lang"), Value: r.T("lang." + d.person.Lang)},
		{Name: r.T("admin.changed"), Value: r.T("admin.changed.by",
			"at", r.Text.ShortDateTime(d.person.ChangedAt.Time), "by", d.person.ChangedBy)},
	}
}

// open reports whether the person can sign in.
func (d profile) open() bool {
	for _, a := range d.accounts {
		if a.Disabled.IsZero() {
			return true
		}
	}
	return false
}

// errorsOf returns what is wrong with a form of the page: nothing, unless it is
// the one that was sent.
func (d profile) errorsOf(form string) ui.Errors {
	if d.sent == form {
		return d.wrong
	}
	return ui.Errors{}
}

func (d profile) factsForm(r *page.Request) ui.Form {
	f := identity.PersonForm{
		FamilyName: d.person.FamilyName, GivenName: d.person.GivenName, Email: d.person.Email, Lang: d.person.Lang,
	}
	if d.sent == formFacts {
		f = personForm(r)
	}
	return ui.Form{
		Action: admin.PersonPath(d.person.PublicID), Errors: d.errorsOf(formFacts), Fields: personFields(r, f),
		Submit: ui.Action{Label: r.T("admin.save"), Icon: "save", Kind: ui.Primary},
	}
}

// typed returns what was typed in a field if its form was sent, and otherwise
// the usual value.
func (d profile) typed(r *page.Request, form, name, usual string) string {
	if d.sent == form && r.PostForm.Has(name) {
		return r.PostForm.Get(name)
	}
	return usual
}

func (d profile) accountForm(r *page.Request) ui.Form {
	return ui.Form{
		Action: admin.PersonPath(d.person.PublicID) + "/accounts", Errors: d.errorsOf(formAccount),
		Fields: []ui.Field{
			{Name: "login", Label: r.T("admin.person.login"), Hint: r.T("admin.account.login.hint"),
				Value: d.typed(r, formAccount, "login", ""), Complete: "off"},
			{Name: "password", Kind: ui.FieldPassword, Label: r.T("admin.account.password"), Optional: true,
				Hint: r.T("admin.account.password.hint"), Complete: "new-password"},
		},
		Submit: ui.Action{Label: r.T("admin.account.create.submit"), Icon: "plus-lg", Kind: ui.Primary},
	}
}

func (d profile) switchForm(r *page.Request, closing bool) ui.Form {
	to, label, hint := "/accounts/reopen", r.T("admin.accounts.reopen"), r.T("admin.accounts.reopen.hint")
	kind := ui.Primary
	if closing {
		to, label, hint, kind = "/accounts/close", r.T("admin.accounts.close"), r.T("admin.accounts.close.hint"), ui.Danger
	}
	return ui.Form{
		Action: admin.PersonPath(d.person.PublicID) + to, Errors: d.errorsOf(formSwitch),
		Fields: []ui.Field{{
			Kind: ui.FieldArea, Name: "reason", Label: r.T("admin.reason"), Hint: hint, Rows: 2,
			Value: d.typed(r, formSwitch, "reason", ""),
		}},
		Submit: ui.Action{Label: label, Kind: kind},
	}
}

func (d profile) grantForm(r *page.Request) ui.Form {
	roles := []ui.Option{{Value: "", Label: r.T("admin.choose")}}
	for _, role := range d.roles {
		roles = append(roles, ui.Option{Value: role.Code, Label: role.Name(r.Text.Lang)})
	}
	return ui.Form{
		Action: admin.PersonPath(d.person.PublicID) + "/grants", Errors: d.errorsOf(formGrant),
		Fields: []ui.Field{
			{Name: "role", Kind: ui.FieldSelect, Label: r.T("admin.role"), Options: roles, Value: d.typed(r, formGrant, "role", "")},
			{Name: "place", Kind: ui.FieldSelect, Label: r.T("admin.place"), Hint: r.T("admin.place.hint"),
				Options: placeOptions(r, d.places), Value: d.typed(r, formGrant, "place", "")},
			{Name: "code", Label: r.T("admin.place.code"), Hint: r.T("admin.place.code.hint"), Optional: true,
				Value: d.typed(r, formGrant, "code", ""), Complete: "off"},
			{Name: "from", Kind: ui.FieldDate, Label: r.T("admin.grant.from"),
				Value: d.typed(r, formGrant, "from", ui.DateValue(r.Text, d.now))},
			{Name: "until", Kind: ui.FieldDate, Label: r.T("admin.grant.until"), Hint: r.T("admin.grant.until.hint"), Optional: true,
				Value: d.typed(r, formGrant, "until", "")},
		},
		Submit: ui.Action{Label: r.T("admin.grant.add"), Icon: "plus-lg", Kind: ui.Primary},
	}
}

// lastDay writes the end of a grant: the last day on which it holds, or the
// instant at which somebody ended it.
func lastDay(p text.Printer, until time.Time) string {
	if until.IsZero() {
		return p.T("admin.grant.forever")
	}
	local := until.In(p.Location())
	if local.Hour() == 0 && local.Minute() == 0 && local.Second() == 0 {
		return p.ShortDate(until.Add(-time.Hour))
	}
	return p.ShortDateTime(until)
}
