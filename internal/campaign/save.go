package campaign

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
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

// Save replaces the actor's own list. What it returns is on disk.
//
// A save whose base is no longer the last version is a Conflict, "wishes.stale":
// somebody, perhaps the same person in another tab, has saved since. The version
// returned is then the one that stands, for the page to show beside its own
// ([Merge] proposes one list out of both). Nothing of it is lost.
func (s *Campaigns) Save(ctx context.Context, actor identity.Actor, campaign string, save Save) (Version, error) {
	return s.save(ctx, actor, campaign, FromPage, func(context.Context, *store.Tx, int64) (Save, error) { return save, nil })
}

// Restore takes an earlier version of the actor's own list up again, as a new
// version. Base is the version that the page shows.
func (s *Campaigns) Restore(ctx context.Context, actor identity.Actor, campaign string, number, base int, request string) (Version, error) {
	return s.save(ctx, actor, campaign, FromRestore, func(ctx context.Context, tx *store.Tx, participant int64) (Save, error) {
		old, err := versionOf(queries.New(tx).Version(ctx, queries.VersionParams{ParticipantID: participant, Number: int64(number)}))
		return Save{Base: base, Wishes: old.Wishes, Request: request}, err
	})
}

// Undo takes the version before the last up again: the same as restoring it, and
// an empty list before the first.
func (s *Campaigns) Undo(ctx context.Context, actor identity.Actor, campaign string, base int, request string) (Version, error) {
	if base > 1 {
		return s.Restore(ctx, actor, campaign, base-1, base, request)
	}
	return s.save(ctx, actor, campaign, FromRestore, func(context.Context, *store.Tx, int64) (Save, error) {
		return Save{Base: base, Request: request}, nil
	})
}

// save is written for opening day: what can be looked up beforehand is, by
// readers, and the one transaction that writes is a few statements long and waits
// for nobody but the same student.
func (s *Campaigns) save(ctx context.Context, actor identity.Actor, campaign string, channel Channel,
	wanted func(context.Context, *store.Tx, int64) (Save, error),
) (saved Version, err error) {
	var participant int64
	var posts map[string]Post
	var save Save
	err = s.DB.Read(ctx, func(tx *store.Tx) error {
		var id int64
		if participant, id, err = ownIn(ctx, tx, actor, campaign); err != nil {
			return err
		}
		if save, err = wanted(ctx, tx, participant); err != nil {
			return err
		}
		posts, err = asked(ctx, tx, id, save.Wishes)
		return err
	})
	if err != nil {
		return Version{}, err
	}
	if save.Wishes == nil {
		save.Wishes = []Wish{}
	}
	err = s.DB.Write(ctx, func(tx *store.Tx) error {
		saved, err = replace(ctx, tx, actor, participant, posts, channel, save)
		return err
	})
	return saved, err
}

// replace is the transaction of a save.
func replace(ctx context.Context, tx *store.Tx, actor identity.Actor, participant int64, posts map[string]Post, channel Channel, save Save) (Version, error) {
	if err := tx.Lock(ctx, fmt.Sprintf("campaign_list:%d", participant)); err != nil {
		return Version{}, err
	}
	q := queries.New(tx)
	row, err := q.OwnList(ctx, participant)
	if err != nil {
		return Version{}, fmt.Errorf("read list: %w", err)
	}
	c, err := campaignOf(row.CampaignCampaign, nil)
	if err != nil {
		return Version{}, err
	}
	current, err := lastVersion(row.CampaignList)
	if err != nil {
		return Version{}, err
	}
	if save.KeepSecondary {
		save.Wishes = withSecondaries(save.Wishes, current.Wishes)
		if slices.ContainsFunc(save.Wishes, func(w Wish) bool { return w.Secondary != "" }) {
			if posts, err = asked(ctx, tx, c.ID, save.Wishes); err != nil {
				return Version{}, err
			}
		}
	}
	if current.Number != save.Base {
		return again(ctx, q, participant, current, save)
	}
	if err := mayWrite(ctx, tx, c, participant, current); err != nil {
		return current, err
	}
	if err := checkList(c, posts, current.Wishes, save.Wishes); err != nil {
		return current, err
	}
	if current.Number > 0 && slices.Equal(current.Wishes, save.Wishes) {
		return current, nil
	}
	next := Version{
		Number: current.Number + 1, At: tx.Now, Author: actor.ID, By: actor.Name, Channel: channel,
		Wishes: save.Wishes, Previous: current.Hash,
	}
	next.Hash = next.hash(c.PublicID, row.CampaignParticipant.Pseudonym)
	err = write(ctx, q, participant, next, save.Request)
	if store.IsDuplicate(err) { // a page that gives two changes one request
		return current, stale(current, save.Base).Because(err)
	}
	if err != nil {
		return Version{}, err
	}
	if err := inputsChanged(ctx, tx, c); err != nil {
		return Version{}, err
	}
	return next, record(ctx, tx, actor, c, "wishes.saved", audit.Entry{
		Args: map[string]any{"count": len(next.Wishes), "version": next.Number},
		// What it holds is told to those who may read lists, not to those who may read the log.
		Kind: "list", Object: actor.PublicID,
	})
}

