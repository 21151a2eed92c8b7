package check

import "stagora.org/stagora/allocation/format"

// certificate sees that the placement is what the method promises, by the proof
// that comes with it.
func (c *claim) certificate() (string, *Finding) {
	if f := c.placements(); f != nil {
		return "", f
	}
	var proof func() (string, *Finding)
	switch c.in.Method {
	case format.Ordered:
		proof = c.ordered
	case format.Equity:
		proof = c.equity
	case format.Leximin, format.RankMaximal:
		proof = c.levels
	case format.TradedLottery:
		proof = c.traded
	default:
		return c.replay()
	}
	detail, f := proof()
	if f == nil {
		f = c.secondaries()
	}
	return detail, f
}
