package result

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// A mailing is what a publication sends: to each student of the proposal, and to whom
// each site has told to be sent those who arrive. It is counted from figures that are
// kept, and its mails are written of the rows of the proposal, some at a time.
type mailing struct {
	proposal Proposal // its figures alone
	posts    map[string]campaign.Post
	dates    reference.Interval
	contacts map[int64][]site.Contact // by site
}

func readMailing(ctx context.Context, tx *store.Tx, c campaign.Campaign) (m mailing, err error) {
	if m.proposal, err = readFigures(ctx, tx, c); err != nil {
		return m, err
	}
	posts, err := campaign.Posts(ctx, tx, c)
	if err != nil {
		return m, err
	}
	m.posts = postsByCode(posts)
	if m.dates, err = datesOf(ctx, tx, c); err != nil {
		return m, err
	}
	var sites []int64
	for _, post := range m.filled() {
		sites = append(sites, m.site(post))
	}
	m.contacts, err = site.SentArrivals(ctx, tx, sites)
	return m, err
}

// datesOf returns from when to when the placements of a campaign are.
func datesOf(ctx context.Context, tx *store.Tx, c campaign.Campaign) (reference.Interval, error) {
	period, err := reference.PeriodByID(ctx, tx, c.Period.ID)
	return period.Outer(), err
}

// filled returns the posts at which somebody arrives, in the order of codes.
func (m mailing) filled() []PostLine {
	return slices.DeleteFunc(slices.Clone(m.proposal.Posts), func(p PostLine) bool { return p.Filled == 0 })
}

func (m mailing) site(p PostLine) int64 { return m.posts[p.Code].Site.ID }

// toSites counts the mails to sites.
func (m mailing) toSites() (n int) {
	for _, p := range m.filled() {
		n += len(m.contacts[m.site(p)])
	}
	return n
}

func (m mailing) count() int { return m.proposal.Summary.Students + m.toSites() }

// missing names the posts where people arrive, and nobody is told.
func (m mailing) missing() (posts []string) {
	for _, p := range m.filled() {
		if len(m.contacts[m.site(p)]) == 0 {
			posts = append(posts, titled(p.Name, p.Code))
		}
	}
	return posts
}

// delay is how long the mails wait, so that somebody who sees a mistake can stop
// them: a few may leave at once.
func (m mailing) delay() time.Duration {
	const few, wait = 50, 10 * time.Minute
	if m.count() > few {
		return wait
	}
	return 0
}

// silent is the condition that an assignment of the proposal is of somebody without an
// address.
func (m mailing) silent() store.Condition {
	return store.And(m.proposal.Those(), student.SamePeople("a.student_id", store.Where("p.email = '' AND s.canonical_id IS NULL")))
}

// countSilent counts students without an address, as far as lists count.
func (m mailing) countSilent(ctx context.Context, tx *store.Tx) (int, error) {
	n, _, err := assignments.Count(ctx, tx, m.silent(), store.Ask{})
	return n, err
}

// siteKeys is where the keys of mails to sites begin: those to students are their
// positions.
const siteKeys int64 = 1 << 40

// keys are those of the mails, ascending: one of each student, and one of each post
// with somebody to be told, under which all mails about it are.
func (m mailing) keys(ctx context.Context, tx *store.Tx) ([]int64, error) {
	keys, err := queries.New(tx).PositionsOf(ctx, m.proposal.run)
	if err != nil {
		return nil, fmt.Errorf("read who is told: %w", err)
	}
	for _, p := range m.filled() {
		if len(m.contacts[m.site(p)]) > 0 {
			keys = append(keys, siteKeys+m.posts[p.Code].ID)
		}
	}
	slices.Sort(keys)
	return keys, nil
}

