package flow

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/allocation/flow/transport"
)

func TestFloorsThatCannotBeMetSayWhy(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		lists  [][]int32 // the posts of each student
		seats  []int32
		within []int32
		groups []transport.Group
		want   *Obstacle
	}{
		{
			"too few have asked for the group's posts",
			[][]int32{{0}, {1, 0}, {0}, {0, 2}}, []int32{9, 9, 9}, []int32{none, 0, 0},
			[]transport.Group{{Around: none, Min: 3, Max: 9}},
			&Obstacle{Groups: []int32{0}, Students: []int32{1, 3}},
		},
		{
			"two groups need the same student",
			[][]int32{{0, 1}, {2}}, []int32{1, 1, 1}, []int32{0, 1, none},
			[]transport.Group{{Around: none, Min: 1, Max: 9}, {Around: none, Min: 1, Max: 9}},
			&Obstacle{Groups: []int32{0, 1}, Students: []int32{0}},
		},
		{
			"a group without anybody is no reason against another",
			[][]int32{{0}, {0}}, []int32{9, 9}, []int32{0, 1},
			[]transport.Group{{Around: none, Min: 2, Max: 9}, {Around: none, Min: 1, Max: 9}},
			&Obstacle{Groups: []int32{1}},
		},
		{
			"the posts have too few seats",
			[][]int32{{0}, {0, 1}, {1}, {0}}, []int32{1, 1}, []int32{0, 0},
			[]transport.Group{{Around: none, Min: 3, Max: 9}},
			&Obstacle{Groups: []int32{0}, Posts: []int32{0, 1}},
		},
		{
			"one post is short of seats, the other of students",
			[][]int32{{0}, {0}, {0}, {1}}, []int32{2, 9}, []int32{0, 0},
			[]transport.Group{{Around: none, Min: 4, Max: 9}},
			&Obstacle{Groups: []int32{0}, Students: []int32{3}, Posts: []int32{0}},
		},
		{
			"the ceiling around is below the floors within",
			[][]int32{{0}, {0}, {1}, {1}}, []int32{9, 9}, []int32{1, 2},
			[]transport.Group{{Around: none, Min: 0, Max: 3}, {Around: 0, Min: 2, Max: 9}, {Around: 0, Min: 2, Max: 9}},
			&Obstacle{Groups: []int32{1, 2}, Ceilings: []int32{0}},
		},
		{
			"a ceiling within is below the floor around",
			[][]int32{{0}, {0}, {0}, {1}}, []int32{9, 9}, []int32{1, 0},
			[]transport.Group{{Around: none, Min: 3, Max: 9}, {Around: 0, Min: 0, Max: 1}},
			&Obstacle{Groups: []int32{0}, Students: []int32{3}, Ceilings: []int32{1}},
		},
		{
			"of two floors that cannot be met, the one within is named",
			[][]int32{{0}}, []int32{9, 9}, []int32{0, 1},
			[]transport.Group{{Around: none, Min: 2, Max: 9}, {Around: 0, Min: 2, Max: 9}},
			&Obstacle{Groups: []int32{1}},
		},
		{
			"floors that can be met by moving those who came first",
			[][]int32{{0, 1}, {0, 2}, {0}}, []int32{2, 1, 1}, []int32{none, 0, 1},
			[]transport.Group{{Around: none, Min: 1, Max: 9}, {Around: 0, Min: 1, Max: 9}},
			nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &transport.Problem{First: []int32{0}, Seats: tt.seats, Within: tt.within, Groups: tt.groups}
			for _, list := range tt.lists {
				p.Post = append(p.Post, list...)
				p.First = append(p.First, int32(len(p.Post)))
			}
			p.Cost, p.Unplaced = make([]int32, len(p.Post)), make([]int64, len(tt.lists))
			if err := p.Check(); err != nil {
				t.Fatal(err)
			}
			got, _ := meetFloors(p, never)
			if (got == nil) != (tt.want == nil) {
				t.Fatalf("the obstacle is %v, want %v", got, tt.want)
			}
			if got != nil && got.Error() != tt.want.Error() {
				t.Errorf("%v\nwant %v", got, tt.want)
			}
		})
	}
}

func TestAnObstacleIsTrueAndHoldsNoFloorTooMany(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t, 5, 4, 3, 1)
		found, _ := meetFloors(p, never)
		if _, _, feasible := exhaustive(p); feasible != (found == nil) {
			t.Fatalf("a solution exists: %v; the obstacle is %v", feasible, found)
		}
		if found == nil {
			return
		}
		var floors, room int32
		for _, g := range found.Groups {
			floors += p.Groups[g].Min
		}
		for _, q := range found.Posts {
			room += p.Seats[q]
		}
		for _, g := range found.Ceilings {
			room += p.Groups[g].Max
		}
		if room += int32(len(found.Students)); floors <= room {
			t.Fatalf("floors of %d students against room for %d: %v", floors, room, found)
		}
		for _, without := range found.Groups {
			fewer := *p
			fewer.Groups = slices.Clone(p.Groups)
			for g := range fewer.Groups {
				if int32(g) == without || !slices.Contains(found.Groups, int32(g)) {
					fewer.Groups[g].Min = 0
				}
			}
			if _, _, feasible := exhaustive(&fewer); !feasible {
				t.Fatalf("the floors cannot be met without that of group %d either: %v", without, found)
			}
		}
	})
}
