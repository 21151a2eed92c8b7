package site

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Contact answers for sites: a physician in charge, a secretary's office. Most
// have no account; a letter or a link must reach them.
type Contact struct {
	reference.Stamp
	Code     string
	Function string // "Responsable de terrain de stage"
	Name     string
	Email    string
	Phone    string
	PersonID int64 // once they have an account; 0: they never had one
	Archived bool
}

// Ref names the contact.
func (c Contact) Ref() reference.Ref {
	return reference.Ref{ID: c.ID, PublicID: c.PublicID, Code: c.Code, Name: c.Name}
}

// A ContactSite is what a contact does for one site.
type ContactSite struct {
	Contact      reference.Ref
	Site         reference.Ref
	Visible      bool // to students
	Responsible  bool
	GetsArrivals bool // is sent the list of those who arrive
	Validates    bool // placements
	Signs        bool // agreements
	SigningOrder int
}

// Contacts returns all contacts, in the order of names.
func Contacts(ctx context.Context, tx *store.Tx) ([]Contact, error) {
	rows, err := queries.New(tx).Contacts(ctx)
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	contacts := make([]Contact, len(rows))
	for i, r := range rows {
		contacts[i] = Contact{
			Stamp: reference.Stamp{ID: r.ID, PublicID: r.PublicID, ChangedAt: r.ChangedAt.Time, ChangedBy: r.ChangedBy},
			Code:  r.Code, Function: r.Function, Name: r.Name, Email: r.Email, Phone: r.Phone,
			PersonID: r.PersonID.Int64, Archived: r.Archived,
		}
	}
	return contacts, nil
}

// ContactSites returns what every contact does for every site: by site, in the
// order of signing.
func ContactSites(ctx context.Context, tx *store.Tx) ([]ContactSite, error) {
	contacts, err := Contacts(ctx, tx)
	if err != nil {
		return nil, err
	}
	sites, err := All(ctx, tx)
	if err != nil {
		return nil, err
	}
	rows, err := queries.New(tx).ContactSites(ctx)
	if err != nil {
		return nil, fmt.Errorf("read contacts of sites: %w", err)
	}
	contact, site := reference.RefsByID(contacts, Contact.Ref), reference.RefsByID(sites, Site.Ref)
	links := make([]ContactSite, len(rows))
	for i, r := range rows {
		links[i] = ContactSite{
			Contact: contact[r.ContactID], Site: site[r.SiteID], Visible: r.Visible, Responsible: r.Responsible,
			GetsArrivals: r.GetsArrivals, Validates: r.Validates, Signs: r.Signs, SigningOrder: int(r.SigningOrder),
		}
	}
	return links, nil
}

// SaveContact adds a contact, or changes the one with its public id.
func SaveContact(ctx context.Context, db *store.DB, actor identity.Actor, c Contact) (Contact, error) {
	return contactType.Save(ctx, db, actor, c)
}

// PutContact is [SaveContact] in a transaction of the caller.
func PutContact(ctx context.Context, tx *store.Tx, actor identity.Actor, c Contact) (Contact, error) {
	return contactType.Put(ctx, tx, actor, c)
}

// RemoveContact removes a contact, with what they did for sites.
func RemoveContact(ctx context.Context, db *store.DB, actor identity.Actor, publicID string) error {
	return contactType.Remove(ctx, db, actor, publicID)
}

// DropContact is [RemoveContact] in a transaction of the caller.
func DropContact(ctx context.Context, tx *store.Tx, actor identity.Actor, publicID string) error {
	return contactType.Drop(ctx, tx, actor, publicID)
}

// SaveContactSite says what a contact does for a site, in place of what was said
// before.
func SaveContactSite(ctx context.Context, db *store.DB, actor identity.Actor, l ContactSite) error {
	return db.Write(ctx, func(tx *store.Tx) error { return PutContactSite(ctx, tx, actor, l) })
}

// PutContactSite is [SaveContactSite] in a transaction of the caller.
func PutContactSite(ctx context.Context, tx *store.Tx, actor identity.Actor, l ContactSite) error {
	before, err := checkContactSite(ctx, tx, actor, &l)
	if err != nil || (before != nil && reference.Same(*before, l)) {
		return err
	}
	err = queries.New(tx).PutContactSite(ctx, queries.PutContactSiteParams{
		ContactID: l.Contact.ID, SiteID: l.Site.ID, Visible: l.Visible, Responsible: l.Responsible,
		GetsArrivals: l.GetsArrivals, Validates: l.Validates, Signs: l.Signs, SigningOrder: int64(l.SigningOrder),
		ChangedAt: store.At(tx.Now), ChangedBy: actor.Author(),
	})
	if err != nil {
		return fmt.Errorf("save contact of site: %w", err)
	}
	entry := audit.Entry{
		Who: actor.Who(), Action: "contact-site.changed", Args: map[string]any{"contact": l.Contact.Name, "site": l.Site.Code},
		Kind: "site", Object: l.Site.PublicID, After: l,
	}
	if before != nil {
		entry.Before = *before
	}
	return audit.Record(ctx, tx, entry)
}

