package campaign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// Receipts are prepared by readers: what they print, and the mails that tell of them.
// The transaction that gives them only numbers them and writes them down. No file is
// made: that is done when somebody asks for it, or when the mail is sent.

// receiptsAbout is what the receipts of some lists of a campaign print.
type receiptsAbout struct {
	campaign Campaign                  // with the name of its faculty
	people   map[int64]identity.Person // by participant
	labels   map[string]string         // of posts, by code
}

// aboutReceipts reads what the receipts of some lists print.
func aboutReceipts(ctx context.Context, tx *store.Tx, c Campaign, lists []ranking.List[Wish]) (about receiptsAbout, err error) {
	about.campaign = c
	faculties, err := reference.Faculties(ctx, tx)
	if err != nil {
		return about, err
	}
	about.campaign.Faculty = named(faculties, c.Faculty.ID, reference.Faculty.Ref)
	owners := make([]int64, len(lists))
	var wishes []Wish
	for i, l := range lists {
		owners[i] = l.Owner
		wishes = append(wishes, l.Last.Wishes...)
	}
	if about.people, err = peopleOf(ctx, tx, owners); err != nil {
		return about, err
	}
	about.labels, err = labelsOf(ctx, tx, c, wishes)
	return about, err
}

// peopleOf returns the people that some participants are, by participant.
func peopleOf(ctx context.Context, tx *store.Tx, participants []int64) (map[int64]identity.Person, error) {
	type pair struct{ participant, student int64 }
	read := store.List[pair]{
		Select: "p.id, p.student_id", From: "campaign_participant p", ID: "p.id",
		Scan: func(row store.Row) (p pair, err error) { return p, row.Scan(&p.participant, &p.student) },
	}
	var pairs []pair
	for chunk := range slices.Chunk(participants, 500) {
		found, err := read.All(ctx, tx, store.In("p.id", chunk))
		if err != nil {
			return nil, fmt.Errorf("read participants: %w", err)
		}
		pairs = append(pairs, found...)
	}
	records := make([]int64, len(pairs))
	for i, p := range pairs {
		records[i] = p.student
	}
	people, err := student.PeopleOf(ctx, tx, records)
	if err != nil {
		return nil, err
	}
	byParticipant := make(map[int64]identity.Person, len(pairs))
	for _, p := range pairs {
		byParticipant[p.participant] = people[p.student]
	}
	return byParticipant, nil
}

// labelsOf returns the labels of the posts that wishes name, by code.
func labelsOf(ctx context.Context, tx *store.Tx, c Campaign, wishes []Wish) (map[string]string, error) {
	posts, err := postsOf(ctx, tx, c.ID, codesOf(wishes))
	if err != nil {
		return nil, err
	}
	sites := make([]int64, 0, len(posts))
	for _, p := range posts {
		sites = append(sites, p.Site.ID)
	}
	refs, err := site.Refs(ctx, tx, sites)
	if err != nil {
		return nil, err
	}
	names := make(map[int64]reference.Ref, len(refs))
	for _, ref := range refs {
		names[ref.ID] = ref
	}
	labels := make(map[string]string, len(posts))
	for code, p := range posts {
		p.Site = names[p.Site.ID]
		labels[code] = p.Label()
	}
	return labels, nil
}

// facts are what the receipt of a list prints.
func (a receiptsAbout) facts(base string, list ranking.List[Wish]) ReceiptFacts {
	c, who := a.campaign, a.people[list.Owner]
	wishes := make([]string, len(list.Last.Wishes))
	for i, w := range list.Last.Wishes {
		wishes[i] = a.labels[w.Post] + " (" + w.Post + ")"
		if w.Secondary != "" {
			wishes[i] += " + " + a.labels[w.Secondary] + " (" + w.Secondary + ")"
		}
	}
	return ReceiptFacts{
		Template: receiptTemplate, Lang: text.ParseLang(who.Lang), Zone: c.Zone, Base: base,
		Institution: c.Faculty.Name, Campaign: c.Name, Student: who.Name(),
		Saved: list.Last.At, Closes: c.ClosesAt, Commission: c.CommissionAt, Publishes: c.PublishesAt,
		Contact: c.Contact, Wishes: wishes,
	}
}

// A preparedReceipt is a receipt without its number, and the mail that tells of it.
type preparedReceipt struct {
	receipt ranking.Receipt
	letter  notice.Letter
}

// prepareReceipts prepares receipts for lists as they stand. It needs no transaction.
func (s *Campaigns) prepareReceipts(about receiptsAbout, lists []ranking.List[Wish], kind ranking.ReceiptKind) ([]preparedReceipt, error) {
	prepared := make([]preparedReceipt, len(lists))
	for i, list := range lists {
		facts := about.facts(s.Base, list)
		kept, err := json.Marshal(facts)
		if err != nil {
			return nil, fmt.Errorf("write the facts of a receipt: %w", err)
		}
		receipt := ranking.NewReceipt(list, kind, string(kept))
		letter, err := notice.Render(s.receiptMail(about.campaign, about.people[list.Owner], receipt, facts))
		if err != nil {
			return nil, err
		}
		prepared[i] = preparedReceipt{receipt, letter}
	}
	return prepared, nil
}

