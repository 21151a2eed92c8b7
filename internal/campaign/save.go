package campaign

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// A Save is a whole list, to replace the one that its page was made from.
type Save struct {
	Base    int    // number of the version that the page was made from; 0: nothing saved yet
	Wishes  []Wish // best first
	Request string // made by the page, new for each change: a request sent again saves nothing twice

	// KeepSecondary leaves to a post that was on the list the secondary post that
	// went with it: for pages that order posts and know nothing else of them.
	KeepSecondary bool
}

// maxRequest is how many bytes [Save.Request] has at most: a version keeps it for ever.
const maxRequest = 64

// A Saved is a version that was saved, and the zone in which its campaign tells times.
type Saved struct {
	Version
	Zone string
}

// Save replaces the actor's own list. What it returns is on disk.
//
// A save whose base is no longer the last version is a Conflict, "wishes.stale":
// somebody, perhaps the same person in another tab, has saved since. The version
// returned is then the one that stands, for the page to show beside its own.
// Nothing of it is lost.
func (s *Campaigns) Save(ctx context.Context, actor identity.Actor, campaign string, save Save) (Saved, error) {
	return s.save(ctx, actor, campaign, ranking.FromPage, func(ranking.List[Wish]) (Save, error) { return save, nil })
}

// Restore takes an earlier version of the actor's own list up again, as a new
// version. Base is the version that the page shows.
func (s *Campaigns) Restore(ctx context.Context, actor identity.Actor, campaign string, number, base int, request string) (Version, error) {
	saved, err := s.save(ctx, actor, campaign, ranking.FromRestore, func(list ranking.List[Wish]) (Save, error) {
		old, err := store.One(ctx, s.DB, func(tx *store.Tx) (Version, error) { return ranking.VersionAt(ctx, tx, list, number) })
		return Save{Base: base, Wishes: old.Wishes, Request: request}, err
	})
	return saved.Version, err
}

// Undo takes the version before the last up again: the same as restoring it, and
// an empty list before the first.
func (s *Campaigns) Undo(ctx context.Context, actor identity.Actor, campaign string, base int, request string) (Version, error) {
	if base > 1 {
		return s.Restore(ctx, actor, campaign, base-1, base, request)
	}
	saved, err := s.save(ctx, actor, campaign, ranking.FromRestore, func(ranking.List[Wish]) (Save, error) {
		return Save{Base: base, Request: request}, nil
	})
	return saved.Version, err
}

// save is written for opening day: what can be looked up beforehand is, by
// readers, and the one transaction that writes is a few statements long and waits
// for nobody but the same student.
func (s *Campaigns) save(ctx context.Context, actor identity.Actor, campaign string, channel ranking.Channel,
	wanted func(ranking.List[Wish]) (Save, error),
) (saved Saved, err error) {
	var w writing
	if w.campaign, w.list, err = s.ownList(ctx, actor, campaign); err != nil {
		return Saved{}, err
	}
	save, err := wanted(w.list)
	if err != nil {
		return Saved{}, err
	}
	if len(save.Request) > maxRequest {
		return Saved{}, fault.New(fault.Invalid, "wishes.request.long", "max", maxRequest)
	}
	if save.KeepSecondary {
		save.Wishes = withSecondaries(save.Wishes, w.list.Last.Wishes)
	}
	w.save = ranking.Save[Wish]{
		Base: save.Base, Wishes: save.Wishes, Request: save.Request, Author: actor.ID, By: actor.Name, Channel: channel,
	}
	w.posts, err = store.Get(ctx, s.DB, func(tx *store.Tx) (map[string]Post, error) { return w.campaign.posts(ctx, tx) })
	if err != nil {
		return Saved{}, err
	}
	err = s.DB.Write(ctx, func(tx *store.Tx) error {
		saved, err = w.write(ctx, tx, actor)
		return err
	})
	return saved, err
}

// A writing is all that the transaction of a save is given.
type writing struct {
	campaign rankedIn
	list     ranking.List[Wish] // as a reader found it
	posts    map[string]Post    // of the campaign
	save     ranking.Save[Wish]
}

