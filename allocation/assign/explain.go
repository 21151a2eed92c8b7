package assign

import (
	"slices"
	"sort"

	"stagora.org/stagora/allocation/format"
)

// A Change says what became of a wish, and the smallest change of the student's
// place or weight that would have altered it, everything else being the same.
type Change struct {
	Wish     int    // from 1
	Outcome  string // as in the result
	Position int    // served at this position or before, the student would have had this wish or a better one; 0 if at none
	Gives    int    // the wish that the student gets at exactly that position: Wish or a better one
	Weight   int    // with format.Equity: the least weight with which the student would have had this wish or a better one; 0 if with none
}

// Explain returns a line for each wish of one student, in the order of the list.
// Only wishes whose outcome is format.Full or format.Completion have changes;
// those of format.TradedLottery have none, because there nobody's place decides.
//
// It is exact. The serial methods tell it directly (Margins); the others are run
// again, about log₂ of the number of students times for every wish missed: who
// moves up never gets less, because those before choose as they did.
func Explain(in *format.Instance, r *format.Result, student string) []Change {
	changes, _ := Run{}.Explain(in, r, student)
	return changes
}

// Explain is the function Explain, for a caller who may want to stop: the error
// is then ErrStopped.
func (r Run) Explain(in *format.Instance, result *format.Result, student string) ([]Change, error) {
	var changes []Change
	for _, reason := range result.Reasons {
		if reason.Student == student && reason.Wish > 0 {
			changes = append(changes, Change{Wish: reason.Wish, Outcome: reason.Outcome})
		}
	}
	switch in.Method {
	case format.Serial, format.ScoreV1, format.ScoreV2:
		for _, m := range Margins(result, student) {
			changes[m.Wish-1].Position, changes[m.Wish-1].Gives = m.Position, m.Gives
		}
		return changes, nil
	case format.TradedLottery:
		return changes, nil
	}
	t := newTrial(r, in, student)
	for n := range changes {
		c := &changes[n]
		if c.Outcome != format.Full && c.Outcome != format.Completion {
			continue
		}
		t.move(c)
		if in.Method == format.Equity {
			c.Weight = t.weigh(c.Wish)
		}
	}
	return changes, t.err
}

// A trial runs a method again with one student moved or weighed otherwise.
type trial struct {
	run      Run
	in       *format.Instance
	me       int   // of the instance's students
	sequence []int // the students as they are served
	at       int   // my place there
	got      map[change]int
	err      error // the first one; trials after it mean nothing
}

// A change is where a student is served, from 0, and with which weight.
type change struct{ at, weight int }

func newTrial(run Run, in *format.Instance, student string) *trial {
	t := &trial{run: run, in: in, me: in.Index().Student[student], sequence: in.Sequence(), got: map[change]int{}}
	t.at = slices.Index(t.sequence, t.me)
	return t
}

// place returns the position on the list that the student gets, from 1; 0 for
// none.
func (t *trial) place(c change) int {
	if position, known := t.got[c]; known || t.err != nil {
		return position
	}
	in := *t.in
	in.Students = slices.Clone(t.in.Students)
	sequence := slices.Insert(slices.Delete(slices.Clone(t.sequence), t.at, t.at+1), c.at, t.me)
	for n, i := range sequence {
		in.Students[i].Order = n + 1
	}
	in.Students[t.me].Weight = c.weight
	m := newMarket(&in)
	placed, err := t.run.place(&in, m)
	if err != nil {
		t.err = err
		return 0
	}
	position := placed.rank[t.me]
	if post := placed.post[t.me]; position == 0 && post != none {
		one := m.students[t.me]
		position = len(one.wishes) + slices.Index(one.fallback, post) + 1
	}
	t.got[c] = position
	return position
}

// move fills in the highest position that gives a wish or a better one.
func (t *trial) move(c *Change) {
	gives := func(at int) int { return t.place(change{at, t.in.Students[t.me].Weight}) }
	missed := sort.Search(t.at, func(at int) bool { return gives(at) == 0 || gives(at) > c.Wish })
	if missed == 0 || t.err != nil {
		return
	}
	there := t.sequence[missed-1]
	c.Position, c.Gives = t.in.Students[there].Order, gives(missed-1)
	if c.Position == 0 {
		c.Position = missed
	}
}

// weigh returns the least weight that gives a wish or a better one.
//
// A greater weight never gives a worse wish, though it may cost the post: of two
// weights, whatever is best with the greater one would otherwise be better with the smaller
// one too. And with the same cost, having no post counting as none, both have the same optimum.
func (t *trial) weigh(wish int) int {
	list := len(t.in.Students[t.me].Wishes) + len(t.in.Students[t.me].Fallback)
	highest := t.in.RankCost(list)
	if highest == 0 {
		return 0
	}
	gives := func(weight int) int { return t.place(change{t.at, weight}) }
	weight := 1 + sort.Search(int(format.MaxWeightedCost/highest)-1, func(w int) bool { return gives(w+1) <= wish })
	if gives(weight) == 0 || gives(weight) > wish {
		return 0
	}
	return weight
}
