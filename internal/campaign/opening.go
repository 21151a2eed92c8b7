package campaign

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/allocation/lottery"
	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/canonical"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
)

// atOnce is how many students an opening enrols while the office waits; where there
// are more, the page tells how far it is.
const atOnce = 500

// Open opens a campaign for everybody who is in. It asks for the work that does it (job
// [OpenKind]): students are enrolled step by step, and the campaign is in draft, and
// cannot be changed, until the last step opens it. The work of a small campaign is done
// when Open returns. If it fails or is cancelled, the campaign is a draft like any other
// again; asked for again, the opening begins anew.
func (s *Campaigns) Open(ctx context.Context, actor identity.Actor, campaign string) error {
	if err := s.takeBackOpening(ctx, actor, campaign); err != nil {
		return err
	}
	var checked version
	students := 0
	err := s.DB.Read(ctx, func(tx *store.Tx) error {
		c, err := ForOffice(ctx, tx, actor, campaign, RightOpen)
		if err != nil {
			return err
		}
		if checked, err = versionOf(ctx, tx, c); err != nil {
			return err
		}
		students, err = requireOpenable(ctx, tx, c)
		return err
	})
	if err != nil {
		return err
	}
	task := ""
	err = s.DB.Write(ctx, func(tx *store.Tx) (err error) {
		task, err = askOpening(ctx, tx, actor, campaign, students, checked)
		return err
	})
	if err != nil || students > atOnce {
		return err
	}
	return (&job.Runner{DB: s.DB, Handlers: map[string]job.Handler{OpenKind: s.open}}).Do(ctx, task)
}

// requireOpenable returns how many students a campaign would be opened for, or why it
// may not be.
func requireOpenable(ctx context.Context, tx *store.Tx, c Campaign) (students int, err error) {
	if err := isDraft(c); err != nil {
		return 0, err
	}
	p, err := prepare(ctx, tx, c)
	if err != nil {
		return 0, err
	}
	return p.participants.In, RequireReady(c, table(p, toOpen))
}

func isDraft(c Campaign) error {
	if c.Phase != Draft {
		return fault.New(fault.Conflict, "campaign.moved", "campaign", c.Name, "phase", c.Phase.Name())
	}
	return nil
}

// askOpening asks for the work that opens a campaign, and returns the task. What has
// changed since the campaign was checked is checked again, under its lock.
func askOpening(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign string, students int, checked version) (string, error) {
	c, err := lock(ctx, tx, actor, campaign, RightOpen)
	if err != nil {
		return "", err
	}
	now, err := versionOf(ctx, tx, c)
	if err != nil {
		return "", err
	}
	checked.campaign++ // by the lock
	if now != checked {
		if students, err = requireOpenable(ctx, tx, c); err != nil {
			return "", err
		}
	}
	request := job.Request{Kind: OpenKind, Key: OpenKind + ":" + c.PublicID, Subject: c.PublicID, By: actor.Author()}
	if students <= atOnce {
		request.At = tx.Now.Add(job.Takeover)
	}
	task, err := job.Enqueue(ctx, tx, request)
	if err != nil {
		return "", err
	}
	err = queries.New(tx).AddOpening(ctx, queries.AddOpeningParams{
		CampaignID: c.ID, Task: task, AskedAt: store.At(tx.Now), AskedBy: actor.ID, AskedName: actor.Name, AskedOrigin: actor.Origin,
		Changes: c.Changes,
	})
	if err != nil {
		return "", fmt.Errorf("ask for the opening: %w", err)
	}
	return task, nil
}

// takeBackOpening takes back what an opening that ended without opening has written,
// some participants at a time, and then forgets the opening.
func (s *Campaigns) takeBackOpening(ctx context.Context, actor identity.Actor, campaign string) error {
	left, err := store.Get(ctx, s.DB, func(tx *store.Tx) (bool, error) {
		c, err := ForOffice(ctx, tx, actor, campaign, RightOpen)
		if err != nil || c.Phase != Draft {
			return false, err
		}
		_, asked, err := openingOf(ctx, tx, c)
		return asked, err
	})
	for left && err == nil {
		err = s.DB.Write(ctx, func(tx *store.Tx) error {
			c, err := lock(ctx, tx, actor, campaign, RightOpen)
			if err != nil {
				return err
			}
			left, err = takeBackSome(ctx, tx, c)
			return err
		})
	}
	return err
}

