package match

// candidatesPropose returns what each candidate gets, or nil, in the stable
// matching that all candidates like best.
//
// It is deferred acceptance (Gale and Shapley, "College admissions and the
// stability of marriage", 1962) in McVitie and Wilson's one-at-a-time form.
// The order in which candidates propose changes nothing. For lists of total
// length L and posts of at most s seats it takes O(L·s).
func (m *market) candidatesPropose() []*edge {
	posts := newChoices(m.left)
	next := make([]int, len(m.lists)) // the first wish of each candidate not yet tried
	for first := range m.lists {
		// first proposes; whoever is turned down proposes in turn, until a free
		// seat or the end of a list ends the chain.
		for c := first; c != none && m.fixed[c] == nil && next[c] < len(m.lists[c]); {
			e := m.lists[c][next[c]]
			next[c]++
			if !e.accepted {
				continue
			}
			c = none
			if out := posts[e.post].take(e); out != nil {
				c = out.candidate
			}
		}
	}
	return m.held(posts)
}

// held returns what each candidate gets of what posts hold.
func (m *market) held(posts []choice) []*edge {
	got := make([]*edge, len(m.lists))
	for _, p := range posts {
		for _, e := range p.held {
			got[e.candidate] = e
		}
	}
	return got
}

// postsPropose returns what each candidate gets, or nil, in the stable matching
// that no candidate likes less than another. It takes O(L·r) for lists of total
// length L and posts of at most r reserves.
func (m *market) postsPropose() []*edge {
	got := make([]*edge, len(m.lists))
	offers := make([]offers, len(m.in.Posts))
	var acting []int // posts that may have a seat to offer
	for p := range offers {
		offers[p] = newOffers(m.left[p], m.ranking[p])
		acting = append(acting, p)
	}
	for len(acting) > 0 {
		p := acting[len(acting)-1]
		e := offers[p].next()
		if e == nil {
			acting = acting[:len(acting)-1]
			continue
		}
		had := got[e.candidate]
		if had == nil {
			got[e.candidate] = e
			continue
		}
		declined := e
		if e.place < had.place {
			got[e.candidate], declined = e, had
		}
		offers[declined.post].decline(declined)
		acting = append(acting, declined.post)
	}
	return got
}

// Offers are those a post has made so far: always to those whom it would choose
// of all who have not declined.
type offers struct {
	quota
	ranking []*edge   // those whom no offer by merit reached yet, best first
	groups  [][]*edge // for each reserve, those of its group whom none of its offers reached
	made    int       // offers not declined
	count   []int     // of these, how many to the group of each reserve
}

func newOffers(q quota, ranking []*edge) offers {
	o := offers{quota: q, ranking: ranking, groups: make([][]*edge, len(q.reserved)), count: make([]int, len(q.reserved))}
	for _, e := range ranking {
		if e.reserve != none {
			o.groups[e.reserve] = append(o.groups[e.reserve], e)
		}
	}
	return o
}

// next makes one more offer if there is a seat for it, or returns nil. A group
// that fills less than its reserve comes before all others: as offers go down
// each ranking, those made and the next are again what the post would choose.
//
// Somebody may be offered a seat twice, by merit and for the group. The second
// offer is no better than the first, and so is declined.
func (o *offers) next() *edge {
	if o.made >= o.seats {
		return nil
	}
	from := &o.ranking
	for r := range o.groups {
		if o.count[r] < o.reserved[r] && len(o.groups[r]) > 0 {
			from = &o.groups[r]
			break
		}
	}
	if len(*from) == 0 {
		return nil
	}
	e := (*from)[0]
	*from = (*from)[1:]
	o.made++
	if e.reserve != none {
		o.count[e.reserve]++
	}
	return e
}

func (o *offers) decline(e *edge) {
	o.made--
	if e.reserve != none {
		o.count[e.reserve]--
	}
}
