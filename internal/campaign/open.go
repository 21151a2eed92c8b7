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
	r, err := requirementsOf(ctx, tx, c)
	if err != nil {
		return p, err
	}
	p.expected = r.expected()
	if p.posts, err = Posts(ctx, tx, c); err != nil {
		return p, err
	}
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
	end.keeps = err == nil && keeps(sealed.Commitment, sealed.Seed) && sha([]byte(sealed.Standing)) == sealed.StandingHash
	counts, err := CountsOf(ctx, tx, c)
	end.empty, end.short = counts.Empty, counts.Short
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
		if err := RequireReady(c, table(p, toOpen)); err != nil {
			return err
		}
		people, err := ParticipantsOf(ctx, tx, c)
		if err != nil {
			return err
		}
		in, err := people.All(ctx, tx, people.In())
		if err != nil {
			return err
		}
		if err := s.enrol(ctx, tx, actor, c, in); err != nil {
			return err
		}
		if err := Advance(ctx, tx, actor, c, Open); err != nil {
			return err
		}
		return announce(ctx, tx, c)
	})
}

// enrol freezes who takes part and in which standing, and seals the draw.
func (s *Campaigns) enrol(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign, in []Enrolment) error {
	if err := addParticipants(ctx, tx, actor, c, in); err != nil {
		return err
	}
	// By pseudonym, so that the order of names or of arrival tells nothing.
	slices.SortFunc(in, func(a, b Enrolment) int { return strings.Compare(a.Pseudonym, b.Pseudonym) })
	candidates := candidatesOf(in)
	intervals := assign.Intervals(candidates)
	rows := make([][]any, len(in))
	for i, e := range in {
		rows[i] = []any{e.Pseudonym, optional(e.Score), e.Student.Person.ID, int64(intervals[i].First), int64(intervals[i].Last)}
	}
	err := inRows(ctx, tx, rows, []any{c.ID, store.AtOrNil(tx.Now)}, "UPDATE campaign_participant SET enrolled_at = $2, score = v.column2, person_id = v.column3,"+
		" first_position = v.column4, last_position = v.column5 FROM (VALUES %s) AS v WHERE campaign_id = $1 AND pseudonym = v.column1",
		"TEXT", "BIGINT", "BIGINT", "BIGINT", "BIGINT")
	if err != nil {
		return fmt.Errorf("enrol participants: %w", err)
	}
	if err := addLists(ctx, tx, c); err != nil {
		return err
	}
	if err := queries.New(tx).SetEnrolled(ctx, queries.SetEnrolledParams{ID: c.ID, Enrolled: int64(len(in))}); err != nil {
		return fmt.Errorf("count the enrolled: %w", err)
	}
	return s.seal(ctx, tx, actor, c, candidates)
}

// addParticipants gives a row to everybody who has none.
func addParticipants(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign, in []Enrolment) error {
	var rows [][]any
	for i := range in {
		if in[i].ID == 0 {
			in[i].Pseudonym = newPseudonym()
			rows = append(rows, []any{in[i].Student.ID, in[i].Pseudonym})
		}
	}
	err := inRows(ctx, tx, rows, []any{c.ID, store.At(tx.Now), actor.Author()}, "INSERT INTO campaign_participant"+
		" (campaign_id, student_id, pseudonym, points_reason, manual_reason, excluded_by, excluded_reason, changed_at, changed_by)"+
		" SELECT $1, v.column1, v.column2, '', '', '', '', $2, $3 FROM (VALUES %s) AS v", "BIGINT", "TEXT")
	if err != nil {
		return fmt.Errorf("add participants: %w", err)
	}
	return nil
}

// addLists gives everybody who is enrolled an empty list.
func addLists(ctx context.Context, tx *store.Tx, c Campaign) error {
	enrolled, err := participants.All(ctx, tx, store.Where("q.campaign_id = $1 AND q.enrolled_at IS NOT NULL", c.ID))
	if err != nil {
		return fmt.Errorf("read participants: %w", err)
	}
	names := make(map[int64]string, len(enrolled))
	for _, p := range enrolled {
		names[p.ID] = p.Pseudonym
	}
	return ranking.CreateAll(ctx, tx, c.PublicID, names)
}

// seal commits to the seed of the draw.
func (s *Campaigns) seal(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign, candidates []assign.Candidate) error {
	seed := s.DemoSeed
	if seed == "" {
		seed = newSeed()
	}
	standing := standingJSON(candidates)
	err := queries.New(tx).AddDraw(ctx, queries.AddDrawParams{
		CampaignID: c.ID, Seed: seed, Commitment: lottery.Commitment(seed), Standing: string(standing), StandingHash: sha(standing),
		CommittedAt: store.At(tx.Now),
	})
	if err != nil {
		return fmt.Errorf("seal the draw: %w", err)
	}
	return record(ctx, tx, actor, c, "draw.sealed", audit.Entry{
		Args: map[string]any{"commitment": lottery.Commitment(seed), "standing": sha(standing), "count": len(candidates)},
	})
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
