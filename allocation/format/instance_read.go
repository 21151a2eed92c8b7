package format

// ReadInstance reads an assign/1 file. The error, if any, is of type Errors and
// lists everything that is wrong.
func ReadInstance[C Content](data C) (*Instance, error) {
	v, err := parseJSON(data)
	if err != nil {
		return nil, err
	}
	r := &reader{}
	in := r.instance(v)
	errs := r.errs.and(in.Check())
	return in, errs.asError()
}

func (r *reader) instance(v value) *Instance {
	f := r.object(root, v, "format", "method", "parameters", "posts", "students", "groups")
	f.oneOf("format", "assign/1")
	in := &Instance{Method: f.oneOf("method", Methods()...)}
	if v, ok := f.find("parameters"); ok {
		in.Parameters = r.parameters(root.at("parameters"), v)
	}
	posts, at := f.needList("posts")
	in.Posts = make([]Post, 0, len(posts))
	for i, v := range posts {
		in.Posts = append(in.Posts, r.post(at.nth(i), v))
	}
	students, at := f.needList("students")
	in.Students = make([]Student, 0, len(students))
	for i, v := range students {
		in.Students = append(in.Students, r.student(at.nth(i), v))
	}
	if f.has("groups") {
		groups, at := f.list("groups")
		in.Groups = make([]Group, 0, len(groups))
		for i, v := range groups {
			in.Groups = append(in.Groups, r.group(at.nth(i), v))
		}
	}
	return in
}

func (r *reader) group(at *path, v value) Group {
	f := r.object(at, v, "id", "posts", "min", "max")
	g := Group{ID: f.needName("id"), Posts: f.needNames("posts"), Min: f.int("min", 0, NoCeiling), Max: NoCeiling}
	if v, ok := f.find("max"); ok {
		if most, ok := v.whole(0, NoCeiling); ok {
			g.Max = int(most)
		} else {
			f.wrong("max", v, aWhole(0, NoCeiling))
		}
	}
	return g
}

func (r *reader) parameters(at *path, v value) *Parameters {
	f := r.object(at, v, "rankCosts", "maxPostCost", "correction", "maxCost", "decimals", "bonusFactor", "costs", "unplaced", "seed", "draws")
	p := DefaultParameters()
	if f.has("rankCosts") {
		p.RankCosts = nil
		costs, at := f.list("rankCosts")
		for i, v := range costs {
			p.RankCosts = append(p.RankCosts, r.amount(at.nth(i), v, 0, maxRankCost))
		}
	}
	for key, a := range p.amounts {
		if f.has(key) {
			*a = f.amount(key, 0, MaxAmount)
		}
	}
	if f.has("decimals") {
		p.Decimals = f.int("decimals", 0, amountDecimals)
	}
	costs, list := f.list("costs")
	for i, v := range costs {
		p.Costs = append(p.Costs, r.whole(list.nth(i), v, 0, MaxRankCost))
	}
	if v, ok := f.find("unplaced"); ok {
		unplaced := f.whole("unplaced", v, 0, MaxUnplacedCost)
		p.Unplaced = &unplaced
	}
	p.Seed = f.name("seed")
	if f.has("draws") {
		p.Draws = f.int("draws", 1, MaxDraws)
	}
	return p
}

// amounts ranges over the parameters that are one amount each.
func (p *Parameters) amounts(yield func(string, *Amount) bool) {
	_ = yield("bonusFactor", &p.BonusFactor) && yield("correction", &p.Correction) &&
		yield("maxCost", &p.MaxCost) && yield("maxPostCost", &p.MaxPostCost)
}

func (r *reader) post(at *path, v value) Post {
	f := r.object(at, v, "id", "seats", "closed", "secondary", "fixedCost")
	p := Post{
		ID:        f.needName("id"),
		Seats:     f.needInt("seats", 0, MaxSeats),
		Closed:    f.flag("closed"),
		Secondary: f.flag("secondary"),
	}
	switch cost, ok := f.find("fixedCost"); {
	case !ok:
	case cost.kind == text && cost.text == "median":
		p.Median = true
	case cost.kind == number:
		fixed := r.amount(at.at("fixedCost"), cost, -MaxAmount, MaxAmount)
		p.Fixed = &fixed
	default:
		r.errs.add(at.at("fixedCost"), show(cost), `a number or "median"`)
	}
	return p
}

// unreadable stands for an order that was refused: different from no order, and
// from everybody else's.
const unreadable = -1

func (r *reader) student(at *path, v value) Student {
	f := r.object(at, v, "id", "order", "score", "weight", "pinned", "fallback", "wishes")
	s := Student{
		ID:     f.needName("id"),
		Order:  f.int("order", 1, MaxOrder),
		Score:  f.amount("score", -MaxAmount, MaxAmount),
		Weight: f.int("weight", 1, MaxWeightedCost),
		Pinned: f.name("pinned"),
	}
	if f.has("order") && s.Order == 0 {
		s.Order = unreadable
	}
	wishes, list := f.needList("wishes")
	s.Wishes = make([]Wish, 0, len(wishes))
	line := list.nth(0)
	for i, v := range wishes {
		f := r.object(line.step(i), v, "post", "secondary", "barred")
		s.Wishes = append(s.Wishes, Wish{Post: f.needName("post"), Secondary: f.name("secondary"), Barred: f.name("barred")})
	}
	if f.has("fallback") {
		s.Fallback = f.names("fallback")
	}
	return s
}
