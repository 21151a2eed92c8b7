package format

import (
	"slices"
	"strconv"
)

// Check returns every rule of match/1 that the content of the instance breaks,
// as Errors whose paths are those of the file, or nil. ReadMatch calls it;
// whoever builds a MatchInstance in Go does too.
func (in *MatchInstance) Check() error {
	c := matchChecker{in: in}
	c.oneOf("proposing", in.Proposing, Candidates, Posts)
	c.oneOf("unranked", in.Unranked, Refused, Last)
	c.post = c.errs.ids("posts", len(in.Posts), func(i int) string { return in.Posts[i].ID })
	c.candidate = c.errs.ids("candidates", len(in.Candidates), func(i int) string { return in.Candidates[i].ID })
	for i := range in.Posts {
		c.thePost(root.at("posts").nth(i), &in.Posts[i])
	}
	for i := range in.Candidates {
		one := &in.Candidates[i]
		at := root.at("candidates").nth(i)
		c.list(at.at("wishes"), one.Wishes, c.post, "post", "wishes")
		if one.Group != "" && !isName(one.Group) {
			c.errs.add(at.at("group"), quote(one.Group), aName)
		}
	}
	c.fixed()
	c.ties()
	return c.errs.asError()
}

type matchChecker struct {
	in              *MatchInstance
	errs            Errors
	post, candidate map[string]int
}

func (c *matchChecker) oneOf(key, got string, allowed ...string) {
	if !slices.Contains(allowed, got) {
		c.errs.add(root.at(key), quote(got), "one of "+quoteAll(allowed))
	}
}

func (c *matchChecker) thePost(at *path, p *MatchPost) {
	if p.Seats < 0 || p.Seats > MaxSeats {
		c.errs.add(at.at("seats"), strconv.Itoa(p.Seats), aWhole(0, MaxSeats))
	}
	c.list(at.at("ranking"), p.Ranking, c.candidate, "candidate", "ranking")
	first, left := make(map[string]int, len(p.Reserved)), p.Seats
	for i, r := range p.Reserved {
		at := at.at("reserved").nth(i)
		before, again := first[r.Group]
		switch {
		case !isName(r.Group):
			c.errs.add(at.at("group"), quote(r.Group), aName)
		case again:
			c.errs.add(at.at("group"), quote(r.Group), "a group that reserved["+strconv.Itoa(before)+"] does not name")
		default:
			first[r.Group] = i
		}
		if r.Seats < 0 || r.Seats > left {
			c.errs.add(at.at("seats"), strconv.Itoa(r.Seats), "a whole number from 0 to the seats not yet reserved, "+strconv.Itoa(max(0, left)))
		}
		left -= max(0, r.Seats)
	}
}

// list checks a list of ids of the other side: known, and each there once.
func (c *matchChecker) list(at *path, ties [][]string, known map[string]int, what, key string) {
	seen := make(map[string]int, len(ties))
	for i, tie := range ties {
		if len(tie) == 0 {
			c.errs.add(at.nth(i), "an empty list", "the id of a "+what+", or several in a list")
		}
		for k, id := range tie {
			here := func() *path {
				if len(tie) == 1 {
					return at.nth(i)
				}
				return at.nth(i).nth(k)
			}
			if _, ok := known[id]; !ok {
				c.errs.add(here(), quote(id), "the id of a "+what+" of this file")
			} else if before, again := seen[id]; again {
				c.errs.add(here(), quote(id), "a "+what+" that "+key+"["+strconv.Itoa(before)+"] does not name")
			} else {
				seen[id] = i
			}
		}
	}
}

// fixed checks that every pair that is kept has a seat.
func (c *matchChecker) fixed() {
	kept, matched := make([]int, len(c.in.Posts)), make(map[string]int, len(c.in.Fixed))
	for i, pair := range c.in.Fixed {
		at := root.at("fixed").nth(i)
		_, known := c.candidate[pair.Candidate]
		before, again := matched[pair.Candidate]
		switch {
		case !known:
			c.errs.add(at.at("candidate"), quote(pair.Candidate), "the id of a candidate of this file")
		case again:
			c.errs.add(at.at("candidate"), quote(pair.Candidate), "a candidate whom fixed["+strconv.Itoa(before)+"] does not name")
		default:
			matched[pair.Candidate] = i
		}
		p, known := c.post[pair.Post]
		if !known || c.in.Posts[p].Closed {
			c.errs.add(at.at("post"), quote(pair.Post), "the id of a post of this file that is not closed")
			continue
		}
		kept[p]++
		if kept[p] > c.in.Posts[p].Seats {
			c.errs.add(at.at("post"), quote(pair.Post), "at most as many pairs as seats, "+strconv.Itoa(c.in.Posts[p].Seats))
		}
	}
}

// ties asks for a rule where there is a tie to break.
func (c *matchChecker) ties() {
	if t := c.in.Ties; t != nil {
		if !slices.Contains([]string{DrawnTies, LargestTies}, t.Rule) {
			c.errs.add(root.at("ties").at("rule"), quote(t.Rule), "one of "+quoteAll([]string{DrawnTies, LargestTies}))
		}
		if !isName(t.Seed) {
			c.errs.add(root.at("ties").at("seed"), quote(t.Seed), aName)
		}
		if t.Rule == LargestTies && c.in.Proposing == Posts {
			c.errs.add(root.at("proposing"), quote(Posts), quote(Candidates)+" when the rule for ties is "+quote(LargestTies))
		}
		return
	}
	if at := c.in.firstTie(); at != "" {
		c.errs.add(root.at("ties"), "nothing", "a rule for ties, as there is one at "+at)
	}
}

// firstTie returns where the first tie of the file stands, "" when there is
// none. Candidates who asked a post and whom it did not rank are tied there when
// they come last.
func (in *MatchInstance) firstTie() string {
	tied := func(tie []string) bool { return len(tie) > 1 }
	for i, p := range in.Posts {
		if k := slices.IndexFunc(p.Ranking, tied); k >= 0 {
			return "posts[" + strconv.Itoa(i) + "].ranking[" + strconv.Itoa(k) + "]"
		}
	}
	for i, one := range in.Candidates {
		if k := slices.IndexFunc(one.Wishes, tied); k >= 0 {
			return "candidates[" + strconv.Itoa(i) + "].wishes[" + strconv.Itoa(k) + "]"
		}
	}
	if in.Unranked != Last {
		return ""
	}
	ranked := make(map[Pair]bool)
	for _, p := range in.Posts {
		for _, tie := range p.Ranking {
			ranked[Pair{tie[0], p.ID}] = true
		}
	}
	unranked := make(map[string]int)
	for _, one := range in.Candidates {
		for _, tie := range one.Wishes {
			if post := tie[0]; !ranked[Pair{one.ID, post}] {
				unranked[post]++
				if unranked[post] > 1 {
					return "post " + quote(post) + ", which did not rank everybody who asked"
				}
			}
		}
	}
	return ""
}
