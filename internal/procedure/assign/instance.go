package assign

import (
	"fmt"
	"slices"

	"stagora.org/stagora/allocation/format"
)

// An Instance is what a run is made of, under a method and its parameters.
type Instance struct {
	in    *format.Instance
	posts map[string]int // by code
}

// A Post is a post of an instance.
type Post struct {
	Code      string
	Seats     int
	Secondary bool // may only accompany a main post
}

// A Student is a student to be added to an instance.
type Student struct {
	ID       string // pseudonym
	Position int    // in which the student is served; 0 for all: in the order in which they are added
	Score    *int64 // hundredths; nil: unknown
	Wishes   []Wish // best first
}

// A Wish is one line of a list: a post, the secondary post asked for with it, and the
// rule that forbids to grant it; "" for none of these two.
type Wish = format.Wish

// NewInstance returns an instance without posts and students.
func NewInstance(method string, scoring Scoring) *Instance {
	return &Instance{in: &format.Instance{Method: method, Parameters: &scoring}, posts: map[string]int{}}
}

// ReadInstance reads an instance that was kept. What is kept as a string is not copied.
func ReadInstance(file string) (*Instance, error) {
	in, err := format.ReadInstance(file)
	if err != nil {
		return nil, fmt.Errorf("read the instance: %w", err)
	}
	i := &Instance{in: in, posts: make(map[string]int, len(in.Posts))}
	for p, post := range in.Posts {
		i.posts[post.ID] = p
	}
	return i, nil
}

// AddPost adds a post.
func (in *Instance) AddPost(p Post) {
	in.posts[p.Code] = len(in.in.Posts)
	in.in.Posts = append(in.in.Posts, format.Post{ID: p.Code, Seats: p.Seats, Secondary: p.Secondary})
}

// AddStudent adds a student, whose index is how many were there before.
func (in *Instance) AddStudent(s Student) {
	student := format.Student{ID: s.ID, Order: s.Position, Wishes: s.Wishes}
	if s.Score != nil {
		student.Score = format.Hundredths(*s.Score)
	}
	in.in.Students = append(in.in.Students, student)
}

// Check returns nil if the engine can take the instance: a fault about its parameters
// otherwise.
func (in *Instance) Check() error { return wrongScoring(in.in.Check()) }

// Bytes returns the instance as it is kept and hashed.
func (in *Instance) Bytes() []byte { return in.in.Bytes() }

// Hash names a file of the engine by its content.
func Hash[C string | []byte](file C) string { return format.Hash(file) }

// Scoring returns the parameters in force.
func (in *Instance) Scoring() *Scoring { return in.in.Rules() }

// SetScoring gives the instance other parameters.
func (in *Instance) SetScoring(s Scoring) { in.in.Parameters = &s }

// Posts returns the posts, in the order in which they were added.
func (in *Instance) Posts() []Post {
	posts := make([]Post, len(in.in.Posts))
	for i, p := range in.in.Posts {
		posts[i] = Post{Code: p.ID, Seats: p.Seats, Secondary: p.Secondary}
	}
	return posts
}

// Seats returns how many seats a post has, and whether it is offered.
func (in *Instance) Seats(post string) (seats int, offered bool) {
	p, offered := in.posts[post]
	if !offered {
		return 0, false
	}
	return in.in.Posts[p].Seats, true
}

// SetSeats gives an offered post another number of seats.
func (in *Instance) SetSeats(post string, seats int) { in.in.Posts[in.posts[post]].Seats = seats }

// Students returns how many students there are.
func (in *Instance) Students() int { return len(in.in.Students) }

// InOrder returns the students in the order in which they are served.
func (in *Instance) InOrder() []int { return in.in.Sequence() }

// Position returns the position in which a student is served; 0 if nobody has one.
func (in *Instance) Position(i int) int { return in.in.Students[i].Order }

// Rank returns the place of a post on a student's list, from 1; 0: it is not there.
func (in *Instance) Rank(i int, post string) int {
	return 1 + slices.IndexFunc(in.in.Students[i].Wishes, func(w Wish) bool { return post != "" && w.Post == post })
}

// InsertWish adds a post to a student's list, at its place from 0.
func (in *Instance) InsertWish(i, at int, post string) {
	s := &in.in.Students[i]
	s.Wishes = slices.Insert(s.Wishes, at, Wish{Post: post})
}

// Pinned returns the post that a student keeps whatever the lists say; "" for none.
func (in *Instance) Pinned(i int) string { return in.in.Students[i].Pinned }

// Pin has a student keep a post, whose seat is set aside.
func (in *Instance) Pin(i int, post string) { in.in.Students[i].Pinned = post }

// Reserved returns how many seats of each post are set aside for students who keep it.
func (in *Instance) Reserved() map[string]int {
	reserved := map[string]int{}
	for _, s := range in.in.Students {
		if s.Pinned != "" {
			reserved[s.Pinned]++
		}
	}
	return reserved
}
