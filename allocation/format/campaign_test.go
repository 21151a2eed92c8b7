package format_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/format"
)

const campaign = `{"format":"campaign/1","engine":"e","commitment":"c","seed":"s","costs":"score-v2",
 "students":[{"id":"x","score":4.5,"manual":2},{"id":"y"}],
 "decisions":[{"student":"x","kind":"pin","to":"A","reason":"health"},{"student":"y","kind":"move","from":"A","to":"B","reason":"level"},{"student":"y","kind":"cost","cost":-3.25,"reason":"error"}],
 "published":[{"student":"x","post":"A","secondary":"S","postCost":1,"bonus":-0.1,"cost":0.9},{"student":"y","postCost":0,"bonus":0,"cost":-3.25}]}`

func readCampaign(data []byte) error { _, err := format.ReadCampaign(data); return err }

func TestEachMistakeInACampaignIsReportedWhereItStands(t *testing.T) {
	t.Parallel()
	keys := "an unknown key, expected one of the keys "
	number := "a number from -1000000 to 1000000 with at most 6 decimals"
	cost := "a number from -1000000000 to 1000000000 with at most 6 decimals"
	refused(t, campaign, readCampaign, []refusal{
		{"another format", `campaign/1`, `campaign/2`, `$.format: found "campaign/2", expected "campaign/1"`},
		{"an unknown key", `"seed":"s"`, `"seed":"s","salt":"t"`, `$.salt: found ` + keys + `format, engine, commitment, seed, costs, students, decisions, published`},
		{"nobody's file", `"engine":"e",`, ``, `$.engine: found nothing, expected ` + aName},
		{"no commitment", `"commitment":"c",`, ``, `$.commitment: found nothing, expected ` + aName},
		{"an empty seed", `"seed":"s"`, `"seed":""`, `$.seed: found "", expected ` + aName},
		{"an unknown rule of costs", `"score-v2"`, `"serial"`, `$.costs: found "serial", expected one of "score-v1", "score-v2"`},
		{"students by name", `"students":[{"id":"x","score":4.5,"manual":2},{"id":"y"}]`, `"students":{}`, `$.students: found an object, expected a list`},
		{"no decisions", `"decisions":[`, `"Decisions":[`, `$.Decisions: found ` + keys + "format, engine, commitment, seed, costs, students, decisions, published\n$.decisions: found nothing, expected a list"},
		{"a student without id", `{"id":"y"}`, `{}`, `$.students[1].id: found nothing, expected ` + aName},
		{"a student with a name", `{"id":"y"}`, `{"id":"y","name":"Y"}`, `$.students[1].name: found ` + keys + `id, score, manual`},
		{"a student twice", `{"id":"y"}`, `{"id":"x"}`, `$.students[1]: found "x", expected a student whom students[0] does not name`},
		{"a score in words", `"score":4.5`, `"score":"4.5"`, `$.students[0].score: found "4.5", expected ` + number},
		{"a score out of reach", `"score":4.5`, `"score":1000000.5`, `$.students[0].score: found 1000000.5, expected ` + number},
		{"position 0", `"manual":2`, `"manual":0`, `$.students[0].manual: found 0, expected a whole number from 1 to 1000000`},
		{"a decision about nobody", `{"student":"x","kind"`, `{"kind"`, `$.decisions[0].student: found nothing, expected ` + aName},
		{"an unknown decision", `"kind":"pin"`, `"kind":"swap"`, `$.decisions[0].kind: found "swap", expected one of "pin", "move", "cost"`},
		{"a post kept, and none named", `"to":"A",`, ``, `$.decisions[0].to: found nothing, expected ` + aName},
		{"a post kept from another", `"to":"A"`, `"to":"A","from":"B"`, `$.decisions[0].from: found a from, expected no from in a decision of kind "pin"`},
		{"a move for a cost", `"to":"B"`, `"to":"B","cost":1`, `$.decisions[1].cost: found a cost, expected no cost in a decision of kind "move"`},
		{"a cost to somewhere", `"cost":-3.25,"reason"`, `"cost":-3.25,"to":"A","reason"`, `$.decisions[2].to: found a to, expected no to in a decision of kind "cost"`},
		{"a decided cost of nothing", `"cost":-3.25,"reason"`, `"reason"`, `$.decisions[2].cost: found nothing, expected ` + number},
		{"no reason", `,"reason":"level"`, ``, `$.decisions[1].reason: found nothing, expected ` + aName},
		{"the words of a reason", `"reason":"level"`, `"reason":"level","text":"words"`, `$.decisions[1].text: found ` + keys + `student, kind, from, to, cost, reason`},
		{"published twice", `{"student":"y","postCost"`, `{"student":"x","postCost"`, `$.published[1]: found "x", expected a student whom published[0] does not name`},
		{"published without a cost", `"bonus":-0.1,`, ``, `$.published[0].bonus: found nothing, expected ` + cost},
		{"published without the cost of the post", `"postCost":1,`, ``, `$.published[0].postCost: found nothing, expected ` + cost},
		{"published about nobody", `{"student":"y","postCost"`, `{"postCost"`, `$.published[1].student: found nothing, expected ` + aName},
		{"published at a number", `"post":"A","sec`, `"post":1,"sec`, `$.published[0].post: found 1, expected ` + aName},
		{"costs without a rule", `"costs":"score-v2",`, ``, strings.Join([]string{
			`$.published[0].postCost: found a cost, expected no costs in this file`, `$.published[0].bonus: found a cost, expected no costs in this file`,
			`$.published[0].cost: found a cost, expected no costs in this file`, `$.published[1].postCost: found a cost, expected no costs in this file`,
			`$.published[1].bonus: found a cost, expected no costs in this file`, `$.published[1].cost: found a cost, expected no costs in this file`}, "\n")},
	})
}

