package student_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/store"
)

// confirm confirms a version and returns the code of the receipt.
func (v *visitor) confirm(version string) string {
	v.t.Helper()
	got := v.post(v.w.path("wishes", "confirm"), url.Values{"version": {version}})
	got.has(v.t, 200, "Accusé de réception, version "+version)
	return got.Path[strings.LastIndex(got.Path, "/")+1:]
}

// receipt returns the code of a receipt that a student has: C1 gives them at the
// deadline.
func (w *world) receipt(t *testing.T, pseudonym string) (code string) {
	t.Helper()
	w.GiveReceipts(t)
	w.Read(t, func(tx *store.Tx) error {
		mine, err := campaign.ForStudent(context.Background(), tx, w.Student[pseudonym], w.ID)
		code = mine.Receipt
		return err
	})
	return code
}

func TestConfirmingGivesAReceiptThatAnybodyCanCheck(t *testing.T) {
	t.Parallel()
	w := open(t)
	ines := w.as(t, "E05")
	code := ines.confirm("1")
	ines.get(w.path("receipts", code)).has(t, 200, "Ines Baraka", "Pédiatrie, CHU de Valmer (CHUV-PEDI)", "UTC+01:00", "<svg", "Scolarité de Valmer")
	ines.get(w.path()).has(t, 200, "Mes documents", "Accusé de réception, version 1", "Votre liste est confirmée (version 1)")
	pdf := ines.get(w.path("receipts", code, "pdf"))
	if pdf.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(pdf.Body, "%PDF") {
		t.Errorf("the PDF is %s %.10s", pdf.Header.Get("Content-Type"), pdf.Body)
	}
	if again := ines.confirm("1"); again != code {
		t.Errorf("confirming again gives %s, not %s", again, code)
	}

	stranger := w.as(t, "")
	check := stranger.get("/check/" + code)
	check.has(t, 200, "authentique")
	for _, told := range []string{"Baraka", "Ines", "CHUV", "Pédiatrie", w.ID} {
		if strings.Contains(check.Body, told) {
			t.Errorf("the public page tells %q", told)
		}
	}
	stranger.get("/check/QUELCONQUE").has(t, 200, "inconnu")
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI")...)
	stranger.get("/check/"+code).has(t, 200, "remplacé")
	ines.get(w.path("receipts", code)).has(t, 200, "votre liste a changé depuis")
}

func TestWhatThePageShowedIsConfirmedOrNothing(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI", "CHUV-GERI")...)
	ines := w.as(t, "E05")
	ines.post(w.path("wishes", "confirm"), url.Values{"version": {"1"}}).has(t, 200, "Rien n’a été confirmé", "Ce que vous confirmez")
	ines.post(w.path("wishes", "confirm"), url.Values{"version": {"deux"}}).has(t, 422, "« deux »")
	ines.post(w.path("wishes", "confirm"), url.Values{}).has(t, 422, "rechargez la page")
	ines.get(w.path()).has(t, 200, "Confirmez votre liste (2 vœux)")
}

// Whoever changes an identifier gets a 404, and nothing of anybody else's.
func TestAChangedIdentifierFindsNothing(t *testing.T) {
	t.Parallel()
	w := open(t)
	code := w.as(t, "E05").confirm("1")
	zoe, stranger := w.as(t, "E22"), w.as(t, "")
	const elsewhere = "/my/campaigns/0198d000-0000-7000-8000-000000000000"
	for _, path := range []string{
		w.path("receipts", code), w.path("receipts", code, "pdf"), w.path("receipts", "QUELCONQUE"),
		elsewhere, elsewhere + "/wishes", elsewhere + "/wishes/confirm", elsewhere + "/wishes/history", elsewhere + "/wishes/row?code=CHUV-PEDI",
		elsewhere + "/receipts/" + code, elsewhere + "/result", elsewhere + "/result/pdf", elsewhere + "/result/bundle",
		w.path("wishes", "row?code=NULLE-PART"),
	} {
		got := zoe.get(path)
		got.has(t, 404)
		for _, told := range []string{"Baraka", "Pédiatrie", "CHPL-URGE"} {
			if strings.Contains(got.Body, told) {
				t.Errorf("%s tells %q", path, told)
			}
		}
		if got := stranger.get(path); !strings.HasPrefix(got.Path, "/sign-in") {
			t.Errorf("%s answers a stranger from %s", path, got.Path)
		}
	}
	for _, path := range []string{elsewhere + "/wishes", elsewhere + "/wishes/undo", elsewhere + "/wishes/confirm", elsewhere + "/wishes/history/1/restore"} {
		zoe.post(path, list("1", "", "CHUV-GERI")).has(t, 404)
	}
}

func TestBeforePublicationNothingIsTold(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.Close(t)
	ines := w.as(t, "E05")
	for _, path := range []string{"result", "result/pdf", "result/bundle"} {
		got := ines.get(w.path(path))
		got.has(t, 409, "1er avril 2026")
		if strings.Contains(got.Body, "CHPL-URGE") {
			t.Errorf("%s tells the result", path)
		}
	}
}
