package transport

import (
	"errors"
	"fmt"
)

// maxPrice bounds prices: beyond it, a sum of a cost and a price could wrap
// around and prove anything.
const maxPrice = 1 << 62

// Prove returns nil if the solution keeps to the seats and groups and its prices
// prove that no other costs less. The error says what does not hold, by index.
// The problem must satisfy Check; the solution may be anything.
func (p *Problem) Prove(s *Solution) error {
	if len(s.Edge) != p.Students() || len(s.Posts) != len(p.Seats) || len(s.Groups) != len(p.Groups) {
		return errors.New("the solution is of another problem")
	}
	for i, e := range s.Edge {
		if e != None && (e < p.First[i] || e >= p.First[i+1]) {
			return fmt.Errorf("student %d has the edge %d of another", i, e)
		}
	}
	for _, prices := range [][]int64{s.Posts, s.Groups} {
		for _, price := range prices {
			if price < -maxPrice || price > maxPrice {
				return fmt.Errorf("the price %d is out of bounds", price)
			}
		}
	}
	posts, groups, err := p.count(s)
	if err != nil {
		return err
	}
	for i, e := range s.Edge {
		if err := p.content(s, i, e); err != nil {
			return err
		}
	}
	for q, price := range s.Posts {
		around := s.priceOf(p.around(q))
		switch {
		case price < around:
			return fmt.Errorf("post %d has the price %d, below the %d around it", q, price, around)
		case price > around && posts[q] < p.Seats[q]:
			return fmt.Errorf("post %d has a free seat and the price %d, above the %d around it", q, price, around)
		}
	}
	for g, group := range p.Groups {
		price, around := s.Groups[g], s.priceOf(group.Around)
		switch {
		case price < around && groups[g] > group.Min:
			return fmt.Errorf("group %d holds more than its floor and has the price %d, below the %d around it", g, price, around)
		case price > around && groups[g] < group.Max:
			return fmt.Errorf("group %d holds less than its ceiling and has the price %d, above the %d around it", g, price, around)
		}
	}
	return nil
}

// content returns nil if student i would rather have edge e than any other of
// theirs, or none, at these prices.
func (p *Problem) content(s *Solution, i int, e int32) error {
	pays := p.Unplaced[i]
	if e != None {
		pays = int64(p.Cost[e]) + s.Posts[p.Post[e]]
	}
	if pays > p.Unplaced[i] {
		return fmt.Errorf("student %d would rather have no post", i)
	}
	for f := p.First[i]; f < p.First[i+1]; f++ {
		if int64(p.Cost[f])+s.Posts[p.Post[f]] < pays {
			return fmt.Errorf("student %d would rather have the edge %d", i, f)
		}
	}
	return nil
}

// count returns how many students each post and group holds, or the first that
// holds too many or too few.
func (p *Problem) count(s *Solution) (posts, groups []int32, err error) {
	posts, groups = make([]int32, len(p.Seats)), make([]int32, len(p.Groups))
	for _, e := range s.Edge {
		if e != None {
			posts[p.Post[e]]++
		}
	}
	for q, n := range posts {
		if n > p.Seats[q] {
			return nil, nil, fmt.Errorf("post %d has %d seats and %d students", q, p.Seats[q], n)
		}
		for g := p.around(q); g != None; g = p.Groups[g].Around {
			groups[g] += n
		}
	}
	for g, n := range groups {
		if group := p.Groups[g]; n < group.Min || n > group.Max {
			return nil, nil, fmt.Errorf("group %d holds %d students, outside %d to %d", g, n, group.Min, group.Max)
		}
	}
	return posts, groups, nil
}

// around returns the innermost group of a post, or None.
func (p *Problem) around(post int) int32 {
	if p.Within == nil {
		return None
	}
	return p.Within[post]
}

// priceOf returns the price of a group; 0 outside all.
func (s *Solution) priceOf(group int32) int64 {
	if group == None {
		return 0
	}
	return s.Groups[group]
}
