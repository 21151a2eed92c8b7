package node_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// What a released version wrote is brought up to date without a loss: the schema
// is whole, every chain of lists still follows, every receipt is still ours.
func TestADatabaseOfAReleaseIsUpgraded(t *testing.T) {
	t.Parallel()
	for _, release := range storetest.Releases {
		for _, engine := range storetest.Engines {
			t.Run(release+"/"+string(engine), func(t *testing.T) {
				t.Parallel()
				db, err := store.Open(t.Context(), storetest.KeptURL(t, engine, release), nil)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = db.Close() })
				if pending, err := db.Pending(t.Context()); err != nil || len(pending) == 0 {
					t.Fatalf("before: %v pending, %v", pending, err)
				}
				if err := db.Write(t.Context(), rename); err != nil {
					t.Fatal(err)
				}
				if err := db.Migrate(t.Context()); err != nil {
					t.Fatal(err)
				}
				err = db.Read(t.Context(), func(tx *store.Tx) error {
					whole(t, tx)
					chains(t, tx)
					words(t, tx)
					places(t, tx)
					runs(t, tx)
					return receipts(t, tx)
				})
				if err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

// rename gives somebody a name that the release folded otherwise, as the release kept it.
func rename(tx *store.Tx) error {
	_, err := tx.ExecContext(context.Background(), `UPDATE identity_person SET family_name = 'Đặng', given_name = 'Øyvind O’Brien-N''Guyen',
		search = 'øyvind o brien n guyen đang ' || email WHERE id = (SELECT MIN(id) FROM identity_person)`)
	return err
}

// whole asks SQLite whether its file and its references hold; PostgreSQL looks
// after its own.
func whole(t *testing.T, tx *store.Tx) {
	t.Helper()
	if tx.Engine != store.SQLite {
		return
	}
	if got := texts(t, tx, "PRAGMA integrity_check"); strings.Join(got, "") != "ok" {
		t.Errorf("the file is broken: %v", got)
	}
	if got := texts(t, tx, `SELECT "table" FROM pragma_foreign_key_check`); len(got) > 0 {
		t.Errorf("references to nothing in %v", got)
	}
}

func chains(t *testing.T, tx *store.Tx) {
	t.Helper()
	campaigns := texts(t, tx, "SELECT public_id FROM campaign_campaign")
	if len(campaigns) == 0 {
		t.Error("no campaign")
	}
	for _, id := range campaigns {
		c, err := campaign.Get(t.Context(), tx, id)
		if err != nil {
			t.Fatal(err)
		}
		broken, err := ranking.Verify(t.Context(), tx, c.PublicID)
		if err != nil || len(broken) > 0 {
			t.Errorf("%s: broken lists %v, %v", c.Name, broken, err)
		}
	}
}

// words asks whether everybody is found by the words that a write would keep.
func words(t *testing.T, tx *store.Tx) {
	t.Helper()
	people, err := identity.List(tx.Now).All(t.Context(), tx, store.Condition{})
	if err != nil || len(people) == 0 {
		t.Fatalf("%d people, %v", len(people), err)
	}
	for _, p := range people {
		accounts, err := identity.AccountsOfPerson(t.Context(), tx, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		called := []string{p.Name(), p.Email}
		for _, a := range accounts {
			called = append(called, a.Login)
		}
		kept := texts(t, tx, "SELECT word FROM identity_word WHERE person_id = "+strconv.FormatInt(p.ID, 10)+" ORDER BY word")
		if wanted := store.WordsOf(called...); !slices.Equal(kept, wanted) {
			t.Errorf("%s is found by %q, not %q", p.Name(), kept, wanted)
		}
	}
}

// places asks whether every site, contact and institution is found by its name.
func places(t *testing.T, tx *store.Tx) {
	t.Helper()
	found(t, tx, &site.List, func(s site.Site) string { return s.Name })
	found(t, tx, &site.ContactList, func(c site.Contact) string { return c.Name })
	found(t, tx, &site.InstitutionList, func(i site.Institution) string { return i.Name })
}

func found[T any](t *testing.T, tx *store.Tx, list *store.List[T], name func(T) string) {
	t.Helper()
	all, err := list.All(t.Context(), tx, store.Condition{})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d of %s, %v", len(all), list.From, err)
	}
	for _, x := range all {
		page, err := list.Page(t.Context(), tx, store.Condition{}, store.Ask{Search: name(x), Size: 1000})
		if err != nil || !slices.ContainsFunc(page.Rows, func(y T) bool { return name(y) == name(x) }) {
			t.Errorf("%s is not found in %s: %v", name(x), list.From, err)
		}
	}
}

// runs asks whether the files of runs are those that went in and came out, by their hashes
// where they have one.
func runs(t *testing.T, tx *store.Tx) {
	t.Helper()
	of := func(name string) []string {
		return texts(t, tx, "SELECT f.content FROM campaign_run_file f WHERE f.size = OCTET_LENGTH(f.content) AND f.name = '"+name+"' ORDER BY f.run_id")
	}
	for name, query := range map[string]string{
		"instance": "SELECT instance_hash FROM campaign_run ORDER BY id", "result": "SELECT result_hash FROM campaign_run_result ORDER BY run_id",
	} {
		files, hashes := of(name), texts(t, tx, query)
		if len(hashes) == 0 || len(files) != len(hashes) {
			t.Fatalf("%d files named %s of %d runs", len(files), name, len(hashes))
		}
		for i, content := range files {
			if got := assign.Hash(content); got != hashes[i] {
				t.Errorf("the %s of run %d has the hash %s, not %s", name, i+1, got, hashes[i])
			}
		}
	}
	for name, member := range map[string]string{"roster": `"participant":`, "costs": `"total":`} {
		files := of(name)
		if len(files) == 0 || slices.ContainsFunc(files, func(content string) bool { return !strings.Contains(content, member) }) {
			t.Errorf("of %d files named %s some have no %s", len(files), name, member)
		}
	}
}

func receipts(t *testing.T, tx *store.Tx) error {
	t.Helper()
	known := map[ranking.Authenticity]int{}
	makers := (&campaign.Campaigns{Base: "https://stages.example"}).Capability().Makers
	for _, code := range texts(t, tx, "SELECT code FROM ranking_receipt") {
		told, err := ranking.CheckReceipt(t.Context(), tx, code)
		if err != nil {
			return err
		}
		known[told]++
		// It kept nothing of what it prints, and is printed all the same.
		if _, err := makers.Make(t.Context(), tx, notice.File{Maker: "campaign.receipt", Key: code}); err != nil {
			t.Errorf("the file of %s: %v", code, err)
		}
	}
	if known[ranking.Authentic] == 0 || known[ranking.Unknown] > 0 {
		t.Errorf("receipts are %v", known)
	}
	return nil
}

// texts returns the first column of a query.
func texts(t *testing.T, tx *store.Tx, query string) []string {
	t.Helper()
	rows, err := tx.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var found []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		found = append(found, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}
