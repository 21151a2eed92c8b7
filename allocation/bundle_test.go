package allocation_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/lottery"
)

// export makes the bundle of the campaign C1, as it would have ended had Dorian
// (E04) kept a seat in CHUV-REAN, and had the commission moved Zoé (E22) to
// CHUV-GERI, exchanged Victoire's (E19) post and lowered the cost of Rose (E15).
func export(t *testing.T) (*format.Campaign, *format.Instance, *format.Result) {
	t.Helper()
	c := readCase(t, "testdata/c1.txt")
	in := &c.instance
	in.Students[in.Index().Student["E04"]].Pinned = "CHUV-REAN"
	result, err := assign.Solve(in)
	if err != nil {
		t.Fatal(err)
	}
	result.Instance = format.Hash(in.Bytes())

	out := &format.Campaign{
		Engine:     format.Engine,
		Commitment: lottery.Commitment(c.seed),
		Seed:       c.seed,
		CostRule:   format.ScoreV2,
		Decisions: []format.Decision{
			{Student: "E04", Kind: format.Pin, To: "CHUV-REAN", Reason: "health"},
			{Student: "E19", Kind: format.Move, From: "CHUV-GERI", To: "CHSA-ORTH", Reason: "level"},
			{Student: "E22", Kind: format.Move, To: "CHUV-GERI", Reason: "unplaced"},
			{Student: "E15", Kind: format.Reprice, Cost: 3 * format.One, Reason: "distance"},
		},
	}
	for _, candidate := range c.candidates {
		out.Students = append(out.Students, format.CampaignStudent{ID: candidate.ID, Score: candidate.Score, Manual: candidate.Manual})
	}
	publish(t, out, in, result)
	return out, in, result
}

// publish fills in what was published: the result, then the decisions.
func publish(t *testing.T, c *format.Campaign, in *format.Instance, r *format.Result) {
	t.Helper()
	x := in.Index()
	posts := make([]string, len(in.Students))
	for _, a := range r.Assignments {
		posts[x.Student[a.Student]] = a.Post
	}
	for _, d := range c.Decisions {
		if d.Kind == format.Move {
			posts[x.Student[d.Student]] = d.To
		}
	}
	prices, err := assign.Price(in, c.CostRule, posts)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range r.Assignments {
		i := x.Student[a.Student]
		costs := prices.Costs[i]
		for _, d := range c.Decisions {
			if d.Kind == format.Reprice && d.Student == a.Student {
				costs.Cost = d.Cost
			}
		}
		c.Published = append(c.Published, format.Publication{Student: a.Student, Post: posts[i], Costs: &costs})
	}
}

func TestAnExportedCampaignIsAccepted(t *testing.T) {
	t.Parallel()
	c, in, r := export(t)
	report, err := check.VerifyBundle(check.Files[[]byte]{Campaign: c.Bytes(), Instance: in.Bytes(), Result: r.Bytes()})
	if err != nil || report.Failed != nil {
		t.Fatalf("refused: %v, %v", err, report)
	}
	if len(report.Passed) != 23 {
		t.Errorf("%d checks passed, expected 23: %v", len(report.Passed), report.Passed)
	}
	again, err := format.ReadCampaign(c.Bytes())
	if err != nil || !bytes.Equal(again.Bytes(), c.Bytes()) || !format.IsCanonical(c.Bytes()) {
		t.Errorf("a campaign written, read and written again differs (%v)", err)
	}
}

// Who is moved loses the secondary site that came with the former post.
func TestAMoveTakesTheSecondarySiteAway(t *testing.T) {
	t.Parallel()
	in := &readCase(t, "testdata/secondary.txt").instance
	c := &format.Campaign{Engine: format.Engine, Seed: "s", Commitment: lottery.Commitment("s"), CostRule: format.ScoreV2}
	for i := range in.Students {
		points := format.Amount(i) // so that the draw has nothing to decide
		in.Students[i].Order = i + 1
		c.Students = append(c.Students, format.CampaignStudent{ID: in.Students[i].ID, Score: &points})
	}
	c.Decisions = []format.Decision{{Student: "adele", Kind: format.Move, From: "T1", Reason: "leave"}}
	result, err := assign.Solve(in)
	if err != nil {
		t.Fatal(err)
	}
	result.Instance = format.Hash(in.Bytes())
	publish(t, c, in, result)
	c.Published[3].Secondary = "S1" // dorian's, who was not moved
	for _, secondary := range []string{"", "S1"} {
		c.Published[0].Secondary = secondary // adele's
		report, err := check.VerifyBundle(check.Files[[]byte]{Campaign: c.Bytes(), Instance: in.Bytes(), Result: result.Bytes()})
		if err != nil {
			t.Fatal(err)
		}
		if refused := report.Failed != nil && report.Failed.Check == "published"; refused != (secondary != "") {
			t.Errorf("with secondary post %q: %v", secondary, report.Failed)
		}
	}
}

