package student

import (
	"net/http"

	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Result tells the reader where they go and why, wish by wish, with what it takes
// to check it. It names nobody else.
func (p Pages) Result(w http.ResponseWriter, r *page.Request) error {
	res, err := readResult(r)
	if err != nil {
		return err
	}
	path := resultPath(res.Campaign.PublicID)
	return r.Show(w, ui.Page{
		Title: r.T("student.result.why"), Lead: r.T("student.result.lead", "at", res.PublishedAt), Density: ui.Choose,
		Crumbs: []ui.Link{
			{Label: r.T("student.campaigns"), Href: Path},
			{Label: res.Campaign.Name, Href: CampaignPath(res.Campaign.PublicID)},
		},
		Actions: []ui.Action{{Label: r.T("student.receipt.pdf"), Icon: "file-earmark-pdf", Href: path + "/pdf"}},
	}, resultBody(r, res))
}

// ResultPDF gives the same text as a file.
func (p Pages) ResultPDF(w http.ResponseWriter, r *page.Request) error {
	res, err := readResult(r)
	if err != nil {
		return err
	}
	pdf, err := p.Results.Sheet(res, r.Text).PDF(r.Text)
	if err != nil {
		return err
	}
	return r.SendFile(w, r.T("student.result.file", "campaign", res.Campaign.Name), "application/pdf", pdf)
}

// Bundle gives the file with which anybody of the campaign can check the result
// without trusting Stagora.
func (Pages) Bundle(w http.ResponseWriter, r *page.Request) error {
	var bundle result.Bundle
	err := r.DB.Read(r.Context(), func(tx *store.Tx) error {
		_, err := Mine(r.Context(), tx, r) // an office has its own page
		if err == nil {
			bundle, err = result.BundleFor(r.Context(), tx, r.Actor, r.PathValue("campaign"))
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.SendFile(w, bundle.Name, "application/zip", bundle.Content)
}

func readResult(r *page.Request) (res result.Result, err error) {
	err = r.DB.Read(r.Context(), func(tx *store.Tx) error {
		res, err = result.Own(r.Context(), tx, r.Actor, r.PathValue("campaign"))
		return err
	})
	if res.Campaign.Zone != "" { // also of one that is not published yet
		r.In(res.Campaign.Zone)
	}
	return res, err
}

// outcome is a wish and what became of it.
func outcome(r *page.Request, f result.Facts, w result.WishFact) ui.Outcome {
	o := ui.Outcome{
		Rank: w.Wish, Title: r.T("student.result.post", "post", w.Name, "code", w.Post), Sentence: w.Sentence(f, r.Text),
		Tone: ui.Neutral, Icon: "dash-lg",
	}
	switch w.Outcome {
	case result.Obtained, result.Given:
		o.Tone, o.Icon = ui.Good, "check-lg"
	case result.Full:
		o.Tone, o.Icon = ui.Warn, "people"
	case result.Barred, result.Withdrawn, result.Closed:
		o.Tone, o.Icon = ui.Bad, "x-lg"
	}
	return o
}

// placed is how the headline is meant.
func placed(f result.Facts) ui.Tone {
	if f.Place.Post == "" {
		return ui.Warn
	}
	return ui.Good
}

// lastPosition is the position of the last person served at a post, in words when
// there is none.
func lastPosition(r *page.Request, c result.Cutoff) string {
	switch {
	case !c.Taken():
		return r.T("student.cutoff.free")
	case c.Position == 0:
		return r.T("student.cutoff.full")
	}
	return r.Text.Number(int64(c.Position))
}
