package large_test

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"

	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/demo/large"
	"stagora.org/stagora/internal/demo/large/largetest"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// What was copied holds as what was made by the rules does, on either database.
func TestTheCopiesHold(t *testing.T) {
	t.Parallel()
	for _, engine := range storetest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			db, w := largetest.Open(t, engine, large.Small)
			err := db.Read(t.Context(), func(tx *store.Tx) error {
				for _, id := range w.History {
					holds(t, tx, id)
				}
				for _, id := range w.Open {
					chainsHold(t, tx, id)
				}
				everybodyMaySignIn(t, tx, w)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

var auditor = identity.System("test")

func chainsHold(t *testing.T, tx *store.Tx, id string) campaign.Campaign {
	t.Helper()
	c, err := campaign.Get(t.Context(), tx, id)
	if err != nil {
		t.Fatal(err)
	}
	broken, err := ranking.Verify(t.Context(), tx, c.PublicID)
	if err != nil || len(broken) > 0 {
		t.Errorf("%s: %d chains are broken, %v", c.Name, len(broken), err)
	}
	return c
}

func holds(t *testing.T, tx *store.Tx, id string) {
	t.Helper()
	c := chainsHold(t, tx, id)
	if c.Phase != campaign.Published {
		t.Errorf("%s is %s", c.Name, c.Phase)
	}
	bundle, err := result.BundleFor(t.Context(), tx, auditor, id)
	if err != nil {
		t.Fatal(err)
	}
	files, err := unpack(bundle.Content)
	if err != nil {
		t.Fatal(err)
	}
	report, err := check.VerifyBundle(files)
	if err != nil || report.Failed != nil {
		t.Errorf("the bundle of %s does not hold: %v %v", c.Name, report.Failed, err)
	}
	n, err := campaign.CountParticipants(t.Context(), tx, c)
	if err != nil {
		t.Fatal(err)
	}
	if n.In != 238 {
		t.Errorf("%d take part in %s, and %d do not", n.In, c.Name, n.Out())
	}
}

func unpack(content []byte) (files check.Files[[]byte], err error) {
	packed, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return files, err
	}
	for name, into := range map[string]*[]byte{"campaign.json": &files.Campaign, "instance.json": &files.Instance, "result.json": &files.Result} {
		f, err := packed.Open(name)
		if err != nil {
			return files, err
		}
		if *into, err = io.ReadAll(f); err != nil {
			return files, err
		}
	}
	return files, nil
}

func everybodyMaySignIn(t *testing.T, tx *store.Tx, w *large.World) {
	t.Helper()
	accounts, err := identity.Accounts(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	logins := map[string]identity.Account{}
	for _, a := range accounts {
		logins[a.Login] = a
	}
	for _, p := range w.Personas {
		if logins[p.Login].ID == 0 {
			t.Errorf("%s has no account %q", p.Name, p.Login)
		}
	}
}
