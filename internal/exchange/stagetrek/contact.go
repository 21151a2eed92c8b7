package stagetrek

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
)

// contacts brings those who answer for sites in.
type contacts struct{ actor identity.Actor }

// Layout says which columns such a file has.
func (contacts) Layout(context.Context, *store.Tx) (exchange.Layout, error) {
	return exchange.Layout{
		Key: "code", KeyOf: codeOr("name"),
		Columns: []exchange.Column{
			column("contact", "code", exchange.Column{Kind: exchange.Code, Check: checkCode}),
			column("contact", "function", exchange.Column{Need: exchange.Mandatory, Max: maxText, Spellings: []string{"Fonction"}}),
			column("contact", "name", exchange.Column{Need: exchange.Mandatory, Max: maxText}),
			column("contact", "email", exchange.Column{Kind: exchange.Email, Need: exchange.Mandatory, Spellings: []string{"E-mail", "Courriel", "Adresse électronique"}}),
			column("contact", "phone", exchange.Column{Max: maxCode, Spellings: []string{"Tél", "Tel"}}),
		},
	}, nil
}

// Existing returns what stands there now, by key.
func (contacts) Existing(ctx context.Context, tx *store.Tx, keys []string) (map[string]exchange.Values, error) {
	stands, err := site.ContactsByCodes(ctx, tx, keys)
	return byKeys(keys, stands, func(c site.Contact) exchange.Values {
		return exchange.Values{"code": c.Code, "function": c.Function, "name": c.Name, "email": c.Email, "phone": c.Phone}
	}), err
}

// Review lets what stands there stay where a cell is empty.
func (contacts) Review(_ context.Context, _ *store.Tx, lines []*exchange.Line) ([]exchange.Finding, error) {
	for _, line := range lines {
		keepCode(line)
		keep(line, exchange.Values{"code": line.Key})
	}
	return nil, nil
}

// Write adds, changes or removes some contacts.
func (o contacts) Write(ctx context.Context, tx *store.Tx, _ audit.Who, changes []exchange.Change) error {
	stands, err := site.ContactsByCodes(ctx, tx, keysOf(changes))
	if err != nil {
		return err
	}
	return each(changes, func(c exchange.Change) error {
		before, there := stands[strings.ToLower(c.Key)]
		if err := stillThere("contact", there, c); err != nil {
			return err
		}
		if c.After == nil {
			return site.DropContact(ctx, tx, o.actor, before.PublicID)
		}
		v, contact := c.After, before
		contact.Code, contact.Function, contact.Name, contact.Email, contact.Phone = v["code"], v["function"], v["name"], v["email"], v["phone"]
		if there {
			_, err = site.PutContactOver(ctx, tx, o.actor, before, contact)
		} else {
			_, err = site.PutContact(ctx, tx, o.actor, contact)
		}
		return err
	})
}

// links brings in what contacts do for sites.
type links struct{ actor identity.Actor }

// linkKey names a link: no code has a bar.
func linkKey(contact, site string) string {
	if contact == "" || site == "" {
		return ""
	}
	return contact + "|" + site
}

// Layout says which columns such a file has.
func (o links) Layout(ctx context.Context, tx *store.Tx) (exchange.Layout, error) {
	contacts, err := site.Contacts(ctx, tx)
	if err != nil {
		return exchange.Layout{}, err
	}
	sites, err := site.All(ctx, tx)
	if err != nil {
		return exchange.Layout{}, err
	}
	yesNo := exchange.Column{Kind: exchange.YesNo}
	return exchange.Layout{
		Key: "contact", KeyOf: func(v exchange.Values) string { return linkKey(v["contact"], v["site"]) },
		Columns: []exchange.Column{
			column("link", "contact", exchange.Column{Kind: exchange.Code, Need: exchange.Mandatory, Unknown: "stagetrek.contact.unknown", Spellings: []string{"Contact (code)"},
				Known: codes(contacts, site.Contact.Ref, func(c site.Contact) bool { return !c.Archived })}),
			column("link", "site", exchange.Column{Kind: exchange.Code, Need: exchange.Mandatory, Unknown: "stagetrek.site.unknown", Spellings: []string{"Terrain (code)", "Terrain de stage"},
				Known: codes(sites, site.Site.Ref, func(s site.Site) bool {
					return !s.Archived && o.actor.Can(site.RightEdit, s.Perimeters()...)
				})}),
			column("link", "visible", yesNo),
			column("link", "responsible", yesNo),
			column("link", "arrivals", withSpellings(yesNo, "liste-etudiants")),
			column("link", "validates", yesNo),
			column("link", "signs", yesNo),
			column("link", "order", exchange.Column{Kind: exchange.Whole, Max: 20, Spellings: []string{"convention-ordre"}}),
		},
	}, nil
}

// Existing returns what stands there now, by key.
func (links) Existing(ctx context.Context, tx *store.Tx, keys []string) (map[string]exchange.Values, error) {
	asked, contacts := map[string]bool{}, []string{}
	for _, key := range keys {
		contact, _, _ := strings.Cut(key, "|")
		asked[key], contacts = true, append(contacts, contact)
	}
	slices.Sort(contacts)
	all, err := site.LinksByContacts(ctx, tx, slices.Compact(contacts))
	found := map[string]exchange.Values{}
	for _, l := range all {
		if key := linkKey(l.Contact.Code, l.Site.Code); asked[key] {
			found[key] = exchange.Values{
				"contact": l.Contact.Code, "site": l.Site.Code, "visible": yesNo(l.Visible), "responsible": yesNo(l.Responsible),
				"arrivals": yesNo(l.GetsArrivals), "validates": yesNo(l.Validates), "signs": yesNo(l.Signs), "order": strconv.Itoa(l.SigningOrder),
			}
		}
	}
	return found, err
}

// Review says what empty cells mean: a new contact of a site does all there is to
// do for it.
func (links) Review(_ context.Context, _ *store.Tx, lines []*exchange.Line) ([]exchange.Finding, error) {
	for _, line := range lines {
		keep(line, exchange.Values{
			"visible": exchange.Yes, "responsible": exchange.Yes, "arrivals": exchange.Yes, "validates": exchange.Yes, "signs": exchange.Yes, "order": "1",
		})
	}
	return nil, nil
}

// Write says, or no longer says, what contacts do for sites.
func (o links) Write(ctx context.Context, tx *store.Tx, _ audit.Who, changes []exchange.Change) error {
	var put, drop []site.ContactSite
	var putLines, dropLines []int
	for _, c := range changes {
		if c.After == nil {
			drop, dropLines = append(drop, linkOf(c.Before)), append(dropLines, c.Line)
		} else {
			put, putLines = append(put, linkOf(c.After)), append(putLines, c.Line)
		}
	}
	if err := ofLine(site.DropContactSites(ctx, tx, o.actor, drop), dropLines); err != nil {
		return err
	}
	return ofLine(site.PutContactSites(ctx, tx, o.actor, put), putLines)
}

func linkOf(v exchange.Values) site.ContactSite {
	return site.ContactSite{
		Contact: reference.Ref{Code: v["contact"]}, Site: reference.Ref{Code: v["site"]},
		Visible: v["visible"] == exchange.Yes, Responsible: v["responsible"] == exchange.Yes, GetsArrivals: v["arrivals"] == exchange.Yes,
		Validates: v["validates"] == exchange.Yes, Signs: v["signs"] == exchange.Yes, SigningOrder: number(v["order"]),
	}
}
