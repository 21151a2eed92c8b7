package campaign

import (
	"slices"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// A Check is one line of the table that is looked at before a step: what, how it
// stands, who can do something about it, where.
type Check struct {
	Name   string // "absents": the sentence "ready." + the name says what is checked
	State  State
	Detail string // the catalogue key of how it stands
	Args   fault.Args
	Owner  identity.Right // who holds this right can act
	Target Target         // the page where one acts
}

// A State is how a check stands.
type State string

// The states. The sentence "ready.state." + the state names each.
const (
	OK      State = "ok"
	Warning State = "warning" // the step may be taken all the same
	No      State = "no"      // it may not
)

// A Target is a page of a campaign; the transport knows its address.
type Target string

// The targets.
const (
	ToParameters   Target = "parameters"
	ToPosts        Target = "posts"
	ToParticipants Target = "participants"
	ToOrder        Target = "order"
	ToLists        Target = "lists"
	ToLate         Target = "late"
)

// Go returns nil if no check says no, and otherwise a Conflict that names the
// first one that does.
func Go(c Campaign, checks []Check) error {
	i := slices.IndexFunc(checks, func(check Check) bool { return check.State == No })
	if i < 0 {
		return nil
	}
	return &fault.Error{Kind: fault.Conflict, Key: "campaign.notready", Args: fault.Args{
		"campaign": c.Name, "step": c.NextPhase().Name(), "check": text.Key("ready." + checks[i].Name),
	}}
}

// preparation is all that the checks before opening look at.
type preparation struct {
	campaign Campaign
	now      time.Time
	expected int         // students that the cohorts count on
	sites    []site.Site // active main sites that take a level of the cohorts
	posts    []Post
	roll     []Enrolment
}

// toOpen are the checks before a campaign opens, in the order of the table.
var toOpen = []func(preparation) Check{
	datesAreInOrder, somebodyAnswers, everybodyIsExplained, expectedAreThere, everybodyCanBeReached,
	scoresAreKnown, everySiteIsDecided, seatsSuffice, noSeatWhereNoneMayBe, seatsAreNoSurprise, drawIsSealed,
}

func datesAreInOrder(p preparation) Check {
	c := p.campaign
	check := Check{Name: "dates", State: OK, Detail: "ready.dates.ok", Owner: RightEdit, Target: ToParameters,
		Args: fault.Args{"opens": c.OpensAt, "closes": c.ClosesAt, "commission": text.Day(c.CommissionAt), "publishes": text.Day(c.PublishesAt)}}
	if !p.now.Before(c.ClosesAt) {
		check.State, check.Detail = No, "ready.dates.past"
	}
	return check
}

func somebodyAnswers(p preparation) Check {
	check := Check{Name: "contact", State: OK, Detail: "ready.contact.ok", Owner: RightEdit, Target: ToParameters,
		Args: fault.Args{"contact": p.campaign.Contact.String()}}
	if p.campaign.Contact.Email == "" {
		check.State, check.Detail = No, "ready.contact.none"
	}
	return check
}

func everybodyIsExplained(p preparation) Check {
	absent, unexplained := 0, 0
	for _, e := range p.roll {
		if e.In {
			continue
		}
		absent++
		if e.Excluded == nil {
			unexplained++
		}
	}
	check := Check{Name: "absents", State: OK, Detail: "ready.absents.none", Owner: student.RightEdit, Target: ToParticipants,
		Args: fault.Args{"count": absent, "in": len(p.roll) - absent}}
	switch {
	case unexplained > 0:
		check.State, check.Detail = No, "ready.absents.open"
		check.Args["count"] = unexplained
	case absent > 0:
		check.Detail = "ready.absents.excluded"
	}
	return check
}

func expectedAreThere(p preparation) Check {
	check := Check{Name: "expected", State: OK, Detail: "ready.expected.ok", Owner: student.RightEdit, Target: ToParticipants,
		Args: fault.Args{"expected": p.expected, "found": len(p.roll)}}
	if len(p.roll) == 0 {
		check.State, check.Detail = No, "ready.expected.nobody"
	} else if len(p.roll) != p.expected {
		check.State, check.Detail = Warning, "ready.expected.differs"
	}
	return check
}

func everybodyCanBeReached(p preparation) Check {
	unreachable := 0
	for _, e := range p.roll {
		if e.In && e.Student.Person.Email == "" {
			unreachable++
		}
	}
	check := Check{Name: "emails", State: OK, Detail: "ready.emails.ok", Owner: identity.PersonEdit, Target: ToParticipants,
		Args: fault.Args{"count": unreachable}}
	if unreachable > 0 {
		check.State, check.Detail = Warning, "ready.emails.missing"
	}
	return check
}

func scoresAreKnown(p preparation) Check {
	unknown, manual := 0, 0
	for _, e := range p.roll {
		if e.In && e.Score == nil {
			unknown++
		}
		if e.In && e.Manual > 0 {
			manual++
		}
	}
	check := Check{Name: "scores", State: OK, Detail: "ready.scores.ok", Owner: RightEdit, Target: ToOrder,
		Args: fault.Args{"count": unknown, "manual": manual}}
	if unknown > 0 {
		check.State, check.Detail = Warning, "ready.scores.unknown"
	}
	return check
}

func everySiteIsDecided(p preparation) Check {
	undecided := []string{}
	for _, s := range p.sites {
		if !slices.ContainsFunc(p.posts, func(post Post) bool { return post.Site.ID == s.ID }) {
			undecided = append(undecided, s.Code)
		}
	}
	visible := 0
	for _, post := range p.posts {
		if post.Seats > 0 && !post.Closed && !post.Secondary {
			visible++
		}
	}
	check := Check{Name: "sites", State: OK, Detail: "ready.sites.ok", Owner: RightEdit, Target: ToPosts,
		Args: fault.Args{"declared": len(p.sites), "opened": TotalsOf(p.posts).Posts, "visible": visible}}
	if len(undecided) > 0 {
		check.State, check.Detail = Warning, "ready.sites.undecided"
		check.Args["count"], check.Args["posts"] = len(undecided), join(undecided)
	}
	return check
}

func seatsSuffice(p preparation) Check {
	in := 0
	for _, e := range p.roll {
		if e.In {
			in++
		}
	}
	totals := TotalsOf(p.posts)
	check := Check{Name: "seats", State: OK, Detail: "ready.seats.ok", Owner: RightEdit, Target: ToPosts,
		Args: fault.Args{"seats": totals.Seats, "students": in, "reserved": totals.Reserved}}
	switch {
	case totals.Seats == 0:
		check.State, check.Detail = No, "ready.seats.none"
	case totals.Seats+totals.Reserved < in:
		check.State, check.Detail = Warning, "ready.seats.short"
	}
	return check
}

// noSeatWhereNoneMayBe looks for seats beyond what a site can take, at a site that
// takes no student any more, and at one that takes none of the levels.
func noSeatWhereNoneMayBe(p preparation) Check {
	wrong := []string{}
	for _, post := range p.posts {
		takes := slices.ContainsFunc(p.sites, func(s site.Site) bool { return s.ID == post.Site.ID })
		if post.Seats > post.Max || (post.Seats > 0 && !post.Secondary && !takes) {
			wrong = append(wrong, post.Code)
		}
	}
	check := Check{Name: "restrictions", State: OK, Detail: "ready.restrictions.ok", Owner: RightEdit, Target: ToPosts}
	if len(wrong) > 0 {
		check.State, check.Detail = No, "ready.restrictions.open"
		check.Args = fault.Args{"count": len(wrong), "posts": join(wrong)}
	}
	return check
}

func seatsAreNoSurprise(p preparation) Check {
	surprising := []string{}
	for _, post := range p.posts {
		if post.Surprising() && !post.Agreed() {
			surprising = append(surprising, post.Code)
		}
	}
	check := Check{Name: "surprises", State: OK, Detail: "ready.surprises.ok", Owner: RightEdit, Target: ToPosts}
	if len(surprising) > 0 {
		check.State, check.Detail = No, "ready.surprises.open"
		check.Args = fault.Args{"count": len(surprising), "posts": join(surprising)}
	}
	return check
}

func drawIsSealed(preparation) Check {
	return Check{Name: "draw", State: OK, Detail: "ready.draw.atopening", Owner: RightOpen, Target: ToOrder}
}

// closing is all that the checks before a campaign closes look at.
type closing struct {
	campaign Campaign
	ended    bool // the deadline has passed
	empty    int  // lists without a wish
	short    int  // with fewer than advised
	keeps    bool // the sealed seed is the one committed to
}

// toClose are the checks before a campaign closes.
var toClose = []func(closing) Check{
	func(c closing) Check {
		check := Check{Name: "deadline", State: OK, Detail: "ready.deadline.ok", Owner: RightOpen, Target: ToParameters,
			Args: fault.Args{"closes": c.campaign.ClosesAt}}
		if !c.ended {
			check.State, check.Detail = No, "ready.deadline.ahead"
		}
		return check
	},
	func(c closing) Check {
		check := Check{Name: "lists", State: OK, Detail: "ready.lists.ok", Owner: RightReadLists, Target: ToLists,
			Args: fault.Args{"empty": c.empty, "short": c.short}}
		if c.empty+c.short > 0 {
			check.State, check.Detail = Warning, "ready.lists.short"
		}
		return check
	},
	func(c closing) Check {
		check := Check{Name: "seal", State: OK, Detail: "ready.seal.ok", Owner: RightOpen, Target: ToOrder}
		if !c.keeps {
			check.State, check.Detail = No, "ready.seal.broken"
		}
		return check
	},
}

// table asks checks in order.
func table[T any](of T, checks []func(T) Check) []Check {
	list := make([]Check, len(checks))
	for i, check := range checks {
		list[i] = check(of)
	}
	return list
}

// join names at most five of many.
func join(codes []string) string {
	const most = 5
	list := ""
	for i, code := range codes {
		if i == most {
			return list + "…"
		}
		if i > 0 {
			list += ", "
		}
		list += code
	}
	return list
}
