package check

import "fmt"

// ordered sees that nobody more can be placed, and that the placement is the
// first, in the order of the students, of those that place as many: whatever
// wish was passed over, no round of students gives it and leaves everybody served
// before as they are. The certificate says nothing, so the proof is made here.
func (c *claim) ordered() (string, *Finding) {
	p, f := c.problem()
	if f != nil {
		return "", f
	}
	for i := range p.none {
		p.none[i] = 1
	}
	price, f := p.crowded()
	if f != nil {
		return "", f
	}
	arcs := p.tight(price)
	if f := p.earlier(arcs); f != nil {
		return "", f
	}
	placed := 0
	for _, e := range p.took {
		if e != without {
			placed++
		}
	}
	return fmt.Sprintf("no more than %d can be placed, and no wish passed over could be granted", placed), nil
}

// crowded finds where one student more would put somebody else out, and gives
// those posts and groups the price 1; it proves that nobody more can be placed.
// The search starts from the posts that the students without a post wish for, and
// follows who could go elsewhere.
func (n *network) crowded() ([]int64, *Finding) {
	price := make([]int64, n.outside()+1)
	out := leaving(n.tight(price), len(price)) // nobody prefers no post, which costs 1
	for i, took := range n.took {
		if took != without {
			continue
		}
		var queue []int32
		reach := func(node int32) {
			if price[node] == 0 {
				price[node] = 1
				queue = append(queue, node)
			}
		}
		for e := n.first[i]; e < n.first[i+1]; e++ {
			reach(n.post[e])
		}
		for len(queue) > 0 {
			node := queue[len(queue)-1]
			queue = queue[:len(queue)-1]
			for _, a := range out.of(node) {
				reach(a.to)
			}
		}
		if price[n.outside()] != 0 {
			id := n.names.student(int32(i))
			return nil, wrong("student %s has no post, and could be placed without putting anybody out", id).students(id)
		}
	}
	return price, nil
}
