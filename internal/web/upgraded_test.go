package web_test

import (
	"net/http"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/demo/large"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/web/page"
)

// released are people of the data set that the kept databases hold.
var released = []large.Persona{
	{Name: "administrator", Login: "alix.moreau"}, {Name: "office", Login: "nadia.lopes"}, {Name: "student", Login: "ines.baraka"},
	{Name: "commission", Login: "marie.tellier"},
}

// Every page of a database that an earlier release wrote is shown once it is brought
// up to date, and costs no more than a page may.
func TestWalkThroughAnUpgradedDatabase(t *testing.T) {
	t.Parallel()
	for _, release := range storetest.Releases {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			costs := newCosts()
			for _, engine := range storetest.Engines {
				url := storetest.KeptURL(t, engine, release)
				w := walkThrough(t, url, released, upgraded(t, url)...)
				shown := 0
				w.walk(t, func(route page.Route, who, path string, spent cost, code int, _ []store.Statement) {
					costs.note(route.Pattern, who+" at "+path, spent)
					if code == http.StatusOK && strings.Contains(route.Pattern, "{campaign}") {
						shown++
					}
				})
				if shown < 40 {
					t.Errorf("%s: %d pages of the campaign are shown", engine, shown)
				}
			}
			costs.judge(t, "upgraded-"+release, budgets[large.Large.Name])
		})
	}
}

// upgraded brings a database up to date as a node that starts does, writes what pages
// read of the runs that it holds, and returns its campaigns.
func upgraded(t *testing.T, url string) (campaigns []string) {
	t.Helper()
	db, err := store.Open(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(tx *store.Tx) error {
		if err := identity.DeclareRights(t.Context(), tx, node.Rights()); err != nil {
			return err
		}
		var campaign string
		err := tx.QueryRowContext(t.Context(), "SELECT public_id FROM campaign_campaign ORDER BY id LIMIT 1").Scan(&campaign)
		campaigns = append(campaigns, campaign)
		if err != nil {
			return err
		}
		_, err = job.Enqueue(t.Context(), tx, job.Request{Kind: result.SummaryKind})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	work := &job.Runner{DB: db, Handlers: result.Handlers(db, "http://large.example")}
	if _, err := work.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	return campaigns
}