// RemoveContactSite ends what a contact does for a site.
func RemoveContactSite(ctx context.Context, db *store.DB, actor identity.Actor, l ContactSite) error {
	return db.Write(ctx, func(tx *store.Tx) error { return DropContactSite(ctx, tx, actor, l) })
}

// DropContactSite is [RemoveContactSite] in a transaction of the caller.
func DropContactSite(ctx context.Context, tx *store.Tx, actor identity.Actor, l ContactSite) error {
	before, err := checkContactSite(ctx, tx, actor, &l)
	if err != nil {
		return err
	}
	if before == nil {
		return reference.Unknown("contact")
	}
	_, err = queries.New(tx).RemoveContactSite(ctx, queries.RemoveContactSiteParams{ContactID: l.Contact.ID, SiteID: l.Site.ID})
	if err != nil {
		return fmt.Errorf("remove contact of site: %w", err)
	}
	return audit.Record(ctx, tx, audit.Entry{
		Who: actor.Who(), Action: "contact-site.removed", Args: map[string]any{"contact": l.Contact.Name, "site": l.Site.Code},
		Kind: "site", Object: l.Site.PublicID, Before: *before,
	})
}

// checkContactSite finds both ends of a link and what was said before, nil if
// nothing.
func checkContactSite(ctx context.Context, tx *store.Tx, actor identity.Actor, l *ContactSite) (before *ContactSite, err error) {
	if err := reference.Lock(ctx, tx); err != nil {
		return nil, err
	}
	if !actor.CanSomewhere(RightEdit) {
		return nil, identity.Missing(RightEdit)
	}
	contacts, err := Contacts(ctx, tx)
	if err != nil {
		return nil, err
	}
	sites, err := All(ctx, tx)
	if err != nil {
		return nil, err
	}
	var form fault.Form
	reference.RequiredRef(&form, "contact", &l.Contact, contacts, Contact.Ref)
	reference.RequiredRef(&form, "site", &l.Site, sites, Site.Ref)
	if l.SigningOrder < 0 || l.SigningOrder > maxSigningOrder {
		form.Wrong("signing_order", "form.range", "found", l.SigningOrder, "min", 0, "max", maxSigningOrder)
	}
	if err := form.Err(); err != nil {
		return nil, err
	}
	site := sites[slices.IndexFunc(sites, func(s Site) bool { return s.ID == l.Site.ID })]
	if err := actor.Require(RightEdit, site.Perimeters()...); err != nil {
		return nil, err
	}
	links, err := ContactSites(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, link := range links {
		if link.Contact.ID == l.Contact.ID && link.Site.ID == l.Site.ID {
			return &link, nil
		}
	}
	return nil, nil
}

const maxSigningOrder = 20

var contactType = reference.RecordType[Contact]{
	Name: "contact", Right: RightEdit, All: Contacts,
	Stamp: func(c *Contact) *reference.Stamp { return &c.Stamp },
	Label: func(c Contact) string { return c.Name },
	Check: func(_ context.Context, _ *store.Tx, c *Contact, others []Contact, form *fault.Form) error {
		reference.RequiredCode(form, &c.Code)
		reference.RequiredText(form, "function", &c.Function)
		reference.RequiredText(form, "name", &c.Name)
		reference.OptionalText(form, "phone", &c.Phone)
		c.Email = strings.ToLower(strings.TrimSpace(c.Email))
		if c.Email != "" && !identity.IsEmail(c.Email) {
			form.Wrong("email", "form.email", "found", c.Email)
		}
		reference.CheckUnique(form, "code", c.Code, others, func(o Contact) string { return o.Code }, func(o Contact) string { return o.Name })
		return nil
	},
	Add: func(ctx context.Context, tx *store.Tx, c Contact) (int64, error) {
		return queries.New(tx).AddContact(ctx, queries.AddContactParams{
			PublicID: c.PublicID, Code: c.Code, Function: c.Function, Name: c.Name, SortKey: text.SortKey(c.Name),
			Email: c.Email, Phone: c.Phone, PersonID: reference.KeyOrNull(c.PersonID),
			Archived: c.Archived, ChangedAt: store.At(c.ChangedAt), ChangedBy: c.ChangedBy,
		})
	},
	Change: func(ctx context.Context, tx *store.Tx, c Contact) error {
		return queries.New(tx).ChangeContact(ctx, queries.ChangeContactParams{
			ID: c.ID, Code: c.Code, Function: c.Function, Name: c.Name, SortKey: text.SortKey(c.Name),
			Email: c.Email, Phone: c.Phone, PersonID: reference.KeyOrNull(c.PersonID),
			Archived: c.Archived, ChangedAt: store.At(c.ChangedAt), ChangedBy: c.ChangedBy,
		})
	},
	Delete: func(ctx context.Context, tx *store.Tx, id int64) error { return queries.New(tx).RemoveContact(ctx, id) },
}
