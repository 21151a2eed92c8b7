package assign_test

import (
	"fmt"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
)

func score(n int64) *format.Amount {
	a := format.Amount(n) * format.One
	return &a
}

func TestOrder(t *testing.T) {
	t.Parallel()
	// Scores 1, 2, 3… fix the automatic order; a manual position follows "@".
	tests := []struct {
		name, candidates, want string // id@manual; id:effective, in order
	}{
		{"by score", "a b c", "a:1 b:2 c:3"},
		{"StageTrek's case: two at the same manual position", "a b c@1 d@1", "c:1 d:2 a:3 b:4"},
		{"one is moved down, the others close up", "a@3 b c d", "b:1 c:2 a:3 d:4"},
		{"one is moved up, the others make room", "a b c d@2", "a:1 d:2 b:3 c:4"},
		{"a manual position beyond everybody stays", "a@10 b c d", "b:1 c:2 d:3 a:10"},
		{"three at one position push the next one on", "a@1 b@1 c@1 d@2 e", "a:1 b:2 c:3 d:4 e:5"},
		{"nobody", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var candidates []assign.Candidate
			for i, text := range strings.Fields(tt.candidates) {
				c := assign.Candidate{ID: text[:1], Score: score(int64(i))}
				fmt.Sscanf(text[1:], "@%d", &c.Manual)
				candidates = append(candidates, c)
			}
			var got []string
			for _, p := range assign.Order(candidates, "any seed") {
				got = append(got, fmt.Sprintf("%s:%d", p.ID, p.Effective))
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("order of %q is %q, expected %q", tt.candidates, s, tt.want)
			}
		})
	}
}

func TestAnUnknownScoreComesAfterEverybody(t *testing.T) {
	t.Parallel()
	order := assign.Order([]assign.Candidate{{ID: "new"}, {ID: "last", Score: score(99)}}, "seed")
	if order[0].ID != "last" || order[1].ID != "new" {
		t.Errorf("order is %v", order)
	}
}
