package activity

import (
	"context"
	"maps"
	"slices"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/ui"
)

// campaignNames returns the names of the campaigns that the actor may see, by
// their public identifiers.
func campaignNames(ctx context.Context, tx *store.Tx, actor identity.Actor) (map[string]string, error) {
	campaigns, err := campaign.NamedForOffice(ctx, tx, actor)
	names := make(map[string]string, len(campaigns))
	for _, c := range campaigns {
		names[c.PublicID] = c.Name
	}
	return names, err
}

// nameOptions are names to choose among, in their order.
func nameOptions(names map[string]string) []ui.Option {
	var options []ui.Option
	for _, id := range byName(names) {
		options = append(options, ui.Option{Value: id, Label: names[id]})
	}
	return options
}

// byName returns the keys of names in the order of the names.
func byName(names map[string]string) []string {
	keys := slices.Sorted(maps.Keys(names))
	text.SortByName(keys, func(key string) string { return names[key] })
	return keys
}
