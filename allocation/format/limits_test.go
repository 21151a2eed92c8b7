package format_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/format"
)

// A limit is a change to something made in Go, and what Check says of it; "" for what
// stands just within.
type limit[T any] struct {
	name   string
	change func(v T)
	want   string
}

// limited makes each change to something good, and holds Check against the reader of
// what Bytes writes: whoever builds in Go and whoever writes a file are told the same.
func limited[T interface {
	Check() error
	Bytes() []byte
}](t *testing.T, good func() T, read func([]byte) (T, error), tests []limit[T]) {
	t.Helper()
	for _, tt := range append(tests, limit[T]{name: "as it is", change: func(T) {}}) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v := good()
			tt.change(v)
			got := ""
			if err := v.Check(); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if _, err := read(v.Bytes()); (err == nil) != (tt.want == "") {
				t.Errorf("Check says %q, the reader %v", got, err)
			}
		})
	}
}

const aName = "a text of 1 to 256 bytes without control characters"

func goodInstance(method string) func() *format.Instance {
	return func() *format.Instance {
		in := &format.Instance{Method: method, Parameters: format.DefaultParameters(),
			Posts:    []format.Post{{ID: "A", Seats: 1}, {ID: "B", Seats: 1}, {ID: "S", Seats: 1, Secondary: true}},
			Students: []format.Student{{ID: "x", Order: 1, Wishes: []format.Wish{{Post: "A"}, {Post: "B"}}}, {ID: "y", Order: 2, Wishes: []format.Wish{}}}}
		in.Parameters.Seed = "s"
		return in
	}
}

