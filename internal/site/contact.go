package site

import (
	"context"
	"errors"
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
	Scan: func(row store.Row) (Contact, error) { return scanContact(row) },
}

// scanContact reads a contact, after columns of the caller's.
func scanContact(row store.Row, before ...any) (Contact, error) {
	var r queries.SiteContact
	err := row.Scan(append(before, &r.ID, &r.PublicID, &r.Code, &r.Function, &r.Name, &r.Email, &r.Phone, &r.PersonID, &r.Archived, &r.ChangedAt, &r.ChangedBy)...)
	return contactOf(r), err
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

// SentArrivals returns the contacts that are sent who arrives at each of some sites, and
// can be reached, by site.
func SentArrivals(ctx context.Context, tx *store.Tx, sites []int64) (map[int64][]Contact, error) {
	of := map[int64][]Contact{}
	for some := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(sites))), 500) {
		found, err := arrivals.All(ctx, tx, store.And(store.In("l.site_id", some), store.Where("l.gets_arrivals AND NOT x.archived AND x.email <> ''")))
		if err != nil {
			return nil, fmt.Errorf("read who is sent arrivals: %w", err)
		}
		for _, l := range found {
			of[l.site] = append(of[l.site], l.Contact)
		}
	}
	return of, nil
}

// arrivals reads contacts with a site that they answer for.
var arrivals = store.List[arrivalContact]{
	Select: "l.site_id, " + contactRows.Select, From: "site_contact_site l JOIN site_contact x ON x.id = l.contact_id", ID: links.ID,
	Scan: func(row store.Row) (l arrivalContact, err error) {
		l.Contact, err = scanContact(row, &l.site)
		return l, err
	},
}

type arrivalContact struct {
	Contact
	site int64
}

// SaveContact adds a contact, or changes the one with its public id.
func SaveContact(ctx context.Context, db *store.DB, actor identity.Actor, c Contact) (Contact, error) {
	return contactType.Save(ctx, db, actor, c)
}

// PutContact is [SaveContact] in a transaction of the caller.
func PutContact(ctx context.Context, tx *store.Tx, actor identity.Actor, c Contact) (Contact, error) {
	return contactType.Put(ctx, tx, actor, c)
}

// PutContactOver is [PutContact] for who has just read what c changes, in the same
// transaction.
func PutContactOver(ctx context.Context, tx *store.Tx, actor identity.Actor, before, c Contact) (Contact, error) {
	return contactType.PutOver(ctx, tx, actor, before, c)
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
	return alone(PutContactSites(ctx, tx, actor, []ContactSite{l}))
}

// alone takes off which of the things an error is about, where there is one.
func alone(err error) error {
	if item, is := errors.AsType[*fault.Item](err); is {
		return item.Err
	}
	return err
}