// takeBackSome takes back a part, and reports whether something is left.
func takeBackSome(ctx context.Context, tx *store.Tx, c Campaign) (left bool, err error) {
	const most = 500
	if err := isDraft(c); err != nil {
		return false, err
	}
	q := queries.New(tx)
	enrolled, err := q.SomeEnrolled(ctx, queries.SomeEnrolledParams{CampaignID: c.ID, Limit: most})
	if err != nil {
		return false, fmt.Errorf("read who was enrolled: %w", err)
	}
	if len(enrolled) > 0 {
		return true, takeBack(ctx, tx, c, enrolled)
	}
	if err := q.ForgetOpening(ctx, c.ID); err != nil {
		return false, fmt.Errorf("forget the opening: %w", err)
	}
	return false, nil
}

// takeBack makes some participants of a draft what they were before an opening.
func takeBack(ctx context.Context, tx *store.Tx, c Campaign, participants []int64) error {
	if err := ranking.Remove(ctx, tx, c.PublicID, participants); err != nil {
		return err
	}
	some := store.In("id", participants)
	_, err := tx.ExecContext(ctx, "UPDATE campaign_participant SET enrolled_at = NULL, score = NULL, person_id = NULL,"+
		" first_position = NULL, last_position = NULL WHERE "+some.SQL, some.Args...)
	if err != nil {
		return fmt.Errorf("take the opening back: %w", err)
	}
	return nil
}

// notOpening returns nil if nobody has asked to open a campaign in draft, or if the work
// has ended without opening it. While that goes on the campaign does not change.
func notOpening(ctx context.Context, tx *store.Tx, c Campaign) error {
	if c.Phase != Draft {
		return nil
	}
	asked, found, err := openingOf(ctx, tx, c)
	if err != nil || !found {
		return err
	}
	work, err := job.Remembered(ctx, tx, asked.Task)
	if err != nil || work == nil || work.Ended() {
		return err
	}
	return fault.New(fault.Conflict, "campaign.opening", "campaign", c.Name, "by", asked.AskedName, "at", asked.AskedAt.Time)
}

// OpeningWork returns the work of an opening that was asked for and has not opened the
// campaign: it goes on, or has failed or been cancelled. It is nil where nobody asked, or
// so long ago that the work is forgotten.
func OpeningWork(ctx context.Context, tx *store.Tx, c Campaign) (*job.Task, error) {
	if c.Phase != Draft {
		return nil, nil
	}
	asked, found, err := openingOf(ctx, tx, c)
	if err != nil || !found {
		return nil, err
	}
	return job.Remembered(ctx, tx, asked.Task)
}

// OpeningProgress tells how many students the pass of an opening is behind that is under
// way, and of how many: a first one enrols them, a second one gives them their places.
func OpeningProgress(work *job.Task) (places bool, done, students int) {
	done, students = int(work.Done), int(work.Total)/passes
	if done < students || students == 0 {
		return false, done, students
	}
	return true, min(done-students, students), students
}

// passes is how often the work goes through the students.
const passes = 2

// openingOf reads who asked for a campaign to be opened, if somebody did.
func openingOf(ctx context.Context, tx *store.Tx, c Campaign) (asked queries.CampaignOpening, found bool, err error) {
	asked, err = queries.New(tx).Opening(ctx, c.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return asked, false, nil
	}
	if err != nil {
		return asked, false, fmt.Errorf("read the opening: %w", err)
	}
	return asked, true, nil
}

// placeKeys is where the keys of the second half of the work begin: those of the first
// are of students, who are enrolled; those of the second of participants, who are given
// their interval, which depends on the scores of all, and an empty list.
const placeKeys int64 = 1 << 40

// An opening is what a run of the work knows. What it has not done yet it reads anew.
type opening struct {
	*Campaigns
	people   Participants
	students []int64 // who is in, ascending; nil: not read
	standing *standing
}

// A standing is what the order will be drawn from: it does not change once everybody
// is enrolled.
type standing struct {
	keys   []int64 // placeKeys + participant, ascending
	places map[int64]place
	text   []byte
	count  int
}

type place struct {
	pseudonym string
	interval  assign.Interval
}

