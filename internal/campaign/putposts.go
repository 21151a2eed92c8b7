package campaign

import (
	"context"
	"database/sql"
	"fmt"
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

// A PostForm is what the office enters about one post. A site that has no post in
// the campaign gets one.
type PostForm struct {
	Site   reference.Ref // by its code, or its key
	Seats  int
	Closed bool // to wishes

	// Was is the post as the page showed it: what has become another since is refused.
	// Nil: whatever it is.
	Was *PostState `json:"-"`
}

// A PostState is what a page shows of a post and lets change. The zero state is that of
// a site which has none.
type PostState struct {
	Open   bool
	Seats  int
	Closed bool
}

const maxSeats = 1000 // of one post: more is a slip of the hand

// PutPosts opens posts and changes them, many at once: all or none. Once the
// campaign is open, students rank these posts, so a change needs a reason. A post is
// opened at a site that the actor may see.
func (s *Campaigns) PutPosts(ctx context.Context, actor identity.Actor, campaign string, forms []PostForm, reason string) error {
	return s.DB.Write(ctx, func(tx *store.Tx) error { return PutPosts(ctx, tx, actor, campaign, forms, reason) })
}

// PutPosts is [Campaigns.PutPosts] in a transaction of a higher floor.
func PutPosts(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign string, forms []PostForm, reason string) error {
	c, err := lock(ctx, tx, actor, campaign, RightEdit)
	if err != nil {
		return err
	}
	if err := c.Allows(EditPosts); err != nil {
		return err
	}
	rows, err := queries.New(tx).Posts(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("read posts: %w", err)
	}
	p := putting{campaign: c, actor: actor, forms: forms, reason: reason, posts: make(map[int64]queries.CampaignPost, len(rows))}
	for _, row := range rows {
		p.posts[row.SiteID] = row
	}
	if p.sites, err = namedSites(ctx, tx, actor, forms, p.posts); err != nil {
		return err
	}
	if err := p.check(); err != nil {
		return err
	}
	if err := p.write(ctx, tx); err != nil {
		return err
	}
	return inputsChanged(ctx, tx, c)
}

// A putting is posts that are opened and changed together.
type putting struct {
	campaign Campaign
	actor    identity.Actor
	forms    []PostForm
	reason   string
	posts    map[int64]queries.CampaignPost // that there are, by site
	sites    []site.Site                    // that the forms may name
}

// namedSites returns the sites that forms name: those that have a post, and those that
// the actor may see.
func namedSites(ctx context.Context, tx *store.Tx, actor identity.Actor, forms []PostForm, posts map[int64]queries.CampaignPost) ([]site.Site, error) {
	seen := site.SeenBy(actor, RightView)
	var sites []site.Site
	for some := range slices.Chunk(forms, 200) {
		var keys []int64
		var names []string
		for _, f := range some {
			keys, names = append(keys, f.Site.ID), append(names, f.Site.PublicID, strings.ToLower(strings.TrimSpace(f.Site.Code)))
		}
		named := store.Or(store.In("s.id", keys), store.In("s.public_id", names), store.In("lower(s.code)", names))
		found, err := site.Where(ctx, tx, named)
		if err != nil {
			return nil, err
		}
		var unopened []int64
		for _, s := range found {
			if _, open := posts[s.ID]; open {
				sites = append(sites, s)
			} else {
				unopened = append(unopened, s.ID)
			}
		}
		visible, err := site.Where(ctx, tx, store.And(store.In("s.id", unopened), seen))
		if err != nil {
			return nil, err
		}
		sites = append(sites, visible...)
	}
	return sites, nil
}

// check refuses what cannot be written, at its row.
func (p *putting) check() error {
	var form fault.Form
	if p.campaign.Phase != Draft {
		wantReason(&form, &p.reason)
	}
	for i := range p.forms {
		f, at, name := &p.forms[i], fmt.Sprintf("site.%d", i), fmt.Sprintf("seats.%d", i)
		find(&form, at, &f.Site, p.sites, site.Site.Ref)
		if f.Seats < 0 || f.Seats > maxSeats {
			form.Wrong(name, "form.range", "found", f.Seats, "min", 0, "max", maxSeats)
		}
		row, open := p.posts[f.Site.ID]
		is := PostState{open, int(row.Seats), row.Closed}
		switch {
		case f.Was == nil || *f.Was == is:
		case !f.Was.Open:
			form.Wrong(at, "post.open", "by", row.ChangedBy, "seats", is.Seats)
		default:
			form.Wrong(name, "post.changed.meanwhile", "by", row.ChangedBy, "seats", is.Seats)
		}
	}
	return form.Err()
}

// write opens and changes the posts, in a number of statements that hardly grows with
// them, and tells the log of each.
func (p *putting) write(ctx context.Context, tx *store.Tx) error {
	var opened []PostForm
	var entries []audit.Entry
	var changed [][]any
	for _, f := range p.forms {
		row, open := p.posts[f.Site.ID]
		switch {
		case !open:
			opened = append(opened, f)
			entries = append(entries, audit.Entry{
				Action: "post.opened", Args: map[string]any{"post": f.Site.Code, "seats": f.Seats}, Object: f.Site.Code, After: f,
			})
		case int(row.Seats) != f.Seats || row.Closed != f.Closed:
			setBy := row.SetBy
			if int(row.Seats) != f.Seats {
				setBy = p.actor.ID
			}
			changed = append(changed, []any{row.ID, f.Seats, f.Closed, setBy})
			entries = append(entries, audit.Entry{
				Action: "post.changed", Args: map[string]any{"post": row.Code, "before": row.Seats, "seats": f.Seats}, Object: row.Code,
				Before: PostForm{Seats: int(row.Seats), Closed: row.Closed}, After: f, Reason: p.reason,
			})
		}
	}
	if err := p.open(ctx, tx, opened); err != nil {
		return err
	}
	if err := p.change(ctx, tx, changed); err != nil {
		return err
	}
	return recordAll(ctx, tx, p.actor, p.campaign, "post", entries)
}

// change writes what changed of posts: key, seats, closed, who set the seats.
func (p *putting) change(ctx context.Context, tx *store.Tx, changed [][]any) error {
	for some := range slices.Chunk(changed, 100) {
		values, args := make([]string, len(some)), []any{store.At(tx.Now), p.actor.Author()}
		for i, row := range some {
			n := len(args)
			values[i] = fmt.Sprintf("(CAST($%d AS BIGINT), CAST($%d AS BIGINT), CAST($%d AS BOOLEAN), CAST($%d AS BIGINT))", n+1, n+2, n+3, n+4)
			args = append(args, row...)
		}
		_, err := tx.ExecContext(ctx, "UPDATE campaign_post SET seats = v.column2, closed = v.column3, set_by = v.column4, changed_at = $1, changed_by = $2 "+
			"FROM (VALUES "+strings.Join(values, ", ")+") AS v WHERE id = v.column1", args...)
		if err != nil {
			return fmt.Errorf("change posts of %s: %w", p.campaign.PublicID, err)
		}
	}
	return nil
}

var openedColumns = []string{
	"campaign_id", "site_id", "code", "seats", "closed", "secondary", "min_seats", "ideal_seats", "max_seats",
	"last_name", "last_seats", "last_cutoff", "set_by", "agreed_by", "changed_at", "changed_by",
}

// open adds posts.
func (p *putting) open(ctx context.Context, tx *store.Tx, forms []PostForm) error {
	last, err := lastPosts(ctx, tx, p.campaign, forms)
	if err != nil {
		return err
	}
	byID := make(map[int64]site.Site, len(p.sites))
	for _, s := range p.sites {
		byID[s.ID] = s
	}
	rows, levels := make([][]any, len(forms)), [][]any{}
	for i, f := range forms {
		at, before := byID[f.Site.ID], last[f.Site.ID]
		rows[i] = []any{
			p.campaign.ID, at.ID, at.Code, f.Seats, f.Closed || !at.WishesAllowed, !at.Main, at.MinSeats, at.IdealSeats, at.MaxSeats,
			before.name, before.seats, before.cutoff, p.actor.ID, "", store.At(tx.Now), p.actor.Author(),
		}
		for _, level := range at.ClosedLevels {
			levels = append(levels, []any{at.ID, level.ID})
		}
	}
	if err := store.AddRows(ctx, tx, "campaign_post", openedColumns, rows, ""); err != nil {
		return fmt.Errorf("open posts of %s: %w", p.campaign.PublicID, err)
	}
	return p.closeLevels(ctx, tx, levels)
}

// closeLevels closes new posts to levels, which are given by the sites.
func (p *putting) closeLevels(ctx context.Context, tx *store.Tx, levels [][]any) error {
	if len(levels) == 0 {
		return nil
	}
	rows, err := queries.New(tx).Posts(ctx, p.campaign.ID)
	if err != nil {
		return fmt.Errorf("read posts: %w", err)
	}
	bySite := make(map[int64]int64, len(rows))
	for _, row := range rows {
		bySite[row.SiteID] = row.ID
	}
	for _, level := range levels {
		level[0] = bySite[level[0].(int64)]
	}
	if err := store.AddRows(ctx, tx, "campaign_post_level", []string{"post_id", "level_id"}, levels, ""); err != nil {
		return fmt.Errorf("close posts of %s to levels: %w", p.campaign.PublicID, err)
	}
	return nil
}

// A lastPost is what a site was in a campaign.
type lastPost struct {
	site   int64
	name   string // of the campaign
	seats  int64
	cutoff sql.NullInt64
}

// lastPosts returns what sites were in the last campaign that was published, by site.
func lastPosts(ctx context.Context, tx *store.Tx, c Campaign, forms []PostForm) (map[int64]lastPost, error) {
	last := make(map[int64]lastPost, len(forms))
	for some := range slices.Chunk(forms, 500) {
		sites := make([]int64, len(some))
		for i, f := range some {
			sites[i] = f.Site.ID
		}
		published := store.Where("c.id <> $1 AND c.phase IN ('published', 'archived')", c.ID)
		if err := readLast(ctx, tx, store.And(published, store.In("p.site_id", sites)), last); err != nil {
			return nil, fmt.Errorf("read last posts: %w", err)
		}
	}
	return last, nil
}

func readLast(ctx context.Context, tx *store.Tx, those store.Condition, last map[int64]lastPost) error {
	rows, err := tx.QueryContext(ctx, "SELECT site_id, name, seats, cutoff FROM (SELECT p.site_id, c.name, p.seats, p.cutoff, "+
		"ROW_NUMBER() OVER (PARTITION BY p.site_id ORDER BY c.publishes_at DESC, c.id DESC) AS latest "+
		"FROM campaign_post p JOIN campaign_campaign c ON c.id = p.campaign_id WHERE "+those.SQL+") l WHERE latest = 1", those.Args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var l lastPost
		if err := rows.Scan(&l.site, &l.name, &l.seats, &l.cutoff); err != nil {
			return err
		}
		last[l.site] = l
	}
	return rows.Err()
}
