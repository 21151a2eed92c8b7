package result_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
)

// ready has scenario A confirmed, its unplaced looked at.
func (d *desk) ready(t testing.TB) *desk {
	t.Helper()
	d.adopted(t)
	d.keep(t, "E22")
	d.confirm(t)
	return d
}

// contact has somebody at a site get the list of arrivals.
func (d *desk) contact(t testing.TB, place, who string) {
	t.Helper()
	err := d.DB.Write(t.Context(), func(tx *store.Tx) error {
		system := identity.System("test")
		c, err := site.PutContact(t.Context(), tx, system, site.Contact{
			Code: place + who, Function: "Secrétariat", Name: who, Email: who + "." + strings.ToLower(place) + "@sites.example",
		})
		if err != nil {
			return err
		}
		return site.PutContactSite(t.Context(), tx, system, site.ContactSite{Contact: c.Ref(), Site: reference.Ref{Code: place}, GetsArrivals: true})
	})
	d.try(t, err)
}

func (d *desk) mails(t testing.TB, kind notice.Kind) []notice.Mail {
	t.Helper()
	return get(t, d, func(ctx context.Context, tx *store.Tx) ([]notice.Mail, error) {
		return notice.ListTo(nil).First(ctx, tx, store.Where("m.kind = $1 AND m.scope = $2", string(kind), d.ID), 100)
	})
}

// Publication is one act: the ledger, the cut-offs, what everybody is told.
func TestPublicationSaysEverythingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.contact(t, "CHPL-URGE", "a")
		d.ready(t)
		preview := get(t, d, func(ctx context.Context, tx *store.Tx) (result.Preview, error) {
			return d.results.Preview(ctx, tx, d.Office, d.ID)
		})
		if preview.Placed != 23 || preview.Unplaced != 1 || preview.Sites != 1 || len(preview.Missing) != 13 || len(preview.Samples) != 5 || preview.Delay != 0 {
			t.Errorf("preview %+v", preview)
		}
		if len(d.mails(t, result.NoticePlaced)) != 0 {
			t.Error("a preview sends")
		}
		d.publish(t)
		if got := len(d.mails(t, result.NoticePlaced)); got != 23 {
			t.Errorf("%d students are told", got)
		}
		if got := d.mails(t, result.NoticeUnplaced); len(got) != 1 || got[0].To.Address != "e22@etu.valmer.example" {
			t.Errorf("unplaced: %+v", got)
		}
		site := d.mails(t, result.NoticeArrivals)
		if len(site) != 1 || !strings.Contains(site[0].Body, "Ines Baraka") || !strings.Contains(site[0].Body, "Tess Yvon") || strings.Contains(site[0].Body, "Zoé") {
			t.Errorf("site: %+v", site)
		}
		for _, sample := range preview.Samples[:3] {
			if !slices.ContainsFunc(d.mails(t, result.NoticePlaced), func(m notice.Mail) bool { return m.Body == sample.Content && m.To.Address == sample.Address }) {
				t.Errorf("what leaves is not what was shown: %+v", sample)
			}
		}

		placements := get(t, d, func(ctx context.Context, tx *store.Tx) ([]placement.Placement, error) {
			return placement.OfCampaign(ctx, tx, d.ID)
		})
		if len(placements) != 23 {
			t.Errorf("%d placements", len(placements))
		}
		for _, line := range campaigntest.Lines {
			facts := d.own(t, line.Pseudonym).Facts
			i := slices.IndexFunc(placements, func(p placement.Placement) bool { return p.StudentID == d.studentID(t, line.Pseudonym) })
			if line.Post == "" {
				if i >= 0 || facts.Place.Post != "" {
					t.Errorf("%s is placed: %+v", line.Pseudonym, facts)
				}
				continue
			}
			if p := placements[i]; p.Site.Code != line.Post || p.Rank != line.Rank || p.Procedure != format.Serial || p.Costs.Total != facts.Place.Costs.Total || !p.At.Equal(campaigntest.Commits) {
				t.Errorf("%s: %+v", line.Pseudonym, p)
			}
		}
		posts := get(t, d, func(ctx context.Context, tx *store.Tx) ([]campaign.Post, error) {
			return campaign.Posts(ctx, tx, d.Get(t))
		})
		for _, c := range d.own(t, "E05").Cutoffs {
			i := slices.IndexFunc(posts, func(p campaign.Post) bool { return p.Code == c.Code })
			if posts[i].Cutoff != c.Position || c.Full != (c.Position > 0) {
				t.Errorf("cut-off %+v, post %+v", c, posts[i])
			}
		}
		d.try(t, d.results.Archive(t.Context(), d.Office, d.ID))
		if got := d.own(t, "E05").Facts.Place.Post; got != "CHPL-URGE" {
			t.Errorf("in the archive Ines is at %q", got)
		}
	})
}