func TestTheLimitsOfAnInstance(t *testing.T) {
	t.Parallel()
	amount := func(a format.Amount) *format.Amount { return &a }
	whole := func(n int64) *int64 { return &n }
	type in = *format.Instance
	const million = 1_000_000
	limited(t, goodInstance(format.ScoreV2), func(b []byte) (in, error) { return format.ReadInstance(b) }, []limit[in]{
		{"an unknown method", func(v in) { v.Method = "fair" }, `$.method: found "fair", expected one of "serial", "score-v1", "score-v2", "ordered", "equity", "leximin", "rank-maximal", "traded-lottery"`},
		{"the highest rank cost", func(v in) { v.Parameters.RankCosts = []format.Amount{0, 1000 * format.One} }, ""},
		{"a rank cost above", func(v in) { v.Parameters.RankCosts = []format.Amount{0, 1000*format.One + 1} }, `$.parameters.rankCosts[1]: found 1000.000001, expected a number from 0 to 1000 with at most 6 decimals`},
		{"a rank cost below", func(v in) { v.Parameters.RankCosts = []format.Amount{-1} }, `$.parameters.rankCosts[0]: found -0.000001, expected a number from 0 to 1000 with at most 6 decimals`},
		{"the highest costs", func(v in) {
			v.Parameters.MaxPostCost, v.Parameters.MaxCost, v.Parameters.BonusFactor = format.MaxAmount, format.MaxAmount, format.MaxAmount
		}, ""},
		{"costs above", func(v in) {
			v.Parameters.MaxPostCost, v.Parameters.MaxCost, v.Parameters.BonusFactor = format.MaxAmount+1, format.MaxAmount+1, format.MaxAmount+1
		}, `$.parameters.maxPostCost: found 1000000.000001, expected a number from 0 to 1000000 with at most 6 decimals
$.parameters.maxCost: found 1000000.000001, expected a number from 0 to 1000000 with at most 6 decimals
$.parameters.bonusFactor: found 1000000.000001, expected a number from 0 to 1000000 with at most 6 decimals`},
		{"the highest correction", func(v in) { v.Parameters.Correction = 3 * format.One }, ""},
		{"a correction above", func(v in) { v.Parameters.Correction = 3*format.One + format.Step(3) }, `$.parameters.correction: found 3.001, expected a number from 0 to 3 with at most 3 decimals`},
		{"a correction below", func(v in) { v.Parameters.Correction = -format.Step(3) }, `$.parameters.correction: found -0.001, expected a number from 0 to 3 with at most 3 decimals`},
		{"a correction too fine", func(v in) { v.Parameters.Correction = format.One + format.Step(4) }, `$.parameters.correction: found 1.0001, expected a number from 0 to 3 with at most 3 decimals`},
		{"six decimals", func(v in) { v.Parameters.Decimals = 6 }, ""},
		{"seven decimals", func(v in) { v.Parameters.Decimals = 7 }, `$.parameters.decimals: found 7, expected a whole number from 0 to 6`},
		{"decimals below", func(v in) { v.Parameters.Decimals = -1 }, `$.parameters.decimals: found -1, expected a whole number from 0 to 6`},
		{"a seed of two lines", func(v in) { v.Parameters.Seed = "a\nb" }, `$.parameters.seed: found "a\nb", expected ` + aName},
		{"no seed", func(v in) { v.Parameters.Seed = "" }, ""},
		{"the most seats", func(v in) { v.Posts[0].Seats = million }, ""},
		{"seats above", func(v in) { v.Posts[0].Seats = million + 1 }, `$.posts[0].seats: found 1000001, expected a whole number from 0 to 1000000`},
		{"seats below", func(v in) { v.Posts[0].Seats = -1 }, `$.posts[0].seats: found -1, expected a whole number from 0 to 1000000`},
		{"the lowest fixed cost", func(v in) { v.Posts[0].Fixed = amount(-format.MaxAmount) }, ""},
		{"the highest fixed cost", func(v in) { v.Posts[0].Fixed = amount(format.MaxAmount) }, ""},
		{"a fixed cost below", func(v in) { v.Posts[0].Fixed = amount(-format.MaxAmount - 1) }, `$.posts[0].fixedCost: found -1000000.000001, expected a number from -1000000 to 1000000 with at most 6 decimals, or "median" alone`},
		{"a fixed cost above", func(v in) { v.Posts[0].Fixed = amount(format.MaxAmount + 1) }, `$.posts[0].fixedCost: found 1000000.000001, expected a number from -1000000 to 1000000 with at most 6 decimals, or "median" alone`},
		{"the median", func(v in) { v.Posts[0].Median = true }, ""},
		{"a post without id", func(v in) { v.Posts[1].ID, v.Students[0].Wishes = "", nil }, `$.posts[1].id: found "", expected ` + aName},
		{"the longest id", func(v in) { v.Students[0].ID = strings.Repeat("é", 128) }, ""},
		{"an id too long", func(v in) { v.Students[0].ID = strings.Repeat("é", 128) + "x" }, `$.students[0].id: found "` + strings.Repeat("é", 60) + `…", expected ` + aName},
		{"an id of a control character", func(v in) { v.Students[0].ID = "a\u0085" }, "$.students[0].id: found \"a\u0085\", expected " + aName},
		{"the highest order", func(v in) { v.Students[1].Order = million }, ""},
		{"an order above", func(v in) { v.Students[1].Order = million + 1 }, `$.students[1].order: found 1000001, expected a whole number from 1 to 1000000`},
		{"the highest score", func(v in) { v.Students[0].Score = format.MaxAmount }, ""},
		{"a score above", func(v in) { v.Students[0].Score = format.MaxAmount + 1 }, `$.students[0].score: found 1000000.000001, expected a number from -1000000 to 1000000 with at most 6 decimals`},
		{"the lowest score", func(v in) { v.Students[0].Score = -format.MaxAmount }, ""},
		{"a score below", func(v in) { v.Students[0].Score = -format.MaxAmount - 1 }, `$.students[0].score: found -1000000.000001, expected a number from -1000000 to 1000000 with at most 6 decimals`},
	})
	limited(t, goodInstance(format.Equity), func(b []byte) (in, error) { return format.ReadInstance(b) }, []limit[in]{
		{"the highest cost of a rank", func(v in) { v.Parameters.Costs = []int64{0, million, million} }, ""},
		{"a cost of a rank above", func(v in) { v.Parameters.Costs = []int64{0, million + 1} }, `$.parameters.costs[1]: found 1000001, expected a whole number from 0 to 1000000`},
		{"a cost of a rank that falls", func(v in) { v.Parameters.Costs = []int64{4, 3} }, `$.parameters.costs[1]: found 3, expected a whole number from 4 to 1000000`},
		{"the highest cost of no post", func(v in) { v.Parameters.Unplaced = whole(1 << 40) }, ""},
		{"no cost of no post", func(v in) { v.Parameters.Unplaced = whole(0) }, ""},
		{"a cost of no post above", func(v in) { v.Parameters.Unplaced = whole(1<<40 + 1) }, `$.parameters.unplaced: found 1099511627777, expected a whole number from 0 to 1099511627776`},
		{"a cost of no post below", func(v in) { v.Parameters.Unplaced = whole(-1) }, `$.parameters.unplaced: found -1, expected a whole number from 0 to 1099511627776`},
		{"the highest ceiling", func(v in) { v.Groups = []format.Group{{ID: "g", Posts: []string{"A"}, Min: 1, Max: format.NoCeiling}} }, ""},
		{"a floor at its ceiling", func(v in) { v.Groups = []format.Group{{ID: "g", Posts: []string{"A"}, Min: 1, Max: 1}} }, ""},
		{"a floor above its ceiling", func(v in) { v.Groups = []format.Group{{ID: "g", Posts: []string{"A"}, Min: 2, Max: 1}} }, `$.groups[0].min: found 2, expected a whole number from 0 to 1`},
		{"a floor below", func(v in) { v.Groups = []format.Group{{ID: "g", Posts: []string{"A"}, Min: -1, Max: 1}} }, `$.groups[0].min: found -1, expected a whole number from 0 to 1`},
		{"a ceiling below", func(v in) { v.Groups = []format.Group{{ID: "g", Posts: []string{"A"}, Max: -1}} }, `$.groups[0].max: found -1, expected a whole number from 0 to 1073741824`},
	})
	limited(t, goodInstance(format.TradedLottery), func(b []byte) (in, error) { return format.ReadInstance(b) }, []limit[in]{
		{"one draw", func(v in) { v.Parameters.Draws = 1 }, ""},
		{"the most draws", func(v in) { v.Parameters.Draws = million }, ""},
		{"draws below", func(v in) { v.Parameters.Draws = -1 }, `$.parameters.draws: found -1, expected a whole number from 1 to 1000000`},
		{"draws above", func(v in) { v.Parameters.Draws = million + 1 }, `$.parameters.draws: found 1000001, expected a whole number from 1 to 1000000`},
		{"no seed", func(v in) { v.Parameters.Seed = "" }, `$.parameters.seed: found nothing, expected ` + aName},
		{"the most students", func(v in) { v.Students = crowd(2000) }, ""},
		{"students above", func(v in) { v.Students = crowd(2001) }, `$.students: found 2001 students, expected at most 2000 with method "traded-lottery"`},
	})
}

