package scenario

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
)

// A Cohort is the size of a simulation.
type Cohort struct {
	Students int
	Posts    int
	Wishes   int // on each list
	Places   int // seats for a hundred students: 110 is a surplus
	Rounds   int
	Markets  int // how many cohorts, each with tastes of its own
	Seed     string
}

// DefaultCohort is a year of a faculty as StageTrek knows it.
func DefaultCohort() Cohort {
	return Cohort{Students: 240, Posts: 110, Wishes: 12, Places: 110, Rounds: 12, Markets: 8, Seed: "stagora"}
}

func (c Cohort) check() error {
	switch {
	case min(c.Students, c.Posts, c.Wishes, c.Places, c.Rounds, c.Markets) < 1:
		return errors.New("a cohort needs at least one student, post, wish, seat, round and market")
	case c.Wishes+c.Rounds > c.Posts+1:
		return fmt.Errorf("%d posts are too few for %d wishes in each of %d rounds: nobody asks for a post twice", c.Posts, c.Wishes, c.Rounds)
	case c.Students > 100_000 || c.Posts > 10_000:
		return errors.New("a cohort has at most 100,000 students and 10,000 posts")
	}
	return nil
}

// A world is one market: what there is, and who wants what.
type world struct {
	Cohort
	market int
	posts  []format.Post
	taste  [][]int // of each student, the posts, best first
}

// How much of a wish all share, and how much is the student's own.
const (
	fashion = 2
	whim    = 9
)

func (c Cohort) world(market int) *world {
	r := &random{seed: fmt.Sprintf("%s:%d", c.Seed, market)}
	w := &world{Cohort: c, market: market, posts: make([]format.Post, c.Posts), taste: make([][]int, c.Students)}
	popularity := make([]int, c.Posts)
	for p := range w.posts {
		w.posts[p].ID = fmt.Sprintf("P%04d", p)
		popularity[p] = r.bell()
	}
	for seats := (c.Students*c.Places + 99) / 100; seats > 0; seats-- {
		w.posts[(seats*7+r.below(c.Posts))%c.Posts].Seats++
	}
	for i := range w.taste {
		liking := make([]int, c.Posts)
		w.taste[i] = make([]int, c.Posts)
		for p := range liking {
			w.taste[i][p] = p
			liking[p] = fashion*popularity[p] + whim*r.bell()
		}
		slices.SortFunc(w.taste[i], func(p, q int) int { return cmp.Or(liking[q]-liking[p], p-q) })
	}
	return w
}

// instance returns one round: everybody asks for the posts they like best and
// have not had.
func (w *world) instance(rule Rule, people []past, round int) *format.Instance {
	in := &format.Instance{Method: rule.Method, Posts: w.posts, Students: make([]format.Student, w.Students)}
	candidates := make([]assign.Candidate, w.Students)
	best := people[0].ranks
	for i := range people {
		best = min(best, people[i].ranks)
	}
	for i := range in.Students {
		s := &in.Students[i]
		s.ID = fmt.Sprintf("S%05d", i)
		for _, p := range w.taste[i] {
			if id := w.posts[p].ID; len(s.Wishes) < w.Wishes && !people[i].done[id] {
				s.Wishes = append(s.Wishes, format.Wish{Post: id})
			}
		}
		if rule.Method == format.Equity && rule.Memory == ByRank {
			s.Weight = 1 + people[i].ranks - best
		}
		candidates[i] = assign.Candidate{ID: s.ID, Score: people[i].standing(rule.Memory)}
	}
	for _, p := range assign.Order(candidates, fmt.Sprintf("%s:%d:%d", w.Seed, w.market, round)) {
		s := &in.Students[number(p.ID)]
		s.Order, s.Score = p.Effective, *p.Score
	}
	return in
}

// number returns which student an id of instance stands for.
func number(id string) int {
	n := 0
	for _, digit := range []byte(id[1:]) {
		n = 10*n + int(digit-'0')
	}
	return n
}

// standing is what decides the order: the lowest comes first.
func (p *past) standing(memory string) *format.Amount {
	var a format.Amount
	switch memory {
	case ByScore:
		if scores := assign.Scores(p.costs, 6); len(scores) > 0 {
			a = *scores[len(scores)-1].After
		}
	case ByRank:
		a = -format.Amount(p.ranks)
	case ByPrice:
		a = format.Amount(p.price)
	}
	return &a
}

// A random is chance that a seed repeats: SHA-256 of the seed and a counter.
type random struct {
	seed  string
	block [sha256.Size]byte
	used  int
	count int
}

func (r *random) byte() int {
	if r.count == 0 || r.used == len(r.block) {
		r.block = sha256.Sum256(fmt.Appendf(nil, "%s:%d", r.seed, r.count))
		r.count++
		r.used = 0
	}
	r.used++
	return int(r.block[r.used-1])
}

// below returns a number from 0 to n-1, all as likely but for one part in millions.
func (r *random) below(n int) int {
	x := 0
	for range 5 {
		x = x<<8 | r.byte()
	}
	return x % n
}

// bell returns the sum of four bytes: near enough a normal deviate of deviation 148.
func (r *random) bell() int { return r.byte() + r.byte() + r.byte() + r.byte() }
