package campaign_test

import (
	"fmt"
	"slices"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
)

// Who reads nothing of campaigns but their names sees those of who reads all of them.
func TestTheNamesOfCampaignsAreThoseOfTheCampaignsThatOneSees(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		for name, tt := range map[string]struct {
			actor identity.Actor
			sees  bool
		}{
			"an office": {c1.Office, true}, "an observer": {c1.Observer, true}, "the system": {identity.System("test"), true},
			"a student": {c1.Student["E05"], false}, "nobody": {identity.Actor{}, false},
		} {
			told := func(campaigns []campaign.Campaign) (lines []string) {
				for _, c := range campaigns {
					lines = append(lines, fmt.Sprint(c.ID, c.PublicID, c.Name, c.Zone, c.Perimeters()))
				}
				slices.Sort(lines)
				return lines
			}
			c1.Read(t, func(tx *store.Tx) error {
				all, err := campaign.ForOfficeAll(t.Context(), tx, tt.actor)
				if err != nil {
					return err
				}
				named, err := campaign.NamedForOffice(t.Context(), tx, tt.actor)
				if !slices.Equal(told(all), told(named)) || (len(named) > 0) != tt.sees {
					t.Errorf("%s sees %q, and of names %q", name, told(all), told(named))
				}
				return err
			})
		}
	})
}
