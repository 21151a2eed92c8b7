package wishes

import (
	"net/http"

	"github.com/a-h/templ"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/document"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/ranking"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/student"
	"stagora.org/stagora/internal/web/ui"
)

// Receipt shows a receipt of the reader's.
func (p Pages) Receipt(w http.ResponseWriter, r *page.Request) error {
	m, receipt, err := readReceipt(r)
	if err != nil {
		return err
	}
	svg, err := document.QRCode(r.BaseURL()+checkPath(receipt.Code), r.T("student.receipt.scan"))
	if err != nil {
		return err
	}
	card := ui.Receipt{
		Title: r.T("receipt.title"), Number: receipt.Reference(), At: receipt.Facts.Saved, Version: receipt.Version,
		Person: receipt.Facts.Student, Lines: receipt.Facts.Wishes, Ordered: true, Code: templ.Raw(svg),
		Verify: ui.Link{Label: r.T("student.receipt.check"), Href: checkPath(receipt.Code)},
		PDF:    ui.Link{Label: r.T("student.receipt.pdf"), Href: student.ReceiptPath(m.Campaign.PublicID, receipt.Code) + "/pdf"},
		Appeal: r.T("receipt.appeal", "contact", receipt.Facts.Contact.Name, "email", receipt.Facts.Contact.Email),
	}
	return r.Show(w, ui.Page{
		Title: r.T("student.receipt", "version", receipt.Version), Density: ui.Choose, Crumbs: student.Crumbs(r, m),
	}, receiptBody(r, m, receipt, card))
}

// ReceiptPDF gives the same as a file.
func (p Pages) ReceiptPDF(w http.ResponseWriter, r *page.Request) error {
	_, receipt, err := readReceipt(r)
	if err != nil {
		return err
	}
	pdf, err := p.Campaigns.ReceiptPDF(receipt)
	if err != nil {
		return err
	}
	return r.SendFile(w, receipt.FileName(), "application/pdf", pdf)
}

// readReceipt returns the receipt of the address, if it is the reader's in the
// campaign of the address.
func readReceipt(r *page.Request) (m campaign.MyCampaign, receipt campaign.Receipt, err error) {
	err = r.DB.Read(r.Context(), func(tx *store.Tx) error {
		if m, err = student.Mine(r.Context(), tx, r); err != nil {
			return err
		}
		receipt, err = campaign.ReceiptFor(r.Context(), tx, r.Actor, r.PathValue("receipt"))
		if err == nil && receipt.Scope != m.Campaign.PublicID {
			err = fault.New(fault.NotFound, "receipt.unknown")
		}
		return err
	})
	return m, receipt, err
}

func checkPath(code string) string { return CheckPath + "/" + code }

// Check tells anybody whether a receipt is authentic, and nothing else.
func (Pages) Check(w http.ResponseWriter, r *page.Request) error {
	var found ranking.Authenticity
	err := r.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		found, err = ranking.CheckReceipt(r.Context(), tx, r.PathValue("code"))
		return err
	})
	if err != nil {
		return err
	}
	tone, icon := ui.Bad, "x-lg"
	switch found {
	case ranking.Authentic:
		tone, icon = ui.Good, "shield-check"
	case ranking.Superseded:
		tone, icon = ui.Warn, "clock-history"
	}
	return r.Show(w, ui.Page{Title: r.T("student.check"), Density: ui.Choose}, checkBody(r, found, tone, icon))
}
