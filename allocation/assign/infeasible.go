package assign

import (
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/allocation/flow"
	"stagora.org/stagora/allocation/format"
)

// Infeasible says that the floors of groups cannot be met, and why: its Groups
// must have more students than Students, Seats and Room together can be. It is
// the smallest reason: each of these floors is needed for it.
//
// Students stand in the order in which they are served, posts and groups in that
// of the bytes of their ids. Pinned students are not counted anywhere: they have
// their posts already.
type Infeasible struct {
	Groups   []string // whose floors are in question
	Needed   int      // how many more students these floors ask for
	Students []string // who may have a post there that is not in Posts or Ceilings
	Posts    []string // posts there that more students may have than they have seats
	Seats    int      // of Posts
	Ceilings []string // groups that more students may go to than their ceilings leave room for
	Room     int      // of Ceilings
}

// Error says what cannot be, why, and what would help.
func (x *Infeasible) Error() string {
	var why []string
	if n := len(x.Students); n > 0 {
		why = append(why, fmt.Sprintf("only %s may have a post there (%s)", count(n, "student"), enumerate(x.Students)))
	}
	if len(x.Posts) > 0 {
		why = append(why, fmt.Sprintf("only %s at %s", count(x.Seats, "seat"), enumerate(x.Posts)))
	}
	if len(x.Ceilings) > 0 {
		why = append(why, fmt.Sprintf("the ceiling of %s leaves room for only %s", enumerate(x.Ceilings), count(x.Room, "student")))
	}
	if len(why) == 0 {
		why = append(why, "nobody may have a post there")
	}
	return fmt.Sprintf("the floors cannot be met: %s must still receive %s and can receive only %d: %s. Lower the floor, or ask students to accept more posts there",
		enumerate(x.Groups), count(x.Needed, "student"), len(x.Students)+x.Seats+x.Room, strings.Join(why, "; "))
}

// count says how many there are of something.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// enumerate names a few, and counts the rest.
func enumerate(ids []string) string {
	const few = 12
	if len(ids) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:few], ", "), len(ids)-few)
	}
	return strings.Join(ids, ", ")
}

func (p *program) infeasible(in *format.Instance, o *flow.Obstacle) *Infeasible {
	x := &Infeasible{}
	for _, g := range o.Groups {
		x.Groups = append(x.Groups, p.market.groups[g].id)
		x.Needed += int(p.Groups[g].Min)
	}
	for _, a := range o.Students {
		x.Students = append(x.Students, in.Students[p.who[a]].ID)
	}
	for _, q := range o.Posts {
		x.Posts = append(x.Posts, in.Posts[p.post[q]].ID)
		x.Seats += int(p.Seats[q])
	}
	for _, g := range o.Ceilings {
		x.Ceilings = append(x.Ceilings, p.market.groups[g].id)
		x.Room += int(p.Groups[g].Max)
	}
	for _, ids := range [][]string{x.Groups, x.Posts, x.Ceilings} {
		slices.Sort(ids)
	}
	return x
}
