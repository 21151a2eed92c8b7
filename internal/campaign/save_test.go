package campaign_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// opened gives a test C1 open on each engine.
func opened(t *testing.T, test func(t *testing.T, c1 *campaigntest.C1)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Parallel()
		c1 := campaigntest.New(t, db)
		c1.Open(t)
		test(t, c1)
	})
}

func list(codes string) []campaign.Wish { return campaigntest.Wishes(strings.Fields(codes)...) }

func save(t *testing.T, c1 *campaigntest.C1, base int, codes, request string) (campaign.Version, error) {
	t.Helper()
	saved, err := c1.Campaigns.Save(t.Context(), c1.Student["E05"], c1.ID, campaign.Save{Base: base, Wishes: list(codes), Request: request})
	return saved.Version, err
}

func history(t *testing.T, c1 *campaigntest.C1, pseudonym string) (versions []campaign.Version) {
	t.Helper()
	c1.Read(t, func(tx *store.Tx) (err error) {
		versions, err = campaign.History(t.Context(), tx, c1.Student[pseudonym], c1.ID)
		return err
	})
	return versions
}

func TestEachSaveIsAVersion(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		for i, codes := range []string{"CHUV-PEDI", "CHUV-PEDI CHUV-CARD-A", ""} {
			v, err := save(t, c1, i, codes, "")
			if err != nil || v.Number != i+1 || !slices.Equal(v.Wishes, list(codes)) || !v.At.Equal(campaigntest.Opens) {
				t.Fatalf("save %d: %+v, %v", i+1, v, err)
			}
		}
		if v, err := save(t, c1, 3, "", ""); err != nil || v.Number != 3 {
			t.Errorf("saving what stands there made version %d (%v)", v.Number, err)
		}
		versions := history(t, c1, "E05")
		if len(versions) != 3 || versions[1].Previous != versions[0].Hash || versions[1].By != "Ines Baraka" || versions[1].Channel != ranking.FromPage {
			t.Errorf("history %+v", versions)
		}
	})
}

func TestAPageThatRepeatsARequestIsTold(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		if _, err := save(t, c1, 0, "CHUV-PEDI", "same"); err != nil {
			t.Fatal(err)
		}
		stands, err := save(t, c1, 1, "CHUV-URGE", "same")
		if fault.KindOf(err) != fault.Conflict || stands.Number != 1 {
			t.Errorf("another change under the same request: version %d, %v", stands.Number, err)
		}
	})
}

// What a save is checked against is what stands now, also where an office changed it after
// another save.
func TestASaveKnowsThePostsAsTheyStand(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		const code = "CHUV-REAN"
		put := func(closed bool) {
			t.Helper()
			forms := []campaign.PostForm{{Site: reference.Ref{Code: code}, Seats: seatsOf(t, c1)[code].Seats, Closed: closed}}
			if err := c1.Campaigns.PutPosts(t.Context(), c1.Office, c1.ID, forms, "the team is complete"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := save(t, c1, 0, "CHUV-PEDI", ""); err != nil {
			t.Fatal(err)
		}
		put(true)
		if _, err := save(t, c1, 1, code, ""); !fault.Has(err, "wishes.postclosed") {
			t.Errorf("a post closed since the first save: %v", err)
		}
		put(false)
		if _, err := save(t, c1, 1, code, ""); err != nil {
			t.Errorf("opened again: %v", err)
		}
		if _, err := save(t, c1, 2, "", ""); err != nil {
			t.Fatal(err)
		}
		late := campaign.Save{Base: 3, Wishes: list(code)}
		_, err := c1.Campaigns.SaveWhile(t.Context(), c1.Student["E05"], c1.ID, late, func() { put(true) })
		if !fault.Has(err, "wishes.postclosed") {
			t.Errorf("a post closed between the look and the save: %v", err)
		}
	})
}

