package format

import (
	"slices"
	"strconv"
	"sync/atomic"
)

// Check returns the first thing in the content of the market that HR1 forbids,
// as a *TextError that tells its place in the file, or nil; then it has filled
// Rank. ReadMarket calls it; whoever builds a Market in Go does too.
//
// It runs on several cores and takes time in proportion to the lengths of all
// lists, and for each ranked student that of the student's list.
func (m *Market) Check() error {
	if err := m.order(); err != nil {
		return err
	}
	m.Rank = m.ranks()
	if m.Rank == nil {
		return m.firstMistake()
	}
	return nil
}

// ranks returns Rank, or nil when a post does not rank exactly those who listed
// it, or somebody lists a post twice. Each entry of a ranking is looked up in the
// list of the student, where each place may be found once: when there are as
// many entries as places, all are found.
//
// Looked up one ranking after another, nearly each entry would be a way to main
// memory. So the entries are first dealt into groups of students whose lists
// together fit in a cache.
func (m *Market) ranks() []int32 {
	if len(m.Ranking) != len(m.Wish) {
		return nil
	}
	groups := (m.Students() + groupSize - 1) / groupSize
	batches := min(m.Posts(), 64) // of posts
	from := func(batch int) int { return m.Posts() * batch / batches }
	counts := make([][]int, batches) // of each group; then where the next entry of the batch goes
	inParallel(batches, func(batch int) {
		count := make([]int, groups)
		for _, s := range m.Ranking[m.RankFirst[from(batch)]:m.RankFirst[from(batch+1)]] {
			count[s/groupSize]++
		}
		counts[batch] = count
	})
	start := make([]int, groups+1)
	sum := 0
	for group := range groups {
		for _, next := range counts {
			next[group], sum = sum, sum+next[group]
		}
		start[group+1] = sum
	}
	entries := make([]uint64, len(m.Ranking))
	inParallel(batches, func(batch int) {
		next := counts[batch]
		for p := from(batch); p < from(batch+1); p++ {
			for k, s := range m.Ranking[m.RankFirst[p]:m.RankFirst[p+1]] {
				at := &next[s/groupSize]
				entries[*at] = uint64(k)<<38 | uint64(p)<<13 | uint64(s%groupSize)
				*at++
			}
		}
	})
	rank := make([]int32, len(m.Wish))
	var wrong atomic.Bool
	inParallel(groups, func(group int) {
		for _, entry := range entries[start[group]:start[group+1]] {
			s := group*groupSize + int(entry%groupSize)
			first := int(m.First[s])
			k := slices.Index(m.Wish[first:m.First[s+1]], int32(entry>>13)&(MaxPeople-1))
			if k < 0 || rank[first+k] > 0 {
				wrong.Store(true)
				return
			}
			rank[first+k] = int32(entry>>38) + 1
		}
	})
	if wrong.Load() {
		return nil
	}
	return rank
}

// groupSize is how many students' lists fit in a cache. An entry is a place in a
// ranking, a post and a student of the group, of 25, 25 and 13 bits.
const groupSize = 1 << 13

// order checks that the call order names each student once.
func (m *Market) order() error {
	called := make([]int, m.Students()) // the field that names the student
	for k, s := range m.Order {
		if called[s] > 0 {
			return m.mistake(m.Students()+m.Posts(), k+2, s, "a student whom field "+strconv.Itoa(called[s])+" does not name")
		}
		called[s] = k + 2
	}
	return nil
}

// firstMistake looks for a mistake that is known to be there, one line after
// another.
func (m *Market) firstMistake() error {
	asked := make([]int32, m.Posts()) // how many list the post
	seen := make([]int, m.Posts())    // the last student who does, from 1
	for i := range m.Students() {
		for k, p := range m.Wish[m.First[i]:m.First[i+1]] {
			if seen[p] == i+1 {
				return m.mistake(i, k+3, p, "a post that is not on the list already")
			}
			seen[p] = i + 1
			asked[p]++
		}
	}
	ranked := make([]int, m.Students()) // the last post that ranks the student, from 1
	for p := range m.Posts() {
		ranking := m.Ranking[m.RankFirst[p]:m.RankFirst[p+1]]
		for k, s := range ranking {
			if ranked[s] == p+1 {
				return m.mistake(m.Students()+p, k+4, s, "a student who is not ranked already")
			}
			ranked[s] = p + 1
			if !slices.Contains(m.Wish[m.First[s]:m.First[s+1]], int32(p)) {
				return m.mistake(m.Students()+p, k+4, s, "a student who listed post "+strconv.Itoa(p))
			}
		}
		if n := int32(len(ranking)); n != asked[p] {
			return m.mistake(m.Students()+p, 3, n, "a ranking of all who listed the post, "+strconv.Itoa(int(asked[p])))
		}
	}
	return nil
}

// mistake tells the place of a mistake: the line after the first of the file,
// from 0, and the field.
func (m *Market) mistake(line, field int, found int32, expected string) error {
	return &TextError{Line: line + 2, Field: field, Found: strconv.Itoa(int(found)), Expected: expected}
}
