package campaign

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
)

// A market is a snapshot taken while lists may still change, with the demand that
// follows from it: what students see of what the others do.
type market struct {
	Snapshot
	demand map[string]Demand // by post
	taken  time.Time
}

// markets keeps the last market of each campaign for as long as [Campaigns.Stale]
// allows.
type markets struct {
	mu   sync.Mutex
	last map[string]*market // by public id of the campaign
}

// market returns a market that is fresh enough.
func (s *Campaigns) market(ctx context.Context, tx *store.Tx, c Campaign) (*market, error) {
	s.markets.mu.Lock()
	defer s.markets.mu.Unlock() // one reader computes, the others wait for it
	if m := s.markets.last[c.PublicID]; m != nil && m.Campaign.Phase == c.Phase {
		if age := tx.Now.Sub(m.taken); age >= 0 && age < s.Stale {
			return m, nil
		}
	}
	snapshot, err := TakeSnapshot(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	m := &market{Snapshot: snapshot, demand: demandOf(snapshot), taken: tx.Now}
	if s.markets.last == nil {
		s.markets.last = map[string]*market{}
	}
	s.markets.last[c.PublicID] = m
	return m, nil
}

// A Demand says how sought a post is so far: 1 for the strongest tenth to 10 for
// the weakest, or NoDemand, or ClosedDemand.
type Demand int

// The demands that are not a tenth.
const (
	NoDemand     Demand = 11 // nobody has asked for the post
	ClosedDemand Demand = 0  // it has no seats
)

// Key returns the demand as messages name it: "demand.1" to "demand.10",
// "demand.none", "demand.closed".
func (d Demand) Key() string {
	switch d {
	case NoDemand:
		return "demand.none"
	case ClosedDemand:
		return "demand.closed"
	}
	return "demand." + strconv.Itoa(int(d))
}

func demandOf(s Snapshot) map[string]Demand {
	in := s.Instance(format.ScoreV2)
	demand := make(map[string]Demand, len(in.Posts))
	for i, level := range assign.Demand(in) {
		switch level {
		case format.DemandClosed:
			demand[in.Posts[i].ID] = ClosedDemand
		case format.NoDemand:
			demand[in.Posts[i].ID] = NoDemand
		default:
			tenth, _ := strconv.Atoi(level)
			demand[in.Posts[i].ID] = Demand(tenth)
		}
	}
	return demand
}

// A Simulation is how often one student would get each wish of a list, were the
// lists of all as they are now. It has no value: it writes nothing, and its draws
// are other than the real one, which nobody knows.
type Simulation struct {
	Draws    int
	Wishes   []Wish
	Obtained []int // by wish: in how many draws
	None     int   // in how many draws the student would be left without a post

	left map[string]int // by post: in how many of those draws a seat was left there
}

// Simulate estimates what a list would give the actor, saved or not.
func (s *Campaigns) Simulate(ctx context.Context, actor identity.Actor, campaign string, wishes []Wish) (sim Simulation, err error) {
	err = s.DB.Read(ctx, func(tx *store.Tx) error {
		m, me, err := s.place(ctx, tx, actor, campaign)
		if err != nil {
			return err
		}
		if err := checkList(m.Campaign, m.byCode(), me.Wishes, wishes); err != nil {
			return err
		}
		sim = m.simulate(me, wishes, m.draws())
		return nil
	})
	return sim, err
}

// place returns the market of a campaign in which lists count, and the actor in it.
func (s *Campaigns) place(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign string) (*market, *Candidate, error) {
	participant, err := own(ctx, tx, actor, campaign)
	if err != nil {
		return nil, nil, err
	}
	c, err := Get(ctx, tx, campaign)
	if err != nil {
		return nil, nil, err
	}
	m, err := s.market(ctx, tx, c)
	if err != nil {
		return nil, nil, err
	}
	me, in := m.candidate(participant)
	if !in {
		return nil, nil, unknown()
	}
	return m, me, nil
}

func (s Snapshot) byCode() map[string]Post {
	posts := make(map[string]Post, len(s.Posts))
	for _, p := range s.Posts {
		posts[p.Code] = p
	}
	return posts
}

// How many draws a simulation makes: as many as a person waits for.
const (
	manyDraws  = 10_000
	fewDraws   = 200     // for the risk, which is computed while a person ranks
	mostServed = 5 << 20 // students served in one simulation
)

func (m *market) draws() int {
	return max(fewDraws, min(manyDraws, mostServed/max(1, len(m.Students))))
}

// simulate counts what a student gets with a list, over draws that nothing of the
// real one enters: their numbers are made from the campaign's public identifier.
func (m *market) simulate(me *Candidate, wishes []Wish, draws int) Simulation {
	in := m.Instance(format.Serial)
	for i := range in.Students {
		if in.Students[i].ID == me.Pseudonym {
			in.Students[i].Wishes = nil
			for _, w := range wishes {
				post, _ := m.post(w.Post)
				in.Students[i].Wishes = append(in.Students[i].Wishes,
					format.Wish{Post: w.Post, Secondary: w.Secondary, Barred: string(Eligible(me.Background, post).Rule)})
			}
		}
	}
	numbers := make([]uint64, draws)
	for i := range numbers {
		sum := sha256.Sum256(fmt.Appendf(nil, "simulation:%s:%d", m.Campaign.PublicID, i))
		numbers[i] = binary.BigEndian.Uint64(sum[:])
	}
	chances := assign.Simulate(in, m.Standing(), me.Pseudonym, numbers)
	left := make(map[string]int, len(in.Posts))
	for i, p := range in.Posts {
		left[p.ID] = chances.Left[i]
	}
	return Simulation{Draws: draws, Wishes: slices.Clone(wishes), Obtained: chances.Obtained, None: chances.None, left: left}
}
