package assign

import (
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/allocation/flow"
	"stagora.org/stagora/allocation/format"
)

// Infeasible says that the floors of groups cannot be met, and why: its Groups
// need more students than its Students, the seats of its Posts and the ceilings
// of its Ceilings together can give them. It is the smallest reason: each of these floors is
// needed for it. Ids stand in the order of their bytes, students in the order
// in which they are served.
type Infeasible struct {
	Groups   []string // whose floors are in question
	Students []string // everybody else who may have a post of these groups, pinned students apart
	Posts    []string // whose seats hold others off
	Ceilings []string // groups whose ceilings hold others off
	Needed   int      // students, besides those pinned there
	Possible int      // at most
}

// Error says it in a sentence or two.
func (x *Infeasible) Error() string {
	need := "needs"
	if len(x.Groups) > 1 {
		need = "together need"
	}
	what := "group " + enumerate(x.Groups)
	if len(x.Groups) > 1 {
		what = "groups " + enumerate(x.Groups)
	}
	var parts []string
	if len(x.Students) > 0 {
		parts = append(parts, "the students who may go there ("+enumerate(x.Students)+")")
	}
	if len(x.Posts) > 0 {
		parts = append(parts, "the seats of "+enumerate(x.Posts))
	}
	if len(x.Ceilings) > 0 {
		parts = append(parts, "the ceiling of "+enumerate(x.Ceilings))
	}
	if len(parts) == 0 {
		parts = append(parts, "nobody may go there")
	}
	return fmt.Sprintf("the floors cannot be met: %s %s %d more than those who keep a post there, and can have %d at most: %s",
		what, need, x.Needed, x.Possible, strings.Join(parts, "; "))
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
	x := &Infeasible{Possible: len(o.Students)}
	for _, g := range o.Groups {
		x.Groups = append(x.Groups, p.market.groups[g].id)
		x.Needed += int(p.Groups[g].Min)
	}
	for _, a := range o.Students {
		x.Students = append(x.Students, in.Students[p.who[a]].ID)
	}
	for _, q := range o.Posts {
		x.Posts = append(x.Posts, in.Posts[p.post[q]].ID)
		x.Possible += int(p.Seats[q])
	}
	for _, g := range o.Ceilings {
		x.Ceilings = append(x.Ceilings, p.market.groups[g].id)
		x.Possible += int(p.Groups[g].Max)
	}
	for _, ids := range [][]string{x.Groups, x.Posts, x.Ceilings} {
		slices.Sort(ids)
	}
	return x
}