func TestEachCorruptionOfACampaignIsRefusedAndNamed(t *testing.T) {
	t.Parallel()
	published := func(c *format.Campaign, id string) *format.Publication {
		return &c.Published[slices.IndexFunc(c.Published, func(p format.Publication) bool { return p.Student == id })]
	}
	tests := []struct {
		name    string
		edit    func(*format.Campaign, *format.Instance, *format.Result)
		check   string
		mention string
	}{
		{"a seed chosen afterwards", func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Seed = "luckier" }, "commitment", "commitment published"},
		{"a seed and its commitment chosen afterwards", func(c *format.Campaign, _ *format.Instance, _ *format.Result) {
			c.Seed, c.Commitment = "luckier", lottery.Commitment("luckier")
		}, "order", "draw"},
		{"a participant who was forgotten", func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Students = c.Students[1:] }, "participants", "E01"},
		{"a participant who was never asked", func(c *format.Campaign, _ *format.Instance, _ *format.Result) {
			c.Students = append(c.Students, format.CampaignStudent{ID: "E99"})
		}, "participants", "E99"},
		{"points changed after the draw", func(c *format.Campaign, _ *format.Instance, _ *format.Result) {
			zero := format.Amount(0)
			c.Students[14].Score = &zero
		}, "order", "position"},
		{"a manual position that nobody wrote down", func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Students[3].Manual = 1 }, "order", "position"},
		{"a kept post that nobody decided", func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Decisions = c.Decisions[1:] }, "pins", "E04"},
		{"a kept post decided and not set aside", func(c *format.Campaign, _ *format.Instance, _ *format.Result) {
			c.Decisions = append(c.Decisions, format.Decision{Student: "E01", Kind: format.Pin, To: "CHUV-URGE", Reason: "health"})
		}, "pins", "E01"},
		{"the result of another instance", func(_ *format.Campaign, in *format.Instance, _ *format.Result) { in.Posts[0].Seats++ }, "instance hash", "sha256:"},
		{"a move from where the student is not", func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Decisions[1].From = "CHUV-URGE" }, "decisions", "E19"},
		{"a move to nowhere known", func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Decisions[1].To = "T99" }, "decisions", "T99"},
		{"a decision about nobody known", func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Decisions[1].Student = "E99" }, "decisions", "E99"},
		{"a move that was not written down", func(c *format.Campaign, _ *format.Instance, _ *format.Result) {
			c.Decisions = slices.Delete(c.Decisions, 2, 3)
		}, "published", "E22"},
		{"a placement that was not published", func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Published = c.Published[:23] }, "published", "23 placements"},
		{"placements in another order", func(c *format.Campaign, _ *format.Instance, _ *format.Result) { slices.Reverse(c.Published) }, "published", "E06"},
		{"a secondary post from nowhere", func(c *format.Campaign, _ *format.Instance, _ *format.Result) {
			published(c, "E01").Secondary = "CHUV-GERI"
		}, "published", "secondary"},
		{"more people than seats after the moves", func(c *format.Campaign, _ *format.Instance, _ *format.Result) {
			c.Decisions[2].To = "CHUV-REAN"
			published(c, "E22").Post = "CHUV-REAN"
		}, "published seats", "CHUV-REAN"},
		{"a cost that nobody decided", func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Decisions = c.Decisions[:3] }, "published costs", "E15"},
		{"a cost decided and not published", func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Decisions[3].Cost = format.One }, "published costs", "E15"},
		{"another bonus", func(c *format.Campaign, _ *format.Instance, _ *format.Result) { published(c, "E06").Costs.Bonus = 0 }, "published costs", "E06"},
		{"a decided cost in a campaign without costs", func(c *format.Campaign, _ *format.Instance, _ *format.Result) {
			c.CostRule = ""
			for i := range c.Published {
				c.Published[i].Costs = nil
			}
		}, "published costs", "decision 4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, in, r := export(t)
			tt.edit(c, in, r)
			report, err := check.VerifyBundle(check.Files[[]byte]{Campaign: c.Bytes(), Instance: in.Bytes(), Result: r.Bytes()})
			if err != nil {
				t.Fatal(err)
			}
			if report.Failed == nil {
				t.Fatal("accepted")
			}
			if report.Failed.Check != tt.check || !strings.Contains(report.Failed.String(), tt.mention) {
				t.Errorf("refused by %v\n expected %s, with %q", report.Failed, tt.check, tt.mention)
			}
		})
	}
}
