package check

import (
	"crypto/sha256"
	"slices"
	"strconv"
	"strings"
)

// A stream is the whole numbers that a text stands for: the SHA-256 of the text
// followed by ":0", by ":1"…, each cut in four.
type stream struct {
	text  []byte // with the colon
	block uint64 // of the next four numbers
	hash  [sha256.Size]byte
	used  int // bytes of hash
}

func newStream(text string) *stream {
	return &stream{text: []byte(text + ":"), used: sha256.Size}
}

func (s *stream) next() uint64 {
	if s.used == len(s.hash) {
		s.hash = sha256.Sum256(strconv.AppendUint(s.text, s.block, 10))
		s.block++
		s.used = 0
	}
	s.used += 8
	var n uint64
	for _, b := range s.hash[s.used-8 : s.used] {
		n = n<<8 | uint64(b)
	}
	return n
}

// below returns a number below m, each as likely as the others.
func (s *stream) below(m uint64) uint64 {
	const highest = 1<<64 - 1
	unfair := (highest%m + 1) % m // how many of the highest numbers would favour the lowest results
	for {
		if n := s.next(); n <= highest-unfair {
			return n % m
		}
	}
}

// A drawing is the graph in which chances become posts. On one side stand the
// students and a node for seats left free, on the other the posts and a node for
// having none; at every node the values of the edges add up to a multiple of the
// draws.
type drawing struct {
	draws int64
	value []int64 // of each edge
	ends  [][2]int32
	edges [][]int32 // of each node, in the order in which they are tried; closed ones drop out
}

func (d *drawing) join(x, y int32, value int64) {
	e := int32(len(d.value))
	d.value = append(d.value, value)
	d.ends = append(d.ends, [2]int32{x, y})
	d.edges[x] = append(d.edges[x], e)
	d.edges[y] = append(d.edges[y], e)
}

func (d *drawing) isOpen(edge int32) bool { return d.value[edge]%d.draws != 0 }

// drawn draws the posts, and sees that they are those of the placement.
func (r *raffle) drawn() *Finding {
	d, given := r.drawing()
	s := newStream(r.seed + ":draw")
	met := make([]int, len(d.edges)) // where on the walk, from 1
	for student := range r.took {
		for d.anyOpen(int32(student)) {
			cycle := d.walk(int32(student), met)
			d.shift(cycle, s)
		}
	}
	for i, took := range r.took {
		for e := r.first[i]; e < r.first[i+1]; e++ {
			if drawn := d.value[given[e]] == r.draws; drawn != (e == took) {
				id, post := r.names.student(int32(i)), r.names.post(r.post[e])
				if drawn {
					return wrong("the draw gives post %s to student %s, the result does not", post, id).students(id).posts(post)
				}
				return wrong("the result gives post %s to student %s, the draw does not", post, id).students(id).posts(post)
			}
		}
	}
	return nil
}

// drawing makes the graph, and returns which of its edges each edge of the
// problem is.
func (r *raffle) drawing() (d *drawing, edge []int32) {
	students, posts := int32(len(r.took)), int32(len(r.seats))
	free, none := students, students+1+posts
	d = &drawing{draws: r.draws, edges: make([][]int32, none+1)}
	spare := make([]int64, posts)
	for p, seats := range r.seats {
		spare[p] = int64(seats) * r.draws
	}
	var without int64
	for i := range students {
		for e := r.first[i]; e < r.first[i+1]; e++ {
			edge = append(edge, int32(len(d.value)))
			d.join(i, students+1+r.post[e], r.after[e])
			spare[r.post[e]] -= r.after[e]
		}
		d.join(i, none, r.draws-r.total[i])
		without += r.draws - r.total[i]
	}
	byID := make([]int32, posts)
	for p := range byID {
		byID[p] = int32(p)
	}
	slices.SortFunc(byID, func(x, y int32) int { return strings.Compare(r.names.post(x), r.names.post(y)) })
	for _, p := range byID {
		d.join(free, students+1+p, spare[p])
	}
	d.join(free, none, (r.draws-without%r.draws)%r.draws)
	return d, edge
}

func (d *drawing) anyOpen(node int32) bool {
	return slices.ContainsFunc(d.edges[node], d.isOpen)
}

// walk returns a cycle of open edges, the first found from a node.
func (d *drawing) walk(node int32, met []int) []int32 {
	nodes, path := []int32{}, []int32{}
	used := int32(-1)
	for met[node] == 0 {
		nodes = append(nodes, node)
		met[node] = len(nodes)
		used = d.leave(node, used)
		path = append(path, used)
		node = d.ends[used][0] + d.ends[used][1] - node
	}
	cycle := path[met[node]-1:]
	for _, n := range nodes {
		met[n] = 0
	}
	return cycle
}

// leave returns the first open edge of a node other than the one used to come.
func (d *drawing) leave(node, used int32) int32 {
	edges := d.edges[node]
	for !d.isOpen(edges[0]) {
		edges = edges[1:]
	}
	next := 0
	if edges[0] == used {
		for next = 1; !d.isOpen(edges[next]); next++ {
		}
		edges[next-1] = used // those between are closed
		edges, next = edges[next-1:], 1
	}
	d.edges[node] = edges
	return edges[next]
}

// shift moves values along a cycle, up or down, as far as they go; which way, the
// stream decides so that on average nothing moves.
func (d *drawing) shift(cycle []int32, s *stream) {
	up, down := d.draws, d.draws
	for k, e := range cycle {
		over := d.value[e] % d.draws
		rise, fall := d.draws-over, over
		if k%2 == 1 {
			rise, fall = fall, rise
		}
		up, down = min(up, rise), min(down, fall)
	}
	by := up
	if s.below(uint64(up+down)) >= uint64(down) {
		by = -down
	}
	for k, e := range cycle {
		if k%2 == 0 {
			d.value[e] += by
		} else {
			d.value[e] -= by
		}
	}
}
