package stagetrek

import (
	"context"
	"strconv"
	"strings"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// categories brings categories of sites in.
type categories struct{ actor identity.Actor }

// Layout says which columns such a file has.
func (categories) Layout(context.Context, *store.Tx) (exchange.Layout, error) {
	return exchange.Layout{
		Key: "code", KeyOf: codeOr("acronym"), Unique: []string{"name"},
		Columns: []exchange.Column{
			column("category", "code", exchange.Column{Kind: exchange.Code, Check: checkCode}),
			column("category", "acronym", exchange.Column{Need: exchange.Mandatory, Max: maxCode, Spellings: []string{"Sigle"}}),
			column("category", "name", exchange.Column{Need: exchange.Mandatory, Max: maxText, Spellings: []string{"Nom"}}),
			column("category", "position", exchange.Column{Kind: exchange.Whole, Need: exchange.Mandatory, Max: maxOrder}),
			column("category", "main", exchange.Column{Kind: exchange.YesNo, Need: exchange.Mandatory}),
		},
	}, nil
}

// Existing returns what stands there now, by key.
func (categories) Existing(ctx context.Context, tx *store.Tx, keys []string) (map[string]exchange.Values, error) {
	stands, err := categoriesByCode(ctx, tx)
	return byKeys(keys, stands, func(c site.Category) exchange.Values {
		return exchange.Values{"code": c.Code, "acronym": c.Acronym, "name": c.Name, "position": strconv.Itoa(c.Position), "main": yesNo(c.Main)}
	}), err
}

func categoriesByCode(ctx context.Context, tx *store.Tx) (map[string]site.Category, error) {
	all, err := site.Categories(ctx, tx)
	byCode := make(map[string]site.Category, len(all))
	for _, c := range all {
		byCode[strings.ToLower(c.Code)] = c
	}
	return byCode, err
}

// Review finds a name that another category has.
func (categories) Review(ctx context.Context, tx *store.Tx, lines []*exchange.Line) ([]exchange.Finding, error) {
	all, err := site.Categories(ctx, tx)
	if err != nil {
		return nil, err
	}
	var found []exchange.Finding
	for _, line := range lines {
		keepCode(line)
		keep(line, exchange.Values{"code": line.Key})
		other := find(all, func(c site.Category) bool {
			return !strings.EqualFold(c.Code, line.Key) && text.Fold(c.Name) == text.Fold(line.After["name"])
		})
		if other.ID != 0 {
			found = append(found, wrong(line, "name", "stagetrek.name.taken", text.Blanks{"code": other.Code}))
		}
	}
	return found, nil
}

// Write adds, changes or removes some categories.
func (o categories) Write(ctx context.Context, tx *store.Tx, _ audit.Who, changes []exchange.Change) error {
	stands, err := categoriesByCode(ctx, tx)
	if err != nil {
		return err
	}
	return each(changes, func(c exchange.Change) error {
		category, there := stands[strings.ToLower(c.Key)]
		if err := stillThere("category", there, c); err != nil {
			return err
		}
		if c.After == nil {
			return site.DropCategory(ctx, tx, o.actor, category.PublicID)
		}
		v := c.After
		category.Code, category.Acronym, category.Name = v["code"], v["acronym"], v["name"]
		category.Position, category.Main = number(v["position"]), v["main"] == exchange.Yes
		_, err = site.PutCategory(ctx, tx, o.actor, category)
		return err
	})
}
