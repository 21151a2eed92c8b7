package campaign

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A market is a snapshot taken while lists may still change, with what follows from
// it: what students see of what the others do. It does not change once it is made,
// and is read by many at once.
type market struct {
	Snapshot
	demand map[string]Demand // by post
	sites  map[int64]site.Site
	search []string // by post, folded: what a search compares with
	// What the sites are told apart by, each once, in the order of names.
	categories, institutions []reference.Ref

	participant map[int64]int  // by participant, the index of the student
	post        map[string]int // by code, the index of the post
	made        time.Time
	took        time.Duration

	// The simulator takes most of the time and memory of a market: it is made for the
	// first who asks for it.
	simulator func() *assign.Simulator
	simulated atomic.Bool // it has been asked for
}

// markets keeps the last market of each campaign that somebody has looked at lately.
type markets struct {
	mu     sync.Mutex
	last   map[string]*market       // by public id of the campaign
	used   map[string]time.Time     // when somebody last looked at it
	making map[string]chan struct{} // closed when the market under way is made
}

// How many students the markets that are kept have together at most, each market
// counting for as many more: the largest campaign of a faculty beside its others.
const (
	mostKept  = 50_000
	keptMore  = 500
	keptWhile = time.Hour // nobody looks
)

// keep keeps a market, and forgets others until what is kept is within bounds: those at
// which nobody has looked for a while, then those at which nobody has looked for longest.
func (k *markets) keep(m *market, now time.Time) {
	k.last[m.Campaign.PublicID] = m
	ids := slices.SortedFunc(maps.Keys(k.last), func(a, b string) int { return k.used[a].Compare(k.used[b]) })
	kept := 0
	for _, id := range ids {
		kept += len(k.last[id].Students) + keptMore
	}
	for _, id := range ids[:len(ids)-1] {
		if kept <= mostKept && now.Sub(k.used[id]) <= keptWhile {
			continue
		}
		kept -= len(k.last[id].Students) + keptMore
		delete(k.last, id)
		delete(k.used, id)
	}
}

// makers is how many markets are made at once: each takes a core for up to a second.
var makers = make(chan struct{}, 1)

// How long a market is shown while a new one is made, in ages, and which part of the
// time markets may be made, at most.
const (
	ages       = 6
	makingPart = 20
)

