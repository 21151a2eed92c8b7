package result

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A mail is a message of a publication, and what it is about: a participant, or a
// post.
type mail struct {
	notice.Message
	participant int64 // 0: the mail is to a site
	post        string
}

// A mailing is every mail that a publication sends.
type mailing struct {
	placed, unplaced, sites []mail
	silent                  []Person // without an address
	missing                 []string // sites where people arrive, and nobody is told
}

func (m mailing) all() []mail { return slices.Concat(m.placed, m.unplaced, m.sites) }

// delay is how long the mails wait, so that somebody who sees a mistake can stop
// them: a few may leave at once.
func (m mailing) delay() time.Duration {
	const few, wait = 50, 10 * time.Minute
	if len(m.placed)+len(m.unplaced)+len(m.sites) > few {
		return wait
	}
	return 0
}

// mails writes the mails of the proposal as it stands.
func (b *proposalState) mails(ctx context.Context, tx *store.Tx) (mailing, error) {
	var m mailing
	dates, err := b.dates(ctx, tx)
	if err != nil {
		return m, err
	}
	for _, i := range b.inOrder() {
		person := b.students[b.roster[i].Student].Person
		if person.Email == "" {
			m.silent = append(m.silent, b.person(i))
		}
		message := b.message(NoticePlaced, dates)
		message.To = recipient(person)
		message.Key = "result:" + b.campaign.PublicID + ":" + b.roster[i].ID
		if b.places[i].Post == "" {
			message.Kind = NoticeUnplaced
			m.unplaced = append(m.unplaced, mail{Message: message, participant: b.roster[i].Participant})
			continue
		}
		message.Blanks["site"] = titled(b.places[i].Name, b.places[i].Post)
		m.placed = append(m.placed, mail{Message: message, participant: b.roster[i].Participant})
	}
	return m, b.tellSites(ctx, tx, dates, &m)
}

func (b *proposalState) dates(ctx context.Context, tx *store.Tx) (reference.Interval, error) {
	period, err := reference.PeriodByID(ctx, tx, b.campaign.Period.ID)
	return period.Outer(), err
}

func (b *proposalState) message(kind notice.Kind, dates reference.Interval) notice.Message {
	return notice.Message{
		Kind: kind, Contact: b.campaign.Contact.String(), Scope: b.campaign.PublicID, Zone: b.campaign.Zone,
		Blanks: text.Blanks{"campaign": b.campaign.Name, "from": dates.From.Day(), "to": dates.To.Day()},
	}
}

func recipient(p identity.Person) notice.Recipient {
	return notice.Recipient{Person: p.ID, Name: p.Name(), Address: p.Email, Lang: text.ParseLang(p.Lang)}
}

// tellSites writes to those who are sent the list of arrivals of each site.
func (b *proposalState) tellSites(ctx context.Context, tx *store.Tx, dates reference.Interval, m *mailing) error {
	contacts, err := contactsOf(ctx, tx)
	if err != nil {
		return err
	}
	arrivals := map[string][]string{}
	for _, i := range b.inOrder() {
		for _, post := range []string{b.places[i].Post, b.places[i].Secondary} {
			if post != "" {
				arrivals[post] = append(arrivals[post], b.students[b.roster[i].Student].Name())
			}
		}
	}
	for _, post := range codes(arrivals) {
		to := contacts[b.posts[post].Site.ID]
		if len(to) == 0 {
			m.missing = append(m.missing, titled(b.name(post), post))
		}
		slices.Sort(arrivals[post])
		for _, contact := range to {
			message := b.message(NoticeArrivals, dates)
			message.To = notice.Recipient{Person: contact.PersonID, Name: contact.Name, Address: contact.Email}
			message.Key = fmt.Sprintf("arrivals:%s:%s:%s", b.campaign.PublicID, post, contact.PublicID)
			message.Blanks["site"], message.Blanks["number"] = titled(b.name(post), post), len(arrivals[post])
			message.Blanks["arrivals"] = notice.Lines(arrivals[post])
			m.sites = append(m.sites, mail{Message: message, post: post})
		}
	}
	return nil
}

// contactsOf returns who is sent the arrivals of each site and can be reached.
func contactsOf(ctx context.Context, tx *store.Tx) (map[int64][]site.Contact, error) {
	contacts, err := site.Contacts(ctx, tx)
	if err != nil {
		return nil, err
	}
	links, err := site.ContactSites(ctx, tx)
	if err != nil {
		return nil, err
	}
	reachable := make(map[int64]site.Contact, len(contacts))
	for _, c := range contacts {
		if !c.Archived && c.Email != "" {
			reachable[c.ID] = c
		}
	}
	of := map[int64][]site.Contact{}
	for _, l := range links {
		if contact, ok := reachable[l.Contact.ID]; ok && l.GetsArrivals {
			of[l.Site.ID] = append(of[l.Site.ID], contact)
		}
	}
	return of, nil
}

// A Preview is what a publication would send, before anything is.
type Preview struct {
	Placed, Unplaced, Sites int // mails to each group
	Silent                  []Person
	Missing                 []string      // sites where people arrive, and nobody is told
	Delay                   time.Duration // before they leave; until then they can be stopped
	Samples                 []Sample      // the first ones of each group
}

// A Sample is one mail as its reader would get it.
type Sample struct {
	Kind             notice.Kind
	To, Address      string
	Subject, Content string
}

// Preview returns what publishing would send.
func (r *Results) Preview(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID string) (Preview, error) {
	c, err := campaign.ForOffice(ctx, tx, actor, campaignID, RightPublish)
	if err != nil {
		return Preview{}, err
	}
	if err := c.Allows(campaign.Publish); err != nil {
		return Preview{}, err
	}
	b, err := readProposalState(ctx, tx, c)
	if err != nil {
		return Preview{}, err
	}
	m, err := b.mails(ctx, tx)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{
		Placed: len(m.placed), Unplaced: len(m.unplaced), Sites: len(m.sites), Silent: m.silent, Missing: m.missing, Delay: m.delay(),
	}
	for _, group := range [][]mail{first(m.placed, 3), first(m.unplaced, 1), first(m.sites, 1)} {
		for _, message := range group {
			message.Link = r.link(message.Kind, c)
			letter, err := notice.Render(message.Message)
			if err != nil {
				return p, err
			}
			p.Samples = append(p.Samples, Sample{
				Kind: message.Kind, To: message.To.Name, Address: message.To.Address, Subject: letter.Subject, Content: letter.Body,
			})
		}
	}
	return p, nil
}

func first(list []mail, most int) []mail { return list[:min(most, len(list))] }

// link returns the page that a mail is about. A site's contact has no account: the
// list stands in the mail itself.
func (r *Results) link(kind notice.Kind, c campaign.Campaign) string {
	if kind == NoticeArrivals {
		return r.Base + "/"
	}
	return r.Base + "/my/campaigns/" + c.PublicID + "/result"
}
