package campaign

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/canonical"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
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