// A list is not written for somebody whom an office excluded since it was read, nor under
// a key that no page makes.
func TestAListIsNotWrittenForWhomeverWasExcludedMeanwhile(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		save := campaign.Save{Wishes: list("CHUV-REAN"), Request: strings.Repeat("k", 65)}
		if _, err := c1.Campaigns.Save(t.Context(), c1.Student["E05"], c1.ID, save); !fault.Has(err, "wishes.request.long") {
			t.Errorf("a key of 65 bytes: %v", err)
		}
		save.Request = strings.Repeat("k", 64)
		_, err := c1.Campaigns.SaveWhile(t.Context(), c1.Student["E05"], c1.ID, save, func() {
			if err := c1.Campaigns.Exclude(t.Context(), c1.Office, c1.ID, c1.Record["E05"], "départ"); err != nil {
				t.Fatal(err)
			}
		})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("excluded between the look and the save: %v", err)
		}
		if err := c1.Campaigns.Include(t.Context(), c1.Office, c1.ID, c1.Record["E05"], "retour"); err != nil {
			t.Fatal(err)
		}
		saved, err := c1.Campaigns.Save(t.Context(), c1.Student["E05"], c1.ID, save)
		if err != nil || saved.Number != 1 {
			t.Errorf("version %d is the first that was written, %v", saved.Number, err)
		}
	})
}

func TestAWishMayCarryASecondaryPost(t *testing.T) {
	drafted(t, func(t *testing.T, c1 *campaigntest.C1) {
		write(t, c1, func(ctx context.Context, tx *store.Tx) error {
			if _, err := site.PutCategory(ctx, tx, c1.Office, site.Category{Code: "GARDE", Acronym: "GA", Name: "Gardes", Position: 2}); err != nil {
				return err
			}
			_, err := site.Put(ctx, tx, c1.Office, site.Site{
				Code: "CHUV-SAMU", Name: "SAMU", Category: reference.Ref{Code: "GARDE"}, WishesAllowed: true, IdealSeats: 1, MaxSeats: 1,
				Faculty: reference.Ref{Code: campaigntest.Faculty},
			})
			if err != nil {
				return err
			}
			return campaign.PutPosts(ctx, tx, c1.Office, c1.ID, []campaign.PostForm{{Site: reference.Ref{Code: "CHUV-SAMU"}, Seats: 1}}, "")
		})
		c1.Open(t)
		c1.Save(t, "E05", campaign.Wish{Post: "CHUV-URGE", Secondary: "CHUV-SAMU"})
		if _, err := save(t, c1, 1, "CHUV-SAMU", ""); !fault.Has(err, "wishes.onlysecondary") {
			t.Errorf("alone: %v", err)
		}
		c1.Read(t, func(tx *store.Tx) error {
			s, err := campaign.TakeSnapshot(t.Context(), tx, c1.Get(t))
			in, invalid := format.ReadInstance(s.Instance(format.Serial).Bytes())
			if invalid != nil {
				t.Fatal(invalid)
			}
			if wish := in.Students[4].Wishes[0]; wish.Secondary != "CHUV-SAMU" {
				t.Errorf("the engine is given %+v", wish)
			}
			return err
		})
	})
}

func TestOfTwoTabsOneIsTold(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		if _, err := save(t, c1, 0, "CHUV-PEDI", "tab one"); err != nil {
			t.Fatal(err)
		}
		stands, err := save(t, c1, 0, "CHUV-CARD-A", "tab two")
		if fault.KindOf(err) != fault.Conflict || !fault.Has(err, "wishes.stale") {
			t.Fatalf("the second tab: %v", err)
		}
		if stands.Number != 1 || !slices.Equal(stands.Wishes, list("CHUV-PEDI")) {
			t.Errorf("the second tab is shown %+v", stands)
		}
		if len(history(t, c1, "E05")) != 1 {
			t.Error("the refused save left a version")
		}
	})
}