func (d *desk) studentID(t testing.TB, pseudonym string) int64 {
	t.Helper()
	return get(t, d, func(ctx context.Context, tx *store.Tx) (int64, error) {
		s, err := student.ByPublicID(ctx, tx, d.Record[pseudonym])
		return s.ID, err
	})
}

// Two people publish at the same instant: one does, and everybody gets one mail.
func TestAResultIsPublishedOnce(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.ready(t)
		errs := make([]error, 2)
		var both sync.WaitGroup
		for i, actor := range []identity.Actor{d.Office, d.Second} {
			both.Go(func() { errs[i] = d.results.Publish(t.Context(), actor, d.ID) })
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("both or none: %v", errs)
		}
		if refused := errors.Join(errs...); !fault.Has(refused, "result.publishing") {
			t.Errorf("refused with %v", refused)
		}
		d.work(t)
		if n := len(d.mails(t, result.NoticePlaced)); n != 23 {
			t.Errorf("%d mails", n)
		}
		for _, who := range []identity.Actor{d.Observer, d.Student["E05"], {}} {
			if err := d.results.Publish(t.Context(), who, d.ID); fault.KindOf(err) == fault.Internal {
				t.Errorf("%s: %v", who.Name, err)
			}
		}
	})
}

// Only those with a right see or do anything; a student sees their own result alone.
func TestAResultIsOnesOwn(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.ready(t)
		d.publish(t)
		of := func(who identity.Actor, student string) error {
			_, err := read2(t, d, func(ctx context.Context, tx *store.Tx) (result.Result, error) {
				c, err := campaign.ForOffice(ctx, tx, who, d.ID, campaign.RightReadLists)
				if err != nil {
					return result.Result{}, err
				}
				e, err := campaign.ParticipantFor(ctx, tx, c, d.Record[student])
				if err != nil {
					return result.Result{}, err
				}
				return result.OfParticipant(ctx, tx, who, c, e)
			})
			return err
		}
		d.try(t, of(d.Office, "E05"))
		wantFault(t, "without the right to read lists", of(d.Observer, "E05"), fault.Denied, "")
		beside := func(who identity.Actor) error {
			_, err := read2(t, d, func(ctx context.Context, tx *store.Tx) (result.Result, error) {
				c := d.Get(t)
				e, err := campaign.ParticipantFor(ctx, tx, c, d.Record["E05"])
				if err != nil {
					return result.Result{}, err
				}
				return result.OfParticipant(ctx, tx, who, c, e)
			})
			return err
		}
		d.try(t, beside(d.Office))
		wantFault(t, "beside a participant, without that right", beside(d.Observer), fault.Denied, "")
		wantFault(t, "another student", of(d.Student["E06"], "E05"), fault.NotFound, "")
		_, err := read2(t, d, func(ctx context.Context, tx *store.Tx) (result.Result, error) {
			return result.Own(ctx, tx, d.Office, d.ID)
		})
		if err == nil {
			t.Error("the office has a result of its own")
		}
		seen := get(t, d, func(ctx context.Context, tx *store.Tx) (result.Case, error) {
			return result.CaseFor(ctx, tx, d.Observer, d.ID, d.Record["E22"])
		})
		if seen.Wishes != nil || len(d.line(t, "E22").Wishes) != 2 {
			t.Error("somebody without the right reads wishes")
		}
	})
}

