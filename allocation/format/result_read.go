package format

import "strconv"

// ReadResult reads an assign-result/1 file. The error, if any, is of type
// Errors. Only the shape is judged: whether the result is right is for package
// check to say.
func ReadResult[C Content](data C) (*Result, error) {
	v, err := parseJSON(data)
	if err != nil {
		return nil, err
	}
	rd := &reader{}
	f := rd.object(root, v, "format", "method", "engine", "instance", "assignments", "posts", "reasons", "statistics", "certificate")
	f.oneOf("format", "assign-result/1")
	r := &Result{
		Method:   f.oneOf("method", Methods()...),
		Engine:   f.needName("engine"),
		Instance: f.needName("instance"),
	}
	costs := r.Method == ScoreV1 || r.Method == ScoreV2
	list, at := f.needList("assignments")
	r.Assignments = make([]Assignment, 0, len(list))
	line := at.nth(0)
	for i, v := range list {
		r.Assignments = append(r.Assignments, rd.assignment(line.step(i), v, costs))
	}
	list, at = f.needList("posts")
	for i, v := range list {
		r.Posts = append(r.Posts, rd.postResult(at.nth(i), v, costs))
	}
	list, at = f.needList("reasons")
	r.Reasons = make([]Reason, 0, len(list))
	line = at.nth(0)
	for i, v := range list {
		r.Reasons = append(r.Reasons, rd.reason(line.step(i), v))
	}
	if v, ok := f.need("statistics", "an object"); ok {
		r.Statistics = rd.statistics(root.at("statistics"), v, costs)
	}
	if v, ok := f.need("certificate", "an object"); ok {
		r.Certificate = rd.certificate(root.at("certificate"), v, r.Method)
	}
	return r, rd.errs.asError()
}

// maxCount bounds the counts of a result, such as the sum of all ranks.
const maxCount = 1_000_000_000

func (r *reader) assignment(at *path, v value, costs bool) Assignment {
	f := r.object(at, v, "student", "order", "post", "rank", "secondary", "postCost", "bonus", "cost")
	return Assignment{
		Student:   f.needName("student"),
		Order:     f.needInt("order", 1, MaxOrder),
		Post:      f.name("post"),
		Rank:      f.int("rank", 1, maxCount),
		Secondary: f.name("secondary"),
		Costs:     f.costs(costs),
	}
}

func (r *reader) postResult(at *path, v value, costs bool) PostResult {
	known := []string{"post", "filled", "lastOrder"}
	if costs {
		known = append(known, "postCost", "demand")
	}
	f := r.object(at, v, known...)
	p := PostResult{
		Post:      f.needName("post"),
		Filled:    f.needInt("filled", 0, maxCount),
		LastOrder: f.int("lastOrder", 1, MaxOrder),
	}
	if costs {
		p.Worth = &DemandedCost{PostCost: f.needCost("postCost"), Demand: f.oneOf("demand", demandLevels()...)}
	}
	return p
}

func demandLevels() []string {
	levels := []string{NoDemand, DemandClosed}
	for tenth := range 10 {
		levels = append(levels, strconv.Itoa(tenth+1))
	}
	return levels
}

func (r *reader) reason(at *path, v value) Reason {
	f := r.object(at, v, "student", "wish", "outcome", "lastOrder", "rule", "group", "students")
	reason := Reason{
		Student:   f.needName("student"),
		Wish:      f.int("wish", 1, maxCount),
		Outcome:   f.oneOf("outcome", Outcomes()...),
		LastOrder: f.int("lastOrder", 1, MaxOrder),
		Rule:      f.name("rule"),
		Group:     f.name("group"),
	}
	if f.has("students") {
		reason.Students = f.names("students")
	}
	return reason
}

func (r *reader) statistics(at *path, v value, costs bool) Statistics {
	known := []string{"students", "placed", "firstWish", "withinThree", "worstRank", "rankSum"}
	if costs {
		known = append(known, "meanCost", "costDeviation")
	}
	f := r.object(at, v, known...)
	s := Statistics{
		Students:    f.needInt("students", 0, maxCount),
		Placed:      f.needInt("placed", 0, maxCount),
		FirstWish:   f.needInt("firstWish", 0, maxCount),
		WithinThree: f.needInt("withinThree", 0, maxCount),
		WorstRank:   f.needInt("worstRank", 0, maxCount),
		RankSum:     f.needInt("rankSum", 0, maxCount),
	}
	if costs {
		s.Cost = &CostStatistics{Mean: f.needCost("meanCost"), Deviation: f.needCost("costDeviation")}
	}
	return s
}
