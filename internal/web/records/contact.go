package records

import (
	"net/http"
	"strings"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Contacts is the register of those who answer for sites.
var Contacts = Register{
	path: ContactsPath, name: "contacts", noun: "contact", icon: "person-badge", edit: site.RightEdit,
	columns: func(r *page.Request) []ui.Column {
		return []ui.Column{
			{Key: "name", Title: r.T("records.field.name"), Filter: true, Fixed: true},
			{Key: "function", Title: r.T("records.field.function"), Filter: true},
			{Key: "email", Title: r.T("records.email"), Filter: true},
			{Key: "phone", Title: r.T("records.field.phone"), Filter: true},
			{Key: "sites", Title: r.T("records.sites"), Filter: true},
			{Key: "code", Title: r.T("records.field.code"), Filter: true, Hidden: true},
			stateColumn(r),
		}
	},
	load: loadContacts, one: oneContact, fields: contactFields, save: saveContact,
}

func loadContacts(r *page.Request, tx *store.Tx) ([]entry, error) {
	contacts, err := site.Contacts(r.Context(), tx)
	if err != nil {
		return nil, err
	}
	links, err := site.ContactSites(r.Context(), tx)
	if err != nil {
		return nil, err
	}
	sites := map[int64][]string{}
	for _, l := range links {
		sites[l.Contact.ID] = append(sites[l.Contact.ID], l.Site.Code)
	}
	entries := make([]entry, len(contacts))
	for i, c := range contacts {
		entries[i] = contactEntry(r, c, sites[c.ID])
	}
	return entries, nil
}

func oneContact(r *page.Request, tx *store.Tx, publicID string) (entry, error) {
	c, err := site.ContactFor(r.Context(), tx, publicID)
	if err != nil {
		return entry{}, err
	}
	return contactEntry(r, c, nil), nil
}

func contactEntry(r *page.Request, c site.Contact, sites []string) entry {
	return entry{
		Stamp: c.Stamp, label: c.Name, lead: c.Function, may: r.Actor.CanSomewhere(site.RightEdit), reads: r.Actor.CanSomewhere(audit.RightView),
		cells: []ui.Cell{
			ui.Word(c.Name), ui.Word(c.Function), ui.Word(c.Email), ui.Word(c.Phone), ui.Word(strings.Join(sites, ", ")), ui.Word(c.Code),
			stateCell(r, c.Archived),
		},
		typed: map[string]string{
			"code": c.Code, "name": c.Name, "function": c.Function, "email": c.Email, "phone": c.Phone, "archived": ticked(c.Archived),
		},
	}
}

func contactFields(r *page.Request, _ *store.Tx, fresh bool) ([]ui.Field, error) {
	return withArchived(r, []ui.Field{
		field(r, "code", ui.Field{}), field(r, "name", ui.Field{}), field(r, "function", ui.Field{}),
		field(r, "email", ui.Field{Kind: ui.FieldEmail, Optional: true}), field(r, "phone", ui.Field{Optional: true}),
	}, fresh), nil
}

func saveContact(r *page.Request, f *page.Form, stamp reference.Stamp) (string, string, error) {
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
	return c.PublicID, c.Name, err
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
	return Sites.decided(w, r, err, "records.link.saved")
}

// RemoveLink ends what a contact does for a site.
func RemoveLink(w http.ResponseWriter, r *page.Request) error {
	f := r.Fields()
	err := site.RemoveContactSite(r.Context(), r.DB, r.Actor, site.ContactSite{Contact: ref(f.Text("contact")), Site: ref(f.Text("site"))})
	return Sites.decided(w, r, err, "records.link.removed")
}
