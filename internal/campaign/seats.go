package campaign

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
)

// Posts returns the posts of a campaign, in the order of the names of their sites.
func Posts(ctx context.Context, tx *store.Tx, c Campaign) ([]Post, error) {
	q := queries.New(tx)
	rows, err := q.Posts(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read posts: %w", err)
	}
	links, err := q.LevelsOfPosts(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("read levels of posts: %w", err)
	}
	levels, err := reference.Levels(ctx, tx)
	if err != nil {
		return nil, err
	}
	closed := make(map[int64][]reference.Ref, len(links))
	for _, link := range links {
		closed[link.PostID] = append(closed[link.PostID], named(levels, link.LevelID, reference.Level.Ref))
	}
	at, bySite := make([]int64, len(rows)), make(map[int64]queries.CampaignPost, len(rows))
	for i, r := range rows {
		at[i], bySite[r.SiteID] = r.SiteID, r
	}
	sites, err := site.Refs(ctx, tx, at)
	if err != nil {
		return nil, err
	}
	posts := make([]Post, len(sites))
	for i, s := range sites { // in the order of names
		posts[i] = postOf(bySite[s.ID], s)
		posts[i].ClosedLevels = closed[posts[i].ID]
	}
	return posts, nil
}

// PostNames returns the names of the posts of some wishes, by code.
func PostNames(ctx context.Context, tx *store.Tx, c Campaign, wishes []Wish) (map[string]string, error) {
	var asked []string
	for _, w := range wishes {
		asked = append(asked, w.Post, w.Secondary)
	}
	names := make(map[string]string, len(asked))
	for some := range slices.Chunk(asked, 500) {
		found, err := postNames.All(ctx, tx, store.And(store.Where("q.campaign_id = $1", c.ID), store.In("q.code", some)))
		if err != nil {
			return nil, fmt.Errorf("read posts: %w", err)
		}
		for _, p := range found {
			names[p.Code] = p.Label()
		}
	}
	return names, nil
}

// postNames reads what names posts.
var postNames = store.List[Post]{
	Select: "q.code, s.name", From: "campaign_post q " + site.JoinSite + "q.site_id", ID: "q.id",
	Scan: func(row store.Row) (p Post, err error) { return p, row.Scan(&p.Code, &p.Site.Name) },
}

func postOf(r queries.CampaignPost, site reference.Ref) Post {
	p := Post{
		ID: r.ID, Code: r.Code, Site: site, Seats: int(r.Seats), Closed: r.Closed, Secondary: r.Secondary,
		Min: int(r.MinSeats), Ideal: int(r.IdealSeats), Max: int(r.MaxSeats),
		AgreedSeats: -1, AgreedBy: r.AgreedBy, AgreedAt: r.AgreedAt.OrZero(), setBy: r.SetBy,
		Cutoff: int(r.Cutoff.Int64), ChangedAt: r.ChangedAt.Time, ChangedBy: r.ChangedBy,
	}
	if r.AgreedSeats.Valid {
		p.AgreedSeats = int(r.AgreedSeats.Int64)
	}
	if r.LastName != "" {
		p.Last = &LastYear{r.LastName, int(r.LastSeats), int(r.LastCutoff.Int64)}
	}
	return p
}

// RemovePosts takes posts out of a campaign in draft, by their codes: all of them or
// none. It returns how many these were.
func (s *Campaigns) RemovePosts(ctx context.Context, actor identity.Actor, campaign string, codes []string) (removed int, err error) {
	err = s.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := lock(ctx, tx, actor, campaign, RightEdit)
		if err != nil {
			return err
		}
		if err := c.Allows(EditParameters); err != nil {
			return err
		}
		posts, err := Posts(ctx, tx, c)
		if err != nil {
			return err
		}
		known := make(map[string]Post, len(posts)) // by code, of which case says nothing
		for _, p := range posts {
			known[strings.ToLower(p.Code)] = p
		}
		var form fault.Form
		if len(codes) == 0 {
			form.Wrong("posts", "form.required")
		}
		unknown := slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return known[strings.ToLower(code)].ID != 0 })
		if len(unknown) > 0 {
			form.Wrong("posts", "post.unknown.codes", "posts", join(unknown), "campaign", c.Name)
		}
		if err := form.Err(); err != nil {
			return err
		}
		var keys []int64
		var entries []audit.Entry
		for _, code := range codes {
			post := known[strings.ToLower(code)]
			if post.ID == 0 {
				continue // it was named twice
			}
			delete(known, strings.ToLower(code))
			keys = append(keys, post.ID)
			entries = append(entries, audit.Entry{Action: "post.removed", Args: map[string]any{"post": post.Code}, Object: post.Code, Before: post})
		}
		if err := removePosts(ctx, tx, keys); err != nil {
			return err
		}
		removed = len(keys)
		return recordAll(ctx, tx, actor, c, "post", entries)
	})
	return removed, err
}