// The method of C1 is serial: costs come from score-v2 beside it, and are what a run
// by score-v2 itself gives. The next score follows from them.
func TestCostsStandBesideAMethodThatHasNone(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		serial := d.run(t, result.RunForm{})
		scored := d.run(t, result.RunForm{Method: format.ScoreV2})
		compared := d.compare(t, serial, scored)
		if compared.Changed[1] != 0 || compared.Runs[0].Summary.MeanCost != compared.Runs[1].Summary.MeanCost || compared.Runs[0].ResultHash == compared.Runs[1].ResultHash {
			t.Errorf("comparison %+v", compared)
		}
		d.adopt(t, scored, result.AdoptForm{})
		costs := map[string]int64{}
		for _, l := range d.proposal(t).Lines {
			if l.Now.Costs != nil {
				costs[l.Pseudonym] = l.Now.Costs.Total
			}
		}
		d.adopt(t, serial, result.AdoptForm{Reason: "méthode annoncée"})
		d.keep(t, "E22")
		d.confirm(t)
		d.publish(t)
		for _, line := range campaigntest.Lines {
			next := d.own(t, line.Pseudonym).Facts.Next
			before := int64(100 * line.Points)
			if *next.Before != before || !next.Entered {
				t.Errorf("%s: before %+v", line.Pseudonym, next)
			}
			if line.Post == "" {
				if next.Cost != nil || *next.After != before {
					t.Errorf("%s: %+v", line.Pseudonym, next)
				}
				continue
			}
			// Points that were entered stand for one placement, but none for zero.
			want := halved(before + costs[line.Pseudonym])
			if before == 0 {
				want = costs[line.Pseudonym]
			}
			if *next.Cost != costs[line.Pseudonym] || *next.After != want {
				t.Errorf("%s: %d then %d, want cost %d and %d", line.Pseudonym, *next.Cost, *next.After, costs[line.Pseudonym], want)
			}
		}
	})
}

// halved is n/2, rounded half away from zero.
func halved(n int64) int64 {
	if n < 0 {
		return -halved(-n)
	}
	return (n + 1) / 2
}

// Many mails wait, so that a mistake can still be stopped.
func TestManyMailsWait(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		for _, site := range campaigntest.Sites {
			for _, who := range []string{"a", "b", "c"} {
				d.contact(t, site.Code, who)
			}
		}
		d.ready(t)
		d.publish(t)
		for _, m := range d.mails(t, result.NoticePlaced) {
			if !m.DueAt.Equal(campaigntest.Publishes.Add(10 * time.Minute)) {
				t.Fatalf("due at %s", m.DueAt)
			}
		}
	})
}

// A campaign that does not show positions tells nobody where anybody stood.
func TestPositionsAreKeptBackWhereACampaignSaysSo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Parallel()
		d := prepare(t, db)
		c := d.Get(t)
		c.ShowPositions = false
		d.try(t, d.Campaigns.Change(t.Context(), d.Office, c))
		d.close(t)
		d.ready(t)
		d.publish(t)
		ines := d.own(t, "E05")
		for _, w := range ines.Facts.Wishes {
			if w.Cutoff != 0 || w.Tie || (w.Outcome == result.Full && !w.Hidden) {
				t.Errorf("wish %+v", w)
			}
		}
		if len(ines.Facts.Margins) != 0 || slices.ContainsFunc(ines.Cutoffs, func(c result.Cutoff) bool { return c.Position != 0 }) {
			t.Errorf("margins %v, cut-offs %v", ines.Facts.Margins, ines.Cutoffs)
		}
		reads(t, "Ines", ines.Facts, "Vœu 1, Cardiologie, CHU de Valmer (CHUV-CARD-A) : Complet : 2 places, allées à des personnes servies avant vous.")
	})
}