// open does the work of an opening.
func (s *Campaigns) open(ctx context.Context, run *job.Run) error {
	o := &opening{Campaigns: s}
	return job.Steps{
		Count: func(ctx context.Context, tx *store.Tx, run *job.Run) (int, error) {
			if err := o.read(ctx, tx, run); err != nil {
				return 0, err
			}
			n, err := o.people.Count(ctx, tx)
			return passes * n.In, err
		},
		// Who cannot be enrolled holds the opening up: the intervals are those of everybody.
		List: o.list, Prepare: o.prepare, Finish: o.finish, Whole: true,
		Fills: []string{"campaign_participant", ranking.Table},
	}.Handle(ctx, run)
}

// read reads the campaign. Work that failed, and that somebody has done again after the
// draft was changed, would open another campaign than the one that was checked; and after
// the opening was asked for again, it would leave out whom it has enrolled before.
func (o *opening) read(ctx context.Context, tx *store.Tx, run *job.Run) error {
	c, err := Get(ctx, tx, run.Subject)
	if err != nil {
		return err
	}
	if err := isDraft(c); err != nil {
		return err
	}
	asked, found, err := openingOf(ctx, tx, c)
	if err != nil {
		return err
	}
	if !found || asked.Changes != c.Changes {
		return fault.New(fault.Conflict, "campaign.opening.changed", "campaign", c.Name)
	}
	if asked.Task != run.ID {
		return fault.New(fault.Conflict, "campaign.opening.replaced", "campaign", c.Name)
	}
	o.people, err = ParticipantsOf(ctx, tx, c)
	return err
}

func (o *opening) list(ctx context.Context, tx *store.Tx, run *job.Run, after int64, most int) ([]int64, error) {
	if o.people.requirements == nil {
		if err := o.read(ctx, tx, run); err != nil {
			return nil, err
		}
	}
	if after < placeKeys {
		if o.students == nil {
			in, err := o.people.List().All(ctx, tx, store.And(o.people.Where(), o.people.In(), store.Where("s.id > $1", after)))
			if err != nil {
				return nil, err
			}
			o.students = make([]int64, len(in))
			for i, e := range in {
				o.students[i] = e.Student.ID
			}
		}
		if next := following(o.students, after, most); len(next) > 0 {
			return next, nil
		}
	}
	if o.standing == nil {
		var err error
		if o.standing, err = readStanding(ctx, tx, o.people.requirements.campaign); err != nil {
			return nil, err
		}
	}
	return following(o.standing.keys, after, most), nil
}

// following returns the keys after one, at most so many.
func following(keys []int64, after int64, most int) []int64 {
	from, found := slices.BinarySearch(keys, after)
	if found {
		from++
	}
	return keys[from:min(from+most, len(keys))]
}

func readStanding(ctx context.Context, tx *store.Tx, c Campaign) (*standing, error) {
	rows, err := queries.New(tx).Participants(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read participants: %w", err)
	}
	rows = slices.DeleteFunc(rows, func(r queries.CampaignParticipant) bool { return r.EnrolledAt == nil })
	// By pseudonym, so that the order of names or of arrival tells nothing.
	slices.SortFunc(rows, func(a, b queries.CampaignParticipant) int { return strings.Compare(a.Pseudonym, b.Pseudonym) })
	inputs := make([]assign.OrderInput, len(rows))
	for i, r := range rows {
		inputs[i] = frozen(r)
	}
	s := &standing{places: make(map[int64]place, len(rows)), text: standingJSON(inputs), count: len(rows)}
	for i, interval := range assign.Intervals(inputs) {
		key := placeKeys + rows[i].ID
		s.keys, s.places[key] = append(s.keys, key), place{rows[i].Pseudonym, interval}
	}
	slices.Sort(s.keys)
	return s, nil
}

func (o *opening) prepare(ctx context.Context, run *job.Run, keys []int64) (job.Write, error) {
	c := o.people.requirements.campaign
	if keys[0] > placeKeys {
		return func(ctx context.Context, tx *store.Tx) error { return o.standing.give(ctx, tx, c, keys) }, nil
	}
	var in []Enrolment
	err := o.DB.Read(ctx, func(tx *store.Tx) error {
		found, err := o.people.requirements.explain(ctx, tx, store.In("s.id", keys), true)
		for _, e := range found {
			if e.In { // still: what a record says now is what counts
				in = append(in, e.Enrolment)
			}
		}
		return err
	})
	return func(ctx context.Context, tx *store.Tx) error { return enrol(ctx, tx, c, in, run.By) }, err
}

