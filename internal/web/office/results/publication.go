package results

import (
	"context"
	"net/http"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/office"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/table"
	"stagora.org/stagora/internal/web/ui"
)

// A release is what the page of a publication shows: who will be told what, and,
// once published, what everybody can check.
type release struct {
	campaign campaign.Campaign
	preview  result.Preview
	checks   []campaign.Check
	cutoffs  []result.Cutoff
	bundle   string // hash of the published one
	verified result.Verification
	proposal result.Proposal
	work     *job.Task // of a publication that was asked for and is not over
	table    ui.Table  // who arrives where
}

// running reports whether the publication is under way.
func (v release) running() bool { return v.work != nil && !v.work.Ended() }

func (v release) published() bool { return v.campaign.Phase.Reached(campaign.Published) }

// asks reports whether the page asks for the publication.
func (v release) asks(r *page.Request) bool {
	return !v.running() && !v.published() && office.May(r, v.campaign, result.RightPublish)
}

// Publication shows which mail each group gets before anything leaves; once
// published, the cut-offs, the bundle, and who arrives where.
func (o *Pages) Publication(w http.ResponseWriter, r *page.Request) error {
	return o.showPublication(w, r, http.StatusOK, ui.Errors{})
}

func (o *Pages) showPublication(w http.ResponseWriter, r *page.Request, status int, wrong ui.Errors) error {
	v, err := o.readRelease(r)
	if err != nil {
		return err
	}
	if !v.running() {
		list := arrivalList(v.campaign, v.proposal)
		if r.WantsFile() {
			return list.Send(w, r)
		}
		if v.table, err = list.Read(r); err != nil {
			return err
		}
		v.table.Keep = beside(r, true)
	}
	p := ui.Page{Title: r.T("office.publication"), Lead: r.T("office.publication.lead")}
	if v.published() {
		p.Lead = r.T("office.publication.done")
	}
	if v.running() {
		p.Lead, p.Refresh = r.T("office.publishing.lead"), 5
	}
	return office.Show(w, r, status, v.campaign, "publication", p, publicationBody(r, v, v.decision(r, wrong)))
}

func (o *Pages) readRelease(r *page.Request) (v release, err error) {
	v.campaign, err = office.Read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		if !c.Phase.Reached(campaign.Published) {
			if err := c.Allows(campaign.Publish); err != nil {
				return err
			}
		}
		if v.work, err = result.PublicationWork(ctx, tx, c); err != nil || v.running() {
			return err
		}
		if v.proposal, err = result.StandingFor(ctx, tx, r.Actor, c.PublicID); err != nil || r.WantsFile() {
			return err
		}
		if v.verified, err = result.VerificationFor(ctx, tx, r.Actor, c); err != nil {
			return err
		}
		if !c.Phase.Reached(campaign.Published) {
			if v.checks, err = office.Readiness(ctx, tx, r, c); err != nil || !office.May(r, c, result.RightPublish) {
				return err
			}
			v.preview, err = o.Results.Preview(ctx, tx, r.Actor, c.PublicID)
			return err
		}
		if v.cutoffs, err = result.CutoffsFor(ctx, tx, r.Actor, c.PublicID); err != nil {
			return err
		}
		v.bundle, err = result.BundleHashFor(ctx, tx, r.Actor, c.PublicID)
		return err
	})
	return v, err
}

// arrivalList is who arrives where.
func arrivalList(c campaign.Campaign, p result.Proposal) table.List[result.Assignment] {
	type column = table.Column[result.Assignment]
	list := proposalList(c, p)
	list.Name, list.Path, list.Tone = "office.arrivals", office.PathOf(c, "publication"), nil
	list.Columns = func(r *page.Request) []column {
		return []column{
			{Column: ui.Column{Key: "post", Title: r.T("office.post.site"), Fixed: true},
				Cell: func(a result.Assignment) ui.Cell { return postCell(r, a) }},
			{Column: ui.Column{Key: "name", Title: r.T("office.person"), Fixed: true},
				Cell: func(a result.Assignment) ui.Cell { return ui.Word(a.Student.Name) }},
			{Column: ui.Column{Key: "number", Title: r.T("office.number")},
				Cell: func(a result.Assignment) ui.Cell { return ui.Word(a.Student.Code) }},
			{Column: ui.Column{Key: "rank", Title: r.T("office.rank"), Kind: ui.KindNumber, Hidden: true},
				Cell: func(a result.Assignment) ui.Cell { return office.CountOrNone(r, a.Now.Rank) }},
			{Column: ui.Column{Key: "position", Title: r.T("office.position"), Kind: ui.KindNumber, Hidden: true},
				Cell: func(a result.Assignment) ui.Cell { return ui.Count(r.Text, a.Position) }},
		}
	}
	return list
}

