package result

import (
	"stagora.org/stagora/internal/text"
)

// Headline says in one sentence where the student goes, and why there.
func (f Facts) Headline(p text.Printer) string {
	key := "result.headline." + string(f.Source)
	if f.Place.Post == "" {
		key = "result.headline.none"
		if f.Source == ByCommission {
			key = "result.headline.unplaced"
		}
		if len(f.Wishes) == 0 {
			key = "result.headline.absent"
		}
	}
	return p.T(key, "post", titled(f.Place.Name, f.Place.Post), "rank", f.Place.Rank, "motive", f.Motive.Name())
}

// Standing says in one sentence when the student was served.
func (f Facts) Standing(p text.Printer) string {
	switch {
	case f.Manual:
		return p.T("result.standing.manual", "position", f.Position, "of", f.Of)
	case f.Score == nil:
		return p.T("result.standing.unknown", "position", f.Position, "of", f.Of)
	}
	return p.T("result.standing", "position", f.Position, "of", f.Of, "score", points(*f.Score, p))
}

// Sentence says in one sentence what became of a wish, without the name of the
// post: the line that it stands on has it.
func (w WishFact) Sentence(f Facts, p text.Printer) string {
	sentence := ""
	switch w.Outcome {
	case Full:
		sentence = w.full(f, p)
	case Barred:
		sentence = p.T("result.why.barred", "rule", p.Message("rule."+w.Rule, w.RuleArgs))
	case NotReached:
		sentence = p.T("result.why.not-reached")
		if f.Source == ByPin {
			sentence = p.T("result.why.fixed")
		}
	case Given:
		sentence = p.T("result.why.given", "motive", f.Motive.Name())
	case Withdrawn:
		sentence = p.T("result.why.withdrawn", "motive", f.Motive.Name())
	case Obtained:
		sentence = w.obtained(p)
	case Closed:
		sentence = p.T("result.why.closed")
	}
	if w.Added {
		sentence = p.T("result.why.added", "sentence", sentence)
	}
	return sentence
}

func (w WishFact) obtained(p text.Printer) string {
	switch {
	case w.With:
		return p.T("result.why.obtained.with", "secondary", w.Secondary)
	case w.Secondary != "":
		return p.T("result.why.obtained.without", "secondary", w.Secondary)
	}
	return p.T("result.why.obtained")
}

// full says who had the seats.
func (w WishFact) full(f Facts, p text.Printer) string {
	sentence := ""
	switch {
	case w.Hidden:
		sentence = p.T("result.why.full.hidden", "count", w.Seats)
	case w.Cutoff == 0:
		sentence = p.T("result.why.full.kept", "count", w.Seats)
	case w.Tie:
		sentence = p.T("result.why.full.tie", "count", w.Seats, "cutoff", w.Cutoff, "score", points(*f.Score, p))
	default:
		sentence = p.T("result.why.full", "count", w.Seats, "cutoff", w.Cutoff)
	}
	if w.Reserved > 0 && w.Cutoff > 0 {
		sentence += " " + p.T("result.why.reserved", "count", w.Reserved)
	}
	if w.Gone > 0 {
		sentence += " " + p.T("result.why.gone", "count", w.Gone)
	}
	if w.Come > 0 {
		sentence += " " + p.T("result.why.come", "count", w.Come)
	}
	return sentence
}

// Margin says which positions would have given a better post, or "".
func (f Facts) Margin(p text.Printer) string {
	var parts []string
	for i, m := range f.Margins {
		key := "result.margin.next"
		if i == 0 {
			key = "result.margin.first"
		}
		parts = append(parts, p.T(key, "position", m.Position, "post", titled(m.Name, m.Post)))
	}
	if len(parts) == 0 {
		return ""
	}
	return p.T("result.margin", "positions", p.List(parts))
}

// NextSentence says what the score becomes.
func (f Facts) NextSentence(p text.Printer) string {
	n := f.Next
	switch {
	case n.After == nil:
		return p.T("result.next.unknown")
	case n.Cost == nil:
		return p.T("result.next.same", "after", points(*n.After, p))
	}
	return p.T("result.next", "cost", points(*n.Cost, p), "before", points(*n.Before, p), "after", points(*n.After, p))
}

// Dates says from when to when the placement is; nothing without one.
func (f Facts) Dates(p text.Printer) string {
	if f.Place.Post == "" {
		return ""
	}
	return p.T("result.dates", "from", f.From.Day(), "to", f.To.Day())
}

// Sentences are all that the student reads, in order: what the page and the paper
// both say.
func (f Facts) Sentences(p text.Printer) []string {
	list := []string{f.Headline(p)}
	if dates := f.Dates(p); dates != "" {
		list = append(list, dates)
	}
	list = append(list, f.Standing(p))
	for _, w := range f.Wishes {
		list = append(list, p.T("result.wish", "rank", w.Wish, "post", titled(w.Name, w.Post), "sentence", w.Sentence(f, p)))
	}
	if margin := f.Margin(p); margin != "" {
		list = append(list, margin)
	}
	return append(list, f.NextSentence(p))
}

// points writes a score or a cost; whole ones without their hundredths.
func points(hundredths int64, p text.Printer) string {
	if hundredths%100 == 0 {
		return p.Number(hundredths / 100)
	}
	return p.Hundredths(hundredths)
}
