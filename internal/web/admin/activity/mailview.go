package activity

import (
	"net/http"

	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/admin"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

func mailTerms(r *page.Request, m notice.Mail, campaign string, demo bool) []ui.Term {
	address := m.To.Address
	if address == "" {
		address = r.T("admin.email.none")
	}
	terms := []ui.Term{
		{Name: r.T("admin.mail.to"), Value: m.To.Name},
		{Name: r.T("admin.mail.address"), Value: address},
		{Name: r.T("admin.mail.kind"), Value: r.T("notice.kind." + string(m.Kind))},
		{Name: r.T("admin.mail.queued"), Value: r.Text.DateTime(m.QueuedAt)},
	}
	if campaign != "" {
		terms = append(terms, ui.Term{Name: r.T("admin.campaign"), Value: campaign})
	}
	if m.State == notice.Waiting {
		terms = append(terms, ui.Term{Name: r.T("admin.mail.due"), Value: r.Text.DateTime(m.DueAt)})
	}
	if !m.LeftAt.IsZero() {
		terms = append(terms, ui.Term{Name: r.T("admin.mail.left"), Value: r.Text.DateTime(m.LeftAt)})
	}
	if m.ReplyTo != "" {
		terms = append(terms, ui.Term{Name: r.T("admin.mail.reply"), Value: m.ReplyTo})
	}
	if demo {
		return terms
	}
	terms = append(terms, ui.Term{Name: r.T("admin.attempts"), Value: r.Text.Number(int64(m.Attempts))})
	if m.Detail != "" {
		terms = append(terms, ui.Term{Name: r.T("admin.mail.detail"), Value: m.Detail})
	}
	return terms
}

// pending reports whether a mail has not left and still may.
func pending(m notice.Mail) bool { return m.State == notice.Waiting || m.State == notice.Held }

func cancelAction(r *page.Request, m notice.Mail) ui.Action {
	a := ui.Action{Label: r.T("admin.mail.cancel"), Icon: "x-lg", Kind: ui.Danger}
	if !pending(m) {
		a.Why = r.T("admin.mail.cancel.late")
	}
	return a
}

func resendForm(r *page.Request, m notice.Mail, wrong ui.Errors) ui.Form {
	f := ui.Form{
		Action: admin.MailsPath + "/" + m.ID + "/resend", Errors: wrong,
		Fields: []ui.Field{{
			Name: "address", Kind: ui.FieldEmail, Label: r.T("admin.mail.address"), Hint: r.T("admin.mail.resend.hint"),
			Value: m.To.Address, Complete: "off",
		}},
		Submit: ui.Action{Label: r.T("admin.mail.resend"), Icon: "arrow-repeat", Kind: ui.Primary},
	}
	if r.Method == http.MethodPost {
		f.Fields[0].Value = r.FormValue("address")
	}
	if pending(m) {
		f.Submit.Why = r.T("admin.mail.resend.early")
	}
	return f
}

// sizeOf writes the size of a file.
func sizeOf(p text.Printer, bytes int) string {
	return p.T("admin.kilobytes", "n", p.Number(int64((bytes+1023)/1024)))
}