// lines are the checks; the way to where one can act is left out where it leads
// here.
func (v release) lines(r *page.Request) []ui.Check {
	lines := office.CheckLines(r, v.campaign, v.checks)
	for i := range lines {
		if lines[i].Fix.Href == office.PathOf(v.campaign, "publication") {
			lines[i].Fix = ui.Link{}
		}
	}
	return lines
}

// decision is the last look before everybody is told.
func (v release) decision(r *page.Request, wrong ui.Errors) ui.Decision {
	c, n := v.campaign, func(count int) string { return r.Text.Number(int64(count)) }
	warning := r.T("office.publish.warning.now")
	if v.preview.Delay > 0 {
		warning = r.T("office.publish.warning", "delay", v.preview.Delay)
	}
	d := ui.Decision{
		Title: r.T("office.publish.title"), Warning: warning,
		Facts: []ui.Fact{
			{Value: n(v.preview.Placed), Label: r.T("office.publish.placed", "count", v.preview.Placed), Tone: ui.Good},
			{Value: n(v.preview.Unplaced), Label: r.T("office.publish.unplaced", "count", v.preview.Unplaced), Tone: office.ToneIf(v.preview.Unplaced > 0, ui.Warn)},
			{Value: n(v.preview.Sites), Label: r.T("office.publish.sites", "count", v.preview.Sites)},
			{Value: n(v.preview.Silent), Label: r.T("office.publish.silent", "count", v.preview.Silent), Tone: office.ToneIf(v.preview.Silent > 0, ui.Warn)},
			{Value: n(len(v.preview.Missing)), Label: r.T("office.publish.missing", "count", len(v.preview.Missing)), Tone: office.ToneIf(len(v.preview.Missing) > 0, ui.Warn)},
		},
		Form: ui.Form{
			Action: office.PathOf(c, "publication"), Errors: wrong,
			Submit: ui.Action{Label: r.T("office.do.confirmed"), Icon: "megaphone", Kind: ui.Primary},
			Cancel: ui.Link{Label: r.T("office.cancel"), Href: office.PathOf(c)},
		},
	}
	err := c.Allows(campaign.Publish)
	if err == nil {
		err = campaign.RequireReady(c, v.checks)
	}
	if err != nil {
		d.Form.Submit.Why = ui.ErrorsOf(r.Text, err).Sentence
	}
	return d
}

// Publish makes the result known to everybody.
func (o *Pages) Publish(w http.ResponseWriter, r *page.Request) error {
	c, err := office.Read(r, result.RightPublish, nil)
	if err != nil {
		return err
	}
	err = o.Results.Publish(r.Context(), r.Actor, c.PublicID)
	again := func(status int, wrong ui.Errors) error { return o.showPublication(w, r, status, wrong) }
	return office.Outcome(w, r, err, office.PathOf(c, "publication"), again, "office.publishing", "campaign", c.Name)
}

// Verify asks for the bundle to be judged again.
func (o *Pages) Verify(w http.ResponseWriter, r *page.Request) error {
	c, err := office.Read(r, result.RightPublish, nil)
	if err != nil {
		return err
	}
	err = o.Results.Verify(r.Context(), r.Actor, c.PublicID)
	again := func(status int, wrong ui.Errors) error { return o.showPublication(w, r, status, wrong) }
	return office.Outcome(w, r, err, office.PathOf(c, "publication"), again, "office.verifying", "campaign", c.Name)
}

// Bundle answers with the file with which anybody can check the result.
func (o *Pages) Bundle(w http.ResponseWriter, r *page.Request) error {
	var bundle result.Bundle
	_, err := office.Read(r, campaign.RightView, func(ctx context.Context, tx *store.Tx, c campaign.Campaign) (err error) {
		bundle, err = result.BundleFor(ctx, tx, r.Actor, c.PublicID)
		return err
	})
	if err != nil {
		return err
	}
	return r.SendFile(w, bundle.Name, "application/zip", bundle.Content)
}
