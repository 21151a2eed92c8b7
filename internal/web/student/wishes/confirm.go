package wishes

import (
	"net/http"
	"strconv"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/student"
	"stagora.org/stagora/internal/web/ui"
)

// AskConfirm is the last look at a list before it is confirmed.
func (p Pages) AskConfirm(w http.ResponseWriter, r *page.Request) error {
	return p.confirmPage(w, r, http.StatusOK, nil)
}

// Confirm confirms the version that the page showed and goes to its receipt. A
// list that is likely to give nothing takes a tick.
func (p Pages) Confirm(w http.ResponseWriter, r *page.Request) error {
	id, form := r.PathValue("campaign"), r.Fields()
	version := form.Int("version", 1, 1<<31)
	if err := form.Err(); err != nil {
		return fault.New(fault.Invalid, "student.form.noversion", "found", form.Text("version"))
	}
	if !form.Bool("sure") {
		m, err := student.ReadMine(r)
		if err != nil {
			return err
		}
		risk, err := p.Campaigns.Risk(r.Context(), r.Actor, id, m.Current.Wishes)
		if err != nil {
			return err
		}
		if m.Writable && risk.Level == campaign.HighRisk {
			form.Wrong("sure", "student.confirm.tick")
			return p.confirmPage(w, r, http.StatusUnprocessableEntity, form.Err())
		}
	}
	code, err := p.Campaigns.Confirm(r.Context(), r.Actor, id, version)
	switch {
	case fault.KindOf(err) == fault.Conflict:
		return r.GoSaying(w, student.ConfirmPath(id), "student.confirm.stale")
	case err != nil:
		return err
	}
	return r.GoSaying(w, student.ReceiptPath(id, code), "student.confirm.done")
}

func (p Pages) confirmPage(w http.ResponseWriter, r *page.Request, status int, wrong error) error {
	v, err := p.readWishes(r)
	if err != nil {
		return err
	}
	if err := v.weigh(r); err != nil {
		return err
	}
	if !v.Mine.Writable || len(v.Mine.Current.Wishes) == 0 {
		return r.Go(w, student.WishesPath(v.Mine.Campaign.PublicID))
	}
	return r.ShowStatus(w, status, ui.Page{
		Title: r.T("student.confirm.title"), Density: ui.Choose,
		Crumbs: student.Crumbs(r, v.Mine, ui.Link{Label: r.T("student.wishes"), Href: student.WishesPath(v.Mine.Campaign.PublicID)}),
	}, confirmBody(r, v, v.decision(r, wrong)))
}

// decision sums the list up, in numbers, before it is confirmed.
func (v wishes) decision(r *page.Request, wrong error) ui.Decision {
	c, current := v.Mine.Campaign, v.Mine.Current
	d := ui.Decision{
		Title: r.T("student.confirm.summary"),
		Facts: []ui.Fact{
			{Label: r.T("student.confirm.wishes"), Value: r.Text.Number(int64(len(current.Wishes)))},
			{Label: r.T("student.confirm.version"), Value: r.Text.Number(int64(current.Number))},
			{Label: r.T("student.confirm.saved"), Value: r.Text.Clock(current.At)},
		},
		Form: ui.Form{
			Action: student.ConfirmPath(c.PublicID), Errors: ui.ErrorsOf(r.Text, wrong), Hidden: map[string]string{"version": strconv.Itoa(current.Number)},
			Submit: ui.Action{Label: r.T("student.confirm"), Icon: "check-lg", Kind: ui.Primary},
			Cancel: ui.Link{Label: r.T("student.confirm.back"), Href: student.WishesPath(c.PublicID)},
		},
	}
	if v.Risk.Level == campaign.HighRisk {
		d.Warning = r.T("risk.high") + ". " + r.Text.Message(v.Risk.Reason, v.Risk.Args)
		d.Form.Fields = []ui.Field{{Kind: ui.FieldCheck, Name: "sure", Label: r.T("student.confirm.sure"), Error: d.Form.Errors.Of("sure")}}
	}
	return d
}
