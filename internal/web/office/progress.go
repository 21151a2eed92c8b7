package office

import (
	"context"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// workOn returns the work that moves a campaign to its next phase, or nil.
func workOn(ctx context.Context, tx *store.Tx, c campaign.Campaign) (*job.Task, error) {
	if c.Phase == campaign.Draft {
		return campaign.OpeningWork(ctx, tx, c)
	}
	return result.PublicationWork(ctx, tx, c)
}

// PublicationProgress is how far a publication is, or why it is held up.
func PublicationProgress(r *page.Request, work *job.Task) ui.Work {
	return WorkOf(r, "publication", r.T("office.publishing.what"), work)
}

// moving reports whether the campaign is being opened or published.
func (v overview) moving() bool { return v.work != nil && !v.work.Ended() }

// progress is how far the opening or the publication is, or why it is held up.
func (v overview) progress(r *page.Request) ui.Work {
	if v.campaign.Phase != campaign.Draft {
		return PublicationProgress(r, v.work)
	}
	places, done, students := campaign.OpeningProgress(v.work)
	what := r.T("office.opening.enrols")
	if places {
		what = r.T("office.opening.places")
	}
	work := WorkOf(r, "opening", what, v.work)
	work.Done, work.Total = done, students
	return work
}