// again answers a save whose base has been replaced: it is the same request, whose
// answer was lost on the way, or another one.
func again(ctx context.Context, q *queries.Queries, participant int64, current Version, save Save) (Version, error) {
	if save.Request != "" {
		before, err := q.VersionOfRequest(ctx, queries.VersionOfRequestParams{ParticipantID: participant, Request: save.Request})
		if err == nil {
			return versionOf(before, nil)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return Version{}, fmt.Errorf("read version of request: %w", err)
		}
	}
	return current, stale(current, save.Base)
}

func stale(current Version, base int) *fault.Error {
	return fault.New(fault.Conflict, "wishes.stale", "base", base, "version", current.Number, "at", text.Exact(current.At))
}

func write(ctx context.Context, q *queries.Queries, participant int64, v Version, request string) error {
	wishes := string(canonicalJSON(v.Wishes))
	err := q.AddVersion(ctx, queries.AddVersionParams{
		ParticipantID: participant, Number: int64(v.Number), At: store.At(v.At), Author: v.Author, AuthorName: v.By,
		Channel: string(v.Channel), Wishes: wishes, Hash: v.Hash, Previous: v.Previous, Request: request,
	})
	if err != nil {
		return fmt.Errorf("add version: %w", err)
	}
	n, err := q.ReplaceList(ctx, queries.ReplaceListParams{
		ParticipantID: participant, Version: int64(v.Number), Wishes: wishes, Hash: v.Hash, SavedAt: store.AtOrNil(v.At), Base: int64(v.Number - 1),
		Length: int64(len(v.Wishes)),
	})
	if err != nil {
		return fmt.Errorf("replace list: %w", err)
	}
	if n != 1 {
		return fmt.Errorf("replace list of participant %d: version %d is not the last", participant, v.Number-1)
	}
	return nil
}

// mayWrite returns nil if the list of a participant may change now: for everybody,
// or by a late case. The refusal names the version that counts.
func mayWrite(ctx context.Context, tx *store.Tx, c Campaign, participant int64, current Version) error {
	closed := c.CheckWishes(tx.Now)
	if closed == nil {
		return nil
	}
	if c.Phase == Closed {
		_, err := queries.New(tx).LateInForce(ctx, queries.LateInForceParams{ParticipantID: participant, UntilAt: store.At(tx.Now)})
		if err == nil {
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("read late cases: %w", err)
		}
	}
	if c.Phase.Reached(Open) && current.Number > 0 {
		p := c.Printer(text.French) // the time of day reads the same in all languages
		return fault.New(fault.Closed, "wishes.closed.kept", "campaign", c.Name, "closed", p.Clock(c.ClosesAt),
			"version", current.Number, "saved", p.Minute(current.At), "day", text.Day(current.At), "contact", c.Contact.String())
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

// unknownIfMissing says of somebody who is no student what is said of everybody
// who does not take part.
func unknownIfMissing(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return unknown()
	}
	return err
}

// asked returns the posts that a list names, by code, with what the list is checked
// against alone.
func asked(ctx context.Context, tx *store.Tx, campaign int64, wishes []Wish) (map[string]Post, error) {
	codes := make([]string, 0, len(wishes))
	for _, w := range wishes {
		codes = append(codes, w.Post)
		if w.Secondary != "" {
			codes = append(codes, w.Secondary)
		}
	}
	posts := make(map[string]Post, len(codes))
	const most = 1000 // more than any campaign allows: the list is refused for its length
	for chunk := range slices.Chunk(codes[:min(most, len(codes))], 500) {
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

// checked reads what a list is checked against of posts.
var checked = store.List[Post]{
	Select: "p.code, p.closed, p.secondary", From: "campaign_post p", ID: "p.id",
	Scan: func(row store.Row) (p Post, err error) { return p, row.Scan(&p.Code, &p.Closed, &p.Secondary) },
}

// lastVersion returns the version that a list points to, without who saved it; the
// zero Version before the first.
func lastVersion(l queries.CampaignList) (Version, error) {
	wishes, err := wishesOf(l.Wishes)
	return Version{Number: int(l.Version), At: l.SavedAt.OrZero(), Wishes: wishes, Hash: l.Hash}, err
}

func versionOf(r queries.CampaignVersion, err error) (Version, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Version{}, fault.New(fault.NotFound, "wishes.noversion")
	}
	if err != nil {
		return Version{}, fmt.Errorf("read version: %w", err)
	}
	wishes, err := wishesOf(r.Wishes)
	return Version{
		Number: int(r.Number), At: r.At.Time, Author: r.Author, By: r.AuthorName, Channel: Channel(r.Channel),
		Wishes: wishes, Hash: r.Hash, Previous: r.Previous,
	}, err
}

func wishesOf(text string) ([]Wish, error) {
	wishes := []Wish{}
	if err := json.Unmarshal([]byte(text), &wishes); err != nil {
		return nil, fmt.Errorf("read wishes: %w", err)
	}
	return wishes, nil
}

func null(n int64) sql.NullInt64 { return sql.NullInt64{Int64: n, Valid: true} }
