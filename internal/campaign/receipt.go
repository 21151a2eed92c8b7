package campaign

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/document"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// A Receipt says that a version of a list was received. It never changes; that the
// list did, later, is told by whoever checks its code.
type Receipt struct {
	Code     string // for the public page that checks it; cannot be guessed
	Number   int    // within the campaign, from 1
	Kind     ranking.ReceiptKind
	IssuedAt time.Time
	Campaign Campaign
	Student  student.Student
	Version  Version
	Posts    map[string]Post // by code: the names behind the wishes
}

// Reference returns the number by which one asks about a receipt.
func (r Receipt) Reference() string {
	return fmt.Sprintf("%.8s-%05d", r.Campaign.PublicID, r.Number)
}

// Confirm says that the actor means the version that the page shows, and returns
// the code of the receipt, which also leaves by mail. A version that is no longer
// the last is a Conflict; confirming it again gives the same receipt.
func (s *Campaigns) Confirm(ctx context.Context, actor identity.Actor, campaign string, version int) (code string, err error) {
	err = s.DB.Write(ctx, func(tx *store.Tx) error {
		key, list, err := ownList(ctx, tx, actor, campaign)
		if err != nil {
			return err
		}
		c, err := campaignOf(queries.New(tx).Campaign(ctx, key))
		if err != nil {
			return err
		}
		code, err = ranking.ReceiptOf(ctx, tx, list, ranking.OnConfirmation, version)
		if err != nil || (code != "" && list.Last.Number == version) {
			return err
		}
		if err := mayWrite(ctx, tx, c, list); err != nil {
			return err
		}
		if list.Last.Number != version || version == 0 {
			return stale(list.Last, version)
		}
		if err := ranking.Confirm(ctx, tx, list); err != nil {
			return stale(list.Last, version).Because(err)
		}
		code, err = s.issue(ctx, tx, c, list, ranking.OnConfirmation)
		if err != nil {
			return err
		}
		return record(ctx, tx, actor, c, "wishes.confirmed", audit.Entry{
			Args: map[string]any{"version": version}, Kind: "list", Object: actor.PublicID,
		})
	})
	return code, err
}

// issue gives a receipt for a list as it stands, and mails it.
func (s *Campaigns) issue(ctx context.Context, tx *store.Tx, c Campaign, list ranking.List[Wish], kind ranking.ReceiptKind) (string, error) {
	given, err := ranking.Give(ctx, tx, list, kind)
	if err != nil {
		return "", err
	}
	receipt, err := receiptOf(ctx, tx, given)
	if err != nil {
		return "", err
	}
	return given.Code, s.mail(ctx, tx, receipt)
}

func (s *Campaigns) mail(ctx context.Context, tx *store.Tx, r Receipt) error {
	p := r.Campaign.Printer(text.ParseLang(r.Student.Person.Lang))
	pdf, err := s.ReceiptSheet(r, p).PDF(p)
	if err != nil {
		return err
	}
	kind := NoticeReceipt
	if r.Kind == ranking.AtDeadline {
		kind = NoticeDeadlineReceipt
	}
	return s.tell(ctx, tx, r.Campaign, r.Student.Person, kind, "receipt:"+r.Code, text.Blanks{
		"version": r.Version.Number, "saved": text.Exact(r.Version.At), "hash": r.Version.Hash, "wishes": notice.Lines(r.lines()),
		"check": s.checkAddress(r),
	}, notice.Attachment{Name: p.T("receipt.file", "version", strconv.Itoa(r.Version.Number)), MediaType: "application/pdf", Content: pdf})
}

// checkAddress is where anybody learns whether a receipt is authentic.
func (s *Campaigns) checkAddress(r Receipt) string { return s.Base + "/check/" + r.Code }

// lines writes the wishes, one line each.
func (r Receipt) lines() []string {
	lines := make([]string, len(r.Version.Wishes))
	for i, w := range r.Version.Wishes {
		lines[i] = fmt.Sprintf("%d. %s (%s)", i+1, r.Posts[w.Post].Label(), w.Post)
		if w.Secondary != "" {
			lines[i] += " + " + r.Posts[w.Secondary].Label() + " (" + w.Secondary + ")"
		}
	}
	return lines
}

