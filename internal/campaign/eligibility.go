package campaign

import (
	"context"
	"slices"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// A Verdict says whether a wish can be granted to a student and, if not, which
// rule forbids it. The sentence "rule." + the rule tells the person, with Args.
type Verdict struct {
	Rule Rule // empty: it can
	Args fault.Args
}

// OK reports whether no rule forbids the wish.
func (v Verdict) OK() bool { return v.Rule == "" }

// A Rule is why a wish cannot be granted. Results carry it as the reason of a
// barred wish.
type Rule string

// The rules, in the order in which they are asked.
const (
	RuleClosedToWishes Rule = "closed-to-wishes"
	RuleLevel          Rule = "level-closed"
	RuleAlreadyDone    Rule = "already-done"
)

// A Background is what the rules look at in one student.
type Background struct {
	Level reference.Ref
	Done  map[int64]Past // by site: what the student has already done there
}

// A Past is a placement that a student has already done.
type Past struct {
	Period   string
	From, To reference.Date
}

// rules are all rules, each written once: for the page that warns, the simulation
// that estimates and the run that decides.
var rules = []struct {
	rule    Rule
	forbids func(Background, Post) fault.Args // nil: it does not
}{
	{RuleClosedToWishes, func(_ Background, p Post) fault.Args {
		if !p.Closed {
			return nil
		}
		return fault.Args{"post": p.Label()}
	}},
	{RuleLevel, func(b Background, p Post) fault.Args {
		if !slices.ContainsFunc(p.ClosedLevels, func(l reference.Ref) bool { return l.ID == b.Level.ID }) {
			return nil
		}
		return fault.Args{"post": p.Label(), "level": b.Level.Name}
	}},
	{RuleAlreadyDone, func(b Background, p Post) fault.Args {
		past, done := b.Done[p.Site.ID]
		if !done {
			return nil
		}
		return fault.Args{"post": p.Label(), "period": past.Period, "from": past.From.Day(), "to": past.To.Day()}
	}},
}

// Rules are what the rules forbid, one sentence each, for the sheet that tells how
// a campaign decides.
func Rules() []text.Key {
	keys := make([]text.Key, len(rules))
	for i, r := range rules {
		keys[i] = text.Key("rule.name." + string(r.rule))
	}
	return keys
}

// BackgroundOf reads what the rules look at in one student.
func BackgroundOf(ctx context.Context, tx *store.Tx, who student.Student) (Background, error) {
	placements, err := placement.OfStudent(ctx, tx, who.ID)
	return NewBackground(who, placements), err
}

// Eligible says whether a wish for a post can be granted to a student: the first
// rule that forbids it, if any.
func Eligible(b Background, p Post) Verdict {
	if against := Verdicts(b, p); len(against) > 0 {
		return against[0]
	}
	return Verdict{}
}

// Verdicts returns every rule that forbids a student a post, in the order in which
// the rules are asked. Who may set one aside has to look at the others too.
func Verdicts(b Background, p Post) (against []Verdict) {
	for _, r := range rules {
		if args := r.forbids(b, p); args != nil {
			against = append(against, Verdict{r.rule, args})
		}
	}
	return against
}
