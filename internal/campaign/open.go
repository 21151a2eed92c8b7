package campaign

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/lottery"
	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// Readiness returns the table that is looked at before the next step of a
// campaign in draft or open. The steps after that are package result's.
func Readiness(ctx context.Context, tx *store.Tx, c Campaign) ([]Check, error) {
	switch c.Phase {
	case Draft:
		p, err := prepare(ctx, tx, c)
		return table(p, toOpen), err
	case Open:
		p, err := endOf(ctx, tx, c)
		return table(p, toClose), err
	}
	return nil, nil
}

func prepare(ctx context.Context, tx *store.Tx, c Campaign) (preparation, error) {
	p := preparation{campaign: c, now: tx.Now}
	var err error
	if p.expected, err = expected(ctx, tx, c); err != nil {
		return p, err
	}
	if p.posts, err = Posts(ctx, tx, c); err != nil {
		return p, err
	}
	if p.sites, err = sitesFor(ctx, tx, c); err != nil {
		return p, err
	}
	p.roll, err = Roll(ctx, tx, c)
	return p, err
}

func endOf(ctx context.Context, tx *store.Tx, c Campaign) (closing, error) {
	end := closing{campaign: c, ended: !tx.Now.Before(c.ClosesAt)}
	sealed, err := queries.New(tx).SealedDraw(ctx, c.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return end, fmt.Errorf("read draw: %w", err)
	}
	end.keeps = err == nil && keeps(sealed.Commitment, sealed.Seed) && sha([]byte(sealed.Standing)) == sealed.StandingHash
	end.empty, end.short, err = ranking.CountShort(ctx, tx, c.PublicID, c.AdvisedWishes)
	return end, err
}

// Open opens a campaign: it enrols everybody who is in, freezes scores, manual
// positions and the interval of each student, commits to the seed of the draw, and
// tells the students.
func (s *Campaigns) Open(ctx context.Context, actor identity.Actor, campaign string) error {
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := lock(ctx, tx, actor, campaign, RightOpen)
		if err != nil {
			return err
		}
		if c.Phase != Draft {
			return fault.New(fault.Conflict, "campaign.moved", "campaign", c.Name, "phase", c.Phase.Name())
		}
		p, err := prepare(ctx, tx, c)
		if err != nil {
			return err
		}
		if err := Go(c, table(p, toOpen)); err != nil {
			return err
		}
		if err := s.enrol(ctx, tx, actor, c, p.roll); err != nil {
			return err
		}
		if err := Advance(ctx, tx, actor, c, Open); err != nil {
			return err
		}
		return s.announce(ctx, tx, c, p.roll)
	})
}

// enrol freezes who takes part and in which standing, and seals the draw.
func (s *Campaigns) enrol(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign, roll []Enrolment) error {
	roll = slices.DeleteFunc(slices.Clone(roll), func(e Enrolment) bool { return !e.In })
	for i := range roll {
		if err := ensure(ctx, tx, actor, c, &roll[i]); err != nil {
			return err
		}
	}
	// By pseudonym, so that the order of names or of arrival tells nothing.
	slices.SortFunc(roll, func(a, b Enrolment) int { return strings.Compare(a.Pseudonym, b.Pseudonym) })
	candidates := candidatesOf(roll)
	q := queries.New(tx)
	for i, interval := range assign.Intervals(candidates) {
		e := roll[i]
		err := q.Enrol(ctx, queries.EnrolParams{
			ID: e.ID, EnrolledAt: store.AtOrNil(tx.Now), Score: optional(e.Score), PersonID: null(e.Student.Person.ID),
			FirstPosition: null(int64(interval.First)), LastPosition: null(int64(interval.Last)),
		})
		if err != nil {
			return fmt.Errorf("enrol participant %d: %w", e.ID, err)
		}
		if err := ranking.Create(ctx, tx, ranking.Key{Scope: c.PublicID, Owner: e.ID}, e.Pseudonym); err != nil {
			return err
		}
	}
	if err := q.SetEnrolled(ctx, queries.SetEnrolledParams{ID: c.ID, Enrolled: int64(len(roll))}); err != nil {
		return fmt.Errorf("count the enrolled: %w", err)
	}
	seed := s.DemoSeed
	if seed == "" {
		seed = newSeed()
	}
	standing := standingJSON(candidates)
	err := q.AddDraw(ctx, queries.AddDrawParams{
		CampaignID: c.ID, Seed: seed, Commitment: lottery.Commitment(seed), Standing: string(standing), StandingHash: sha(standing),
		CommittedAt: store.At(tx.Now),
	})
	if err != nil {
		return fmt.Errorf("seal the draw: %w", err)
	}
	return record(ctx, tx, actor, c, "draw.sealed", audit.Entry{
		Args: map[string]any{"commitment": lottery.Commitment(seed), "standing": sha(standing), "count": len(roll)},
	})
}

