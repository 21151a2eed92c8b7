package stagetrek

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// sites brings sites in.
type sites struct{ actor identity.Actor }

// Layout says which columns such a file has.
func (sites) Layout(ctx context.Context, tx *store.Tx) (exchange.Layout, error) {
	categories, err := site.Categories(ctx, tx)
	if err != nil {
		return exchange.Layout{}, err
	}
	institutions, err := site.Institutions(ctx, tx)
	if err != nil {
		return exchange.Layout{}, err
	}
	faculties, err := reference.Faculties(ctx, tx)
	if err != nil {
		return exchange.Layout{}, err
	}
	seats := exchange.Column{Kind: exchange.Whole, Max: maxSeats}
	return exchange.Layout{
		Key: "code", KeyOf: codeOr("name"),
		Columns: []exchange.Column{
			column("site", "category", exchange.Column{Kind: exchange.Code, Need: exchange.Mandatory, Unknown: "stagetrek.category.unknown", Spellings: []string{"Catégorie (code)"},
				Known: codes(categories, site.Category.Ref, func(c site.Category) bool { return !c.Archived })}),
			column("site", "code", exchange.Column{Kind: exchange.Code, Check: checkCode}),
			column("site", "name", exchange.Column{Need: exchange.Mandatory, Max: maxText, Spellings: []string{"Nom"}}),
			column("site", "min_seats", withSpellings(seats, "min_place", "Places minimum")),
			column("site", "ideal_seats", withSpellings(seats, "ideal_place", "Places idéal")),
			column("site", "max_seats", withSpellings(seats, "max_place", "Places maximum")),
			column("site", "outside", exchange.Column{Kind: exchange.YesNo}),
			column("site", "wishes", exchange.Column{Kind: exchange.YesNo}),
			column("site", "service", exchange.Column{Max: maxText}),
			column("site", "link", exchange.Column{Max: maxText, Check: checkLink}),
			column("site", "address", exchange.Column{Max: maxText}),
			column("site", "address_more", exchange.Column{Max: maxText, Spellings: []string{"adresse_complement"}}),
			column("site", "postal_code", exchange.Column{Kind: exchange.Code, Digits: 5, Max: 5, Spellings: []string{"cp", "Code postale"}, Check: checkPostalCode}),
			column("site", "town", exchange.Column{Max: maxName}),
			column("site", "cedex", exchange.Column{Max: 20, Check: checkCedex}),
			column("site", "institution", exchange.Column{Kind: exchange.Code, Unknown: "stagetrek.institution.unknown",
				Known: codes(institutions, site.Institution.Ref, func(i site.Institution) bool { return !i.Archived })}),
			column("site", "faculty", exchange.Column{Kind: exchange.Code, Unknown: "stagetrek.faculty.unknown", Spellings: []string{"Faculté"},
				Known: codes(faculties, reference.Faculty.Ref, func(f reference.Faculty) bool { return !f.Archived })}),
		},
	}, nil
}

func withSpellings(c exchange.Column, spellings ...string) exchange.Column {
	c.Spellings = spellings
	return c
}

func checkLink(value string) (string, *exchange.Finding) {
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return "", &exchange.Finding{Severity: exchange.Error, Key: "reference.link"}
	}
	return value, nil
}

func checkPostalCode(value string) (string, *exchange.Finding) {
	if len(value) != 5 || strings.Trim(value, "0123456789") != "" {
		return "", &exchange.Finding{Severity: exchange.Error, Key: "stagetrek.postal-code"}
	}
	return value, nil
}

// checkCedex writes "9" and "cedex 9" in one way.
func checkCedex(value string) (string, *exchange.Finding) {
	rest := strings.TrimSpace(strings.TrimPrefix(strings.ToUpper(value), "CEDEX"))
	if strings.Trim(rest, "0123456789") != "" || len(rest) > 2 {
		return "", &exchange.Finding{Severity: exchange.Error, Key: "stagetrek.cedex"}
	}
	return strings.TrimSpace("CEDEX " + rest), nil
}

// Existing returns what stands there now, by key.
func (sites) Existing(ctx context.Context, tx *store.Tx, keys []string) (map[string]exchange.Values, error) {
	stands, err := site.ByCodes(ctx, tx, keys)
	return byKeys(keys, stands, siteValues), err
}

