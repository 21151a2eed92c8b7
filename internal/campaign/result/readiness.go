package result

import (
	"context"
	"fmt"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// The pages of a campaign that the checks here point to, beside the campaign's.
const (
	ToRuns        campaign.Target = "runs"
	ToCommission  campaign.Target = "commission"
	ToPublication campaign.Target = "publication"
)

// Readiness returns the table that is looked at before the next step of a campaign
// that has closed. Those before are [campaign.Readiness].
func Readiness(ctx context.Context, tx *store.Tx, actor identity.Actor, c campaign.Campaign) ([]campaign.Check, error) {
	switch c.Phase {
	case campaign.Closed:
		return beforeProposal(ctx, tx, c)
	case campaign.Proposed:
		return beforeConfirmation(ctx, tx, c)
	case campaign.Confirmed:
		return beforePublication(ctx, tx, actor, c)
	case campaign.Published:
		return beforeArchive(ctx, tx, c)
	}
	return nil, nil
}

func beforeProposal(ctx context.Context, tx *store.Tx, c campaign.Campaign) ([]campaign.Check, error) {
	lates, err := campaign.CountLates(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	agreed, open := lates.Agreed, lates.Open
	late := campaign.Check{Name: "late", State: campaign.OK, Detail: "ready.late.ok", Owner: campaign.RightReopen, Target: campaign.ToLate,
		Args: fault.Args{"count": agreed}}
	if open > 0 {
		late.State, late.Detail, late.Args = campaign.Warning, "ready.late.open", fault.Args{"count": open}
	}
	list, err := runs(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	usable := 0
	for _, run := range list {
		if run.Done && !run.Outdated {
			usable++
		}
	}
	run := campaign.Check{Name: "runs", State: campaign.OK, Detail: "ready.runs.ok", Owner: RightRun, Target: ToRuns,
		Args: fault.Args{"count": usable}}
	if usable == 0 {
		run.State, run.Detail = campaign.No, "ready.runs.none"
	}
	return []campaign.Check{late, run}, nil
}

func beforeConfirmation(ctx context.Context, tx *store.Tx, c campaign.Campaign) ([]campaign.Check, error) {
	p, err := readProposal(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	return p.confirmationChecks(), nil
}

// confirmationChecks are looked at before the commission confirms.
func (p Proposal) confirmationChecks() []campaign.Check {
	adopted := campaign.Check{Name: "adopted", State: campaign.OK, Detail: "ready.adopted.ok", Owner: RightRun, Target: ToRuns,
		Args: fault.Args{"run": p.Run.Label(), "by": p.AdoptedBy, "at": p.AdoptedAt}}
	decisions := campaign.Check{Name: "decisions", State: campaign.OK, Detail: "ready.decisions.ok", Owner: RightDecide, Target: ToCommission,
		Args: fault.Args{"count": p.Decided}}
	if p.bare > 0 {
		decisions.State, decisions.Detail = campaign.No, "ready.decisions.bare"
	}
	return []campaign.Check{adopted, everybodyWasSeen(p.Summary.Without(), p.Unseen), nobodyBeyondSeats(p.Posts), decisions}
}

func everybodyWasSeen(without, unseen int) campaign.Check {
	check := campaign.Check{Name: "unplaced", State: campaign.OK, Detail: "ready.unplaced.none", Owner: RightDecide, Target: ToCommission,
		Args: fault.Args{"count": without}}
	switch {
	case unseen > 0:
		check.State, check.Detail, check.Args = campaign.No, "ready.unplaced.unseen", fault.Args{"count": unseen}
	case without > 0:
		check.State, check.Detail = campaign.Warning, "ready.unplaced.seen"
	}
	return check
}

func nobodyBeyondSeats(posts []PostLine) campaign.Check {
	check := campaign.Check{Name: "overfull", State: campaign.OK, Detail: "ready.overfull.ok", Owner: RightDecide, Target: ToCommission}
	for _, p := range posts {
		if p.Filled > p.Seats {
			check.State, check.Detail = campaign.No, "ready.overfull.beyond"
			check.Args = fault.Args{"post": titled(p.Name, p.Code), "filled": p.Filled, "seats": p.Seats}
		}
	}
	return check
}

func beforePublication(ctx context.Context, tx *store.Tx, actor identity.Actor, c campaign.Campaign) ([]campaign.Check, error) {
	confirmed, err := queries.New(tx).Confirmation(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read who confirmed: %w", err)
	}
	second := campaign.Check{Name: "second", State: campaign.OK, Detail: "ready.second.ok", Owner: RightPublish, Target: ToPublication,
		Args: fault.Args{"by": confirmed.ConfirmedName, "at": confirmed.ConfirmedAt.Time}}
	if confirmed.ConfirmedBy == actor.ID {
		second.State, second.Detail = campaign.Warning, "ready.second.same"
	}
	v, err := verification(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	m, err := readMailing(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	silent, err := m.countSilent(ctx, tx)
	if err != nil {
		return nil, err
	}
	return []campaign.Check{second, bundleHolds(v), dateHasCome(tx, c), everybodyCanBeReached(silent), sitesCanBeReached(len(m.missing()))}, nil
}

// bundleHolds tells what the verifier said. What it has not judged yet is no obstacle:
// the publication has it judged first.
func bundleHolds(v Verification) campaign.Check {
	check := campaign.Check{Name: "verified", State: campaign.OK, Detail: "ready.verified.ok", Owner: RightPublish, Target: ToPublication,
		Args: fault.Args{"count": v.Passed, "at": v.At}}
	switch {
	case v.Hash == "":
		check.State, check.Detail, check.Args = campaign.Warning, "ready.verified.notyet", nil
	case v.Failed != "":
		check.State, check.Detail, check.Args = campaign.No, "ready.verified.not", fault.Args{"detail": v.Failed, "at": v.At}
	}
	return check
}

func dateHasCome(tx *store.Tx, c campaign.Campaign) campaign.Check {
	check := campaign.Check{Name: "announced", State: campaign.OK, Detail: "ready.announced.ok", Owner: RightPublish, Target: ToPublication,
		Args: fault.Args{"publishes": c.PublishesAt}}
	if tx.Now.Before(c.PublishesAt) {
		check.State, check.Detail = campaign.Warning, "ready.announced.early"
	}
	return check
}

func everybodyCanBeReached(silent int) campaign.Check {
	check := campaign.Check{Name: "emails", State: campaign.OK, Detail: "ready.emails.ok", Owner: identity.PersonEdit, Target: campaign.ToParticipants,
		Args: fault.Args{"count": silent}}
	if silent > 0 {
		check.State, check.Detail = campaign.Warning, "ready.emails.missing"
	}
	return check
}

func sitesCanBeReached(missing int) campaign.Check {
	check := campaign.Check{Name: "arrivals", State: campaign.OK, Detail: "ready.arrivals.ok", Owner: site.RightEdit, Target: ToPublication,
		Args: fault.Args{"count": missing}}
	if missing > 0 {
		check.State, check.Detail = campaign.Warning, "ready.arrivals.missing"
	}
	return check
}

func beforeArchive(ctx context.Context, tx *store.Tx, c campaign.Campaign) ([]campaign.Check, error) {
	period, err := reference.PeriodByID(ctx, tx, c.Period.ID)
	if err != nil {
		return nil, err
	}
	end := period.Outer().To
	check := campaign.Check{Name: "period", State: campaign.OK, Detail: "ready.period.over", Owner: RightPublish, Target: ToPublication,
		Args: fault.Args{"period": period.Name, "to": end.Day()}}
	if today := reference.DateOf(tx.Now, c.Printer(text.French).Location()); today <= end {
		check.State, check.Detail = campaign.Warning, "ready.period.running"
	}
	return []campaign.Check{check}, nil
}