// write is the transaction of a save.
func (w writing) write(ctx context.Context, tx *store.Tx, actor identity.Actor) (Saved, error) {
	var c Campaign
	version, made, err := ranking.Replace(ctx, tx, w.list, w.save, func() (err error) {
		row, err := w.row(ctx, tx)
		if c, err = campaignOf(row.CampaignCampaign, err); err != nil {
			return err
		}
		if row.Excluded { // an office was quicker
			return unknown()
		}
		if err := mayWrite(ctx, tx, c, w.list); err != nil {
			return err
		}
		posts := w.posts
		if c.Changes != w.campaign.changes { // an office was quicker
			if posts, err = c.ranked().posts(ctx, tx); err != nil {
				return err
			}
		}
		return checkList(c, posts, w.list.Last.Wishes, w.save.Wishes)
	})
	saved := Saved{version, w.campaign.zone}
	if errors.Is(err, ranking.ErrStale) {
		return saved, stale(version, w.save.Base).Because(err)
	}
	if err != nil || !made {
		return saved, err
	}
	if err := inputsChanged(ctx, tx, c); err != nil {
		return Saved{}, err
	}
	return saved, record(ctx, tx, actor, c, "wishes.saved", audit.Entry{
		Args: map[string]any{"count": len(saved.Wishes), "version": saved.Number},
		// What it holds is told to those who may read lists, not to those who may read the log.
		Kind: "list", Object: actor.PublicID,
	})
}

// row reads the campaign as it stands. Once it is closed, runs are made of its lists: a
// save by a late case then takes its turn with whoever adopts one, while those of the
// opening day wait for nobody.
func (w writing) row(ctx context.Context, tx *store.Tx) (queries.CampaignOfParticipantRow, error) {
	q := queries.New(tx)
	row, err := q.CampaignOfParticipant(ctx, w.list.Owner)
	if err != nil || Phase(row.CampaignCampaign.Phase) == Open {
		return row, err
	}
	if err := tx.Lock(ctx, "campaign:"+row.CampaignCampaign.PublicID); err != nil {
		return row, err
	}
	return q.CampaignOfParticipant(ctx, w.list.Owner)
}

func stale(current Version, base int) *fault.Error {
	return fault.New(fault.Conflict, "wishes.stale", "base", base, "version", current.Number, "at", text.Exact(current.At))
}

// mayWrite returns nil if the list of a participant may change now: for everybody,
// or by a late case. The refusal names the version that counts.
func mayWrite(ctx context.Context, tx *store.Tx, c Campaign, list ranking.List[Wish]) error {
	closed := c.CheckWishes(tx.Now)
	if closed == nil {
		return nil
	}
	if c.Phase == Closed {
		_, err := queries.New(tx).LateInForce(ctx, queries.LateInForceParams{ParticipantID: list.Owner, UntilAt: store.At(tx.Now)})
		if err == nil {
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("read late cases: %w", err)
		}
	}
	if c.Phase.Reached(Open) && list.Last.Number > 0 {
		p := c.Printer(text.French) // the time of day reads the same in all languages
		return fault.New(fault.Closed, "wishes.closed.kept", "campaign", c.Name, "closed", p.Clock(c.ClosesAt),
			"version", list.Last.Number, "saved", p.Minute(list.Last.At), "day", text.Day(list.Last.At), "contact", c.Contact.String())
	}
	return closed
}

// withSecondaries gives the posts of a list the secondary posts that went with
// them before.
func withSecondaries(wishes, before []Wish) []Wish {
	list := slices.Clone(wishes)
	for i := range list {
		at := slices.IndexFunc(before, func(w Wish) bool { return w.Post == list[i].Post })
		if list[i].Secondary == "" && at >= 0 {
			list[i] = before[at]
		}
	}
	return list
}

// own returns the participant that the actor is in a campaign, or a NotFound
// fault: nobody reaches any other list from here.
func own(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign string) (participant int64, err error) {
	participant, _, err = ownIn(ctx, tx, actor, campaign)
	return participant, err
}

// ownIn is own with the key of the campaign.
func ownIn(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign string) (participant, key int64, err error) {
	if err := actor.Require(RightOwnList, identity.Self(actor.PublicID)); err != nil {
		return 0, 0, err
	}
	q := queries.New(tx)
	row, err := q.EnrolledPerson(ctx, queries.EnrolledPersonParams{PublicID: campaign, PersonID: null(actor.ID)})
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return row.ID, row.CampaignID, err
	}
	// Another account of the same person: their records were merged.
	found, err := student.OfPerson(ctx, tx, actor.ID)
	if err != nil {
		return 0, 0, unknownIfMissing(err)
	}
	canonical, err := student.LoadCanonical(ctx, tx)
	if err != nil {
		return 0, 0, err
	}
	for _, same := range canonical.Same(found.ID) {
		row, err := q.EnrolledStudent(ctx, queries.EnrolledStudentParams{PublicID: campaign, StudentID: same})
		if err == nil || !errors.Is(err, sql.ErrNoRows) {
			return row.ID, row.CampaignID, err
		}
	}
	return 0, 0, unknown()
}

