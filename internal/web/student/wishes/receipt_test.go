package wishes_test

import (
	"net/url"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/web/student/studenttest"
)

func TestConfirmingGivesAReceiptThatAnybodyCanCheck(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t)
	ines := w.As(t, "E05")
	code := ines.Confirm("1")
	ines.Get(w.Path("receipts", code)).Has(t, 200, "Ines Baraka", "Pédiatrie, CHU de Valmer (CHUV-PEDI)", "UTC+01:00", "<svg", "Scolarité de Valmer")
	ines.Get(w.Path()).Has(t, 200, "Mes documents", "Accusé de réception, version 1", "Votre liste est confirmée (version 1)")
	pdf := ines.Get(w.Path("receipts", code, "pdf"))
	if pdf.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(pdf.Body, "%PDF") {
		t.Errorf("the PDF is %s %.10s", pdf.Header.Get("Content-Type"), pdf.Body)
	}
	if again := ines.Confirm("1"); again != code {
		t.Errorf("confirming again gives %s, not %s", again, code)
	}

	stranger := w.As(t, "")
	check := stranger.Get("/check/" + code)
	check.Has(t, 200, "authentique")
	for _, told := range []string{"Baraka", "Ines", "CHUV", "Pédiatrie", w.ID} {
		if strings.Contains(check.Body, told) {
			t.Errorf("the public page tells %q", told)
		}
	}
	stranger.Get("/check/QUELCONQUE").Has(t, 200, "inconnu")
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI")...)
	stranger.Get("/check/"+code).Has(t, 200, "remplacé")
	ines.Get(w.Path("receipts", code)).Has(t, 200, "votre liste a changé depuis")
}

func TestWhatThePageShowedIsConfirmedOrNothing(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t)
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI", "CHUV-GERI")...)
	ines := w.As(t, "E05")
	ines.Post(w.Path("wishes", "confirm"), url.Values{"version": {"1"}}).Has(t, 200, "Rien n’a été confirmé", "Ce que vous confirmez")
	ines.Post(w.Path("wishes", "confirm"), url.Values{"version": {"deux"}}).Has(t, 422, "« deux »")
	ines.Post(w.Path("wishes", "confirm"), url.Values{}).Has(t, 422, "rechargez la page")
	ines.Get(w.Path()).Has(t, 200, "Confirmez votre liste (2 vœux)")
}
