package results_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/web/office/officetest"
)

// While a publication is under way, the page of the campaign says how far it is and asks
// for no other.
func TestTheCampaignSaysThatItsPublicationIsUnderWay(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	d.AdoptB()
	d.Follow(officetest.Nadia, d.Path("commission", "confirm"), url.Values{"really": {"yes"}}, "La commission a confirmé")
	d.Work()
	d.C1.At(t, campaigntest.Publishes.Add(time.Minute))
	d.SignOut()
	d.Want(officetest.Paul, d.Path(), nil, http.StatusOK, "À faire maintenant", "Publier les résultats")
	d.Follow(officetest.Paul, d.Path("publication"), url.Values{"really": {"yes"}}, "est en cours")
	under := d.Want(officetest.Paul, d.Path(), nil, http.StatusOK, `id="publication"`, "Publication des résultats")
	for _, asks := range []string{"À faire maintenant", "Publier les résultats"} {
		if strings.Contains(under.Body, asks) {
			t.Errorf("the page still says %q: %s", asks, officetest.Excerpt(under.Body))
		}
	}
	d.Work()
	d.Want(officetest.Paul, d.Path(), nil, http.StatusOK, "Résultats publiés")
}