// mails writes the mails under some keys.
func (m mailing) mails(ctx context.Context, tx *store.Tx, keys []int64) ([]notice.Message, error) {
	var positions []int64
	wanted := map[int64]bool{}
	for _, key := range keys {
		if key < siteKeys {
			positions = append(positions, key)
		} else {
			wanted[key-siteKeys] = true
		}
	}
	mails, err := m.toStudents(ctx, tx, func(list *store.List[Assignment]) ([]Assignment, error) {
		return list.All(ctx, tx, store.And(m.proposal.Those(), store.In("a.position", positions)))
	})
	if err != nil {
		return nil, err
	}
	lines := slices.DeleteFunc(m.filled(), func(p PostLine) bool { return !wanted[m.posts[p.Code].ID] })
	others, err := m.about(ctx, tx, lines)
	return append(mails, others...), err
}

// toStudents writes the mails to the students whose assignments are read.
func (m mailing) toStudents(ctx context.Context, tx *store.Tx, read func(*store.List[Assignment]) ([]Assignment, error)) ([]notice.Message, error) {
	rows, err := read(&assignments)
	if err != nil {
		return nil, err
	}
	people, err := peopleOf(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	name := postNames(m.proposal.Posts)
	mails := make([]notice.Message, len(rows))
	for i, a := range rows {
		mails[i] = m.message(NoticePlaced)
		mails[i].To = recipient(people[a.student])
		mails[i].Key = "result:" + m.proposal.Campaign.PublicID + ":" + a.Pseudonym
		if a.Now.Post == "" {
			mails[i].Kind = NoticeUnplaced
			continue
		}
		mails[i].Blanks["site"] = titled(name[a.Now.Post], a.Now.Post)
	}
	return mails, nil
}

func peopleOf(ctx context.Context, tx *store.Tx, rows []Assignment) (map[int64]identity.Person, error) {
	ids := make([]int64, len(rows))
	for i, a := range rows {
		ids[i] = a.student
	}
	return student.PeopleOf(ctx, tx, ids)
}

// about writes the mails to those who are sent who arrives at some posts.
func (m mailing) about(ctx context.Context, tx *store.Tx, posts []PostLine) (mails []notice.Message, err error) {
	codes := make([]string, len(posts))
	for i, p := range posts {
		codes[i] = p.Code
	}
	if len(codes) == 0 {
		return nil, nil
	}
	rows, err := assignments.All(ctx, tx, store.And(m.proposal.Those(), store.Or(store.In("a.post", codes), store.In("a.secondary", codes))))
	if err != nil {
		return nil, err
	}
	people, err := peopleOf(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	arrivals := map[string][]string{}
	for _, a := range rows {
		for _, post := range []string{a.Now.Post, a.Now.Secondary} {
			arrivals[post] = append(arrivals[post], people[a.student].Name())
		}
	}
	for _, p := range posts {
		names := arrivals[p.Code]
		slices.Sort(names)
		for _, contact := range m.contacts[m.site(p)] {
			message := m.message(NoticeArrivals)
			message.To = notice.Recipient{Person: contact.PersonID, Name: contact.Name, Address: contact.Email}
			message.Key = fmt.Sprintf("arrivals:%s:%s:%s", m.proposal.Campaign.PublicID, p.Code, contact.PublicID)
			message.Blanks["site"], message.Blanks["number"] = titled(p.Name, p.Code), len(names)
			message.Blanks["arrivals"] = notice.Lines(names)
			mails = append(mails, message)
		}
	}
	return mails, nil
}

func (m mailing) message(kind notice.Kind) notice.Message {
	c := m.proposal.Campaign
	return notice.Message{
		Kind: kind, Contact: c.Contact.String(), Scope: c.PublicID, Zone: c.Zone,
		Blanks: text.Blanks{"campaign": c.Name, "from": m.dates.From.Day(), "to": m.dates.To.Day()},
	}
}

func recipient(p identity.Person) notice.Recipient {
	return notice.Recipient{Person: p.ID, Name: p.Name(), Address: p.Email, Lang: text.ParseLang(p.Lang)}
}

// A Preview is what a publication would send, before anything is.
type Preview struct {
	Placed, Unplaced, Sites int           // mails to each group
	Silent                  int           // students without an address, as far as lists count
	Unreachable             []Person      // the first of them
	Missing                 []string      // posts where people arrive, and nobody is told
	Delay                   time.Duration // before they leave; until then they can be stopped
	Samples                 []Sample      // the first ones of each group
}

// A Sample is one mail as its reader would get it.
type Sample struct {
	Kind             notice.Kind
	To, Address      string
	Subject, Content string
}

// unreachableShown is how many students without an address a preview names.
const unreachableShown = 20

// Preview returns what publishing would send.
func (r *Results) Preview(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID string) (p Preview, err error) {
	c, err := campaign.ForOffice(ctx, tx, actor, campaignID, RightPublish)
	if err != nil {
		return p, err
	}
	if err := c.Allows(campaign.Publish); err != nil {
		return p, err
	}
	m, err := readMailing(ctx, tx, c)
	if err != nil {
		return p, err
	}
	p = Preview{
		Placed: m.proposal.Summary.Placed, Unplaced: m.proposal.Summary.Without(), Sites: m.toSites(), Missing: m.missing(), Delay: m.delay(),
	}
	if p.Silent, err = m.countSilent(ctx, tx); err != nil {
		return p, err
	}
	unreachable, err := assignments.First(ctx, tx, m.silent(), unreachableShown)
	if err != nil {
		return p, err
	}
	if err := m.proposal.Name(ctx, tx, unreachable); err != nil {
		return p, err
	}
	for _, a := range unreachable {
		p.Unreachable = append(p.Unreachable, a.Person)
	}
	p.Samples, err = r.samples(ctx, tx, m)
	return p, err
}

// samples writes the first mails of each group as their readers would get them.
func (r *Results) samples(ctx context.Context, tx *store.Tx, m mailing) (list []Sample, err error) {
	first := func(that store.Condition, most int) func(*store.List[Assignment]) ([]Assignment, error) {
		return func(rows *store.List[Assignment]) ([]Assignment, error) {
			return rows.First(ctx, tx, store.And(m.proposal.Those(), that), most)
		}
	}
	placed, err := m.toStudents(ctx, tx, first(store.Where("a.post <> ''"), 3))
	if err != nil {
		return nil, err
	}
	unplaced, err := m.toStudents(ctx, tx, first(WithoutPost, 1))
	if err != nil {
		return nil, err
	}
	told := slices.DeleteFunc(m.filled(), func(p PostLine) bool { return len(m.contacts[m.site(p)]) == 0 })
	sites, err := m.about(ctx, tx, told[:min(len(told), 1)])
	if err != nil {
		return nil, err
	}
	for _, message := range slices.Concat(placed, unplaced, sites[:min(len(sites), 1)]) {
		message.Link = r.link(message.Kind, m.proposal.Campaign)
		letter, err := notice.Render(message)
		if err != nil {
			return nil, err
		}
		list = append(list, Sample{
			Kind: message.Kind, To: message.To.Name, Address: message.To.Address, Subject: letter.Subject, Content: letter.Body,
		})
	}
	return list, nil
}

// link returns the page that a mail is about. A site's contact has no account: the
// list stands in the mail itself.
func (r *Results) link(kind notice.Kind, c campaign.Campaign) string {
	if kind == NoticeArrivals {
		return r.Base + "/"
	}
	return r.Base + "/my/campaigns/" + c.PublicID + "/result"
}

// letters renders the mails under some keys, to leave at a time.
func (r *Results) letters(ctx context.Context, m mailing, keys []int64, leave time.Time) ([]notice.Letter, error) {
	mails, err := store.Get(ctx, r.DB, func(tx *store.Tx) ([]notice.Message, error) { return m.mails(ctx, tx, keys) })
	if err != nil {
		return nil, err
	}
	letters := make([]notice.Letter, len(mails))
	for i, message := range mails {
		message.Link, message.NotBefore = r.link(message.Kind, m.proposal.Campaign), leave
		if letters[i], err = notice.Render(message); err != nil {
			return nil, err
		}
	}
	return letters, nil
}

// nameOf says to whom the mail under a key is.
func (m mailing) nameOf(ctx context.Context, tx *store.Tx, key int64) (string, error) {
	mails, err := m.mails(ctx, tx, []int64{key})
	if err == nil && len(mails) == 0 {
		err = fault.New(fault.NotFound, "result.student.unknown")
	}
	if err != nil {
		return "", err
	}
	return mails[0].To.Name, nil
}
