package campaign

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/document"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// A Receipt says that a version of a list was received. It never changes; that the
// list did, later, is told by whoever checks its code.
type Receipt struct {
	Code     string // for the public page that checks it; cannot be guessed
	Number   int    // within the campaign, from 1
	Kind     ReceiptKind
	IssuedAt time.Time
	Campaign Campaign
	Student  student.Student
	Version  Version
	Posts    map[string]Post // by code: the names behind the wishes
}

// A ReceiptKind says what a receipt was given for. The sentence "receipt.kind." +
// the kind names it.
type ReceiptKind string

// The kinds of receipt.
const (
	OnConfirmation ReceiptKind = "confirmed" // the student confirmed the list
	AtDeadline     ReceiptKind = "deadline"  // the last list saved in time
)

// Reference returns the number by which one asks about a receipt.
func (r Receipt) Reference() string {
	return fmt.Sprintf("%.8s-%05d", r.Campaign.PublicID, r.Number)
}

// Confirm says that the actor means the version that the page shows, and returns
// the code of the receipt, which also leaves by mail. A version that is no longer
// the last is a Conflict; confirming it again gives the same receipt.
func (s *Campaigns) Confirm(ctx context.Context, actor identity.Actor, campaign string, version int) (code string, err error) {
	err = s.DB.Write(ctx, func(tx *store.Tx) error {
		participant, err := own(ctx, tx, actor, campaign)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, fmt.Sprintf("campaign_list:%d", participant)); err != nil {
			return err
		}
		q := queries.New(tx)
		row, err := q.OwnList(ctx, participant)
		if err != nil {
			return fmt.Errorf("read list: %w", err)
		}
		c, err := campaignOf(row.CampaignCampaign, nil)
		if err != nil {
			return err
		}
		current, err := lastVersion(row.CampaignList)
		if err != nil {
			return err
		}
		if code, err = receiptFor(ctx, q, participant, OnConfirmation, version); err != nil || (code != "" && current.Number == version) {
			return err
		}
		if err := mayWrite(ctx, tx, c, participant, current); err != nil {
			return err
		}
		if current.Number != version || version == 0 {
			return stale(current, version)
		}
		if _, err := q.ConfirmList(ctx, queries.ConfirmListParams{ParticipantID: participant, Confirmed: int64(version)}); err != nil {
			return fmt.Errorf("confirm list: %w", err)
		}
		if code, err = s.issue(ctx, tx, c, participant, OnConfirmation); err != nil {
			return err
		}
		return record(ctx, tx, actor, c, "wishes.confirmed", audit.Entry{
			Args: map[string]any{"version": version}, Kind: "list", Object: actor.PublicID,
		})
	})
	return code, err
}

// receiptFor returns the code of the receipt that a version has, or "".
func receiptFor(ctx context.Context, q *queries.Queries, participant int64, kind ReceiptKind, version int) (string, error) {
	row, err := q.ReceiptOfVersion(ctx, queries.ReceiptOfVersionParams{ParticipantID: participant, Kind: string(kind), Version: int64(version)})
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read receipt: %w", err)
	}
	return row.Code, nil
}

// issue gives a receipt for the last version of a list, and mails it.
func (s *Campaigns) issue(ctx context.Context, tx *store.Tx, c Campaign, participant int64, kind ReceiptKind) (string, error) {
	// The numbers of a campaign's receipts have no gap and no double.
	if err := tx.Lock(ctx, "campaign_receipt:"+c.PublicID); err != nil {
		return "", err
	}
	q := queries.New(tx)
	list, err := q.List(ctx, participant)
	if err != nil {
		return "", fmt.Errorf("read list: %w", err)
	}
	last, err := q.LastReceiptNumber(ctx, c.ID)
	if err != nil {
		return "", fmt.Errorf("read receipts: %w", err)
	}
	row := queries.AddReceiptParams{
		Code: rand.Text(), CampaignID: c.ID, ParticipantID: participant, Number: last + 1,
		Version: list.Version, Hash: list.Hash, Kind: string(kind), IssuedAt: store.At(tx.Now),
	}
	if err := q.AddReceipt(ctx, row); err != nil {
		return "", fmt.Errorf("add receipt: %w", err)
	}
	receipt, err := receiptOf(ctx, tx, queries.CampaignReceipt{
		Code: row.Code, CampaignID: row.CampaignID, ParticipantID: participant, Number: row.Number,
		Version: row.Version, Hash: row.Hash, Kind: row.Kind, IssuedAt: row.IssuedAt,
	})
	if err != nil {
		return "", err
	}
	return row.Code, s.mail(ctx, tx, receipt)
}