func crowd(n int) []format.Student {
	list := make([]format.Student, n)
	for i := range list {
		list[i] = format.Student{ID: fmt.Sprint("E", i), Wishes: []format.Wish{}}
	}
	return list
}

func TestTheLimitsOfACallList(t *testing.T) {
	t.Parallel()
	type list = *format.CallList
	hash := strings.Repeat("a", 64)
	good := func() list {
		return &format.CallList{Rules: format.CallRules{Absent: format.SkipAbsent},
			Posts:      []format.CallPost{{ID: "A", Seats: 1, Kind: format.SimplePost}, {ID: "B", Seats: 1, Kind: format.CoupledPost, Linked: []string{"A"}}},
			Candidates: []format.CallCandidate{{ID: "x", Barred: []format.Bar{{Post: "A", Rule: "r"}}}},
			Events:     []format.Event{{N: 1, Type: format.OpenEvent, Actor: "a", At: "t", Hash: hash}, {N: 2, Type: format.Call, Candidate: "x", Actor: "a", At: "t", Prev: hash, Hash: hash}}}
	}
	aHash := "64 hexadecimal digits in small letters"
	limited(t, good, func(b []byte) (list, error) { return format.ReadCallList(b) }, []limit[list]{
		{"an unknown rule", func(v list) { v.Rules.Absent = "home" }, `$.rules.absent: found "home", expected one of "skip", "fallback", "last"`},
		{"the most seats", func(v list) { v.Posts[0].Seats = 1_000_000 }, ""},
		{"seats above", func(v list) { v.Posts[0].Seats = 1_000_001 }, `$.posts[0].seats: found 1000001, expected a whole number from 0 to 1000000`},
		{"seats below", func(v list) { v.Posts[0].Seats = -1 }, `$.posts[0].seats: found -1, expected a whole number from 0 to 1000000`},
		{"an unknown kind", func(v list) { v.Posts[1].Kind = "double" }, `$.posts[1].kind: found "double", expected one of "simple", "coupled", "mixed"`},
		{"an id of a control character", func(v list) { v.Candidates[0].ID, v.Events[1].Candidate = "\x7f", "\x7f" }, "$.candidates[0].id: found \"\x7f\", expected " + aName + "\n$.events[1].candidate: found \"\x7f\", expected " + aName},
		{"a bar without rule", func(v list) { v.Candidates[0].Barred[0].Rule = "" }, `$.candidates[0].barred[0].rule: found "", expected ` + aName},
		{"a hash of a letter beyond", func(v list) { v.Events[1].Prev = hash[1:] + "g" }, `$.events[1].prev: found "` + strings.Repeat("a", 60) + `…", expected ` + aHash},
		{"a hash of 63", func(v list) { v.Events[1].Hash = hash[1:] }, `$.events[1].hash: found "` + strings.Repeat("a", 60) + `…", expected ` + aHash},
		{"a hash of every digit", func(v list) { v.Events[1].Hash = strings.Repeat("0123456789abcdef", 4) }, ""},
		{"the last event", func(v list) { v.Events[1].N = format.MaxEvents }, ""},
		{"an event beyond", func(v list) { v.Events[1].N = format.MaxEvents + 1 }, `$.events[1].n: found 100000001, expected a whole number from 1 to 100000000`},
		{"an event before", func(v list) { v.Events[1].N = 0 }, `$.events[1].n: found 0, expected a whole number from 1 to 100000000`},
	})
}

