package records

import (
	"net/http"
	"strings"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange/stagetrek"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// Contacts is the register of those who answer for sites.
var Contacts = table.Register[site.Contact]{
	Name: "records.contacts", Path: ContactsPath, Noun: "contact", Right: site.RightEdit, Crumbs: crumbs,
	Show: marked(stagetrek.KindContacts, func(w http.ResponseWriter, r *page.Request, p ui.Page) error {
		return contactList().Show(w, r, p)
	}),
	Find: func(r *page.Request, tx *store.Tx, publicID string) (site.Contact, error) {
		return site.ContactFor(r.Context(), tx, publicID)
	},
	About: func(r *page.Request, c site.Contact) table.About {
		return table.About{Stamp: c.Stamp, Label: c.Name, Lead: c.Function, May: r.Actor.CanSomewhere(site.RightEdit), Reads: r.Actor.CanSomewhere(audit.RightView)}
	},
	Fields: contactFields, Save: saveContact,
}

// contactList is the list of contacts, for one request.
func contactList() table.List[site.Contact] {
	var sites map[int64][]string
	return table.List[site.Contact]{
		Name: "records.contacts", Path: ContactsPath, Icon: "person-badge", Rows: &site.ContactList,
		Complete: func(r *page.Request, tx *store.Tx, contacts []site.Contact) (err error) {
			sites, err = site.SitesOf(r.Context(), tx, contacts)
			return err
		},
		Columns: func(r *page.Request) []table.Column[site.Contact] {
			return []table.Column[site.Contact]{
				fixed(column(r, "name", "field.name", func(c site.Contact) ui.Cell { return ui.LinkCell(c.Name, ContactsPath+"/"+c.PublicID) })),
				column(r, "function", "field.function", func(c site.Contact) ui.Cell { return ui.Word(c.Function) }),
				column(r, "email", "email", func(c site.Contact) ui.Cell { return ui.Word(c.Email) }),
				column(r, "phone", "field.phone", func(c site.Contact) ui.Cell { return ui.Word(c.Phone) }),
				column(r, "sites", "sites", func(c site.Contact) ui.Cell { return ui.Word(strings.Join(sites[c.ID], ", ")) }),
				hidden(column(r, "code", "field.code", func(c site.Contact) ui.Cell { return ui.Word(c.Code) })),
				{Column: stateColumn(r), Cell: func(c site.Contact) ui.Cell { return stateCell(r, c.Archived) }},
			}
		},
	}
}

func contactFields(r *page.Request, _ *store.Tx, c site.Contact) ([]ui.Field, error) {
	return withArchived(r, []ui.Field{
		field(r, "code", ui.Field{Value: c.Code}), field(r, "name", ui.Field{Value: c.Name}), field(r, "function", ui.Field{Value: c.Function}),
		field(r, "email", ui.Field{Kind: ui.FieldEmail, Optional: true, Value: c.Email}), field(r, "phone", ui.Field{Optional: true, Value: c.Phone}),
	}, c.PublicID == "", c.Archived), nil
}

func saveContact(r *page.Request, f *page.Form, stamp reference.Stamp) (site.Contact, error) {
	c := site.Contact{
		Stamp: stamp, Code: f.Text("code"), Name: f.Text("name"), Function: f.Text("function"), Email: f.Text("email"), Phone: f.Text("phone"), Archived: f.Bool("archived"),
	}
	err := r.DB.Write(r.Context(), func(tx *store.Tx) error {
		if stamp.PublicID != "" {
			before, err := site.ContactFor(r.Context(), tx, stamp.PublicID)
			if err != nil {
				return err
			}
			c.PersonID = before.PersonID // not in the form
		}
		var err error
		c, err = site.PutContact(r.Context(), tx, r.Actor, c)
		return err
	})
	return c, err
}

// duties are what a contact may do for a site, by the names of the form.
var duties = []string{"visible", "responsible", "arrivals", "validates", "signs"}

// PutLink says what a contact does for a site.
func PutLink(w http.ResponseWriter, r *page.Request) error {
	f := r.Fields()
	l := site.ContactSite{
		Contact: ref(f.Text("contact")), Site: ref(f.Text("site")), Visible: f.Bool("visible"), Responsible: f.Bool("responsible"),
		GetsArrivals: f.Bool("arrivals"), Validates: f.Bool("validates"), Signs: f.Bool("signs"), SigningOrder: f.Int("order", 0, 20),
	}
	err := f.Err()
	if err == nil {
		err = site.SaveContactSite(r.Context(), r.DB, r.Actor, l)
	}
	return Sites.Done(w, r, err, "records.link.saved")
}

// RemoveLink ends what a contact does for a site.
func RemoveLink(w http.ResponseWriter, r *page.Request) error {
	f := r.Fields()
	err := site.RemoveContactSite(r.Context(), r.DB, r.Actor, site.ContactSite{Contact: ref(f.Text("contact")), Site: ref(f.Text("site"))})
	return Sites.Done(w, r, err, "records.link.removed")
}