// market returns a market of a campaign. One that is too old is shown once more
// while a new one is made beside, unless it is much too old or of another phase. It
// must not be called within a transaction.
func (s *Campaigns) market(ctx context.Context, c Campaign) (*market, error) {
	if s.Stale == 0 {
		return s.makeMarket(ctx, c)
	}
	s.markets.mu.Lock()
	if s.markets.last == nil {
		s.markets.last, s.markets.used, s.markets.making = map[string]*market{}, map[string]time.Time{}, map[string]chan struct{}{}
	}
	s.markets.used[c.PublicID] = s.DB.Now()
	m, making := s.markets.last[c.PublicID], s.markets.making[c.PublicID]
	usable := m != nil && m.Campaign.Phase == c.Phase
	age, fresh := time.Duration(0), time.Duration(0)
	if usable {
		age, fresh = s.DB.Now().Sub(m.made), max(s.Stale, makingPart*m.took)
		usable = age >= 0 && age < ages*fresh
	}
	if making == nil && (!usable || age >= fresh) {
		making = make(chan struct{})
		s.markets.making[c.PublicID] = making
		go s.renew(c, m != nil && m.simulated.Load(), making)
	}
	s.markets.mu.Unlock()
	if usable {
		return m, nil
	}
	select {
	case <-making:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.markets.mu.Lock()
	m = s.markets.last[c.PublicID]
	s.markets.mu.Unlock()
	if m == nil || m.Campaign.Phase != c.Phase || s.DB.Now().Sub(m.made) < 0 {
		return s.makeMarket(ctx, c) // it failed, or the campaign has moved: say how
	}
	return m, nil
}

// renew makes a market and keeps it, for no request in particular: with its simulator
// if the one before was asked for that, so that nobody waits for it again.
func (s *Campaigns) renew(c Campaign, simulated bool, making chan struct{}) {
	makers <- struct{}{}
	m, err := s.makeMarket(context.Background(), c)
	if err == nil && simulated {
		m.simulator()
		m.took = s.DB.Now().Sub(m.made)
	}
	<-makers
	s.markets.mu.Lock()
	defer s.markets.mu.Unlock()
	if err == nil {
		s.markets.keep(m, s.DB.Now())
	}
	delete(s.markets.making, c.PublicID)
	close(making)
}

// makeMarket reads a campaign as it stands, then computes outside the transaction.
func (s *Campaigns) makeMarket(ctx context.Context, c Campaign) (*market, error) {
	m := &market{}
	started := s.DB.Now()
	err := s.DB.Read(ctx, func(tx *store.Tx) error {
		now, err := Get(ctx, tx, c.PublicID)
		if err != nil {
			return err
		}
		if m.Snapshot, err = TakeSnapshot(ctx, tx, now); err != nil {
			return err
		}
		m.made = tx.Now
		return m.readSites(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	in := m.Instance(assign.Serial)
	m.demand = demandOf(in)
	m.describe()
	m.participant, m.post = make(map[int64]int, len(m.Students)), make(map[string]int, len(m.Posts))
	for i, student := range m.Students {
		m.participant[student.Participant] = i
	}
	for i, p := range m.Posts {
		m.post[p.Code] = i
	}
	m.simulator = sync.OnceValue(func() *assign.Simulator {
		m.simulated.Store(true)
		return in.Simulator(m.Standing(), m.numbers(m.draws()))
	})
	m.took = s.DB.Now().Sub(started)
	return m, nil
}

// readSites reads the sites of the posts.
func (m *market) readSites(ctx context.Context, tx *store.Tx) error {
	ids := make([]int64, len(m.Posts))
	for i, p := range m.Posts {
		ids[i] = p.Site.ID
	}
	m.sites = make(map[int64]site.Site, len(ids))
	for some := range slices.Chunk(ids, 500) {
		found, err := site.Where(ctx, tx, store.In("s.id", some))
		if err != nil {
			return err
		}
		for _, s := range found {
			m.sites[s.ID] = s
		}
	}
	return nil
}

// describe prepares what is the same for all who look for a post.
func (m *market) describe() {
	m.search = make([]string, len(m.Posts))
	for i, p := range m.Posts {
		at := m.sites[p.Site.ID]
		m.search[i] = at.Search() + " " + strings.Join(text.Words(p.Label()+" "+at.Category.Name+" "+at.Address.Town), " ")
	}
	m.categories = m.refs(func(s site.Site) reference.Ref { return s.Category })
	m.institutions = m.refs(func(s site.Site) reference.Ref { return s.Institution })
}

// refs returns something of the sites of all posts, each once, in the order of names.
func (m *market) refs(of func(site.Site) reference.Ref) []reference.Ref {
	byCode := map[string]reference.Ref{}
	for _, p := range m.Posts {
		ref := of(m.sites[p.Site.ID])
		if ref.Code != "" {
			byCode[ref.Code] = ref
		}
	}
	refs := make([]reference.Ref, 0, len(byCode))
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		refs = append(refs, byCode[code])
	}
	text.SortByName(refs, func(ref reference.Ref) string { return ref.Name })
	return refs
}

// A Demand says how sought a post is so far: 1 for the strongest tenth to 10 for
// the weakest, or NoDemand, or ClosedDemand.
type Demand int

// The demands that are not a tenth.
const (
	NoDemand     Demand = assign.NoDemand     // nobody has asked for the post
	ClosedDemand Demand = assign.ClosedDemand // it has no seats
)

// A DemandLevel is how sought a post is as people read it and look for it. Messages
// name it.
type DemandLevel string

// The levels of a demand: each of the first five is two tenths.
const (
	DemandVeryStrong DemandLevel = "very-strong"
	DemandStrong     DemandLevel = "strong"
	DemandAverage    DemandLevel = "average"
	DemandWeak       DemandLevel = "weak"
	DemandVeryWeak   DemandLevel = "very-weak"
	DemandNone       DemandLevel = "none"   // of NoDemand
	DemandClosed     DemandLevel = "closed" // of ClosedDemand
)

// Level returns the level of the demand.
func (d Demand) Level() DemandLevel {
	switch d {
	case NoDemand:
		return DemandNone
	case ClosedDemand:
		return DemandClosed
	}
	return [...]DemandLevel{DemandVeryStrong, DemandStrong, DemandAverage, DemandWeak, DemandVeryWeak}[(d-1)/2]
}

// Strength returns the demand on the scale of a bar, for whoever looks at it: 10 for the
// strongest tenth to 1 for the weakest; 0 for a post that nobody has asked for, and for
// one without seats.
func (d Demand) Strength() int {
	if d == NoDemand || d == ClosedDemand {
		return 0
	}
	return 11 - int(d)
}

func demandOf(in *assign.Instance) map[string]Demand {
	levels := in.Demand()
	demand := make(map[string]Demand, len(levels))
	for post, level := range levels {
		demand[post] = Demand(level)
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

	left []int // by post, in the order of codes: in how many of those draws a seat was left there
}

// Simulate estimates what a list would give the actor, saved or not.
func (s *Campaigns) Simulate(ctx context.Context, actor identity.Actor, campaign string, wishes []Wish) (Simulation, error) {
	e, err := s.Estimate(ctx, actor, campaign)
	if err != nil {
		return Simulation{}, err
	}
	return e.Simulate(wishes)
}

// An Estimate is what the lists of all, as they were a moment ago, mean for one
// student.
type Estimate struct {
	market *market
	me     *Candidate
}

// At is when the lists were as the estimate takes them.
func (e Estimate) At() time.Time { return e.market.made }

// Estimate returns what the lists of all mean for the actor, one of the campaign's
// students. It must not be called within a transaction.
func (s *Campaigns) Estimate(ctx context.Context, actor identity.Actor, campaign string) (Estimate, error) {
	var participant int64
	c, err := store.Get(ctx, s.DB, func(tx *store.Tx) (c Campaign, err error) {
		if participant, err = own(ctx, tx, actor, campaign); err != nil {
			return c, err
		}
		return campaignOf(queries.New(tx).CampaignByPublicID(ctx, campaign))
	})
	if err != nil {
		return Estimate{}, err
	}
	return s.estimate(ctx, c, participant)
}

// EstimateFor is [Campaigns.Estimate] for a campaign that the actor has read.
func (s *Campaigns) EstimateFor(ctx context.Context, mine MyCampaign) (Estimate, error) {
	return s.estimate(ctx, mine.Campaign, mine.participant)
}

func (s *Campaigns) estimate(ctx context.Context, c Campaign, participant int64) (Estimate, error) {
	m, err := s.market(ctx, c)
	if err != nil {
		return Estimate{}, err
	}
	i, in := m.participant[participant]
	if !in { // since a moment ago
		if m, err = s.makeMarket(ctx, c); err != nil {
			return Estimate{}, err
		}
		if i, in = m.participant[participant]; !in {
			return Estimate{}, unknown()
		}
	}
	return Estimate{m, &m.Students[i]}, nil
}

// Simulate estimates what a list would give, saved or not.
func (e Estimate) Simulate(wishes []Wish) (Simulation, error) {
	if err := checkList(e.market.Campaign, e.market.byCode(), e.me.Wishes, wishes); err != nil {
		return Simulation{}, err
	}
	return e.market.simulate(e.me, wishes, e.market.draws()), nil
}

// Risk estimates the risk of a list, saved or not.
func (e Estimate) Risk(wishes []Wish) Risk { return e.market.risk(e.me, wishes) }

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
// real one enters.
func (m *market) simulate(me *Candidate, wishes []Wish, draws int) Simulation {
	list := make([]assign.Wish, 0, len(wishes))
	for _, w := range wishes {
		post, known := m.find(w.Post)
		if !known { // opened since a moment ago
			list = append(list, assign.Wish{Post: m.Posts[0].Code, Barred: "unknown"})
			continue
		}
		list = append(list, assign.Wish{Post: w.Post, Secondary: w.Secondary, Barred: string(Eligible(me.Background, post).Rule)})
	}
	chances := m.simulator().Chances(me.Pseudonym, list, draws)
	return Simulation{Draws: chances.Draws, Wishes: slices.Clone(wishes), Obtained: chances.Obtained, None: chances.None, left: chances.Left}
}

// numbers makes the numbers of draws from the campaign's public identifier.
func (m *market) numbers(draws int) []uint64 {
	numbers := make([]uint64, draws)
	for i := range numbers {
		sum := sha256.Sum256(fmt.Appendf(nil, "simulation:%s:%d", m.Campaign.PublicID, i))
		numbers[i] = binary.BigEndian.Uint64(sum[:])
	}
	return numbers
}

// find returns a post by its code.
func (m *market) find(code string) (Post, bool) {
	i, known := m.post[code]
	if !known {
		return Post{}, false
	}
	return m.Posts[i], true
}
