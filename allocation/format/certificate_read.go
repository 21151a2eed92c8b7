package format

import "strings"

// certificate reads the proof of a result: its kind follows from the method.
func (r *reader) certificate(at *path, v value, method string) Certificate {
	known := []string{"kind"}
	kind := Proof(method)
	switch kind {
	case DualPrices:
		known = append(known, "posts", "groups", "objective")
	case PerLevel:
		known = append(known, "levels")
	case Traded:
		known = append(known, "draws", "before", "after")
	}
	f := r.object(at, v, known...)
	if kind == "" {
		return Certificate{} // the method is unknown, which was said
	}
	c := Certificate{Kind: f.oneOf("kind", kind)}
	switch kind {
	case DualPrices:
		dual := f.dual()
		c.Dual = &dual
	case PerLevel:
		levels, at := f.needList("levels")
		for i, v := range levels {
			f := r.object(at.nth(i), v, "rank", "count", "posts", "groups", "objective")
			c.Levels = append(c.Levels, Level{Rank: f.needInt("rank", 0, maxCount), Count: f.needInt("count", 0, maxCount), Dual: f.dual()})
		}
	case Traded:
		c.Lottery = &Lottery{Draws: f.needWhole("draws", 1, MaxDraws), Before: f.shares("before"), After: f.shares("after")}
	}
	return c
}

func (f fields) dual() Dual {
	d := Dual{}
	f.byID("posts", func(at *path, id string, v value) {
		d.Posts = append(d.Posts, PostPrice{id, f.r.whole(at, v, 0, MaxWhole)})
	})
	f.byID("groups", func(at *path, id string, v value) {
		price := GroupPrice{Group: id}
		if two := v.items(); len(two) == 2 {
			price.Floor = f.r.whole(at.nth(0), two[0], 0, MaxWhole)
			price.Ceiling = f.r.whole(at.nth(1), two[1], 0, MaxWhole)
		} else {
			f.r.errs.add(at, show(v), "a list of two numbers")
		}
		d.Groups = append(d.Groups, price)
	})
	d.Objective = f.needWhole("objective", 0, MaxWhole)
	return d
}

// byID reads an object whose keys are ids, in the order of their bytes.
func (f fields) byID(key string, read func(at *path, id string, v value)) {
	v, ok := f.need(key, "an object")
	if !ok {
		return
	}
	at := f.at.at(key)
	if v.kind != object {
		f.r.errs.add(at, show(v), "an object")
		return
	}
	members := v.sorted(strings.Compare)
	for i, m := range members {
		if !isName(m.key) {
			f.r.errs.add(at.at(m.key), "the key "+quote(m.key), aName)
		} else if i > 0 && m.key == members[i-1].key {
			f.r.errs.add(at.at(m.key), "the key twice", "each key once")
		}
		read(at.at(m.key), m.key, m.value)
	}
}

func (f fields) shares(key string) []Shares {
	list, at := f.needList(key)
	all := make([]Shares, 0, len(list))
	for i, v := range list {
		f := f.r.object(at.nth(i), v, "student", "wishes")
		s := Shares{Student: f.needName("student")}
		wishes, at := f.needList("wishes")
		for k, v := range wishes {
			s.Wishes = append(s.Wishes, f.r.whole(at.nth(k), v, 0, MaxDraws))
		}
		all = append(all, s)
	}
	return all
}
