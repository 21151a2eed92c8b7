package campaign

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
)

// What the list of posts is filtered by in the columns of choices; that of restrictions
// also takes the code of a level that a post does not take.
const (
	PostForWishes = "no"
	PostReserved  = "yes"
	PostSecondary = "secondary"
)

// PostList is the list of posts that pages filter, search, sort and page through, in
// the order of the names of their sites: q is the post, s its site. [PostsIn] narrows
// it to one campaign, [CompletePosts] adds the closed levels. A campaign has some
// hundred posts, which are found by its key; so any column sorts.
var PostList = store.List[Post]{
	Select: "q.id, q.site_id, q.code, q.seats, q.closed, q.secondary, q.min_seats, q.ideal_seats, q.max_seats, q.last_name, q.last_seats, q.last_cutoff," +
		" q.cutoff, q.set_by, q.agreed_seats, q.agreed_by, q.agreed_at, q.changed_at, q.changed_by, s.public_id, s.code, s.name",
	From: "campaign_post q " + site.JoinSite + "q.site_id", ID: "q.site_id", // a site has one post in a campaign
	Words: store.Having(site.HavingWord), Default: "site", Scan: scanPost,
	Columns: []store.Column{
		{Key: "code", Filter: store.Lower("lower(q.code)"), Sort: store.ByText("q.code")},
		{Key: "site", Filter: store.WordsIn("q.site_id", site.HavingWord), Sort: store.ByText("s.sort_key")},
		{Key: "seats", Filter: store.Number("q.seats"), Sort: store.ByNumber("q.seats")},
		{Key: "closed", Filter: store.Cases(map[string]store.Condition{PostForWishes: store.Where("NOT q.closed"), PostReserved: store.Where("q.closed")}),
			Sort: store.ByBool("q.closed")},
		{Key: "min", Filter: store.Number("q.min_seats"), Sort: store.ByNumber("q.min_seats")},
		{Key: "ideal", Filter: store.Number("q.ideal_seats"), Sort: store.ByNumber("q.ideal_seats")},
		{Key: "max", Filter: store.Number("q.max_seats"), Sort: store.ByNumber("q.max_seats")},
		{Key: "last", Filter: store.Number(lastSeats), Sort: store.ByNumber(lastSeats).OrNull()},
		{Key: "lastcut", Filter: store.Number("q.last_cutoff"), Sort: store.ByNumber("q.last_cutoff").OrNull()},
		{Key: "limits", Filter: limitedBy},
		{Key: "changed", Filter: store.Moment("q.changed_at"), Sort: store.ByMoment("q.changed_at")},
	},
}

// lastSeats is how many seats the site had in the last campaign that had it, NULL for none.
const lastSeats = "CASE WHEN q.last_name <> '' THEN q.last_seats END"

func limitedBy(asked string, _ *time.Location) store.Condition {
	if asked == PostSecondary {
		return store.Where("q.secondary")
	}
	return store.Where("q.id IN (SELECT x.post_id FROM campaign_post_level x WHERE x.level_id = ("+reference.LevelWithCode+"))", asked)
}

func scanPost(row store.Row) (Post, error) {
	var r queries.CampaignPost
	var at reference.Ref
	err := row.Scan(&r.ID, &r.SiteID, &r.Code, &r.Seats, &r.Closed, &r.Secondary, &r.MinSeats, &r.IdealSeats, &r.MaxSeats, &r.LastName, &r.LastSeats, &r.LastCutoff,
		&r.Cutoff, &r.SetBy, &r.AgreedSeats, &r.AgreedBy, &r.AgreedAt, &r.ChangedAt, &r.ChangedBy, &at.PublicID, &at.Code, &at.Name)
	at.ID = r.SiteID
	return postOf(r, at), err
}

// PostsIn returns the condition that a row of [PostList] is of a campaign, for code that
// has checked the reader's right to see it.
func PostsIn(c Campaign) store.Condition { return store.Where("q.campaign_id = $1", c.ID) }

// PostsToAgree returns the condition that a second person must look at the seats of a
// row of [PostList]: [Post.Surprising], and not [Post.Agreed].
func PostsToAgree() store.Condition {
	surprising := store.Where("q.last_name <> '' AND (ABS(q.seats - q.last_seats) > CAST($1 AS BIGINT)"+
		" OR 100 * ABS(q.seats - q.last_seats) > CAST($2 AS BIGINT) * q.last_seats)", surpriseSeats, surprisePercent)
	return store.And(surprising, store.Where("NOT (q.agreed_by <> '' AND COALESCE(q.agreed_seats, -1) = q.seats)"))
}

// PostsWithCodes returns the posts of a campaign that have one of some codes, without
// the closed levels. Codes that no post has are left out.
func PostsWithCodes(ctx context.Context, tx *store.Tx, c Campaign, codes []string) ([]Post, error) {
	var posts []Post
	for some := range slices.Chunk(codes, 500) {
		found, err := PostList.All(ctx, tx, store.And(PostsIn(c), store.In("q.code", some)))
		if err != nil {
			return nil, fmt.Errorf("read posts: %w", err)
		}
		posts = append(posts, found...)
	}
	return posts, nil
}

// CompletePosts reads the closed levels of some posts, such as those of a page of
// [PostList].
func CompletePosts(ctx context.Context, tx *store.Tx, posts []Post) error {
	levels, err := reference.Levels(ctx, tx)
	if err != nil {
		return err
	}
	at := make(map[int64]*Post, len(posts))
	ids := make([]int64, len(posts))
	for i := range posts {
		ids[i], at[posts[i].ID] = posts[i].ID, &posts[i]
	}
	links, err := closedLevels.All(ctx, tx, store.In("x.post_id", ids))
	if err != nil {
		return fmt.Errorf("read levels of posts: %w", err)
	}
	for _, link := range links {
		p := at[link.post]
		p.ClosedLevels = append(p.ClosedLevels, named(levels, link.level, reference.Level.Ref))
	}
	return nil
}

// A closedLevel is a level whose students a post does not take.
type closedLevel struct{ post, level int64 }

var closedLevels = store.List[closedLevel]{
	Select: "x.post_id, x.level_id", From: "campaign_post_level x", ID: "x.level_id",
	Scan: func(row store.Row) (l closedLevel, err error) { return l, row.Scan(&l.post, &l.level) },
}

// TotalsFor is [TotalsOf] for the posts of a campaign, for code that has checked the
// reader's right to see it.
func TotalsFor(ctx context.Context, tx *store.Tx, c Campaign) (Totals, error) {
	n, err := queries.New(tx).PostTotals(ctx, c.ID)
	if err != nil {
		return Totals{}, fmt.Errorf("sum posts up: %w", err)
	}
	return Totals{
		All: int(n.Posts), Posts: int(n.Main), Open: int(n.Open), Visible: int(n.Visible),
		Seats: int(n.Seats), Reserved: int(n.Reserved), Second: int(n.Second),
	}, nil
}