func removePosts(ctx context.Context, tx *store.Tx, keys []int64) error {
	for some := range slices.Chunk(keys, 500) {
		those := store.In("id", some)
		if _, err := tx.ExecContext(ctx, "DELETE FROM campaign_post WHERE "+those.SQL, those.Args...); err != nil {
			return fmt.Errorf("remove posts: %w", err)
		}
	}
	return nil
}

// AgreeSeats says that surprising seats are right. It takes another person than
// the one who set them.
func (s *Campaigns) AgreeSeats(ctx context.Context, actor identity.Actor, campaign, code string, seats int) error {
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := lock(ctx, tx, actor, campaign, RightEdit)
		if err != nil {
			return err
		}
		if err := c.Allows(EditPosts); err != nil {
			return err
		}
		post, err := post(ctx, tx, c, code)
		if err != nil {
			return err
		}
		if post.Seats != seats {
			return fault.New(fault.Conflict, "post.moved", "post", post.Label(), "seats", post.Seats, "by", post.ChangedBy)
		}
		if !post.MayAgree(actor.ID) {
			return fault.New(fault.Denied, "post.second", "post", post.Label(), "by", post.ChangedBy)
		}
		err = queries.New(tx).AgreeSeats(ctx, queries.AgreeSeatsParams{
			ID: post.ID, AgreedSeats: null(int64(seats)), AgreedBy: actor.Author(), AgreedAt: store.AtOrNil(tx.Now),
		})
		if err != nil {
			return fmt.Errorf("agree to seats of %s: %w", code, err)
		}
		return record(ctx, tx, actor, c, "post.agreed", audit.Entry{
			Args: map[string]any{"post": code, "seats": seats}, Kind: "post", Object: code,
		})
	})
}

func post(ctx context.Context, tx *store.Tx, c Campaign, code string) (Post, error) {
	posts, err := Posts(ctx, tx, c)
	if err != nil {
		return Post{}, err
	}
	i := slices.IndexFunc(posts, func(p Post) bool { return p.Code == code })
	if i < 0 {
		return Post{}, fault.New(fault.NotFound, "post.unknown", "post", code, "campaign", c.Name)
	}
	return posts[i], nil
}

// SetLast says what a site was in a campaign before Stagora, for a post of a
// campaign that is in draft.
func SetLast(ctx context.Context, tx *store.Tx, c Campaign, code string, last LastYear) error {
	if err := c.Allows(EditParameters); err != nil {
		return err
	}
	_, err := queries.New(tx).SetLast(ctx, queries.SetLastParams{
		CampaignID: c.ID, Code: code, LastName: last.Campaign, LastSeats: int64(last.Seats),
		LastCutoff: sql.NullInt64{Int64: int64(last.Cutoff), Valid: last.Cutoff > 0},
	})
	if err != nil {
		return fmt.Errorf("set last year of %s: %w", code, err)
	}
	return nil
}

// SetCutoffs says, once the result is published, at which position each post was
// full, by code; 0 is not full. The next campaign shows it. It is for package result.
func SetCutoffs(ctx context.Context, tx *store.Tx, c Campaign, cutoffs map[string]int) error {
	const perStatement = 1000
	for some := range slices.Chunk(slices.Sorted(maps.Keys(cutoffs)), perStatement) {
		values, args := make([]string, len(some)), []any{c.ID}
		for i, code := range some {
			values[i] = fmt.Sprintf("(CAST($%d AS TEXT), CAST($%d AS BIGINT))", 2*i+2, 2*i+3)
			args = append(args, code, sql.NullInt64{Int64: int64(cutoffs[code]), Valid: cutoffs[code] > 0})
		}
		_, err := tx.ExecContext(ctx, "UPDATE campaign_post SET cutoff = v.column2 FROM (VALUES "+strings.Join(values, ", ")+
			") AS v WHERE campaign_id = $1 AND code = v.column1", args...)
		if err != nil {
			return fmt.Errorf("set cut-offs of %s: %w", c.PublicID, err)
		}
	}
	return nil
}
