package result

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
)

// A Proposal is the adopted run with what the commission has changed in it.
type Proposal struct {
	Campaign      campaign.Campaign
	Run           Run
	Compared      *Run // what the run was weighed against; nil: nothing
	AdoptedAt     time.Time
	AdoptedBy     string
	AdoptedReason string
	Lines         []Line     // in the order in which students are served
	Posts         []PostLine // as they stand
	Decisions     []Decision // the first one first
	Summary       Summary    // as it stands
}

// A Line is one student of a proposal.
type Line struct {
	Person
	Score    *int64     // hundredths; nil: unknown
	Manual   int        // position decided by hand; 0: none
	Wishes   []LineWish // nil for a reader who may not read lists
	Run      Place      // what the run gave
	Now      Place
	Pinned   bool
	Moved    bool
	Repriced bool
	Kept     bool      // without a post, and the commission has looked
	Last     *Decision // the last one in force; nil: none
	Free     []Option  // of a student without a post: where a seat is left
}

// A LineWish is a wish with what became of it.
type LineWish struct {
	Post, Name, Secondary string
	Outcome               Outcome
	Cutoff                int  // of a full post
	Added                 bool // by the commission
}

// An Option is a post that a student might be moved to.
type Option struct {
	Code, Name string
	Free       int                // seats
	Rank       int                // on the student's list; 0: not there
	Against    []campaign.Verdict // every rule that forbids it
}

// Possible reports whether the commission may place the student there, if need be by
// setting a rule aside.
func (o Option) Possible() bool { return o.Free > 0 && mayPlace(o.Against, o.Name, true) == nil }

// ProposalFor returns the proposal of a campaign.
func ProposalFor(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID string) (Proposal, error) {
	c, err := campaign.ForOffice(ctx, tx, actor, campaignID, campaign.RightView)
	if err != nil {
		return Proposal{}, err
	}
	b, err := readProposalState(ctx, tx, c)
	if err != nil {
		return Proposal{}, err
	}
	p := Proposal{
		Campaign: c, AdoptedAt: b.adoption.AdoptedAt.Time, AdoptedBy: b.adoption.AdoptedName, AdoptedReason: b.adoption.Reason,
		Posts: b.postLines(b.places), Decisions: b.decisions, Summary: b.summary(b.places),
	}
	if p.Run, err = (&runReader{campaign: c, adopted: b.row.ID}).whole(ctx, tx, b.row.PublicID); err != nil {
		return p, err
	}
	if p.Compared, err = b.compared(ctx, tx); err != nil {
		return p, err
	}
	snapshot, err := campaign.TakeSnapshot(ctx, tx, c)
	if err != nil {
		return p, err
	}
	p.Lines = b.lines(runInputs{snapshot: snapshot}, actor.Can(campaign.RightReadLists, c.Perimeters()...))
	return p, nil
}

// compared returns the run that the adopted one was weighed against, if any.
func (b *proposalState) compared(ctx context.Context, tx *store.Tx) (*Run, error) {
	if !b.adoption.ComparedID.Valid {
		return nil, nil
	}
	id, err := queries.New(tx).RunPublicID(ctx, b.adoption.ComparedID.Int64)
	if err != nil {
		return nil, fmt.Errorf("read the compared run: %w", err)
	}
	run, err := (&runReader{campaign: b.campaign}).whole(ctx, tx, id)
	return &run, err
}

func (b *proposalState) lines(g runInputs, wishes bool) []Line {
	background := g.backgrounds()
	reasons := b.reasonsOf()
	lines := make([]Line, 0, len(b.roster))
	for _, i := range b.inOrder() {
		e := b.roster[i]
		line := Line{
			Person: b.person(i), Score: e.Score, Manual: e.Manual, Run: b.given[i], Now: b.places[i], Last: b.last[i],
			Pinned: b.in.Students[i].Pinned != "", Moved: b.moved[i] != nil, Repriced: b.repriced[i] != nil, Kept: b.kept[i],
		}
		if wishes {
			line.Wishes = b.lineWishes(i, reasons[e.ID])
		}
		if line.Now.Post == "" {
			line.Free = slices.DeleteFunc(b.options(i, background[e.ID]), func(o Option) bool { return !o.Possible() })
		}
		lines = append(lines, line)
	}
	return lines
}

// reasonsByStudent says why each wish was granted or not, by pseudonym.
type reasonsByStudent map[string][]format.Reason

func (s *loadedRun) reasonsOf() reasonsByStudent {
	by := make(reasonsByStudent, len(s.roster))
	for _, r := range s.result.Reasons {
		by[r.Student] = append(by[r.Student], r)
	}
	return by
}

func (b *proposalState) lineWishes(i int, reasons []format.Reason) []LineWish {
	wishes := []LineWish{}
	for k, w := range b.in.Students[i].Wishes {
		wishes = append(wishes, LineWish{
			Post: w.Post, Name: b.name(w.Post), Secondary: w.Secondary, Outcome: b.outcome(i, reasons[k]), Cutoff: reasons[k].LastOrder,
			Added: b.roster[i].Wishes[k].Added,
		})
	}
	return wishes
}

// options returns every main post as one student might be moved there: those of the
// list first, in its order, then by code.
func (b *proposalState) options(i int, background campaign.Background) []Option {
	var options []Option
	for _, p := range b.in.Posts {
		if p.Secondary || p.ID == b.places[i].Post {
			continue
		}
		options = append(options, Option{
			Code: p.ID, Name: b.name(p.ID), Free: max(0, p.Seats-b.filled[p.ID]), Rank: b.rank(i, p.ID),
			Against: campaign.Verdicts(background, b.posts[p.ID]),
		})
	}
	slices.SortStableFunc(options, func(x, y Option) int {
		last := len(b.in.Posts) + 1
		place := func(o Option) int {
			if o.Rank == 0 {
				return last
			}
			return o.Rank
		}
		return place(x) - place(y)
	})
	return options
}

// OptionsFor returns where one student of a proposal might be moved: every main
// post, full ones too, those of the list first.
func OptionsFor(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID, student string) ([]Option, error) {
	c, err := campaign.ForOffice(ctx, tx, actor, campaignID, RightDecide)
	if err != nil {
		return nil, err
	}
	b, err := readProposalState(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	i, err := b.find(student)
	if err != nil {
		return nil, err
	}
	snapshot, err := campaign.TakeSnapshot(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	return b.options(i, runInputs{snapshot: snapshot}.backgrounds()[b.roster[i].ID]), nil
}
