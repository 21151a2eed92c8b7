package campaign

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/canonical"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/procedure/assign"
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
	r, err := requirementsOf(ctx, tx, c)
	if err != nil {
		return p, err
	}
	p.expected = r.expected()
	if p.posts, err = PostList.All(ctx, tx, PostsIn(c)); err != nil {
		return p, fmt.Errorf("read posts: %w", err)
	}
	slices.SortFunc(p.posts, func(a, b Post) int { return strings.Compare(a.Code, b.Code) })
	if p.sites, err = keep(ctx, tx, c, "sites", func() (siteCounts, error) { return r.countSites(ctx, tx) }); err != nil {
		return p, err
	}
	p.participants, err = r.count(ctx, tx)
	return p, err
}

func endOf(ctx context.Context, tx *store.Tx, c Campaign) (closing, error) {
	end := closing{campaign: c, ended: !tx.Now.Before(c.ClosesAt)}
	sealed, err := queries.New(tx).SealedDraw(ctx, c.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return end, fmt.Errorf("read draw: %w", err)
	}
	end.keeps = err == nil && keeps(sealed.Commitment, sealed.Seed) && canonical.SHA256([]byte(sealed.Standing)) == sealed.StandingHash
	counts, err := CountsOf(ctx, tx, c)
	end.empty, end.short = counts.Empty, counts.Short
	return end, err
}

// inRows runs a statement for many rows, some hundred at a time: %s becomes the rows
// of a VALUES list, whose columns have these types, and whose placeholders follow
// those of args.
func inRows(ctx context.Context, tx *store.Tx, rows [][]any, args []any, statement string, types ...string) error {
	const perStatement = 500
	for some := range slices.Chunk(rows, perStatement) {
		values, all := make([]string, len(some)), slices.Clone(args)
		for i, row := range some {
			marks := make([]string, len(row))
			for j := range row {
				marks[j] = fmt.Sprintf("CAST($%d AS %s)", len(all)+j+1, types[j])
			}
			values[i], all = "("+strings.Join(marks, ", ")+")", append(all, row...)
		}
		if _, err := tx.ExecContext(ctx, fmt.Sprintf(statement, strings.Join(values, ", ")), all...); err != nil {
			return err
		}
	}
	return nil
}

// queueMail queues a mail about a campaign.
func (s *Campaigns) queueMail(ctx context.Context, tx *store.Tx, c Campaign, to identity.Person, kind notice.Kind, key string, blanks text.Blanks) error {
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
		if err := RequireReady(c, table(end, toClose)); err != nil {
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
	inputs := []assign.OrderInput{}
	for _, r := range rows {
		if r.EnrolledAt != nil {
			ids[r.Pseudonym] = r.ID
			inputs = append(inputs, frozen(r))
		}
	}
	slices.SortFunc(inputs, func(a, b assign.OrderInput) int { return strings.Compare(a.ID, b.ID) })
	if string(standingJSON(inputs)) != sealed.Standing {
		return fmt.Errorf("campaign %s: the standing is not the one that was frozen", c.PublicID)
	}
	positions := assign.Order(inputs, sealed.Seed)
	hash := canonical.SHA256(orderJSON(sealed.Commitment, positions))
	places := make([][]any, len(positions))
	for i, p := range positions {
		places[i] = []any{ids[p.ID], p.Hash, int64(p.Automatic), int64(p.Effective)}
	}
	err = inRows(ctx, tx, places, []any{c.ID}, "INSERT INTO campaign_position (participant_id, campaign_id, hash, automatic, effective)"+
		" SELECT v.column1, $1, v.column2, v.column3, v.column4 FROM (VALUES %s) AS v", "BIGINT", "TEXT", "BIGINT", "BIGINT")
	if err != nil {
		return fmt.Errorf("keep the order: %w", err)
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

func frozen(r queries.CampaignParticipant) assign.OrderInput {
	return assign.OrderInput{ID: r.Pseudonym, Score: value(r.Score), Manual: int(r.Manual.Int64)}
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