// ReceiptSheet composes a receipt for paper, in the language of the printer.
func (s *Campaigns) ReceiptSheet(r Receipt, p text.Printer) document.Sheet {
	var wishes []string
	for i, line := range r.lines() {
		wishes = append(wishes, line[len(strconv.Itoa(i+1))+2:])
	}
	blocks := []document.Block{
		document.Facts{
			Items: []document.Fact{
				{Label: p.T("receipt.student"), Value: r.Student.Name()},
				{Label: p.T("receipt.given"), Value: p.T("receipt.kind." + string(r.Kind))},
				{Label: p.T("receipt.version"), Value: strconv.Itoa(r.Version.Number)},
				{Label: p.T("receipt.saved"), Value: p.Exact(r.Version.At)},
				{Label: p.T("receipt.closes"), Value: p.Exact(r.Campaign.ClosesAt)},
				{Label: p.T("receipt.code"), Value: r.Code, Code: true},
			},
			Beside: &document.QR{Content: s.checkAddress(r), Caption: p.T("receipt.scan")},
		},
		document.Heading{Text: p.T("receipt.wishes", "count", len(wishes))},
	}
	if len(wishes) == 0 {
		blocks = append(blocks, document.Paragraph{Text: p.T("receipt.empty")})
	} else {
		blocks = append(blocks, document.List{Numbered: true, Items: wishes})
	}
	return document.Sheet{
		Institution: r.Campaign.Faculty.Name, Campaign: r.Campaign.Name, Title: p.T("receipt.title"),
		Number: r.Reference(), Hash: r.Version.Hash, Issued: r.IssuedAt,
		Blocks: append(blocks,
			document.Heading{Text: p.T("receipt.next")},
			document.Paragraph{Text: p.T("receipt.next.text", "commission", text.Day(r.Campaign.CommissionAt), "publishes", text.Day(r.Campaign.PublishesAt))},
			document.Paragraph{Text: p.T("receipt.appeal", "contact", r.Campaign.Contact.Name, "email", r.Campaign.Contact.Email)}),
	}
}

// receiptOf completes a receipt, for code that has checked whose it is.
func receiptOf(ctx context.Context, tx *store.Tx, given ranking.Receipt) (Receipt, error) {
	c, err := Get(ctx, tx, given.Scope)
	if err != nil {
		return Receipt{}, err
	}
	participant, err := queries.New(tx).Participant(ctx, given.Owner)
	if err != nil {
		return Receipt{}, fmt.Errorf("read participant: %w", err)
	}
	student, err := student.ByID(ctx, tx, participant.StudentID)
	if err != nil {
		return Receipt{}, err
	}
	list, err := ranking.Get[Wish](ctx, tx, given.Key)
	if err != nil {
		return Receipt{}, err
	}
	version, err := ranking.VersionAt(ctx, tx, list, given.Version)
	if err != nil {
		return Receipt{}, err
	}
	posts, err := Posts(ctx, tx, c)
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{
		Code: given.Code, Number: given.Number, Kind: given.Kind, IssuedAt: given.IssuedAt,
		Campaign: c, Student: student, Version: version, Posts: Snapshot{Posts: posts}.byCode(),
	}, nil
}

// ReceiptFor returns a receipt to the student it was given to, and to those who may
// read everybody's list.
func ReceiptFor(ctx context.Context, tx *store.Tx, actor identity.Actor, code string) (Receipt, error) {
	given, err := ranking.ReceiptByCode(ctx, tx, code)
	if err != nil {
		return Receipt{}, err
	}
	r, err := receiptOf(ctx, tx, given)
	if err != nil {
		return Receipt{}, err
	}
	participant, err := own(ctx, tx, actor, given.Scope)
	if err == nil && participant == given.Owner {
		return r, nil
	}
	if !actor.Can(RightReadLists, r.Campaign.Perimeters()...) {
		return Receipt{}, fault.New(fault.NotFound, "receipt.unknown")
	}
	return r, nil
}

// Receipts returns the receipts of the actor in a campaign, the latest first.
func Receipts(ctx context.Context, tx *store.Tx, actor identity.Actor, campaign string) ([]Receipt, error) {
	participant, err := own(ctx, tx, actor, campaign)
	if err != nil {
		return nil, err
	}
	given, err := ranking.Receipts(ctx, tx, ranking.Key{Scope: campaign, Owner: participant})
	if err != nil {
		return nil, err
	}
	receipts := make([]Receipt, len(given))
	for i, one := range given {
		if receipts[i], err = receiptOf(ctx, tx, one); err != nil {
			return nil, err
		}
	}
	return receipts, nil
}
