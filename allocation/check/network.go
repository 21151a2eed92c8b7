package check

// A network is a placement whose costs are to be least, by numbers: the students
// who are served, with the edges that could be granted to them,
// from the most wanted to the least; and what each of them took.
//
// Its nodes are the posts, then the groups, then the outside, where whoever has
// no post is. Prices are given to nodes as a student meets them: the price of a
// post holds those of the groups around it, and the outside is free.
type network struct {
	names
	turn   []int32 // of each student: when they are served, from 0; nil when they stand in that order
	first  []int32 // the edges of student i are first[i] to first[i+1]-1
	post   []int32 // of each edge
	cost   []int64 // of each edge
	none   []int64 // of each student: the cost of having no post
	took   []int32 // of each student: an edge, or without
	seats  []int32 // of each post
	within []int32 // of each post: the innermost group, or without; nil when there are no groups
	bands  []band  // of each group
}

// A band says how many students a group may hold.
type band struct{ around, min, max int32 }

// without stands for no edge, no group, no post.
const without = -1

// names say of whom a number speaks.
type names struct{ student, post, group func(int32) string }

// dearest bounds prices, so that no sum of two and a cost overflows.
const dearest = 1 << 60

func (n *network) outside() int32 { return int32(len(n.seats) + len(n.bands)) }

// around returns the node that a post or a group stands in.
func (n *network) around(node int32) int32 {
	group := int32(without)
	if p := int32(len(n.seats)); node >= p {
		group = n.bands[node-p].around
	} else if n.within != nil {
		group = n.within[node]
	}
	if group == without {
		return n.outside()
	}
	return int32(len(n.seats)) + group
}

// stands returns the node where student i is, and what it costs there.
func (n *network) stands(i int) (node int32, cost int64) {
	if e := n.took[i]; e != without {
		return n.post[e], n.cost[e]
	}
	return n.outside(), n.none[i]
}

// holds counts the students at each node.
func (n *network) holds() []int32 {
	held := make([]int32, n.outside()+1)
	for i := range n.took {
		node, _ := n.stands(i)
		held[node]++
	}
	for node := range int32(len(n.seats)) {
		for g := n.around(node); g != n.outside(); g = n.around(g) {
			held[g] += held[node]
		}
	}
	return held
}

// canTakeMore says whether a post has a free seat, or a group is below its
// ceiling; canSpare whether a group is above its floor.
func (n *network) canTakeMore(node int32, held []int32) bool {
	if p := int32(len(n.seats)); node >= p {
		return held[node] < n.bands[node-p].max
	}
	return held[node] < n.seats[node]
}

func (n *network) canSpare(group int32, held []int32) bool {
	return held[group] > n.bands[group-int32(len(n.seats))].min
}

// optimal sees that no other placement costs less in sum: that with the prices,
// nobody would rather be elsewhere, and whatever has a price is at its bound.
// These are the conditions of complementary slackness of linear programming.
func (n *network) optimal(price []int64) *Finding {
	held := n.holds()
	for node := range n.outside() {
		if f := n.slack(node, price, held); f != nil {
			return f
		}
	}
	for i := range n.took {
		if f := n.content(i, price); f != nil {
			return f
		}
	}
	return nil
}

// slack sees that a post or a group keeps to its bounds, and has a price of its
// own only where it is at one.
func (n *network) slack(node int32, price []int64, held []int32) *Finding {
	own := price[node] - price[n.around(node)]
	posts := int32(len(n.seats))
	if node < posts {
		id := n.names.post(node)
		switch {
		case held[node] > n.seats[node]:
			return wrong("post %s has %d seats and %d people to take them", id, n.seats[node], held[node]).posts(id)
		case own < 0:
			return wrong("post %s has the price %d, below 0", id, own).posts(id)
		case own > 0 && n.canTakeMore(node, held):
			return wrong("post %s has a free seat and the price %d", id, own).posts(id)
		}
		return nil
	}
	id, b := n.names.group(node-posts), n.bands[node-posts]
	switch {
	case held[node] < b.min || held[node] > b.max:
		return wrong("group %s has %d people to hold, from %d to %d", id, held[node], b.min, b.max)
	case own > 0 && n.canTakeMore(node, held):
		return wrong("group %s is below its ceiling and has the price %d for it", id, own)
	case own < 0 && n.canSpare(node, held):
		return wrong("group %s is above its floor and has the price %d for it", id, -own)
	}
	return nil
}

// content sees that student i pays least where they are.
func (n *network) content(i int, price []int64) *Finding {
	node, cost := n.stands(i)
	pays := cost + price[node]
	if n.none[i] < pays {
		id := n.names.student(int32(i))
		return wrong("student %s pays %d with its price, and would pay %d without a post", id, pays, n.none[i]).students(id)
	}
	for e := n.first[i]; e < n.first[i+1]; e++ {
		if other := n.cost[e] + price[n.post[e]]; other < pays {
			id, post := n.names.student(int32(i)), n.names.post(n.post[e])
			return wrong("student %s pays %d with its price, and would pay %d at post %s", id, pays, other, post).students(id).posts(post)
		}
	}
	return nil
}

// total returns the sum of all costs; false when it is beyond what a file holds.
func (n *network) total() (int64, bool) {
	var sum int64
	for i := range n.took {
		_, cost := n.stands(i)
		if cost > 1<<63-1-sum {
			return 0, false
		}
		sum += cost
	}
	return sum, true
}