func (s *Campaigns) announce(ctx context.Context, tx *store.Tx, c Campaign, roll []Enrolment) error {
	for _, e := range roll {
		if !e.In {
			continue
		}
		if err := s.tell(ctx, tx, c, e.Student.Person, NoticeOpened, "", text.Blanks{"most": c.MaxWishes}); err != nil {
			return err
		}
	}
	return nil
}

// tell queues a mail about a campaign. Every mail has the campaign's name and its
// deadline among its blanks.
func (s *Campaigns) tell(ctx context.Context, tx *store.Tx, c Campaign, to identity.Person, kind notice.Kind, key string, blanks text.Blanks) error {
	_, err := notice.Queue(ctx, tx, s.message(c, to, kind, key, blanks))
	return err
}

// message is a mail about a campaign, with the blanks that all of them have.
func (s *Campaigns) message(c Campaign, to identity.Person, kind notice.Kind, key string, blanks text.Blanks) notice.Message {
	blanks["campaign"], blanks["closes"], blanks["closed"] = c.Name, c.ClosesAt, c.ClosesAt
	return notice.Message{
		Kind: kind, To: notice.Recipient{Person: to.ID, Name: to.Name(), Address: to.Email, Lang: text.ParseLang(to.Lang)},
		Blanks: blanks, Link: s.Base + "/my/campaigns/" + c.PublicID, Contact: c.Contact.String(),
		Key: key, Scope: c.PublicID, Zone: c.Zone,
	}
}

// Close closes a campaign whose deadline has passed: it reveals the seed and
// computes the order, once. Everybody who saved a list gets a receipt, by a job.
func (s *Campaigns) Close(ctx context.Context, actor identity.Actor, campaign string) error {
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := lock(ctx, tx, actor, campaign, RightOpen)
		if err != nil {
			return err
		}
		if c.Phase != Open {
			return fault.New(fault.Conflict, "campaign.moved", "campaign", c.Name, "phase", c.Phase.Name())
		}
		end, err := endOf(ctx, tx, c)
		if err != nil {
			return err
		}
		if err := Go(c, table(end, toClose)); err != nil {
			return err
		}
		if err := reveal(ctx, tx, actor, c); err != nil {
			return err
		}
		if err := Advance(ctx, tx, actor, c, Closed); err != nil {
			return err
		}
		return receiptsAt(ctx, tx, c, c.PublicID, tx.Now)
	})
}

