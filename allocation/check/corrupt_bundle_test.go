package check_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/lottery"
)

// smallBundle makes the bundle of a campaign in which everything happened: a post kept, a
// position decided, an unknown score, two equal ones, a move, a cost decided.
func smallBundle(t *testing.T, method string) (c *format.Campaign, in *format.Instance, r *format.Result) {
	t.Helper()
	score := func(n int64) *format.Amount { a := format.Amount(n) * format.One; return &a }
	c = &format.Campaign{Engine: "e", Seed: "seed", Commitment: lottery.Commitment("seed"), CostRule: format.ScoreV2,
		Students: []format.CampaignStudent{{ID: "ana", Score: score(5)}, {ID: "bo", Score: score(5)}, {ID: "cy"}, {ID: "di", Score: score(1), Manual: 3}, {ID: "ed", Score: score(9)}},
		Decisions: []format.Decision{
			{Student: "cy", Kind: format.Pin, To: "P1", Reason: "health"},
			{Student: "ed", Kind: format.Move, From: "P2", To: "P3", Reason: "project"},
			{Student: "di", Kind: format.Reprice, Cost: 7 * format.One, Reason: "error"},
		}}
	in = &format.Instance{Method: method,
		Posts: []format.Post{{ID: "P1", Seats: 2}, {ID: "P2", Seats: 3}, {ID: "P3", Seats: 1}, {ID: "S", Seats: 1, Secondary: true}}}
	var candidates []assign.Candidate
	for _, s := range c.Students {
		student := format.Student{ID: s.ID, Wishes: []format.Wish{{Post: "P1"}, {Post: "P2"}}}
		if s.Score != nil {
			student.Score = *s.Score
		}
		in.Students = append(in.Students, student)
		candidates = append(candidates, assign.Candidate{ID: s.ID, Score: s.Score, Manual: s.Manual})
	}
	for _, p := range assign.Order(candidates, c.Seed) {
		in.Students[in.Index().Student[p.ID]].Order = p.Effective
	}
	in.Students[2].Pinned = "P1"
	in.Students[0].Wishes[0].Secondary, in.Students[1].Wishes[0].Secondary = "S", "S"
	data, err := assign.SolveFile(in.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if r, err = format.ReadResult(data); err != nil {
		t.Fatal(err)
	}
	posts := make([]string, len(in.Students))
	at := in.Index().Student
	for _, a := range r.Assignments {
		posts[at[a.Student]] = a.Post
	}
	posts[4] = "P3"
	prices, err := assign.Price(in, c.CostRule, posts)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range r.Assignments {
		costs := prices.Costs[at[a.Student]]
		if a.Student == "di" {
			costs.Cost = 7 * format.One
		}
		c.Published = append(c.Published, format.Publication{Student: a.Student, Post: posts[at[a.Student]], Secondary: a.Secondary, Costs: &costs})
	}
	return c, in, r
}

func judged(t *testing.T, c *format.Campaign, in *format.Instance, r *format.Result) *check.Report {
	t.Helper()
	report, err := check.VerifyBundle(check.Files[[]byte]{Campaign: c.Bytes(), Instance: in.Bytes(), Result: r.Bytes()})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// What people read when everything holds: each step, with what was looked at.
func TestABundleIsJudgedStepByStep(t *testing.T) {
	t.Parallel()
	c, in, r := smallBundle(t, format.ScoreV2)
	report := judged(t, c, in, r)
	var got strings.Builder
	for _, step := range report.Passed {
		fmt.Fprintln(&got, step.Name+": "+step.Detail)
	}
	want := `commitment: 19b25856e1c150ca834cffc8b59b23adbd0ec0389e58eb22b3b64768098d002b
participants: 5 students
order: 5 positions, 1 of them manual
pins: 1 posts kept
format: assign-result/1, method score-v2, made by ` + format.Engine + `
instance hash: ` + r.Instance + `
known ids: 5 students, 4 posts
each student once: 5 students
seats: 7 seats at 4 posts, 6 taken
closed and barred: 0 barred wishes, none granted
groups: none in the instance
pinned: 1 posts kept
certificate: served again, each student has the best wish left
canonicality: assignments by order, posts by id, reasons by order and wish
costs: 5 placements by score-v2
posts: 4 posts
reasons: 10 reasons
statistics: 5 placed, 1 with their first wish
canonical bytes: RFC 8785
decisions: 3 decisions, 1 students moved
published: 5 placements
published seats: 4 posts, none beyond its seats
published costs: 5 placements by score-v2, 1 decided otherwise
`
	if got.String() != want || report.Failed != nil {
		t.Errorf("got\n%s%v", got.String(), report.Failed)
	}
	c.CostRule = ""
	for i := range c.Published {
		c.Published[i].Costs = nil
	}
	c.Decisions = c.Decisions[:2]
	report = judged(t, c, in, r)
	if last := report.Passed[len(report.Passed)-1]; report.Failed != nil || last.Detail != "none in this campaign" {
		t.Errorf("without costs: %v, %v", last, report.Failed)
	}
}

// Whichever value of the three files is falsified, the judge sees it. What decides
// nothing is free: who made the files, why something was decided, the order in which
// participants and what was decided about different people stand, a decision that says
// again what was decided.
func TestNoValueOfABundleCanBeFalsified(t *testing.T) {
	t.Parallel()
	free := regexp.MustCompile(`^(campaign|result) \$\.engine longer$` +
		`|^campaign \$\.decisions\[\d\]\.reason (longer|as another)$` +
		`|^campaign \$\.(decisions|students) with \[\d\] earlier$` +
		`|^campaign \$\.decisions with \[[02]\] twice$`)
	c, in, r := smallBundle(t, format.ScoreV1)
	files := check.Files[[]byte]{Campaign: c.Bytes(), Instance: in.Bytes(), Result: r.Bytes()}
	accepted := map[string]bool{}
	try := func(name string, set func(f *check.Files[[]byte], file []byte)) func(string, []byte) {
		return func(path string, file []byte) {
			other := files
			set(&other, file)
			report, err := check.VerifyBundle(other)
			if err == nil && report.Failed == nil {
				accepted[name+" "+path] = true
			}
		}
	}
	falsified(t, files.Campaign, try("campaign", func(f *check.Files[[]byte], file []byte) { f.Campaign = file }))
	falsified(t, files.Instance, try("instance", func(f *check.Files[[]byte], file []byte) { f.Instance = file }))
	falsified(t, files.Result, try("result", func(f *check.Files[[]byte], file []byte) { f.Result = file }))
	for _, path := range slices.Sorted(maps.Keys(accepted)) {
		if !free.MatchString(path) {
			t.Errorf("%s: accepted", path)
		}
	}
	if len(accepted) != 16 {
		t.Errorf("%d changes are accepted, expected 16: %v", len(accepted), accepted)
	}
}

func TestEachCorruptionOfABundleIsToldInASentence(t *testing.T) {
	t.Parallel()
	published := func(c *format.Campaign, id string) *format.Publication {
		return &c.Published[slices.IndexFunc(c.Published, func(p format.Publication) bool { return p.Student == id })]
	}
	tests := []struct {
		name, method string
		edit         func(c *format.Campaign, in *format.Instance, r *format.Result)
		want         string
	}{
		{"another seed", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Seed = "other" },
			`commitment: the SHA-256 of the seed is d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa, the commitment published is 19b25856e1c150ca834cffc8b59b23adbd0ec0389e58eb22b3b64768098d002b`},
		{"a participant unknown to the instance", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Students[1].ID = "zoe" },
			`participants: student zoe takes part and is not in the instance (students zoe)`},
		{"two participants left out", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Students = c.Students[2:] },
			`participants: student ana is in the instance and does not take part (students ana, bo)`},
		{"another score than the method used", format.ScoreV1, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { *c.Students[4].Score = 10 * format.One },
			`participants: student ed has score 10, the instance says 9 (students ed)`},
		{"a score for who has none", format.ScoreV1, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Students[2].Score = new(format.One) },
			`participants: student cy has score 1, the instance says 0 (students cy)`},
		{"a score that the method does not use, and changes nothing", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { *c.Students[4].Score = 10 * format.One }, ``},
		{"a score that is another place", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { *c.Students[4].Score = 4 * format.One },
			`order: scores, manual positions and draw put student ana at position 2, the instance says 1 (students ana)`},
		{"a score equal to another", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { *c.Students[4].Score = 5 * format.One },
			`order: scores, manual positions and draw put student bo at position 4, the instance says 2 (students bo)`},
		{"no score where there was one", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Students[0].Score = nil },
			`order: scores, manual positions and draw put student ana at position 4, the instance says 1 (students ana)`},
		{"another manual position", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Students[3].Manual = 2 },
			`order: scores, manual positions and draw put student bo at position 3, the instance says 2 (students bo)`},
		{"the same manual position twice", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Students[0].Manual = 3 },
			`order: scores, manual positions and draw put student ana at position 4, the instance says 1 (students ana)`},
		{"a post kept that was not decided", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Decisions = c.Decisions[1:] },
			`pins: student cy was decided to keep post "", the instance says "P1" (students cy)`},
		{"another post kept than decided", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Decisions[0].To = "P2" },
			`pins: student cy was decided to keep post "P2", the instance says "P1" (students cy)`},
		{"a post kept by nobody known", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) {
			c.Decisions = append(c.Decisions, format.Decision{Student: "zoe", Kind: format.Pin, To: "P1", Reason: "r"})
		},
			`pins: 2 students were decided to keep a post, the instance has 1`},
		{"a decision about nobody known", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Decisions[2].Student = "zoe" },
			`decisions: decision 3 is about zoe, who does not take part (students zoe)`},
		{"a move from elsewhere", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Decisions[1].From = "P1" },
			`decisions: decision 2 moves student ed from post "P1", who is at "P2" (students ed) (posts P1)`},
		{"a move to a secondary post", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Decisions[1].To = "S" },
			`decisions: decision 2 moves student ed to S, which is not a main post of the instance (students ed) (posts S)`},
		{"a move to no post known", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Decisions[1].To = "P9" },
			`decisions: decision 2 moves student ed to P9, which is not a main post of the instance (students ed) (posts P9)`},
		{"a move to nowhere, and the post published", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Decisions[1].To = "" },
			`published: result and decisions put student ed at post "", published is "P3" (students ed)`},
		{"one placement unpublished", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Published = c.Published[1:] },
			`published: 4 placements are published for 5 students`},
		{"two published in each other's turn", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) {
			c.Published[0], c.Published[1] = c.Published[1], c.Published[0]
		},
			`published: placement 1 is published for student bo, expected ana (students bo, ana)`},
		{"a secondary post for who was moved", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { published(c, "ed").Secondary = "S" },
			`published: result and decisions give student ed the secondary post "", published is "S" (students ed)`},
		{"a seat too many", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) {
			c.Decisions = append(c.Decisions, format.Decision{Student: "di", Kind: format.Move, From: "P2", To: "P3", Reason: "r"})
			published(c, "di").Post = "P3"
		},
			`published seats: post P3 has 1 seats and 2 people are published there (students di, ed) (posts P3)`},
		{"a decided cost that was not published", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) { c.Decisions[2].Cost = format.One },
			`published costs: the cost of student di was decided to be 1, published is 7 (students di)`},
		{"a decided cost, and another post cost", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) {
			published(c, "di").Costs.PostCost += format.One
		},
			`published costs: post P2 costs 6.1, the result says 7.1 for student di (students di) (posts P2)`},
		{"a decided cost without costs", format.Serial, func(c *format.Campaign, _ *format.Instance, _ *format.Result) {
			c.CostRule = ""
			for i := range c.Published {
				c.Published[i].Costs = nil
			}
		},
			`published costs: decision 3 changes a cost, and the campaign has none (students di)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, in, r := smallBundle(t, tt.method)
			tt.edit(c, in, r)
			got := ""
			if report := judged(t, c, in, r); report.Failed != nil {
				got = report.Failed.String()
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestABundleOfWhatIsNoFileNamesTheFile(t *testing.T) {
	t.Parallel()
	c, in, r := smallBundle(t, format.Serial)
	for want, files := range map[string]check.Files[[]byte]{
		"instance.json: $: found a list, expected an object": {Campaign: c.Bytes(), Instance: []byte("[]"), Result: r.Bytes()},
		"campaign.json: $: found a list, expected an object": {Campaign: []byte("[]"), Instance: in.Bytes(), Result: r.Bytes()},
	} {
		if report, err := check.VerifyBundle(files); report != nil || err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	report, err := check.VerifyBundle(check.Files[[]byte]{Campaign: c.Bytes(), Instance: in.Bytes(), Result: []byte("[]")})
	if err != nil || report.Failed == nil || !strings.HasPrefix(report.Failed.String(), "format: the result cannot be read: $: found a list, expected an object") || len(report.Passed) != 4 {
		t.Errorf("a list in the place of a result: %+v, %v", report, err)
	}
}
