package campaign

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"stagora.org/stagora/internal/campaign/queries"
	"stagora.org/stagora/internal/document"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Receipt says that a version of a student's list was received, with all that
// stands on it.
type Receipt struct {
	ranking.Receipt
	Facts ReceiptFacts
}

// ReceiptFacts are what a receipt prints, as it was when the receipt was given:
// the same file can be made again whatever was renamed or moved since.
type ReceiptFacts struct {
	Template    int       `json:"template"` // the version of the sheet: see [receiptTemplate]
	Lang        text.Lang `json:"lang"`
	Zone        string    `json:"zone"`
	Base        string    `json:"base"` // the address of Stagora
	Institution string    `json:"institution"`
	Campaign    string    `json:"campaign"`
	Student     string    `json:"student"`
	Saved       time.Time `json:"saved"` // the version
	Closes      time.Time `json:"closes"`
	Commission  time.Time `json:"commission"`
	Publishes   time.Time `json:"publishes"`
	Contact     Contact   `json:"contact"`
	Wishes      []string  `json:"wishes"` // best first: "Pédiatrie, CHU (CHUV-PEDI)"
}

// receiptTemplate is the version of the sheet that receipts print: its blocks, their
// sentences, how package document draws them. What changes one byte of it takes a
// new number, so that nobody compares two files that were not meant to be the same.
const receiptTemplate = 1

// Reference returns the number by which one asks about a receipt.
func (r Receipt) Reference() string { return fmt.Sprintf("%.8s-%05d", r.Scope, r.Number) }

// Printer returns the printer for the language and the zone of a receipt.
func (r Receipt) Printer() text.Printer { return text.In(r.Facts.Lang, r.Facts.Zone) }

// FileName returns the name of the file of a receipt.
func (r Receipt) FileName() string {
	return r.Printer().T("receipt.file", "version", strconv.Itoa(r.Version))
}

// ReceiptPDF prints a receipt: the same bytes whenever it is asked.
func (s *Campaigns) ReceiptPDF(r Receipt) ([]byte, error) { return s.sheet(r).PDF(r.Printer()) }

// checkAddress is where anybody learns whether a receipt is authentic.
func checkAddress(base, code string) string { return base + "/check/" + code }

// sheet composes a receipt for paper.
func (s *Campaigns) sheet(r Receipt) document.Sheet {
	p, f := r.Printer(), r.Facts
	blocks := []document.Block{
		document.Facts{
			Items: []document.Fact{
				{Label: p.T("receipt.student"), Value: f.Student},
				{Label: p.T("receipt.given"), Value: p.T("receipt.kind." + string(r.Kind))},
				{Label: p.T("receipt.version"), Value: strconv.Itoa(r.Version)},
				{Label: p.T("receipt.saved"), Value: p.Exact(f.Saved)},
				{Label: p.T("receipt.closes"), Value: p.Exact(f.Closes)},
				{Label: p.T("receipt.code"), Value: r.Code, Code: true},
			},
			Beside: &document.QR{Content: checkAddress(cmp.Or(f.Base, s.Base), r.Code), Caption: p.T("receipt.scan")},
		},
		document.Heading{Text: p.T("receipt.wishes", "count", len(f.Wishes))},
	}
	if len(f.Wishes) == 0 {
		blocks = append(blocks, document.Paragraph{Text: p.T("receipt.empty")})
	} else {
		blocks = append(blocks, document.List{Numbered: true, Items: f.Wishes})
	}
	return document.Sheet{
		Institution: f.Institution, Campaign: f.Campaign, Title: p.T("receipt.title"),
		Number: r.Reference(), Hash: r.Hash, Issued: r.IssuedAt,
		Blocks: append(blocks,
			document.Heading{Text: p.T("receipt.next")},
			document.Paragraph{Text: p.T("receipt.next.text", "commission", text.Day(f.Commission), "publishes", text.Day(f.Publishes))},
			document.Paragraph{Text: p.T("receipt.appeal", "contact", f.Contact.Name, "email", f.Contact.Email)}),
	}
}

