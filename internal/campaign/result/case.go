package result

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// A Case is one student of a proposal before the commission.
type Case struct {
	Assignment
	Wishes    []LineWish // nil for a reader who may not read lists
	Options   []Option   // every main post, full ones too, those of the list first
	Decisions []Decision // about the student, the first one first
}

// Last returns the last decision in force, which alone can be undone; nil: none.
func (k Case) Last() *Decision {
	i := slices.IndexFunc(k.Decisions, func(d Decision) bool { return d.id == k.decision })
	if i < 0 {
		return nil
	}
	return &k.Decisions[i]
}

// Free returns where the commission may place the student.
func (k Case) Free() []Option {
	return slices.DeleteFunc(slices.Clone(k.Options), func(o Option) bool { return !o.Possible() })
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

// CaseFor returns one student of a proposal, by public id.
func CaseFor(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID, studentID string) (Case, error) {
	campaign, err := campaign.ForOffice(ctx, tx, actor, campaignID, campaign.RightView)
	if err != nil {
		return Case{}, err
	}
	p, err := readFigures(ctx, tx, campaign)
	if err != nil {
		return Case{}, err
	}
	who, err := student.ByPublicID(ctx, tx, studentID)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return Case{}, fault.New(fault.NotFound, "result.student.unknown")
	}
	if err != nil {
		return Case{}, err
	}
	var k Case
	if k.Assignment, err = p.assignmentOf(ctx, tx, who); err != nil {
		return k, err
	}
	return k, k.read(ctx, tx, actor, p, who)
}

// assignmentOf returns the assignment of a student, under whichever of their records
// the run knew them.
func (p Proposal) assignmentOf(ctx context.Context, tx *store.Tx, who student.Student) (Assignment, error) {
	canonical, err := student.LoadCanonical(ctx, tx)
	if err != nil {
		return Assignment{}, err
	}
	same := canonical.Same(canonical.Of(who.ID))
	found, err := assignments.All(ctx, tx, store.And(p.Those(), store.In("a.student_id", same)))
	if err != nil {
		return Assignment{}, err
	}
	if len(found) == 0 {
		return Assignment{}, fault.New(fault.NotFound, "result.student.unknown")
	}
	a := found[0]
	a.Student = who.Ref()
	a.namePosts(postNames(p.Posts))
	return a, nil
}

// read completes a case.
func (k *Case) read(ctx context.Context, tx *store.Tx, actor identity.Actor, p Proposal, who student.Student) error {
	q := queries.New(tx)
	rows, err := q.DecisionsOn(ctx, queries.DecisionsOnParams{ParticipantID: k.participant, AdoptionID: p.adoption})
	if err != nil {
		return fmt.Errorf("read decisions: %w", err)
	}
	names := postNames(p.Posts)
	name := func(post string) string { return names[post] }
	k.Decisions = decisionsOf(rows, map[int64]decided{k.participant: {person: k.Person}}, name)

	content, err := q.WishesOf(ctx, queries.WishesOfParams{RunID: p.run, Position: int64(k.Position)})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read wishes: %w", err)
	}
	wishes, err := fromJSON[[]keptWish](content, "wishes")
	if err != nil {
		return err
	}
	rank := make(map[string]int, len(wishes))
	for i, w := range wishes {
		rank[w.Post] = i + 1
	}
	if actor.Can(campaign.RightReadLists, p.Campaign.Perimeters()...) {
		k.Wishes = k.wishes(wishes, name)
	}
	background, err := campaign.BackgroundOf(ctx, tx, who)
	if err != nil {
		return err
	}
	posts, err := campaign.Posts(ctx, tx, p.Campaign)
	if err != nil {
		return err
	}
	k.Options = optionsOf(p.Posts, postsByCode(posts), k.Now.Post, rank, background)
	return nil
}

// wishes tells wishes of a run as they stand since the commission decided.
func (k *Case) wishes(kept []keptWish, name func(string) string) []LineWish {
	list := make([]LineWish, len(kept))
	for i, w := range kept {
		list[i] = LineWish{
			Post: w.Post, Name: name(w.Post), Secondary: w.Secondary, Outcome: outcomeNow(w.Outcome, w.Post, k.Now.Post, k.Moved()),
			Cutoff: w.Cutoff, Added: w.Added,
		}
	}
	return list
}

// A keptWish is a wish of a run with what became of it there, as a row keeps it.
type keptWish struct {
	Post      string  `json:"post"`
	Secondary string  `json:"secondary,omitempty"`
	Outcome   Outcome `json:"outcome"`
	Cutoff    int     `json:"cutoff,omitempty"` // of a full post
	Added     bool    `json:"added,omitempty"`  // by the commission
}

// keptWishes are the wishes of a student of the instance.
func (s *loadedRun) keptWishes(i int) []keptWish {
	outcomes := s.solution.Outcomes(i)
	wishes := make([]keptWish, len(outcomes))
	for k, w := range outcomes {
		wishes[k] = keptWish{w.Post, w.Secondary, Outcome(w.Outcome), w.Cutoff, s.roster[i].Wishes[k].Added}
	}
	return wishes
}

func postsByCode(posts []campaign.Post) map[string]campaign.Post {
	by := make(map[string]campaign.Post, len(posts))
	for _, p := range posts {
		by[p.Code] = p
	}
	return by
}

// optionsOf returns every main post as a student might be moved there: those of the
// list first, in its order, then by code.
func optionsOf(lines []PostLine, posts map[string]campaign.Post, now string, rank map[string]int, background campaign.Background) []Option {
	var options []Option
	for _, p := range lines {
		post := posts[p.Code]
		if post.Secondary || p.Code == now {
			continue
		}
		options = append(options, Option{
			Code: p.Code, Name: p.Name, Free: max(0, p.Seats-p.Filled), Rank: rank[p.Code], Against: campaign.Verdicts(background, post),
		})
	}
	slices.SortStableFunc(options, func(x, y Option) int {
		place := func(o Option) int {
			if o.Rank == 0 {
				return len(rank) + 1
			}
			return o.Rank
		}
		return place(x) - place(y)
	})
	return options
}
