package check

import (
	"math/big"
	"strconv"

	"stagora.org/stagora/allocation/format"
)

// demand measures how sought posts are.
type demand struct {
	post    map[string]*format.Post
	wished  map[string]format.Amount // cost of the ranks of all wishes
	perSeat map[string]*big.Rat      // the same, each wish counting at least a tenth; of posts wished for that have seats
}

func newDemand(in *format.Instance) *demand {
	d := &demand{post: map[string]*format.Post{}, wished: map[string]format.Amount{}, perSeat: map[string]*big.Rat{}}
	for i := range in.Posts {
		d.post[in.Posts[i].ID] = &in.Posts[i]
	}
	rankCosts := in.Rules().RankCosts
	for _, s := range in.Students {
		counted := map[string]bool{"": true}
		for k, w := range s.Wishes {
			var cost format.Amount
			if k < len(rankCosts) {
				cost = rankCosts[k]
			}
			d.wished[w.Post] += cost
			d.count(w.Post, cost)
			if !counted[w.Secondary] {
				counted[w.Secondary] = true
				d.count(w.Secondary, cost)
			}
		}
	}
	return d
}

func (d *demand) count(post string, cost format.Amount) {
	seats := d.post[post].Seats
	if seats == 0 {
		return
	}
	if d.perSeat[post] == nil {
		d.perSeat[post] = new(big.Rat)
	}
	share := exact(max(cost, format.One/10))
	d.perSeat[post].Add(d.perSeat[post], share.Quo(share, big.NewRat(int64(seats), 1)))
}

// level counts the posts of the same kind that are more sought.
func (d *demand) level(post string) string {
	mine := d.perSeat[post]
	switch {
	case d.post[post].Seats == 0:
		return format.DemandClosed
	case mine == nil:
		return format.NoDemand
	}
	wished, before := 0, 0
	for other, theirs := range d.perSeat {
		if d.post[other].Secondary != d.post[post].Secondary {
			continue
		}
		wished++
		if theirs.Cmp(mine) > 0 {
			before++
		}
	}
	for level := 1; ; level++ {
		if level*wished >= 10*(before+1) {
			return strconv.Itoa(level)
		}
	}
}
