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
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result/queries"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/procedure/assign"
	"stagora.org/stagora/internal/store"
)

// A Verification is what the independent verifier said of the bundle of a campaign the
// last time that it judged it. Pages read it; they do not judge.
type Verification struct {
	Hash   string // of the bundle that was judged; empty: none was
	Passed int    // checks
	Failed string // the first thing that is wrong; empty: everything holds
	At     time.Time
	By     string // who asked for it
}

// Holds reports whether the bundle with a hash was judged, and holds.
func (v Verification) Holds(bundle string) bool { return v.Hash == bundle && v.Failed == "" }

// VerificationFor returns what the verifier said last of a campaign's bundle; the zero
// Verification stands for nothing yet.
func VerificationFor(ctx context.Context, tx *store.Tx, actor identity.Actor, c campaign.Campaign) (Verification, error) {
	if err := actor.Require(campaign.RightView, c.Perimeters()...); err != nil {
		return Verification{}, err
	}
	return verification(ctx, tx, c)
}

func verification(ctx context.Context, tx *store.Tx, c campaign.Campaign) (Verification, error) {
	row, err := queries.New(tx).Verification(ctx, c.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return Verification{}, nil
	}
	if err != nil {
		return Verification{}, fmt.Errorf("read the verification: %w", err)
	}
	return Verification{Hash: row.BundleHash, Passed: int(row.Passed), Failed: row.Failed, At: row.VerifiedAt.Time, By: row.VerifiedBy}, nil
}

// Verify asks for the bundle of a campaign to be judged again: of a confirmed proposal
// as it would be published, or the published one. A job does it.
func (r *Results) Verify(ctx context.Context, actor identity.Actor, campaignID string) error {
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := campaign.ForOffice(ctx, tx, actor, campaignID, RightPublish)
		if err != nil {
			return err
		}
		if !c.Phase.Reached(campaign.Confirmed) {
			return c.Allows(campaign.Publish)
		}
		return askVerification(ctx, tx, actor, c)
	})
}

func askVerification(ctx context.Context, tx *store.Tx, actor identity.Actor, c campaign.Campaign) error {
	_, err := job.Enqueue(ctx, tx, job.Request{Kind: VerifyKind, Key: VerifyKind + ":" + c.PublicID, Subject: c.PublicID, By: actor.Author()})
	return err
}

// verify does the work of a verification.
func (r *Results) verify(ctx context.Context, run *job.Run) error {
	var c campaign.Campaign
	packed, err := store.Get(ctx, r.DB, func(tx *store.Tx) (packed []byte, err error) {
		if c, err = campaign.Get(ctx, tx, run.Subject); err != nil {
			return nil, err
		}
		return packedBundle(ctx, tx, c)
	})
	if err != nil {
		return err
	}
	v, err := judge(packed)
	if err != nil {
		return err
	}
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		if err := keepVerification(ctx, tx, c, v, run.By); err != nil {
			return err
		}
		return run.Done(ctx, tx)
	})
}

// packedBundle returns the bundle that was published, or the one that would be.
func packedBundle(ctx context.Context, tx *store.Tx, c campaign.Campaign) ([]byte, error) {
	if c.Phase.Reached(campaign.Published) {
		row, err := queries.New(tx).Bundle(ctx, c.ID)
		if err != nil {
			return nil, fmt.Errorf("read bundle: %w", err)
		}
		return row.Bundle, nil
	}
	b, err := readProposalState(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	return b.bundle(ctx, tx)
}

// judge has the independent verifier judge a bundle.
func judge(packed []byte) (Verification, error) {
	files, err := unzipped(packed)
	if err != nil {
		return Verification{}, err
	}
	v := Verification{Hash: sha(packed)}
	if v.Passed, v.Failed, err = assign.VerifyBundle(files); err != nil {
		return Verification{}, fmt.Errorf("verify the bundle: %w", err)
	}
	return v, nil
}

func keepVerification(ctx context.Context, tx *store.Tx, c campaign.Campaign, v Verification, by string) error {
	err := queries.New(tx).PutVerification(ctx, queries.PutVerificationParams{
		CampaignID: c.ID, BundleHash: v.Hash, Passed: int64(v.Passed), Failed: v.Failed, VerifiedAt: store.At(tx.Now), VerifiedBy: by,
	})
	if err != nil {
		return fmt.Errorf("keep the verification: %w", err)
	}
	return nil
}

// requireVerified refuses to publish a bundle that does not hold. One that was not
// judged yet, or not since another version of Stagora makes it otherwise, is judged now.
func (r *Results) requireVerified(ctx context.Context, p *releaseState) error {
	v, err := store.Get(ctx, r.DB, func(tx *store.Tx) (Verification, error) { return verification(ctx, tx, p.campaign) })
	if err != nil {
		return err
	}
	if v.Hash != p.hash {
		if v, err = judge(p.packed); err != nil {
			return err
		}
		err = r.DB.Write(ctx, func(tx *store.Tx) error { return keepVerification(ctx, tx, p.campaign, v, p.asker().Author()) })
		if err != nil {
			return err
		}
	}
	if !v.Holds(p.hash) {
		return fault.New(fault.Conflict, "result.unverified", "campaign", p.campaign.Name, "detail", v.Failed)
	}
	return nil
}

// mostUnzipped is for how many bytes of a file of a bundle room is made beforehand, on
// its word: more than twenty thousand students need.
const mostUnzipped = 64 << 20

// unzipped reads the files of a bundle.
func unzipped(packed []byte) (files assign.BundleFiles, err error) {
	r, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return files, fmt.Errorf("open the bundle: %w", err)
	}
	for name, content := range map[string]*string{
		"campaign.json": &files.Campaign, "instance.json": &files.Instance, "result.json": &files.Result,
	} {
		if *content, err = unzippedFile(r, name); err != nil {
			return files, fmt.Errorf("read %s of the bundle: %w", name, err)
		}
	}
	return files, nil
}

func unzippedFile(r *zip.Reader, name string) (string, error) {
	f, err := r.Open(name)
	if err != nil {
		return "", err
	}
	about, err := f.Stat()
	if err != nil {
		return "", err
	}
	var content strings.Builder // one that knows the size beforehand is not copied as it grows
	content.Grow(int(max(0, min(about.Size(), mostUnzipped))))
	_, err = io.Copy(&content, f)
	return content.String(), err
}