// Two students without an id are one mistake each, not a third.
func TestAnIdThatCannotBeReadIsNotAlsoARepeatedOne(t *testing.T) {
	t.Parallel()
	err := readCampaign([]byte(strings.NewReplacer(`{"id":"x","score":4.5,"manual":2}`, `{}`, `{"id":"y"}`, `{"id":7}`).Replace(campaign)))
	want := "$.students[0].id: found nothing, expected " + aName + "\n$.students[1].id: found 7, expected " + aName
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestCampaignsAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	amount := func(t *rapid.T, most format.Amount) format.Amount {
		return format.Amount(rapid.Int64Range(-int64(most), int64(most)).Draw(t, "amount"))
	}
	rapid.Check(t, func(t *rapid.T) {
		c := &format.Campaign{Engine: "e", Commitment: "c", Seed: "s", CostRule: rapid.SampledFrom([]string{"", format.ScoreV1, format.ScoreV2}).Draw(t, "rule")}
		text := func() string { return rapid.SampledFrom([]string{"", "A", "é\U0001F600", `"\`}).Draw(t, "text") }
		for i := range rapid.IntRange(0, 4).Draw(t, "students") {
			s := format.CampaignStudent{ID: fmt.Sprint("x", i), Manual: rapid.SampledFrom([]int{0, 1, format.MaxOrder}).Draw(t, "manual")}
			if rapid.Bool().Draw(t, "scored") {
				score := amount(t, format.MaxAmount)
				s.Score = &score
			}
			c.Students = append(c.Students, s)
			p := format.Publication{Student: s.ID, Post: text(), Secondary: text()}
			if c.CostRule != "" {
				p.Costs = &format.Costs{PostCost: amount(t, format.MaxCost), Bonus: amount(t, format.MaxCost), Cost: amount(t, format.MaxCost)}
			}
			c.Published = append(c.Published, p)
			switch rapid.IntRange(0, 3).Draw(t, "decision") {
			case 0:
				c.Decisions = append(c.Decisions, format.Decision{Student: s.ID, Kind: format.Pin, To: "P", Reason: "r"})
			case 1:
				c.Decisions = append(c.Decisions, format.Decision{Student: s.ID, Kind: format.Move, From: text(), To: text(), Reason: "r"})
			case 2:
				c.Decisions = append(c.Decisions, format.Decision{Student: s.ID, Kind: format.Reprice, Cost: amount(t, format.MaxAmount), Reason: "r"})
			}
		}
		same(t, c, format.ReadCampaign)
	})
}