// A rankedIn is what a save is told of its campaign before its transaction.
type rankedIn struct {
	key     int64
	zone    string
	changes int64 // [Campaign.Changes]
}

func (c Campaign) ranked() rankedIn { return rankedIn{c.ID, c.Zone, c.Changes} }

// ownLists reads the list of a person who takes part in a campaign, with what a save is
// told of the campaign.
var ownLists = "SELECT c.id, c.zone, c.changes, " + ranking.Columns + " FROM campaign_participant p JOIN campaign_campaign c ON c.id = p.campaign_id " +
	ranking.Join("c.public_id", "p.id") + " WHERE c.public_id = $1 AND p.person_id = $2 AND p.enrolled_at IS NOT NULL AND p.excluded_at IS NULL AND c.phase <> 'draft'"

// ownList is own with the list, and what a save is told of the campaign.
func (s *Campaigns) ownList(ctx context.Context, actor identity.Actor, campaign string) (in rankedIn, list ranking.List[Wish], err error) {
	if err := actor.Require(RightOwnList, identity.Self(actor.PublicID)); err != nil {
		return in, list, err
	}
	list, err = store.One(ctx, s.DB, func(tx *store.Tx) (ranking.List[Wish], error) {
		return ranking.Scan[Wish](tx.QueryRowContext(ctx, ownLists, campaign, actor.ID), &in.key, &in.zone, &in.changes)
	})
	if !errors.Is(err, sql.ErrNoRows) {
		return in, list, err
	}
	err = s.DB.Read(ctx, func(tx *store.Tx) error {
		participant, key, err := ownIn(ctx, tx, actor, campaign)
		if err != nil {
			return err
		}
		c, err := campaignOf(queries.New(tx).Campaign(ctx, key))
		if err != nil {
			return err
		}
		in = rankedIn{c.ID, c.Zone, c.Changes}
		list, err = ranking.Get[Wish](ctx, tx, ranking.Key{Scope: campaign, Owner: participant})
		return err
	})
	return in, list, err
}

// posts returns the posts of the campaign, by code, with what a list is checked against
// alone. They are read once for all saves, until an office changes the campaign. They may
// be newer than what tells of its changes, and are never older.
func (in rankedIn) posts(ctx context.Context, tx *store.Tx) (map[string]Post, error) {
	return store.Keep(tx, figure{in.key, "posts"}, in.changes, func() (map[string]Post, error) {
		found, err := checked.All(ctx, tx, store.Where("p.campaign_id = $1", in.key))
		if err != nil {
			return nil, fmt.Errorf("read posts: %w", err)
		}
		posts := make(map[string]Post, len(found))
		for _, p := range found {
			posts[p.Code] = p
		}
		return posts, nil
	})
}

// unknownIfMissing says of somebody who is no student what is said of everybody
// who does not take part.
func unknownIfMissing(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return unknown()
	}
	return err
}

// codesOf returns the codes of the posts that wishes name, each once.
func codesOf(wishes []Wish) []string {
	codes := make([]string, 0, len(wishes))
	for _, w := range wishes {
		codes = append(codes, w.Post)
		if w.Secondary != "" {
			codes = append(codes, w.Secondary)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// postsOf returns posts by their codes, with what [checked] reads.
func postsOf(ctx context.Context, tx *store.Tx, campaign int64, codes []string) (map[string]Post, error) {
	posts := make(map[string]Post, len(codes))
	for chunk := range slices.Chunk(codes, 500) {
		found, err := checked.All(ctx, tx, store.And(store.Where("p.campaign_id = $1", campaign), store.In("p.code", chunk)))
		if err != nil {
			return nil, fmt.Errorf("read posts: %w", err)
		}
		for _, p := range found {
			posts[p.Code] = p
		}
	}
	return posts, nil
}

// checked reads of posts their sites' keys, and what a list is checked against.
var checked = store.List[Post]{
	Select: "p.code, p.site_id, p.closed, p.secondary", From: "campaign_post p", ID: "p.id",
	Scan: func(row store.Row) (p Post, err error) {
		return p, row.Scan(&p.Code, &p.Site.ID, &p.Closed, &p.Secondary)
	},
}

func null(n int64) sql.NullInt64 { return sql.NullInt64{Int64: n, Valid: true} }
