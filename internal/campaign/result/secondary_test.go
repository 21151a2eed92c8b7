package result_test

import (
	"context"
	"slices"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// openMore adds to C1 a secondary site with one seat and a site kept for the
// commission.
func (d *desk) openMore(t testing.TB) {
	t.Helper()
	err := d.DB.Write(t.Context(), func(tx *store.Tx) error {
		system := identity.System("test")
		if _, err := site.PutCategory(t.Context(), tx, system, site.Category{Code: "SEC", Acronym: "SE", Name: "Gardes", Position: 2}); err != nil {
			return err
		}
		for _, s := range []site.Site{
			{Code: "CHUV-NUIT", Name: "Gardes, CHU de Valmer", Category: reference.Ref{Code: "SEC"}, WishesAllowed: true, IdealSeats: 1, MaxSeats: 1},
			{Code: "CHUV-PMI", Name: "PMI", Category: reference.Ref{Code: "STAGE"}, Main: true, WishesAllowed: true, IdealSeats: 1, MaxSeats: 1},
		} {
			s.Faculty = reference.Ref{Code: campaigntest.Faculty}
			if _, err := site.Put(t.Context(), tx, system, s); err != nil {
				return err
			}
		}
		return campaign.PutPosts(t.Context(), tx, d.Office, d.ID, []campaign.PostForm{
			{Site: reference.Ref{Code: "CHUV-NUIT"}, Seats: 1}, {Site: reference.Ref{Code: "CHUV-PMI"}, Seats: 1, Closed: true},
		}, "")
	})
	d.try(t, err)
}

func TestASecondaryPostGoesWithTheMainOneUntilSomebodyMoves(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Parallel()
		d := prepare(t, db)
		d.openMore(t)
		d.Open(t)
		d.Rank(t)
		for _, id := range []string{"E06", "E01", "E16"} { // first, second and sixth to be served
			wishes := slices.Clone(campaigntest.Of(id).Wishes)
			wishes[0].Secondary = "CHUV-NUIT"
			d.Save(t, id, wishes...)
		}
		d.Close(t)
		d.adopted(t)
		if got := d.line(t, "E06").Now; got.Secondary != "CHUV-NUIT" || d.line(t, "E01").Now.Secondary != "" {
			t.Errorf("E06: %+v", got)
		}
		d.decide(t, d.move("E22", "", "CHUV-PMI")) // kept for the commission: no rule to set aside
		_, err := d.attempt(t, d.Office, d.move("E15", "CHSA-PEDI", "CHUV-NUIT"))
		wantFault(t, "to a secondary post", err, fault.Invalid, "")
		d.decide(t, d.move("E06", "MSPB-MG2", "CHPL-GERI"))
		d.confirm(t)
		d.publish(t)
		holds(t, d.bundle(t).Content)
		lines := get(t, d, func(ctx context.Context, tx *store.Tx) ([]placement.Placement, error) {
			return placement.OfCampaign(ctx, tx, d.ID)
		})
		byHand := 0
		for _, p := range lines {
			if !p.Secondary.None() {
				t.Error("a move keeps the secondary post")
			}
			if p.Procedure == "commission" {
				byHand++
			}
		}
		if byHand != 2 {
			t.Errorf("the ledger says that the commission decided %d placements", byHand)
		}
		reads(t, "Adèle", d.own(t, "E01").Facts,
			"Vœu 1, Pédiatrie, CHU de Valmer (CHUV-PEDI) : Obtenu, sans Gardes, CHU de Valmer, qui n’avait plus de place.")
		reads(t, "Jeanne", d.own(t, "E06").Facts,
			"Vœu 1, Médecine générale 2, MSP du Bocage (MSPB-MG2) : L’affectation dans l’ordre vous l’avait donné ; la commission a ensuite décidé autrement (motif : autre motif).")
		reads(t, "Zoé", d.own(t, "E22").Facts, "Votre stage : PMI (CHUV-PMI), par décision motivée de la commission (motif : autre motif).")
	})
}

func TestASecondaryPostIsPublishedWithItsMainOne(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Parallel()
		d := prepare(t, db)
		d.openMore(t)
		d.Open(t)
		d.Rank(t)
		wishes := slices.Clone(campaigntest.Of("E06").Wishes)
		wishes[0].Secondary = "CHUV-NUIT"
		d.Save(t, "E06", wishes...)
		d.Close(t)
		d.ready(t)
		d.publish(t)
		holds(t, d.bundle(t).Content)
		reads(t, "Jeanne", d.own(t, "E06").Facts, "Vœu 1, Médecine générale 2, MSP du Bocage (MSPB-MG2) : Obtenu, avec Gardes, CHU de Valmer.")
		lines := get(t, d, func(ctx context.Context, tx *store.Tx) ([]placement.Placement, error) {
			return placement.OfCampaign(ctx, tx, d.ID)
		})
		with := slices.DeleteFunc(lines, func(p placement.Placement) bool { return p.Secondary.None() })
		if len(with) != 1 || with[0].Secondary.Code != "CHUV-NUIT" || with[0].StudentID != d.studentID(t, "E06") {
			t.Errorf("secondary placements %+v", with)
		}
		if zoe := d.own(t, "E22").Facts.Left; slices.ContainsFunc(zoe, func(p result.PostRef) bool { return p.Code == "CHUV-PMI" || p.Code == "CHUV-NUIT" }) {
			t.Errorf("Zoé is told of posts that she cannot ask for: %+v", zoe)
		}
	})
}
