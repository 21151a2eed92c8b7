package format

import "slices"

func (w *writer) certificate(c *Certificate) {
	w.key("certificate")
	w.open('{')
	if l := c.Lottery; l != nil {
		w.shares("after", l.After)
		w.shares("before", l.Before)
		w.keyInt("draws", int(l.Draws))
	}
	if c.Dual != nil {
		w.groupPrices(c.Dual.Groups)
	}
	w.keyText("kind", c.Kind)
	if c.Kind == PerLevel {
		w.list("levels", len(c.Levels), func(i int) { w.level(&c.Levels[i]) })
	}
	if c.Dual != nil {
		w.keyInt("objective", int(c.Dual.Objective))
		w.postPrices(c.Dual.Posts)
	}
	w.close('}')
}

func (w *writer) level(l *Level) {
	w.open('{')
	w.keyInt("count", l.Count)
	w.groupPrices(l.Groups)
	w.keyInt("objective", int(l.Objective))
	w.postPrices(l.Posts)
	w.keyInt("rank", l.Rank)
	w.close('}')
}

// Keys stand in the order that RFC 8785 asks for, which differs from the order
// of the bytes for rare characters.

func (w *writer) groupPrices(groups []GroupPrice) {
	sorted := func(x, y GroupPrice) int { return compareUTF16(x.Group, y.Group) }
	if !slices.IsSortedFunc(groups, sorted) {
		groups = slices.SortedStableFunc(slices.Values(groups), sorted)
	}
	w.key("groups")
	w.open('{')
	for _, g := range groups {
		w.key(g.Group)
		w.open('[')
		w.int(g.Floor)
		w.int(g.Ceiling)
		w.close(']')
	}
	w.close('}')
}

func (w *writer) postPrices(posts []PostPrice) {
	sorted := func(x, y PostPrice) int { return compareUTF16(x.Post, y.Post) }
	if !slices.IsSortedFunc(posts, sorted) {
		posts = slices.SortedStableFunc(slices.Values(posts), sorted)
	}
	w.key("posts")
	w.open('{')
	for _, p := range posts {
		w.key(p.Post)
		w.int(p.Price)
	}
	w.close('}')
}

func (w *writer) shares(key string, all []Shares) {
	w.list(key, len(all), func(i int) {
		w.open('{')
		w.keyText("student", all[i].Student)
		w.list("wishes", len(all[i].Wishes), func(k int) { w.int(all[i].Wishes[k]) })
		w.close('}')
	})
}
