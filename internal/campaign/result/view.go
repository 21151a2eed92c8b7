package result

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/document"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Result is what one student reads once the campaign is published.
type Result struct {
	Campaign    campaign.Campaign
	PublishedAt time.Time
	Name        string // of the student
	Pseudonym   string
	Facts       Facts
	Cutoffs     []Cutoff
	Bundle      string // hash of the file with which all this can be checked
	Draw        campaign.Draw
}

// Own returns the actor's own result. Before it is published, the refusal says when
// it will be; for somebody who took no part, the campaign does not exist.
func Own(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID string) (Result, error) {
	mine, err := campaign.ForStudent(ctx, tx, actor, campaignID)
	if err != nil {
		return Result{}, err
	}
	if err := actor.Require(RightOwnResult, identity.Self(actor.PublicID)); err != nil {
		return Result{}, err
	}
	return resultOf(ctx, tx, mine.Campaign, actor.Name, mine.Pseudonym)
}

// OfParticipant returns the result of somebody of a campaign, both read already, to
// those who may read everybody's list.
func OfParticipant(ctx context.Context, tx *store.Tx, actor identity.Actor, c campaign.Campaign, e campaign.Enrolment) (Result, error) {
	if err := actor.Require(campaign.RightReadLists, c.Perimeters()...); err != nil {
		return Result{}, err
	}
	return resultOf(ctx, tx, c, e.Student.Name(), e.Pseudonym)
}

func resultOf(ctx context.Context, tx *store.Tx, c campaign.Campaign, name, pseudonym string) (Result, error) {
	r := Result{Campaign: c, Name: name, Pseudonym: pseudonym}
	row, err := publication(ctx, tx, c, forStudent)
	if err != nil {
		return r, err
	}
	outcome, err := queries.New(tx).Outcome(ctx, queries.OutcomeParams{CampaignID: c.ID, Pseudonym: pseudonym})
	if errors.Is(err, sql.ErrNoRows) {
		return r, fault.New(fault.NotFound, "result.student.unknown")
	}
	if err != nil {
		return r, fmt.Errorf("read outcome: %w", err)
	}
	if r.Facts, err = fromJSON[Facts](outcome.Facts, "outcome"); err != nil {
		return r, err
	}
	draw, err := campaign.DrawOf(ctx, tx, c)
	if err != nil {
		return r, err
	}
	r.PublishedAt, r.Bundle, r.Draw = row.PublishedAt.Time, row.BundleHash, *draw
	r.Cutoffs, err = shown(c, row)
	return r, err
}

// CutoffsFor returns the cut-offs of a published campaign to its office and to
// everybody who took part.
func CutoffsFor(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID string) ([]Cutoff, error) {
	c, err := reader(ctx, tx, actor, campaignID)
	if err != nil {
		return nil, err
	}
	row, err := publication(ctx, tx, c, forAll)
	if err != nil {
		return nil, err
	}
	return shown(c, row)
}

// shown leaves positions out of a campaign that does not tell them.
func shown(c campaign.Campaign, row queries.PublicationRow) ([]Cutoff, error) {
	cutoffs, err := fromJSON[[]Cutoff](row.Cutoffs, "cut-offs")
	if !c.ShowPositions {
		for i := range cutoffs {
			cutoffs[i].Position = 0
		}
	}
	return cutoffs, err
}

// Sheet composes a result for paper, in the language of the printer: the same
// sentences as the page has.
func (r *Results) Sheet(res Result, p text.Printer) document.Sheet {
	f := res.Facts
	blocks := []document.Block{
		document.Facts{
			Items: []document.Fact{
				{Label: p.T("result.sheet.student"), Value: res.Name},
				{Label: p.T("result.sheet.pseudonym"), Value: res.Pseudonym, Code: true},
				{Label: p.T("result.sheet.period"), Value: res.Campaign.Period.Name},
				{Label: p.T("result.sheet.draw"), Value: f.Draw, Code: true},
			},
			Beside: &document.QR{Content: r.Base + "/my/campaigns/" + res.Campaign.PublicID + "/result", Caption: p.T("result.sheet.page")},
		},
		document.Note{Tone: f.tone(), Text: f.Headline(p)},
	}
	if dates := f.Dates(p); dates != "" {
		blocks = append(blocks, document.Paragraph{Text: dates})
	}
	blocks = append(blocks, document.Paragraph{Text: f.Standing(p)}, document.Heading{Text: p.T("result.sheet.wishes")}, f.table(p))
	if margin := f.Margin(p); margin != "" {
		blocks = append(blocks, document.Paragraph{Text: margin})
	}
	blocks = append(blocks,
		document.Heading{Text: p.T("result.sheet.next")}, document.Paragraph{Text: f.NextSentence(p)},
		document.Heading{Text: p.T("result.sheet.check")},
		document.Paragraph{Text: p.T("result.sheet.how", "seed", res.Draw.Seed, "commitment", res.Draw.Commitment, "contact", res.Campaign.Contact.String())},
	)
	return document.Sheet{
		Institution: res.Campaign.Faculty.Name, Campaign: res.Campaign.Name, Title: p.T("result.sheet.title"),
		Number: fmt.Sprintf("%.8s-%s", res.Campaign.PublicID, res.Pseudonym), Hash: res.Bundle, Issued: res.PublishedAt, Blocks: blocks,
	}
}

func (f Facts) tone() document.Tone {
	if f.Place.Post == "" {
		return document.Attention
	}
	return document.Done
}

// table has one line a wish.
func (f Facts) table(p text.Printer) document.Block {
	if len(f.Wishes) == 0 {
		return document.Paragraph{Text: p.T("result.sheet.nowish")}
	}
	t := document.Table{
		Columns: []document.Column{
			{Title: p.T("result.column.wish"), Number: true}, {Title: p.T("result.column.post")}, {Title: p.T("result.column.outcome")},
		},
		Key: []document.KeyLine{{Tone: document.Done, Text: p.T("result.outcome.obtained")}},
	}
	for _, w := range f.Wishes {
		row := document.Row{
			Cells: []string{p.Number(int64(w.Wish)), titled(w.Name, w.Post), p.T("result.outcome." + string(w.Outcome))}, Note: w.Sentence(f, p),
		}
		if w.Outcome == Obtained || w.Outcome == Given {
			row.Tone = document.Done
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