func TestARequestSentAgainSavesOnce(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		first, err := save(t, c1, 0, "CHUV-PEDI", "r1")
		if err != nil {
			t.Fatal(err)
		}
		second, err := save(t, c1, 1, "CHUV-PEDI CHUV-URGE", "r2")
		if err != nil {
			t.Fatal(err)
		}
		for _, retry := range []struct {
			base           int
			codes, request string
			want           campaign.Version
		}{{0, "CHUV-PEDI", "r1", first}, {1, "CHUV-PEDI CHUV-URGE", "r2", second}} {
			got, err := save(t, c1, retry.base, retry.codes, retry.request)
			if err != nil || got.Hash != retry.want.Hash {
				t.Errorf("%s again: version %d, %v", retry.request, got.Number, err)
			}
		}
		c1.At(t, campaigntest.Closed)
		if got, err := save(t, c1, 1, "CHUV-PEDI CHUV-URGE", "r2"); err != nil || got.Hash != second.Hash {
			t.Errorf("a request acknowledged late: %v", err)
		}
		if n := len(history(t, c1, "E05")); n != 2 {
			t.Errorf("%d versions", n)
		}
	})
}

func TestTheDeadlineIsTheServers(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		c1.At(t, campaigntest.Closes.Add(-time.Microsecond))
		if _, err := save(t, c1, 0, "CHUV-PEDI", ""); err != nil {
			t.Errorf("a microsecond before: %v", err)
		}
		c1.At(t, campaigntest.Closes)
		stands, err := save(t, c1, 1, "CHUV-CARD-A", "")
		if fault.KindOf(err) != fault.Closed || !fault.Has(err, "wishes.closed.kept") {
			t.Errorf("at the deadline: %v", err)
		}
		if stands.Number != 1 {
			t.Errorf("the refusal shows version %d", stands.Number)
		}
		_, err = c1.Campaigns.Save(t.Context(), c1.Student["E06"], c1.ID, campaign.Save{Wishes: list("CHUV-PEDI")})
		if !fault.Has(err, "wishes.closed") {
			t.Errorf("without a list: %v", err)
		}
		if n := len(history(t, c1, "E05")); n != 1 {
			t.Errorf("%d versions", n)
		}
	})
}

func TestNobodyReachesTheListOfSomebodyElse(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		if _, err := save(t, c1, 0, "CHUV-PEDI", ""); err != nil {
			t.Fatal(err)
		}
		if n := len(history(t, c1, "E06")); n != 0 {
			t.Errorf("another student sees %d versions", n)
		}
		_, err := c1.Campaigns.Save(t.Context(), c1.Office, c1.ID, campaign.Save{Base: 1, Wishes: list("")})
		if fault.KindOf(err) != fault.Denied {
			t.Errorf("the office saves: %v", err)
		}
		_, err = c1.Campaigns.Save(t.Context(), c1.Student["E05"], "00000000-0000-0000-0000-000000000000", campaign.Save{})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("in no campaign: %v", err)
		}
		for name, actor := range map[string]struct {
			want fault.Kind
			err  error
		}{
			"a student reads all lists":   {fault.NotFound, readLists(t, c1, "E05")},
			"an observer reads all lists": {fault.Denied, readLists(t, c1, "")},
		} {
			if fault.KindOf(actor.err) != actor.want {
				t.Errorf("%s: %v", name, actor.err)
			}
		}
	})
}

func readLists(t *testing.T, c1 *campaigntest.C1, pseudonym string) error {
	t.Helper()
	actor := c1.Observer
	if pseudonym != "" {
		actor = c1.Student[pseudonym]
	}
	return c1.DB.Read(t.Context(), func(tx *store.Tx) error {
		_, err := campaign.ListFor(t.Context(), tx, actor, c1.Get(t), c1.Record["E05"])
		return err
	})
}