// reveal makes the seed known and computes the order. The database refuses that
// it be done twice.
func reveal(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign) error {
	q := queries.New(tx)
	sealed, err := q.SealedDraw(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("read the sealed draw: %w", err)
	}
	rows, err := q.Participants(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("read participants: %w", err)
	}
	ids := map[string]int64{}
	candidates := []assign.Candidate{}
	for _, r := range rows {
		if r.EnrolledAt != nil {
			ids[r.Pseudonym] = r.ID
			candidates = append(candidates, frozen(r))
		}
	}
	slices.SortFunc(candidates, func(a, b assign.Candidate) int { return strings.Compare(a.ID, b.ID) })
	if string(standingJSON(candidates)) != sealed.Standing {
		return fmt.Errorf("campaign %s: the standing is not the one that was frozen", c.PublicID)
	}
	positions := assign.Order(candidates, sealed.Seed)
	hash := sha(orderJSON(sealed.Commitment, positions))
	for _, p := range positions {
		err := q.AddPosition(ctx, queries.AddPositionParams{
			ParticipantID: ids[p.ID], CampaignID: c.ID, Hash: p.Hash, Automatic: int64(p.Automatic), Effective: int64(p.Effective),
		})
		if err != nil {
			return fmt.Errorf("keep the order: %w", err)
		}
	}
	n, err := q.Reveal(ctx, queries.RevealParams{CampaignID: c.ID, RevealedAt: store.AtOrNil(tx.Now), OrderHash: hash})
	if err != nil {
		return fmt.Errorf("reveal the draw: %w", err)
	}
	if n != 1 {
		return fmt.Errorf("campaign %s: the draw was revealed before", c.PublicID)
	}
	return record(ctx, tx, actor, c, "draw.revealed", audit.Entry{
		Args: map[string]any{"seed": sealed.Seed, "order": hash, "count": len(positions)},
	})
}

// CloseDue closes every campaign whose deadline has passed: a schedule asks for it
// each minute.
func (s *Campaigns) CloseDue(ctx context.Context) error {
	var due []string
	err := s.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := queries.New(tx).OpenCampaigns(ctx)
		for _, r := range rows {
			if !tx.Now.Before(r.ClosesAt.Time) {
				due = append(due, r.PublicID)
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read open campaigns: %w", err)
	}
	var failed []error
	for _, campaign := range due {
		err := s.Close(ctx, identity.System(CloseKind), campaign)
		if err != nil && !fault.Has(err, "campaign.moved") { // another node was first
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// DrawOf returns what may be told of the draw of a campaign; nil before it is
// sealed.
func DrawOf(ctx context.Context, tx *store.Tx, c Campaign) (*Draw, error) {
	q := queries.New(tx)
	row, err := q.Commitment(ctx, c.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read draw: %w", err)
	}
	d := &Draw{
		Commitment: row.Commitment, StandingHash: row.StandingHash, CommittedAt: row.CommittedAt.Time,
		RevealedAt: row.RevealedAt.OrZero(), OrderHash: row.OrderHash,
	}
	if d.Sealed() {
		return d, nil
	}
	if d.Seed, err = q.RevealedSeed(ctx, c.ID); err != nil {
		return nil, fmt.Errorf("read revealed seed: %w", err)
	}
	return d, nil
}

// StandingOf returns the frozen standing, as it was hashed: what anybody may check.
func StandingOf(ctx context.Context, tx *store.Tx, c Campaign) (string, error) {
	standing, err := queries.New(tx).Standing(ctx, c.ID)
	if err != nil {
		return "", fmt.Errorf("read standing: %w", err)
	}
	return standing, nil
}

func frozen(r queries.CampaignParticipant) assign.Candidate {
	return assign.Candidate{ID: r.Pseudonym, Score: amount(value(r.Score)), Manual: int(r.Manual.Int64)}
}

func candidatesOf(roll []Enrolment) []assign.Candidate {
	candidates := make([]assign.Candidate, len(roll))
	for i, e := range roll {
		candidates[i] = assign.Candidate{ID: e.Pseudonym, Score: amount(e.Score), Manual: e.Manual}
	}
	return candidates
}

// value returns what a column holds, nil for nothing.
func value(n sql.NullInt64) *int64 {
	if !n.Valid {
		return nil
	}
	return &n.Int64
}

func optional(n *int64) sql.NullInt64 {
	if n == nil {
		return sql.NullInt64{}
	}
	return null(*n)
}