func siteValues(s site.Site) exchange.Values {
	street, more, _ := strings.Cut(s.Address.Lines, "\n")
	town, cedex := s.Address.Town, ""
	if i := strings.LastIndex(strings.ToUpper(town), " CEDEX"); i >= 0 {
		town, cedex = town[:i], strings.ToUpper(town[i+1:])
	}
	return exchange.Values{
		"category": s.Category.Code, "code": s.Code, "name": s.Name, "service": s.Service, "link": s.Link,
		"min_seats": strconv.Itoa(s.MinSeats), "ideal_seats": strconv.Itoa(s.IdealSeats), "max_seats": strconv.Itoa(s.MaxSeats),
		"outside": yesNo(s.OutsideSubdivision), "wishes": yesNo(s.WishesAllowed),
		"address": street, "address_more": more, "postal_code": s.Address.PostalCode, "town": town, "cedex": cedex,
		"institution": s.Institution.Code, "faculty": s.Faculty.Code,
	}
}

// Review finds numbers of seats that contradict one another, and sites that are
// another office's.
func (o sites) Review(ctx context.Context, tx *store.Tx, lines []*exchange.Line) ([]exchange.Finding, error) {
	keys := make([]string, len(lines))
	for i, line := range lines {
		keys[i] = line.Key
	}
	stands, err := site.ByCodes(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	institutions, err := site.Institutions(ctx, tx)
	if err != nil {
		return nil, err
	}
	var found []exchange.Finding
	for _, line := range lines {
		keepCode(line)
		keep(line, exchange.Values{
			"code": line.Key, "min_seats": "0", "ideal_seats": "0", "max_seats": "0", "outside": exchange.No, "wishes": exchange.Yes,
		})
		v := line.After
		least, ideal, most := number(v["min_seats"]), number(v["ideal_seats"]), number(v["max_seats"])
		if ideal < least {
			found = append(found, wrong(line, "ideal_seats", "reference.seats.ideal", text.Blanks{"ideal": ideal, "min": least}))
		}
		if most < ideal {
			found = append(found, wrong(line, "max_seats", "reference.seats.max", text.Blanks{"max": most, "ideal": ideal}))
		}
		before, there := stands[strings.ToLower(line.Key)]
		after := before.At(find(institutions, func(i site.Institution) bool { return i.Code == v["institution"] }))
		after.Code, after.Faculty = v["code"], reference.Ref{Code: v["faculty"]}
		if there && !o.actor.Can(site.RightEdit, before.Perimeters()...) || !o.actor.Can(site.RightEdit, after.Perimeters()...) {
			found = append(found, wrong(line, "code", "stagetrek.outside", nil))
		}
	}
	return found, nil
}

// Write adds, changes or removes some sites.
func (o sites) Write(ctx context.Context, tx *store.Tx, _ audit.Who, changes []exchange.Change) error {
	stands, err := site.ByCodes(ctx, tx, keysOf(changes))
	if err != nil {
		return err
	}
	return each(changes, func(c exchange.Change) error {
		before, there := stands[strings.ToLower(c.Key)]
		if err := stillThere("site", there, c); err != nil {
			return err
		}
		if c.After == nil {
			return site.Drop(ctx, tx, o.actor, before.PublicID)
		}
		after, err := siteFrom(ctx, tx, before, c)
		if err != nil {
			return err
		}
		if there {
			_, err = site.PutOver(ctx, tx, o.actor, before, after)
		} else {
			_, err = site.Put(ctx, tx, o.actor, after)
		}
		return err
	})
}

// siteFrom is what a row makes of a site. A new one is a main or a secondary site as
// its category says.
func siteFrom(ctx context.Context, tx *store.Tx, place site.Site, c exchange.Change) (site.Site, error) {
	v := c.After
	if c.Before == nil {
		categories, err := site.Categories(ctx, tx)
		if err != nil {
			return place, err
		}
		place.Main = find(categories, func(x site.Category) bool { return x.Code == v["category"] }).Main
	}
	place.Category, place.Institution, place.Faculty = reference.Ref{Code: v["category"]}, reference.Ref{Code: v["institution"]}, reference.Ref{Code: v["faculty"]}
	place.Code, place.Name, place.Service, place.Link = v["code"], v["name"], v["service"], v["link"]
	place.MinSeats, place.IdealSeats, place.MaxSeats = number(v["min_seats"]), number(v["ideal_seats"]), number(v["max_seats"])
	place.OutsideSubdivision, place.WishesAllowed = v["outside"] == exchange.Yes, v["wishes"] == exchange.Yes
	place.Address = reference.Address{
		Lines: strings.TrimSpace(v["address"] + "\n" + v["address_more"]), PostalCode: v["postal_code"],
		Town: strings.TrimSpace(v["town"] + " " + v["cedex"]),
	}
	return place, nil
}