// PutContactSites is [PutContactSite] for some. A [fault.Item] says which one it
// refuses.
func PutContactSites(ctx context.Context, tx *store.Tx, actor identity.Actor, all []ContactSite) error {
	stands, err := checkContactSites(ctx, tx, actor, all)
	if err != nil {
		return err
	}
	var entries []audit.Entry
	for _, l := range all {
		before, there := stands[endsOf(l)]
		if there && reference.Same(before, l) {
			continue
		}
		err := queries.New(tx).PutContactSite(ctx, queries.PutContactSiteParams{
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
		if there {
			entry.Before = before
		}
		entries = append(entries, entry)
	}
	return audit.RecordAll(ctx, tx, entries)
}

// RemoveContactSite ends what a contact does for a site.
func RemoveContactSite(ctx context.Context, db *store.DB, actor identity.Actor, l ContactSite) error {
	return db.Write(ctx, func(tx *store.Tx) error { return DropContactSite(ctx, tx, actor, l) })
}

// DropContactSite is [RemoveContactSite] in a transaction of the caller.
func DropContactSite(ctx context.Context, tx *store.Tx, actor identity.Actor, l ContactSite) error {
	return alone(DropContactSites(ctx, tx, actor, []ContactSite{l}))
}

// DropContactSites is [DropContactSite] for some. A [fault.Item] says which one it
// refuses.
func DropContactSites(ctx context.Context, tx *store.Tx, actor identity.Actor, all []ContactSite) error {
	stands, err := checkContactSites(ctx, tx, actor, all)
	if err != nil {
		return err
	}
	entries := make([]audit.Entry, len(all))
	for i, l := range all {
		before, there := stands[endsOf(l)]
		if !there {
			return &fault.Item{Index: i, Err: reference.Unknown("contact")}
		}
		_, err = queries.New(tx).RemoveContactSite(ctx, queries.RemoveContactSiteParams{ContactID: l.Contact.ID, SiteID: l.Site.ID})
		if err != nil {
			return fmt.Errorf("remove contact of site: %w", err)
		}
		entries[i] = audit.Entry{
			Who: actor.Who(), Action: "contact-site.removed", Args: map[string]any{"contact": l.Contact.Name, "site": l.Site.Code},
			Kind: "site", Object: l.Site.PublicID, Before: before,
		}
	}
	return audit.RecordAll(ctx, tx, entries)
}

// endsOf are the keys of the contact and of the site.
func endsOf(l ContactSite) [2]int64 { return [2]int64{l.Contact.ID, l.Site.ID} }

// checkContactSites finds both ends of links, and returns what was said before of
// those of which something was.
func checkContactSites(ctx context.Context, tx *store.Tx, actor identity.Actor, all []ContactSite) (map[[2]int64]ContactSite, error) {
	if err := reference.Lock(ctx, tx); err != nil {
		return nil, err
	}
	if !actor.CanSomewhere(RightEdit) {
		return nil, identity.Missing(RightEdit)
	}
	contacts, sites, err := endsMeant(ctx, tx, all)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(all))
	for i := range all {
		l := &all[i]
		var form fault.Form
		reference.RequiredRef(&form, "contact", &l.Contact, contacts, itself)
		reference.RequiredRef(&form, "site", &l.Site, sites, Site.Ref)
		if l.SigningOrder < 0 || l.SigningOrder > maxSigningOrder {
			form.Wrong("signing_order", "form.range", "found", l.SigningOrder, "min", 0, "max", maxSigningOrder)
		}
		err := form.Err()
		if err == nil {
			site := sites[slices.IndexFunc(sites, func(s Site) bool { return s.ID == l.Site.ID })]
			err = actor.Require(RightEdit, site.Perimeters()...)
		}
		if err != nil {
			return nil, &fault.Item{Index: i, Err: err}
		}
		ids[i] = l.Contact.ID
	}
	stands := map[[2]int64]ContactSite{}
	for some := range slices.Chunk(ids, 500) {
		found, err := linksThat(ctx, tx, store.In("l.contact_id", some))
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			stands[endsOf(l)] = l
		}
	}
	return stands, nil
}

// endsMeant returns the contacts and the sites that links may name.
func endsMeant(ctx context.Context, tx *store.Tx, all []ContactSite) (contacts []reference.Ref, sites []Site, err error) {
	for some := range slices.Chunk(all, 250) {
		var ofContacts, ofSites []reference.Ref
		for _, l := range some {
			ofContacts, ofSites = append(ofContacts, l.Contact), append(ofSites, l.Site)
		}
		foundContacts, err := meant(ctx, tx, contactRefs, ofContacts...)
		if err != nil {
			return nil, nil, err
		}
		foundSites, err := meant(ctx, tx, siteRefs, ofSites...)
		if err != nil {
			return nil, nil, err
		}
		ids := make([]int64, len(foundSites))
		for i, s := range foundSites {
			ids[i] = s.ID
		}
		full, err := read(ctx, tx, store.In("s.id", ids))
		if err != nil {
			return nil, nil, err
		}
		contacts, sites = append(contacts, foundContacts...), append(sites, full...)
	}
	return contacts, sites, nil
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
		id, err := queries.New(tx).AddContact(ctx, queries.AddContactParams{
			PublicID: c.PublicID, Code: c.Code, Function: c.Function, Name: c.Name, SortKey: text.SortKey(c.Name),
			Email: c.Email, Phone: c.Phone, PersonID: reference.KeyOrNull(c.PersonID),
			Archived: c.Archived, ChangedAt: store.At(c.ChangedAt), ChangedBy: c.ChangedBy,
		})
		if err != nil {
			return 0, err
		}
		return id, contactWords.Change(ctx, tx, id, nil, c.words())
	},
	Change: func(ctx context.Context, tx *store.Tx, before, c Contact) error {
		err := queries.New(tx).ChangeContact(ctx, queries.ChangeContactParams{
			ID: c.ID, Code: c.Code, Function: c.Function, Name: c.Name, SortKey: text.SortKey(c.Name),
			Email: c.Email, Phone: c.Phone, PersonID: reference.KeyOrNull(c.PersonID),
			Archived: c.Archived, ChangedAt: store.At(c.ChangedAt), ChangedBy: c.ChangedBy,
		})
		if err != nil {
			return err
		}
		return contactWords.Change(ctx, tx, c.ID, before.words(), c.words())
	},
	Delete: func(ctx context.Context, tx *store.Tx, id int64) error { return queries.New(tx).RemoveContact(ctx, id) },
}
