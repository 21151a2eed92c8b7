package result

import (
	"archive/zip"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/store"
)

// A Bundle is the file with which anybody can check a published result, without a
// network: `stagora verify` reads it. It names nobody.
type Bundle struct {
	Name    string // of the file
	Content []byte
	Hash    string // SHA-256 of the content, hexadecimal
}

// BundleFor returns the bundle of a published campaign to its office and to
// everybody who took part.
func BundleFor(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID string) (Bundle, error) {
	c, err := reader(ctx, tx, actor, campaignID)
	if err != nil {
		return Bundle{}, err
	}
	if _, err := publication(ctx, tx, c, forAll); err != nil {
		return Bundle{}, err
	}
	row, err := queries.New(tx).Bundle(ctx, c.ID)
	if err != nil {
		return Bundle{}, fmt.Errorf("read bundle: %w", err)
	}
	return Bundle{Name: fmt.Sprintf("stagora-%.8s.zip", c.PublicID), Content: row.Bundle, Hash: row.BundleHash}, nil
}

// BundleHashFor returns the hash of the bundle that [BundleFor] returns.
func BundleHashFor(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID string) (string, error) {
	c, err := reader(ctx, tx, actor, campaignID)
	if err != nil {
		return "", err
	}
	row, err := publication(ctx, tx, c, forAll)
	return row.BundleHash, err
}

// reader returns a campaign to somebody of its office or who took part in it; for
// others it does not exist.
func reader(ctx context.Context, tx *store.Tx, actor identity.Actor, campaignID string) (campaign.Campaign, error) {
	c, err := campaign.ForOffice(ctx, tx, actor, campaignID, campaign.RightView)
	if err == nil || fault.KindOf(err) == fault.Internal {
		return c, err
	}
	mine, err := campaign.ForStudent(ctx, tx, actor, campaignID)
	return mine.Campaign, err
}

// Sentences that refuse what is not published yet.
const (
	forStudent = "result.early"     // to somebody who waits for their result
	forAll     = "result.early.all" // to whoever asks for what is published for everybody
)

// publication returns what was published, without the bundle, or a refusal that says
// when it will be.
func publication(ctx context.Context, tx *store.Tx, c campaign.Campaign, early string) (queries.PublicationRow, error) {
	row, err := queries.New(tx).Publication(ctx, c.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return row, fault.New(fault.Closed, early, "campaign", c.Name, "publishes", c.PublishesAt, "contact", c.Contact.String())
	}
	if err != nil {
		return row, fmt.Errorf("read publication: %w", err)
	}
	return row, nil
}

// bundle packs the bundle of the proposal as it stands: the same proposal gives the
// same bytes.
func (b *proposalState) bundle(ctx context.Context, tx *store.Tx) ([]byte, error) {
	draw, err := campaign.DrawOf(ctx, tx, b.campaign)
	if err != nil {
		return nil, err
	}
	file := assign.NewCampaignFile(b.solution.Instance, draw.Commitment, draw.Seed, b.row.CostRule, b.prices)
	for i, e := range b.roster {
		file.Student(i, e.Score, e.Manual)
	}
	b.tellDecisions(file)
	for _, i := range b.solution.InOrder() {
		var decided *int64
		if d := b.repriced[i]; d != nil && b.places[i].Post != "" {
			decided = d.Cost
		}
		file.Publish(i, b.places[i].Post, b.places[i].Secondary, decided)
	}
	return zipped([]bundleFile{
		{"campaign.json", bytes.NewReader(file.Bytes())},
		{"instance.json", strings.NewReader(b.instance)},
		{"result.json", strings.NewReader(b.result)},
	})
}

// tellDecisions writes the decisions in force into the file of the bundle, without a
// word that anybody wrote.
func (b *proposalState) tellDecisions(file *assign.CampaignFile) {
	for i := range b.roster {
		if post := b.solution.Pinned(i); post != "" {
			file.Pin(i, post, string(b.pinMotive(i)))
		}
	}
	for _, d := range b.decisions {
		if d.Undone {
			continue
		}
		switch {
		case d.Kind == Move:
			file.Move(d.student, d.From, d.To, string(d.Motive))
		case d.Kind == Reprice && b.places[d.student].Post != "":
			file.Reprice(d.student, *d.Cost, string(d.Motive))
		}
	}
}

// A bundleFile is a file of a bundle. Those of twenty thousand students are ten
// megabytes each, so that none is copied to be packed.
type bundleFile struct {
	name    string
	content interface {
		io.Reader
		Len() int
	}
}

// zipped packs files: the same ones give the same bytes.
func zipped(files []bundleFile) ([]byte, error) {
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for _, file := range files {
		// No time of its own: it would make two bundles of the same result differ.
		entry, err := w.CreateHeader(&zip.FileHeader{Name: file.name, Method: zip.Deflate})
		if err == nil {
			// By pieces: a reader of a string that writes itself copies it whole.
			_, err = io.CopyN(entry, file.content, int64(file.content.Len()))
		}
		if err != nil {
			return nil, fmt.Errorf("pack the bundle: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack the bundle: %w", err)
	}
	return packed.Bytes(), nil
}