// An event is checked alone before it enters a log: each part that its kind needs or
// does not know.
func TestAnEventCarriesWhatItsKindNeedsAndNothingElse(t *testing.T) {
	t.Parallel()
	full := func(kind string) *format.Event {
		return &format.Event{N: 1, Type: kind, Candidate: "c", Post: "p", By: "b", Reason: "r", Actor: "a", At: "t", Recall: true, To: 1}
	}
	needs := map[string]string{
		format.OpenEvent: "reason", format.CloseEvent: "reason", format.PauseEvent: "reason", format.ResumeEvent: "reason", format.Undo: "reason to",
		format.Call: "candidate reason recall", format.Pass: "candidate reason", format.AbsentEvent: "candidate reason",
		format.Take: "candidate post reason", format.FallbackTake: "candidate post reason", format.ProxyTake: "candidate post by reason",
		format.Release: "candidate reason", format.Block: "post reason", format.Unblock: "post reason",
	}
	parts := []string{"candidate", "post", "by", "reason", "recall", "to"}
	shown := map[string]string{"candidate": `"c"`, "post": `"p"`, "by": `"b"`, "recall": "true", "to": "1"}
	clear := func(e *format.Event, part string) {
		switch part {
		case "candidate":
			e.Candidate = ""
		case "post":
			e.Post = ""
		case "by":
			e.By = ""
		case "reason":
			e.Reason = ""
		case "recall":
			e.Recall = false
		case "to":
			e.To = 0
		}
	}
	said := func(e *format.Event) string {
		if err := e.Check(); err != nil {
			return err.Error()
		}
		return ""
	}
	for kind, carried := range needs {
		e, want := full(kind), []string{}
		for _, part := range parts {
			if !strings.Contains(carried, part) {
				want = append(want, fmt.Sprintf("$.%s: found %s, expected nothing in an event of type %q", part, shown[part], kind))
			}
		}
		if got := said(e); got != strings.Join(want, "\n") {
			t.Errorf("%s with everything\ngot  %s\nwant %s", kind, got, strings.Join(want, "\n"))
		}
		for _, part := range parts {
			if !strings.Contains(carried, part) {
				clear(e, part)
			}
		}
		if got := said(e); got != "" {
			t.Errorf("%s: %s", kind, got)
		}
		for _, part := range parts {
			one := *e
			clear(&one, part)
			want := ""
			if needed := part != "recall" && part != "to" && (part != "reason" || kind == format.Release); needed && strings.Contains(carried, part) {
				want = "$." + part + ": found nothing, expected " + aName
			}
			if got := said(&one); got != want {
				t.Errorf("%s without %s: %q, expected %q", kind, part, got, want)
			}
		}
	}
	for want, e := range map[string]*format.Event{
		`$.type: found "begin", expected one of "open", "close", "pause", "resume", "call", "take", "proxy-take", "fallback-take", "pass", "absent", "release", "block", "unblock", "undo"`: full("begin"),
		"$.actor: found nothing, expected " + aName + "\n$.at: found nothing, expected " + aName:                                                                                            {N: 1, Type: format.OpenEvent},
		`$.actor: found "a\n", expected ` + aName:                     {N: 1, Type: format.OpenEvent, Actor: "a\n", At: "t"},
		"$.at: found \"\uFFFD\", expected " + aName:                   {N: 1, Type: format.OpenEvent, Actor: "a", At: "\xff"},
		`$.to: found -1, expected nothing in an event of type "undo"`: {N: 1, Type: format.Undo, Actor: "a", At: "t", To: -1},
	} {
		got := strings.ToValidUTF8(said(e), "\uFFFD")
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// What a program builds and checks, it can write and read again: an id too.
func TestWhateverIsCheckedCanBeReadAgain(t *testing.T) {
	t.Parallel()
	names := []string{"A", "é", "", "a\nb", "\xff", "a\xc3", "\u0085", "\uFFFD", strings.Repeat("x", 256), strings.Repeat("x", 257)}
	rapid.Check(t, func(t *rapid.T) {
		name := func() string { return rapid.SampledFrom(names).Draw(t, "name") }
		in := &format.Instance{Method: rapid.SampledFrom(append(format.Methods(), "")).Draw(t, "method"), Posts: []format.Post{{ID: "P", Seats: 1}}, Students: []format.Student{}}
		in.Posts = append(in.Posts, format.Post{ID: name(), Seats: rapid.IntRange(-1, 2).Draw(t, "seats")})
		s := format.Student{ID: name(), Order: rapid.IntRange(-1, 2).Draw(t, "order"), Weight: rapid.IntRange(0, 2).Draw(t, "weight"), Wishes: []format.Wish{{Post: "P"}}}
		if rapid.Bool().Draw(t, "barred") {
			s.Wishes[0].Barred = name()
		}
		in.Students = append(in.Students, s)
		if rapid.Bool().Draw(t, "seeded") {
			in.Parameters = format.DefaultParameters()
			in.Parameters.Seed = name()
		}
		_, err := format.ReadInstance(in.Bytes())
		if checked := in.Check(); (checked == nil) != (err == nil) {
			t.Fatalf("checked: %v; read: %v\n%q", checked, err, in.Bytes())
		}
		if errs := (format.Errors)(nil); err != nil && !errors.As(err, &errs) {
			t.Fatalf("an error of type %T", err)
		}
	})
}