// receiptMail is the mail that tells of a receipt, with its file.
func (s *Campaigns) receiptMail(c Campaign, to identity.Person, r ranking.Receipt, facts ReceiptFacts) notice.Message {
	kind := NoticeReceipt
	if r.Kind == ranking.AtDeadline {
		kind = NoticeDeadlineReceipt
	}
	lines := make([]string, len(facts.Wishes))
	for i, wish := range facts.Wishes {
		lines[i] = fmt.Sprintf("%d. %s", i+1, wish)
	}
	// Keys of one campaign stand together in the index of keys, in the order in which
	// receipts are given at the deadline.
	key := fmt.Sprintf("receipt:%s:%s:%d:%d", r.Scope, r.Kind, r.Owner, r.Version)
	m := s.message(c, to, kind, key, text.Blanks{
		"version": r.Version, "saved": text.Exact(facts.Saved), "hash": r.Hash, "wishes": notice.Lines(lines),
		"check": checkAddress(s.Base, r.Code),
	})
	m.File = notice.File{Maker: receiptFile, Key: r.Code}
	m.Urgent = r.Kind == ranking.OnConfirmation
	return m
}

// giveReceipts gives receipts that were prepared and queues their mails.
func giveReceipts(ctx context.Context, tx *store.Tx, prepared []preparedReceipt) error {
	receipts, letters := make([]ranking.Receipt, len(prepared)), make([]notice.Letter, len(prepared))
	for i, p := range prepared {
		receipts[i], letters[i] = p.receipt, p.letter
	}
	if err := ranking.Give(ctx, tx, receipts); err != nil {
		return err
	}
	_, err := notice.QueueAll(ctx, tx, letters)
	return err
}

// Confirm says that the actor means the version that the page shows, and returns
// the code of the receipt, which also leaves by mail. A version that is no longer
// the last is a Conflict; confirming it again gives the same receipt.
func (s *Campaigns) Confirm(ctx context.Context, actor identity.Actor, campaign string, version int) (code string, err error) {
	var about receiptsAbout
	in, list, err := s.ownList(ctx, actor, campaign)
	if err != nil {
		return "", err
	}
	err = s.DB.Read(ctx, func(tx *store.Tx) error {
		if list.Last.Number == version {
			code, err = ranking.ReceiptOf(ctx, tx, list, ranking.OnConfirmation)
			if err != nil || code != "" {
				return err
			}
		}
		c, err := campaignOf(queries.New(tx).Campaign(ctx, in.key))
		if err != nil {
			return err
		}
		if err := mayConfirm(ctx, tx, c, list, version); err != nil {
			return err
		}
		about, err = aboutReceipts(ctx, tx, c, []ranking.List[Wish]{list})
		return err
	})
	if err != nil || code != "" {
		return code, err
	}
	prepared, err := s.prepareReceipts(about, []ranking.List[Wish]{list}, ranking.OnConfirmation)
	if err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, func(tx *store.Tx) error {
		code, err = confirm(ctx, tx, actor, list, prepared)
		return err
	})
	return code, err
}

// mayConfirm returns nil if a list may be confirmed as a page showed it.
func mayConfirm(ctx context.Context, tx *store.Tx, c Campaign, list ranking.List[Wish], version int) error {
	if err := mayWrite(ctx, tx, c, list); err != nil {
		return err
	}
	if list.Last.Number != version || version == 0 {
		return stale(list.Last, version)
	}
	return nil
}

// confirm is the transaction of a confirmation. It returns the code of the receipt.
func confirm(ctx context.Context, tx *store.Tx, actor identity.Actor, list ranking.List[Wish], prepared []preparedReceipt) (code string, err error) {
	c, err := campaignOf(queries.New(tx).CampaignByPublicID(ctx, list.Scope))
	if err != nil {
		return "", err
	}
	if err := mayWrite(ctx, tx, c, list); err != nil {
		return "", err
	}
	err = ranking.Confirm(ctx, tx, list) // whoever confirms the same list waits here
	if errors.Is(err, ranking.ErrStale) {
		now, err := ranking.Get[Wish](ctx, tx, list.Key)
		return "", errors.Join(stale(now.Last, list.Last.Number), err)
	}
	if err != nil {
		return "", err
	}
	code, err = ranking.ReceiptOf(ctx, tx, list, ranking.OnConfirmation)
	if err != nil || code != "" {
		return code, err // the same confirmation, sent twice
	}
	if err := giveReceipts(ctx, tx, prepared); err != nil {
		return "", err
	}
	return prepared[0].receipt.Code, record(ctx, tx, actor, c, "wishes.confirmed", audit.Entry{
		Args: map[string]any{"version": list.Last.Number}, Kind: "list", Object: actor.PublicID,
	})
}
