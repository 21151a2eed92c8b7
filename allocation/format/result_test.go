package format_test

import (
	"testing"

	"stagora.org/stagora/allocation/format"
)

func readResult(data []byte) error { _, err := format.ReadResult(data); return err }

func resultOf(method, certificate string) string {
	return `{"format":"assign-result/1","method":"` + method + `","engine":"e","instance":"i","assignments":[{"student":"E1","order":1,"post":"T1"}],
 "posts":[{"post":"T1","filled":1,"lastOrder":1}],"reasons":[{"student":"E1","wish":1,"outcome":"completion","group":"g","students":["E2","E3"]}],
 "statistics":{"students":1,"placed":1,"firstWish":0,"withinThree":0,"worstRank":0,"rankSum":0},"certificate":` + certificate + `}`
}

func TestEachMistakeInAResultIsReportedWhereItStands(t *testing.T) {
	t.Parallel()
	refused(t, resultOf("ordered", `{"kind":"replay"}`), readResult, []refusal{
		{"another format", `assign-result/1`, `assign/1`, `$.format: found "assign/1", expected "assign-result/1"`},
		{"an unknown method", `"ordered"`, `"fair"`, `$.method: found "fair", expected one of "serial", "score-v1", "score-v2", "ordered", "equity", "leximin", "rank-maximal", "traded-lottery"`},
		{"a cost without costs", `"order":1`, `"order":1,"cost":3`, `$.assignments[0].cost: found a cost, expected no costs in this file`},
		{"no order", `"order":1,`, ``, `$.assignments[0].order: found nothing, expected a whole number from 1 to 1000000`},
		{"demand without costs", `"filled":1`, `"filled":1,"demand":"1"`, `$.posts[0].demand: found an unknown key, expected one of the keys post, filled, lastOrder`},
		{"a group without name", `"group":"g"`, `"group":""`, `$.reasons[0].group: found "", expected a text of 1 to 256 bytes without control characters`},
		{"one student for several", `["E2","E3"]`, `"E2"`, `$.reasons[0].students: found "E2", expected a list`},
		{"a student by number", `["E2","E3"]`, `["E2",3]`, `$.reasons[0].students[1]: found 3, expected a text of 1 to 256 bytes without control characters`},
		{"another proof", `"replay"`, `"dual"`, `$.certificate.kind: found "dual", expected "replay"`},
		{"a proof with more", `"kind":"replay"`, `"kind":"replay","posts":{}`, `$.certificate.posts: found an unknown key, expected one of the keys kind`},
		{"no proof", `,"certificate":{"kind":"replay"}`, ``, `$.certificate: found nothing, expected an object`},
		{"a proof in a word", `{"kind":"replay"}`, `"replay"`, `$.certificate: found "replay", expected an object`},
	})
}

func TestEachMistakeInPricesIsReportedWhereItStands(t *testing.T) {
	t.Parallel()
	refused(t, resultOf("equity", `{"kind":"dual","posts":{"T1":1,"T2":0},"groups":{"g":[0,2]},"objective":9007199254740991}`), readResult, []refusal{
		{"no prices of posts", `"posts":{"T1":1,"T2":0},`, ``, `$.certificate.posts: found nothing, expected an object`},
		{"prices in a list", `{"T1":1,"T2":0}`, `[1,0]`, `$.certificate.posts: found a list, expected an object`},
		{"a negative price", `"T1":1`, `"T1":-1`, `$.certificate.posts.T1: found -1, expected a whole number from 0 to 9007199254740991`},
		{"a post twice", `"T2":0`, `"T1":1`, `$.certificate.posts.T1: found the key twice, expected each key once`},
		{"a post without id", `"T2"`, `""`, `$.certificate.posts[""]: found the key "", expected a text of 1 to 256 bytes without control characters`},
		{"one price of a group", `[0,2]`, `[2]`, `$.certificate.groups.g: found a list, expected a list of two numbers`},
		{"a group's price by name", `[0,2]`, `[0,"2"]`, `$.certificate.groups.g[1]: found "2", expected a whole number from 0 to 9007199254740991`},
		{"a sum that JSON cannot hold", `9007199254740991`, `9007199254740992`, `$.certificate.objective: found 9007199254740992, expected a whole number from 0 to 9007199254740991`},
	})
}

func TestEachMistakeInLevelsAndChancesIsReportedWhereItStands(t *testing.T) {
	t.Parallel()
	refused(t, resultOf("leximin", `{"kind":"levels","levels":[{"rank":0,"count":2,"posts":{"T1":1},"groups":{},"objective":3}]}`), readResult, []refusal{
		{"no levels", `"levels":[{"rank":0,"count":2,"posts":{"T1":1},"groups":{},"objective":3}]`, `"levels":{}`, `$.certificate.levels: found an object, expected a list`},
		{"a level without rank", `"rank":0,`, ``, `$.certificate.levels[0].rank: found nothing, expected a whole number from 0 to 1000000000`},
		{"a level without count", `"count":2`, `"count":null`, `$.certificate.levels[0].count: found null, expected a whole number from 0 to 1000000000`},
		{"a level without groups", `"groups":{},`, ``, `$.certificate.levels[0].groups: found nothing, expected an object`},
		{"a level with a kind", `"rank":0`, `"rank":0,"kind":"dual"`, `$.certificate.levels[0].kind: found an unknown key, expected one of the keys rank, count, posts, groups, objective`},
	})
	refused(t, resultOf("traded-lottery", `{"kind":"trades","draws":10,"before":[{"student":"E1","wishes":[3,4]}],"after":[{"student":"E1","wishes":[5,5]}]}`), readResult, []refusal{
		{"no draws", `"draws":10,`, ``, `$.certificate.draws: found nothing, expected a whole number from 1 to 1000000`},
		{"no chances after", `,"after":[{"student":"E1","wishes":[5,5]}]`, ``, `$.certificate.after: found nothing, expected a list`},
		{"chances of nobody", `"before":[{"student":"E1",`, `"before":[{`, `$.certificate.before[0].student: found nothing, expected a text of 1 to 256 bytes without control characters`},
		{"half a chance", `[3,4]`, `[3,0.5]`, `$.certificate.before[0].wishes[1]: found 0.5, expected a whole number from 0 to 1000000`},
	})
}
