package allocation_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/match"
	markets "stagora.org/stagora/bench/market"
)

// shuffled writes a JSON value with its keys, and the lists that have no order of
// their own, in another sequence.
func shuffled(t *testing.T, file []byte, chance *rand.Rand) []byte {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(file))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	var write func(key string, v any)
	write = func(key string, v any) {
		switch v := v.(type) {
		case map[string]any:
			keys := slices.Sorted(maps.Keys(v))
			chance.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
			b.WriteString("{ ")
			for i, k := range keys {
				if i > 0 {
					b.WriteString(",\n")
				}
				fmt.Fprintf(&b, "%q: ", k)
				write(k, v[k])
			}
			b.WriteString("}")
		case []any:
			if _, isObject := v[0].(map[string]any); isObject && key != "wishes" {
				chance.Shuffle(len(v), func(i, j int) { v[i], v[j] = v[j], v[i] })
			}
			b.WriteString("[")
			for i, item := range v {
				if i > 0 {
					b.WriteString(" ,")
				}
				write("", item)
			}
			b.WriteString("]")
		default:
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(text)
		}
	}
	write("", v)
	return b.Bytes()
}

// With an order given, the bytes of a result follow from the content of the
// instance alone: not from the sequence of its students, posts and keys, nor from
// how many cores there are. That the winner of the race changes nothing is tested
// where both solvers can be made to win, in package flow.
//
// The number of cores is the whole program's, so this test runs alone.
func TestTheSameBytesFromAnyFileAndAnyMachine(t *testing.T) {
	m := markets.Generate(markets.Shape{Students: 600, Places: 1.05, Seats: 4, Lists: [2]int{6, 12}, Seed: 11})
	cores := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(cores)
	for _, method := range format.Methods() {
		in := round(m, method)
		var first *format.Result
		for turn := range 4 {
			file := in.Bytes()
			if turn > 0 {
				file = shuffled(t, file, rand.New(rand.NewPCG(uint64(turn), 1)))
			}
			runtime.GOMAXPROCS(1 + turn)
			r, err := assign.SolveFile(file)
			if err != nil {
				t.Fatalf("%s: %v", method, err)
			}
			result, err := format.ReadResult(r)
			if err != nil {
				t.Fatal(err)
			}
			if result.Instance != format.Hash(file) {
				t.Errorf("%s: the result names another instance", method)
			}
			result.Instance = ""
			if first == nil {
				first = result
			} else if !bytes.Equal(first.Bytes(), result.Bytes()) {
				t.Errorf("%s: turn %d gives another result", method, turn)
			}
		}
	}
}

// round is one round of a market for a method, with groups where the method knows them.
func round(m *format.Market, method string) *format.Instance {
	in := &format.Instance{Method: method}
	if method == format.TradedLottery {
		in.Parameters = format.DefaultParameters()
		in.Parameters.Seed, in.Parameters.Draws = "cores", 200
	}
	groups := make([]format.Group, 4)
	for p, seats := range m.Seats {
		in.Posts = append(in.Posts, format.Post{ID: fmt.Sprintf("P%03d", p), Seats: int(seats)})
		g := &groups[p%4]
		g.Posts = append(g.Posts, in.Posts[p].ID)
		g.Max += int(seats)
	}
	for g := range groups {
		groups[g].ID = fmt.Sprint("G", g)
		groups[g].Min, groups[g].Max = groups[g].Max*3/4, groups[g].Max*19/20
	}
	if slices.Contains(optimal, method) {
		in.Groups = groups
	}
	for i := range m.Students() {
		s := format.Student{ID: fmt.Sprintf("E%03d", i), Order: int(m.Order[i]) + 1}
		for _, p := range m.Wish[m.First[i]:m.First[i+1]] {
			s.Wishes = append(s.Wishes, format.Wish{Post: in.Posts[p].ID})
		}
		in.Students = append(in.Students, s)
	}
	return in
}

// Large markets are worked on by several cores at once.
func TestALargeMarketIsSolvedAlikeByAnyNumberOfCores(t *testing.T) {
	m := markets.Generate(markets.Shape{Students: 9000, Places: 1.1, Seed: 12})
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	cores := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(cores)
	var matched, assigned []int32
	for n := 1; n <= 3; n++ {
		runtime.GOMAXPROCS(n)
		post, _, ok := match.SolveMarket(m, nil)
		if !ok {
			t.Fatal("stopped")
		}
		r, err := assign.SolveMarket(m, assign.MarketOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if n > 1 && (!slices.Equal(post, matched) || !slices.Equal(r.Post, assigned)) {
			t.Errorf("%d cores give another result", n)
		}
		matched, assigned = post, r.Post
	}
}
