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
		contacts[i] = contactOf(r)
	}
	return contacts, nil
}

func contactOf(r queries.SiteContact) Contact {
	return Contact{
		Stamp: reference.Stamp{ID: r.ID, PublicID: r.PublicID, ChangedAt: r.ChangedAt.Time, ChangedBy: r.ChangedBy},
		Code:  r.Code, Function: r.Function, Name: r.Name, Email: r.Email, Phone: r.Phone,
		PersonID: r.PersonID.Int64, Archived: r.Archived,
	}
}

// ContactFor returns a contact by its public id, or a NotFound fault.
func ContactFor(ctx context.Context, tx *store.Tx, publicID string) (Contact, error) {
	found, err := contactRows.All(ctx, tx, store.Where("x.public_id = $1", publicID))
	if err != nil {
		return Contact{}, fmt.Errorf("read contact: %w", err)
	}
	if len(found) == 0 {
		return Contact{}, reference.Unknown("contact")
	}
	return found[0], nil
}

// contactRows reads some contacts.
var contactRows = store.List[Contact]{
	Select: "x.id, x.public_id, x.code, x.function, x.name, x.email, x.phone, x.person_id, x.archived, x.changed_at, x.changed_by",
	From:   "site_contact x", ID: "x.id",
	Scan: func(row store.Row) (Contact, error) {
		var r queries.SiteContact
		err := row.Scan(&r.ID, &r.PublicID, &r.Code, &r.Function, &r.Name, &r.Email, &r.Phone, &r.PersonID, &r.Archived, &r.ChangedAt, &r.ChangedBy)
		return contactOf(r), err
	},
}

// ContactsByCodes returns the contacts with some codes, by code in lower case: case
// does not count.
func ContactsByCodes(ctx context.Context, tx *store.Tx, codes []string) (map[string]Contact, error) {
	return byCodes(codes, "x.code", Contact.Ref, func(where store.Condition) ([]Contact, error) { return contactRows.All(ctx, tx, where) })
}

// links reads what contacts (c) do for sites (o).
var links = store.List[ContactSite]{
	Select: "c.id, c.public_id, c.code, c.name, o.id, o.public_id, o.code, o.name, l.visible, l.responsible, l.gets_arrivals, l.validates, l.signs, l.signing_order",
	From:   "site_contact_site l JOIN site_contact c ON c.id = l.contact_id JOIN site_site o ON o.id = l.site_id", ID: "l.site_id, l.signing_order, l.contact_id",
	Scan: func(row store.Row) (l ContactSite, err error) {
		return l, row.Scan(&l.Contact.ID, &l.Contact.PublicID, &l.Contact.Code, &l.Contact.Name, &l.Site.ID, &l.Site.PublicID, &l.Site.Code, &l.Site.Name,
			&l.Visible, &l.Responsible, &l.GetsArrivals, &l.Validates, &l.Signs, &l.SigningOrder)
	},
}

// ContactSites returns what every contact does for every site: by site, in the
// order of signing.
func ContactSites(ctx context.Context, tx *store.Tx) ([]ContactSite, error) {
	return linksThat(ctx, tx, store.Condition{})
}

// ContactsOf returns what contacts do for one site, in the order of signing.
func ContactsOf(ctx context.Context, tx *store.Tx, siteID int64) ([]ContactSite, error) {
	return linksThat(ctx, tx, store.Where("l.site_id = $1", siteID))
}

// LinksByContacts returns what the contacts with some codes do for sites.
func LinksByContacts(ctx context.Context, tx *store.Tx, codes []string) ([]ContactSite, error) {
	return linksBy(ctx, tx, "c.code", codes)
}

// LinksBySites returns what contacts do for the sites with some codes.
func LinksBySites(ctx context.Context, tx *store.Tx, codes []string) ([]ContactSite, error) {
	return linksBy(ctx, tx, "o.code", codes)
}

func linksBy(ctx context.Context, tx *store.Tx, column string, codes []string) (all []ContactSite, err error) {
	for some := range slices.Chunk(codes, 500) {
		found, err := linksThat(ctx, tx, hasCode(column, some...))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func linksThat(ctx context.Context, tx *store.Tx, where store.Condition) ([]ContactSite, error) {
	found, err := links.All(ctx, tx, where)
	if err != nil {
		return nil, fmt.Errorf("read contacts of sites: %w", err)
	}
	return found, nil
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
	contacts, err := meant(ctx, tx, contactRefs, l.Contact)
	if err != nil {
		return nil, err
	}
	sites, err := meant(ctx, tx, siteRefs, l.Site)
	if err != nil {
		return nil, err
	}
	var form fault.Form
	reference.RequiredRef(&form, "contact", &l.Contact, contacts, itself)
	reference.RequiredRef(&form, "site", &l.Site, sites, itself)
	if l.SigningOrder < 0 || l.SigningOrder > maxSigningOrder {
		form.Wrong("signing_order", "form.range", "found", l.SigningOrder, "min", 0, "max", maxSigningOrder)
	}
	if err := form.Err(); err != nil {
		return nil, err
	}
	site, err := ByID(ctx, tx, l.Site.ID)
	if err != nil {
		return nil, err
	}
	if err := actor.Require(RightEdit, site.Perimeters()...); err != nil {
		return nil, err
	}
	stands, err := linksThat(ctx, tx, store.Where("l.contact_id = $1 AND l.site_id = $2", l.Contact.ID, l.Site.ID))
	if err != nil || len(stands) == 0 {
		return nil, err
	}
	return &stands[0], nil
}

const maxSigningOrder = 20

var contactType = reference.RecordType[Contact]{
	Name: "contact", Right: RightEdit, Find: ContactFor,
	Stamp: func(c *Contact) *reference.Stamp { return &c.Stamp },
	Label: func(c Contact) string { return c.Name },
	Check: func(ctx context.Context, tx *store.Tx, c *Contact, form *fault.Form) error {
		reference.RequiredCode(form, &c.Code)
		reference.RequiredText(form, "function", &c.Function)
		reference.RequiredText(form, "name", &c.Name)
		reference.OptionalText(form, "phone", &c.Phone)
		c.Email = strings.ToLower(strings.TrimSpace(c.Email))
		if c.Email != "" && !identity.IsEmail(c.Email) {
			form.Wrong("email", "form.email", "found", c.Email)
		}
		taken, err := holders(ctx, tx, contactRefs, hasCode("x.code", c.Code))
		reference.CheckTaken(form, "code", c.Code, c.ID, taken)
		return err
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
