package student_test

import (
	"strings"
	"testing"

	"stagora.org/stagora/internal/web/student/studenttest"
)

func TestEveryPageAnswersAStudent(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t)
	ines := w.As(t, "E05")
	ines.Get("/my/campaigns").Has(t, 200, "Externat S2 2026", "Confirmez votre liste (7 vœux)")
	ines.Get(w.Path()).Has(t, 200, "Ma place dans l’ordre", "Vos points : 8", "076cf36599255457083d6ceab93453f30ca056e501fedf88fe0367ef8c970217")
	ines.Get(w.Path("wishes")).Has(t, 200, "Pédiatrie, CHU de Valmer", "Risque faible", "Enregistré à 09:00:00")
	ines.Get(w.Path("wishes?simulation=1")).Has(t, 200, "sans valeur", "10 000")
	ines.Get(w.Path("wishes", "confirm")).Has(t, 200, "Ce que vous confirmez")
	ines.Get(w.Path("wishes", "history")).Has(t, 200, "Version 1")
}

// Whoever changes an identifier gets a 404, and nothing of anybody else's.
func TestAChangedIdentifierFindsNothing(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t)
	code := w.As(t, "E05").Confirm("1")
	zoe, stranger := w.As(t, "E22"), w.As(t, "")
	const elsewhere = "/my/campaigns/0198d000-0000-7000-8000-000000000000"
	for _, path := range []string{
		w.Path("receipts", code), w.Path("receipts", code, "pdf"), w.Path("receipts", "QUELCONQUE"),
		elsewhere, elsewhere + "/wishes", elsewhere + "/wishes/confirm", elsewhere + "/wishes/history", elsewhere + "/wishes/row?code=CHUV-PEDI",
		elsewhere + "/receipts/" + code, elsewhere + "/result", elsewhere + "/result/pdf", elsewhere + "/result/bundle",
		w.Path("wishes", "row?code=NULLE-PART"),
	} {
		got := zoe.Get(path)
		got.Has(t, 404)
		for _, told := range []string{"Baraka", "Pédiatrie", "CHPL-URGE"} {
			if strings.Contains(got.Body, told) {
				t.Errorf("%s tells %q", path, told)
			}
		}
		if got := stranger.Get(path); !strings.HasPrefix(got.Path, "/sign-in") {
			t.Errorf("%s answers a stranger from %s", path, got.Path)
		}
	}
	for _, path := range []string{elsewhere + "/wishes", elsewhere + "/wishes/undo", elsewhere + "/wishes/confirm", elsewhere + "/wishes/history/1/restore"} {
		zoe.Post(path, studenttest.List("1", "", "CHUV-GERI")).Has(t, 404)
	}
}