// receiptFile is who makes the file that goes with the mail of a receipt, from its
// code.
const receiptFile = "campaign.receipt"

func (s *Campaigns) makeReceiptFile(ctx context.Context, tx *store.Tx, code string) (notice.Attachment, error) {
	given, err := ranking.ReceiptByCode(ctx, tx, code)
	if err != nil {
		return notice.Attachment{}, err
	}
	r, err := receiptOf(ctx, tx, given)
	if err != nil {
		return notice.Attachment{}, err
	}
	pdf, err := s.ReceiptPDF(r)
	return notice.Attachment{Name: r.FileName(), MediaType: "application/pdf", Content: pdf}, err
}

// receiptOf returns a receipt with what it prints, for code that has checked whose it
// is.
func receiptOf(ctx context.Context, tx *store.Tx, given ranking.Receipt) (Receipt, error) {
	receipts, err := receiptsOf(ctx, tx, []ranking.Receipt{given})
	if err != nil {
		return Receipt{}, err
	}
	return receipts[0], nil
}

// receiptsOf is receiptOf for receipts of one list.
func receiptsOf(ctx context.Context, tx *store.Tx, given []ranking.Receipt) ([]Receipt, error) {
	receipts := make([]Receipt, len(given))
	var bare []*Receipt
	for i, one := range given {
		receipts[i].Receipt = one
		if one.Facts == "" {
			bare = append(bare, &receipts[i])
			continue
		}
		if err := json.Unmarshal([]byte(one.Facts), &receipts[i].Facts); err != nil {
			return nil, fmt.Errorf("read the facts of receipt %s: %w", one.Code, err)
		}
	}
	if len(bare) == 0 {
		return receipts, nil
	}
	return receipts, presentFacts(ctx, tx, bare)
}

// presentFacts gives receipts of one list, of 0.1, which kept nothing of what they
// print, what is so now.
func presentFacts(ctx context.Context, tx *store.Tx, bare []*Receipt) error {
	c, err := campaignOf(queries.New(tx).CampaignByPublicID(ctx, bare[0].Scope))
	if err != nil {
		return err
	}
	list, err := ranking.Get[Wish](ctx, tx, bare[0].Key)
	if err != nil {
		return err
	}
	versions, err := ranking.History[Wish](ctx, tx, list.Key)
	if err != nil {
		return err
	}
	lists := make([]ranking.List[Wish], len(bare))
	for i, r := range bare {
		if r.Version < 1 || r.Version > len(versions) {
			return fmt.Errorf("receipt %s is of version %d, and there are %d", r.Code, r.Version, len(versions))
		}
		lists[i] = list
		lists[i].Last = versions[r.Version-1]
	}
	about, err := aboutReceipts(ctx, tx, c, lists)
	if err != nil {
		return err
	}
	for i, r := range bare {
		r.Facts = about.facts("", lists[i])
	}
	return nil
}

// ReceiptFor returns a receipt to the student it was given to, and to those who may
// read everybody's list.
func ReceiptFor(ctx context.Context, tx *store.Tx, actor identity.Actor, code string) (Receipt, error) {
	given, err := ranking.ReceiptByCode(ctx, tx, code)
	if err != nil {
		return Receipt{}, err
	}
	participant, err := own(ctx, tx, actor, given.Scope)
	if err != nil || participant != given.Owner {
		c, err := Get(ctx, tx, given.Scope)
		if err != nil {
			return Receipt{}, err
		}
		if !actor.Can(RightReadLists, c.Perimeters()...) {
			return Receipt{}, fault.New(fault.NotFound, "receipt.unknown")
		}
	}
	return receiptOf(ctx, tx, given)
}

// Receipts returns the receipts of a student in a campaign, the latest first, for the
// student who has read it.
func (m MyCampaign) Receipts(ctx context.Context, tx *store.Tx) ([]Receipt, error) {
	if m.Receipt == "" {
		return nil, nil
	}
	given, err := ranking.Receipts(ctx, tx, ranking.Key{Scope: m.Campaign.PublicID, Owner: m.participant})
	if err != nil {
		return nil, err
	}
	return receiptsOf(ctx, tx, given)
}
