package campaign

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
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

// RequireReady returns nil if no check says no, and otherwise a Conflict that names the
// first one that does.
func RequireReady(c Campaign, checks []Check) error {
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
	campaign     Campaign
	now          time.Time
	expected     int // students that the cohorts count on
	participants ParticipantCounts
	posts        []Post // without the levels that they do not take
	sites        siteCounts
}

// siteCounts say how the posts of a campaign stand to the sites that are open to one
// of its levels.
type siteCounts struct {
	declared  int      // main sites of the campaign's faculty, or of none, open to one of the levels
	undecided int      // of those: without a post
	some      []string // of those: the codes of the first, one more than [join] names
	elsewhere []string // codes of the main posts with seats at any other site
}

// countSites looks at the sites of a campaign.
func (r *requirements) countSites(ctx context.Context, tx *store.Tx) (n siteCounts, err error) {
	opens := site.Opens(r.levels())
	posts := store.Where("s.id IN (SELECT x.site_id FROM campaign_post x WHERE x.campaign_id = $1)", r.campaign.ID)
	own := store.And(opens, site.OfFaculty(r.campaign.Faculty.ID))
	undecided := store.And(own, store.Not(posts))
	without, args := store.Not(posts).Append(nil)
	those, args := own.Append(args)
	err = tx.QueryRowContext(ctx, "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN "+without+" THEN 1 ELSE 0 END), 0) AS BIGINT) FROM "+site.From+" WHERE "+those, args...).
		Scan(&n.declared, &n.undecided)
	if err != nil {
		return n, fmt.Errorf("count sites: %w", err)
	}
	if n.undecided > 0 {
		if n.some, err = codeList(site.From, "s.code").First(ctx, tx, undecided, mostNamed+1); err != nil {
			return n, err
		}
	}
	n.elsewhere, err = codeList("campaign_post q "+site.JoinSite+"q.site_id", "q.code").All(ctx, tx,
		store.And(store.Where("q.campaign_id = $1 AND q.seats > 0 AND NOT q.secondary", r.campaign.ID), store.Not(opens)))
	return n, err
}

// codeList lists codes, of sites or of posts at them.
func codeList(from, code string) *store.List[string] {
	return &store.List[string]{
		Select: code, From: from, ID: "s.id", Default: "code", Columns: []store.Column{{Key: "code", Sort: store.ByText(code)}},
		Scan: func(row store.Row) (code string, err error) { return code, row.Scan(&code) },
	}
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
	n := p.participants
	absent, unexplained := n.Out(), n.Unexplained()
	check := Check{Name: "absents", State: OK, Detail: "ready.absents.none", Owner: student.RightEdit, Target: ToParticipants,
		Args: fault.Args{"count": absent, "in": n.In}}
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
	found := p.participants.In + p.participants.Out()
	check := Check{Name: "expected", State: OK, Detail: "ready.expected.ok", Owner: student.RightEdit, Target: ToParticipants,
		Args: fault.Args{"expected": p.expected, "found": found}}
	if found == 0 {
		check.State, check.Detail = No, "ready.expected.nobody"
	} else if found != p.expected {
		check.State, check.Detail = Warning, "ready.expected.differs"
	}
	return check
}

func everybodyCanBeReached(p preparation) Check {
	unreachable := p.participants.Unreachable
	check := Check{Name: "emails", State: OK, Detail: "ready.emails.ok", Owner: identity.PersonEdit, Target: ToParticipants,
		Args: fault.Args{"count": unreachable}}
	if unreachable > 0 {
		check.State, check.Detail = Warning, "ready.emails.missing"
	}
	return check
}

// scoresAreKnown tells how many positions were decided by hand: everybody has a score,
// from the history if the office entered none.
func scoresAreKnown(p preparation) Check {
	return Check{Name: "scores", State: OK, Detail: "ready.scores.ok", Owner: RightEdit, Target: ToOrder, Args: fault.Args{"manual": p.participants.Manual}}
}

func everySiteIsDecided(p preparation) Check {
	visible := 0
	for _, post := range p.posts {
		if post.Seats > 0 && !post.Closed && !post.Secondary {
			visible++
		}
	}
	check := Check{Name: "sites", State: OK, Detail: "ready.sites.ok", Owner: RightEdit, Target: ToPosts,
		Args: fault.Args{"declared": p.sites.declared, "opened": TotalsOf(p.posts).Posts, "visible": visible}}
	if p.sites.undecided > 0 {
		check.State, check.Detail = Warning, "ready.sites.undecided"
		check.Args["count"], check.Args["posts"] = p.sites.undecided, join(p.sites.some)
	}
	return check
}

func seatsSuffice(p preparation) Check {
	in := p.participants.In
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
		if post.Seats > post.Max || slices.Contains(p.sites.elsewhere, post.Code) {
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

// mostNamed is how many of many a check names.
const mostNamed = 5

// join names the first of many.
func join(codes []string) string {
	list := ""
	for i, code := range codes {
		if i == mostNamed {
			return list + "…"
		}
		if i > 0 {
			list += ", "
		}
		list += code
	}
	return list
}
