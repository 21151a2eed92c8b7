package flow

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestAQueueGivesBackTheLowestFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		labels := rapid.SliceOfN(rapid.Int64Range(-1<<60, 1<<60), 1, 40).Draw(t, "labels")
		q := queue{last: slices.Min(labels)}
		for node, label := range labels {
			q.push(label, int32(node))
		}
		var popped []int64
		for q.size > 0 {
			e := q.pop()
			popped = append(popped, e.label)
			if len(labels) < 60 && rapid.Bool().Draw(t, "push more") {
				labels = append(labels, e.label+rapid.Int64Range(0, 1<<30).Draw(t, "further"))
				q.push(labels[len(labels)-1], 0)
			}
		}
		slices.Sort(labels)
		if !slices.Equal(popped, labels) {
			t.Fatalf("popped %v, want %v", popped, labels)
		}
	})
}
