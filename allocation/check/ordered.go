package check

import "fmt"

// ordered sees that nobody more can be placed, and that the placement is the
// first, in the order of the students, of those that place as many: whatever
// wish was passed over, no round of students gives it and leaves everybody served
// before as they are. The certificate says nothing, so the proof is made here.
func (c *claim) ordered() (string, *Finding) {
	p, f := c.newProblem()
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
	c.passedOver = newPassedOver(p)
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

// A passedOver finds who would have been left out if a wish that was passed over
// had been granted.
type passedOver struct {
	*problem
	held   []int32
	people [][]int32 // the students at each node; outside, those without a post
	inside [][]int32 // the posts and groups directly in each node
}

func newPassedOver(p *problem) *passedOver {
	o := &passedOver{problem: p, held: p.holds(), people: make([][]int32, p.outside()+1), inside: make([][]int32, p.outside()+1)}
	for i := range p.took {
		node, _ := p.stands(i)
		o.people[node] = append(o.people[node], int32(i))
	}
	for node := range p.outside() {
		o.inside[p.around(node)] = append(o.inside[p.around(node)], node)
	}
	return o
}

// leftOut returns the group that could not have kept to its bounds, and the
// students of whom one at least would have been left out.
func (o *passedOver) leftOut(student, post string) (group string, students []string) {
	i := o.index[student]
	m := marks{passedOver: o, after: int32(i), node: make([]bool, o.outside()+1), moved: make([]bool, len(o.took))}
	wish := o.node[post]
	m.spread(wish)
	own, _ := o.stands(i)
	if m.node[o.outside()] {
		for at := o.around(own); at != o.outside(); at = o.around(at) {
			if !m.node[at] {
				group = o.names.group(at - int32(len(o.seats)))
			}
		}
		return group, nil
	}
	for j, moved := range m.moved {
		if moved && o.took[j] != without {
			students = append(students, o.names.student(int32(j)))
		}
	}
	if o.canTakeMore(wish, o.held) {
		for at := o.around(wish); at != o.outside(); at = o.around(at) {
			if !o.canTakeMore(at, o.held) {
				return o.names.group(at - int32(len(o.seats))), students
			}
		}
	}
	return "", students
}

// marks follow who could make room for one student more at a post, among those
// served after a student.
type marks struct {
	*passedOver
	after int32
	node  []bool // posts, groups, and the outside of all groups
	moved []bool // of each student
	none  bool   // to have no post
	queue []int32
}

func (m *marks) mark(node int32) {
	if !m.node[node] {
		m.node[node] = true
		m.queue = append(m.queue, node)
	}
}

func (m *marks) spread(from int32) {
	for m.mark(from); len(m.queue) > 0; {
		node := m.queue[len(m.queue)-1]
		m.queue = m.queue[:len(m.queue)-1]
		if node < int32(len(m.seats)) {
			m.move(m.people[node])
		} else {
			for _, in := range m.inside[node] {
				if in < int32(len(m.seats)) || m.canSpare(in, m.held) {
					m.mark(in)
				}
			}
		}
		if node != m.outside() && m.canTakeMore(node, m.held) {
			m.mark(m.around(node))
		}
	}
}

// move sends students on to all other posts they may have, and to no post.
func (m *marks) move(students []int32) {
	for _, j := range students {
		if j <= m.after || m.moved[j] {
			continue
		}
		m.moved[j] = true
		for e := m.first[j]; e < m.first[j+1]; e++ {
			m.mark(m.post[e])
		}
		if !m.none {
			m.none = true
			m.move(m.people[m.outside()])
		}
	}
}