// enrol freezes that some take part, and with which score.
func enrol(ctx context.Context, tx *store.Tx, c Campaign, in []Enrolment, by string) error {
	var missing, rows [][]any
	for i := range in {
		e := &in[i]
		if e.ID == 0 {
			e.Pseudonym = newPseudonym()
			missing = append(missing, []any{e.Student.ID, e.Pseudonym})
		}
		rows = append(rows, []any{c.ID, e.Pseudonym, optional(e.Score), e.Student.Person.ID})
	}
	err := inRows(ctx, tx, missing, []any{c.ID, store.At(tx.Now), by}, "INSERT INTO campaign_participant"+
		" (campaign_id, student_id, pseudonym, points_reason, manual_reason, excluded_by, excluded_reason, changed_at, changed_by)"+
		" SELECT $1, v.column1, v.column2, '', '', '', '', $2, $3 FROM (VALUES %s) AS v", "BIGINT", "TEXT")
	if err != nil {
		return fmt.Errorf("add participants: %w", err)
	}
	// Each row names the campaign: with it in the condition alone, SQLite reads all
	// participants to change some.
	err = inRows(ctx, tx, rows, []any{store.AtOrNil(tx.Now)}, "UPDATE campaign_participant SET enrolled_at = $1, score = v.column3, person_id = v.column4"+
		" FROM (VALUES %s) AS v WHERE campaign_id = v.column1 AND pseudonym = v.column2", "BIGINT", "TEXT", "BIGINT", "BIGINT")
	if err != nil {
		return fmt.Errorf("enrol participants: %w", err)
	}
	return nil
}

// give tells some participants their interval, and makes their lists.
func (s *standing) give(ctx context.Context, tx *store.Tx, c Campaign, keys []int64) error {
	names, rows := make(map[int64]string, len(keys)), make([][]any, len(keys))
	for i, key := range keys {
		p := s.places[key]
		names[key-placeKeys] = p.pseudonym
		rows[i] = []any{key - placeKeys, int64(p.interval.First), int64(p.interval.Last)}
	}
	err := inRows(ctx, tx, rows, []any{c.ID}, "UPDATE campaign_participant SET first_position = v.column2, last_position = v.column3"+
		" FROM (VALUES %s) AS v WHERE campaign_id + 0 = $1 AND id = v.column1", "BIGINT", "BIGINT", "BIGINT")
	if err != nil {
		return fmt.Errorf("keep the intervals: %w", err)
	}
	return ranking.CreateAll(ctx, tx, c.PublicID, names)
}

// finish seals the draw and opens the campaign: now everybody enrolled reads it. The
// mails follow in work of their own.
func (o *opening) finish(ctx context.Context, tx *store.Tx, run *job.Run) error {
	if err := tx.Lock(ctx, "campaign:"+run.Subject); err != nil {
		return err
	}
	c, err := Get(ctx, tx, run.Subject)
	if err != nil {
		return err
	}
	if err := isDraft(c); err != nil {
		return err
	}
	q := queries.New(tx)
	asked, err := q.Opening(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("read the opening: %w", err)
	}
	actor := identity.Actor{ID: asked.AskedBy, Name: asked.AskedName, Origin: asked.AskedOrigin}
	if err := q.SetEnrolled(ctx, queries.SetEnrolledParams{ID: c.ID, Enrolled: int64(o.standing.count)}); err != nil {
		return fmt.Errorf("count the enrolled: %w", err)
	}
	if err := o.seal(ctx, tx, actor, c); err != nil {
		return err
	}
	if err := Advance(ctx, tx, actor, c, Open); err != nil {
		return err
	}
	return announce(ctx, tx, c)
}

// seal commits to the seed of the draw.
func (o *opening) seal(ctx context.Context, tx *store.Tx, actor identity.Actor, c Campaign) error {
	seed := o.DemoSeed
	if seed == "" {
		seed = newSeed()
	}
	hash := canonical.SHA256(o.standing.text)
	err := queries.New(tx).AddDraw(ctx, queries.AddDrawParams{
		CampaignID: c.ID, Seed: seed, Commitment: lottery.Commitment(seed), Standing: string(o.standing.text), StandingHash: hash,
		CommittedAt: store.At(tx.Now),
	})
	if err != nil {
		return fmt.Errorf("seal the draw: %w", err)
	}
	return record(ctx, tx, actor, c, "draw.sealed", audit.Entry{
		Args: map[string]any{"commitment": lottery.Commitment(seed), "standing": hash, "count": o.standing.count},
	})
}