// Ten pages of one student save over the same version at once: one is kept, nine
// are told, and the chain holds.
func TestOfTenSavesAtOnceOneWins(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		var group sync.WaitGroup
		results := make([]error, 10)
		for i := range results {
			group.Go(func() {
				_, results[i] = c1.Campaigns.Save(t.Context(), c1.Student["E05"], c1.ID,
					campaign.Save{Wishes: list(campaigntest.Sites[i].Code), Request: fmt.Sprint("r", i)})
			})
		}
		group.Wait()
		won := 0
		for _, err := range results {
			if err == nil {
				won++
			} else if fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		if won != 1 || len(history(t, c1, "E05")) != 1 {
			t.Errorf("%d saves were acknowledged, %d versions are kept", won, len(history(t, c1, "E05")))
		}
	})
}

// Everybody saves at once, several times; every version that was acknowledged is
// there, with what it held.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		acknowledged := make([][]campaign.Version, len(campaigntest.Lines))
		var group sync.WaitGroup
		for i, line := range campaigntest.Lines {
			group.Go(func() {
				for n := range len(line.Wishes) {
					v, err := c1.Campaigns.Save(t.Context(), c1.Student[line.Pseudonym], c1.ID, campaign.Save{Base: n, Wishes: line.Wishes[:n+1]})
					if err != nil {
						t.Error(err)
						return
					}
					acknowledged[i] = append(acknowledged[i], v.Version)
				}
			})
		}
		group.Wait()
		for i, line := range campaigntest.Lines {
			kept := history(t, c1, line.Pseudonym)
			if len(kept) != len(acknowledged[i]) {
				t.Fatalf("%s: %d acknowledged, %d kept", line.Pseudonym, len(acknowledged[i]), len(kept))
			}
			for n, v := range kept {
				if v.Hash != acknowledged[i][n].Hash || !slices.Equal(v.Wishes, acknowledged[i][n].Wishes) {
					t.Errorf("%s: version %d is not the one that was acknowledged", line.Pseudonym, n+1)
				}
			}
		}
		if broken := verify(t, c1); len(broken) > 0 {
			t.Errorf("broken chains: %v", broken)
		}
	})
}

func verify(t *testing.T, c1 *campaigntest.C1) (broken []ranking.Broken) {
	t.Helper()
	c1.Read(t, func(tx *store.Tx) (err error) {
		broken, err = ranking.Verify(t.Context(), tx, c1.ID)
		return err
	})
	return broken
}

// After any sequence of saves, stale saves, retries, restores and undos, every
// acknowledged version is there, in order, and the last is the list.
func TestAnySequenceKeepsEveryAcknowledgedVersion(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.SQLite)
	c1 := campaigntest.New(t, db)
	c1.Open(t)
	student := 0
	rapid.Check(t, func(r *rapid.T) {
		pseudonym := campaigntest.Lines[student%len(campaigntest.Lines)].Pseudonym
		student++
		actor := c1.Student[pseudonym]
		acknowledged := history(t, c1, pseudonym) // of an earlier try with the same student
		for range rapid.IntRange(1, 8).Draw(r, "acts") {
			base := len(acknowledged) - rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(r, "late")
			var v campaign.Version
			var err error
			switch act := rapid.SampledFrom([]string{"save", "restore", "undo"}).Draw(r, "act"); {
			case act == "restore" && len(acknowledged) > 0:
				v, err = c1.Campaigns.Restore(t.Context(), actor, c1.ID, rapid.IntRange(1, len(acknowledged)).Draw(r, "version"), base, "")
			case act == "undo" && base > 0:
				v, err = c1.Campaigns.Undo(t.Context(), actor, c1.ID, base, "")
			default:
				n := rapid.IntRange(0, len(campaigntest.Sites)-3).Draw(r, "from")
				var saved campaign.Saved
				saved, err = c1.Campaigns.Save(t.Context(), actor, c1.ID, campaign.Save{Base: base, Wishes: list(campaigntest.Sites[n].Code + " " + campaigntest.Sites[n+1].Code)})
				v = saved.Version
			}
			switch {
			case err == nil && v.Number == len(acknowledged)+1:
				acknowledged = append(acknowledged, v)
			case err == nil && v.Number == len(acknowledged): // what stood there already
			case fault.KindOf(err) != fault.Conflict || base == len(acknowledged):
				r.Fatalf("base %d of %d: version %d, %v", base, len(acknowledged), v.Number, err)
			}
		}
		kept := history(t, c1, pseudonym)
		if len(kept) != len(acknowledged) {
			r.Fatalf("%d acknowledged, %d kept", len(acknowledged), len(kept))
		}
		for i := range kept {
			if kept[i].Hash != acknowledged[i].Hash {
				r.Fatalf("version %d is not the one that was acknowledged", i+1)
			}
		}
	})
	if broken := verify(t, c1); len(broken) > 0 {
		t.Errorf("broken chains: %v", broken)
	}
}