func (s *Campaigns) mail(ctx context.Context, tx *store.Tx, r Receipt) error {
	p := r.Campaign.Printer(text.ParseLang(r.Student.Person.Lang))
	pdf, err := s.ReceiptSheet(r, p).PDF(p)
	if err != nil {
		return err
	}
	kind := NoticeReceipt
	if r.Kind == AtDeadline {
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
func receiptOf(ctx context.Context, tx *store.Tx, row queries.CampaignReceipt) (Receipt, error) {
	q := queries.New(tx)
	c, err := campaignOf(q.Campaign(ctx, row.CampaignID))
	if err != nil {
		return Receipt{}, err
	}
	if c, err = complete(ctx, tx, c); err != nil {
		return Receipt{}, err
	}
	participant, err := q.Participant(ctx, row.ParticipantID)
	if err != nil {
		return Receipt{}, fmt.Errorf("read participant: %w", err)
	}
	student, err := student.ByID(ctx, tx, participant.StudentID)
	if err != nil {
		return Receipt{}, err
	}
	version, err := versionOf(q.Version(ctx, queries.VersionParams{ParticipantID: row.ParticipantID, Number: row.Version}))
	if err != nil {
		return Receipt{}, err
	}
	posts, err := Posts(ctx, tx, c)
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{
		Code: row.Code, Number: int(row.Number), Kind: ReceiptKind(row.Kind), IssuedAt: row.IssuedAt.Time,
		Campaign: c, Student: student, Version: version, Posts: Snapshot{Posts: posts}.byCode(),
	}, nil
}

// ReceiptFor returns a receipt to the student it was given to, and to those who may
// read everybody's list.
func ReceiptFor(ctx context.Context, tx *store.Tx, actor identity.Actor, code string) (Receipt, error) {
	row, err := queries.New(tx).ReceiptByCode(ctx, code)
	if errors.Is(err, sql.ErrNoRows) {
		return Receipt{}, fault.New(fault.NotFound, "receipt.unknown")
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("read receipt: %w", err)
	}
	r, err := receiptOf(ctx, tx, row)
	if err != nil {
		return Receipt{}, err
	}
	if participant, err := own(ctx, tx, actor, r.Campaign.PublicID); err == nil && participant == row.ParticipantID {
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
	rows, err := queries.New(tx).ReceiptsOfParticipant(ctx, participant)
	if err != nil {
		return nil, fmt.Errorf("read receipts: %w", err)
	}
	receipts := make([]Receipt, len(rows))
	for i, row := range rows {
		if receipts[i], err = receiptOf(ctx, tx, row); err != nil {
			return nil, err
		}
	}
	return receipts, nil
}

// An Authenticity is all that the public page tells of a receipt: nothing of the
// list, nor of whose it is.
type Authenticity string

// The authenticities. The sentence "receipt.check." + each says what it means.
const (
	Authentic  Authenticity = "authentic"  // Stagora gave it, and the list is still the one it was given for
	Superseded Authenticity = "superseded" // Stagora gave it, and another version was saved since
	Unknown    Authenticity = "unknown"    // Stagora never gave it
)

// CheckReceipt tells anybody whether a code is that of a receipt.
func CheckReceipt(ctx context.Context, tx *store.Tx, code string) (Authenticity, error) {
	q := queries.New(tx)
	row, err := q.ReceiptByCode(ctx, code)
	if errors.Is(err, sql.ErrNoRows) {
		return Unknown, nil
	}
	if err != nil {
		return "", fmt.Errorf("read receipt: %w", err)
	}
	list, err := q.List(ctx, row.ParticipantID)
	if err != nil {
		return "", fmt.Errorf("read list: %w", err)
	}
	if list.Version != row.Version {
		return Superseded, nil
	}
	return Authentic, nil
}