func TestAnEarlierVersionIsTakenUpAgain(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		for i, codes := range []string{"CHUV-PEDI", "CHUV-PEDI CHUV-URGE"} {
			if _, err := save(t, c1, i, codes, ""); err != nil {
				t.Fatal(err)
			}
		}
		v, err := c1.Campaigns.Undo(t.Context(), c1.Student["E05"], c1.ID, 2, "u")
		if err != nil || v.Number != 3 || !slices.Equal(v.Wishes, list("CHUV-PEDI")) || v.Channel != ranking.FromRestore {
			t.Errorf("undo: %+v, %v", v, err)
		}
		v, err = c1.Campaigns.Restore(t.Context(), c1.Student["E05"], c1.ID, 2, 3, "v")
		if err != nil || v.Number != 4 || len(v.Wishes) != 2 {
			t.Errorf("restore: %+v, %v", v, err)
		}
		if _, err := c1.Campaigns.Restore(t.Context(), c1.Student["E05"], c1.ID, 9, 4, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("restore what never was: %v", err)
		}
	})
}

// What the database keeps cannot be altered through it, and one altered byte is
// seen when it is.
func TestAVersionCannotBeAltered(t *testing.T) {
	opened(t, func(t *testing.T, c1 *campaigntest.C1) {
		if _, err := save(t, c1, 0, "CHUV-PEDI CHUV-URGE", ""); err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{
			"UPDATE ranking_version SET wishes = '[]'", "DELETE FROM ranking_version",
		} {
			err := c1.DB.Write(t.Context(), func(tx *store.Tx) error {
				_, err := tx.ExecContext(t.Context(), statement)
				return err
			})
			if err == nil {
				t.Errorf("%s: the database did as it was told", statement)
			}
		}
		tamper(t, c1, "ranking_version", "UPDATE ranking_version SET wishes = replace(wishes, 'PEDI', 'PEDJ')")
		if broken := verify(t, c1); len(broken) != 1 || broken[0] != (ranking.Broken{Name: "E05", Version: 1}) {
			t.Errorf("one byte was altered, and verification says %v", broken)
		}
	})
}

// tamper does what only somebody with the keys of the database can: it takes the
// guards away first.
func tamper(t *testing.T, c1 *campaigntest.C1, table, statement string) {
	t.Helper()
	guards := map[string][]string{
		"ranking_version": {"ranking_version_append_only_update"},
	}
	err := c1.DB.Write(t.Context(), func(tx *store.Tx) error {
		var statements []string
		if tx.Engine == store.Postgres {
			statements = append(statements, "ALTER TABLE "+table+" DISABLE TRIGGER USER")
		} else {
			for _, guard := range guards[table] {
				statements = append(statements, "DROP TRIGGER "+guard)
			}
		}
		for _, s := range append(statements, statement) {
			if _, err := tx.ExecContext(t.Context(), s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
