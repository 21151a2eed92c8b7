package student_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"stagora.org/stagora/e2e/browser"
	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/student/studenttest"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// window opens a browser window of a student who has signed in.
func window(t *testing.T, w *studenttest.World, pseudonym string, width int) *browser.Window {
	t.Helper()
	b := browser.Open(t, width)
	b.Visit(w.Server.URL + "/check/none")
	b.Evaluate(fmt.Sprintf(`document.cookie = "stagora_session=%s; path=/"`, w.Token(t, pseudonym)), nil)
	return b
}

// look visits pages and holds them to what every page must be.
func look(w *studenttest.World, b *browser.Window, name string, paths ...string) {
	for i, path := range paths {
		b.Visit(w.Server.URL + path)
		b.NotSee("⟦")
		b.Fits()
		b.Accessible()
		b.Screenshot(fmt.Sprintf("%s-%d", name, i))
	}
}

// receipt returns the code of a receipt that a student has: C1 gives them at the
// deadline.
func receipt(t *testing.T, w *studenttest.World, pseudonym string) (code string) {
	t.Helper()
	w.GiveReceipts(t)
	w.Read(t, func(tx *store.Tx) error {
		mine, err := campaign.ForStudent(context.Background(), tx, w.Student[pseudonym], w.ID)
		code = mine.Receipt
		return err
	})
	return code
}

func TestThePagesOfAnOpenCampaignAreAccessible(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t, "E22")
	w.Save(t, "E22", campaigntest.Wishes("CHUV-REAN", "CHUV-CARD-A")...)
	for _, width := range []int{browser.Desk, browser.Phone} {
		look(w, window(t, w, "E05", width), "ines", "/my/campaigns", w.Path(), w.Path("wishes"), w.Path("wishes?simulation=1"),
			w.Path("wishes", "history"), w.Path("wishes", "confirm"), "/check/none")
		look(w, window(t, w, "E22", width), "zoe", w.Path("wishes"), w.Path("wishes", "confirm"))
	}
}

func TestThePagesOfAPublishedCampaignAreAccessible(t *testing.T) {
	t.Parallel()
	w := published(t)
	code := receipt(t, w, "E05")
	for _, width := range []int{browser.Desk, browser.Phone} {
		look(w, window(t, w, "E05", width), "published", w.Path(), w.Path("wishes"), w.Path("result"), w.Path("receipts", code))
		look(w, window(t, w, "E22", width), "unplaced", w.Path("result"))
	}
}

// ETU-1: by keyboard alone, at both widths.
func TestAWishIsAddedAndRankedByKeyboardAndSavesItself(t *testing.T) {
	t.Parallel()
	for _, width := range []int{browser.Desk, browser.Phone} {
		w := studenttest.Open(t, "E05")
		w.Save(t, "E05", campaigntest.Wishes("CHUV-CARD-A", "CHPL-URGE", "CHUV-URGE", "CHSA-ORTH", "MSPB-MG1", "CHUV-GERI")...)
		b := window(t, w, "E05", width)
		b.Visit(w.Server.URL + w.Path("wishes"))
		b.Fill("Chercher un terrain", "pédiatrie valmer")
		b.Press("Enter")
		b.See("1 terrain")
		b.Push("Ajouter : Pédiatrie, CHU de Valmer")
		b.Hear("Pédiatrie, CHU de Valmer, rang 7 sur 7")
		b.Type("2")
		b.Press("Enter")
		b.Hear("Pédiatrie, CHU de Valmer, rang 2 sur 7")
		b.See("version 2")
		b.See("Enregistré à 09:00:00")
		const want = "CHUV-CARD-A CHUV-PEDI CHPL-URGE CHUV-URGE CHSA-ORTH MSPB-MG1 CHUV-GERI"
		if got := w.Saved(t, "E05"); studenttest.Codes(got.Wishes) != want || got.Number != 2 {
			t.Errorf("version %d is %s", got.Number, studenttest.Codes(got.Wishes))
		}
		b.See("Confirmez votre liste (7 vœux)") // what stands around the list follows
		b.Push("Annuler")
		b.See("Votre liste a 6 vœux, comme avant")
	}
}

// ETU-2: what is added from the panel counts in it at once.
func TestASuggestionLowersTheRisk(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t, "E22")
	w.Save(t, "E22", campaigntest.Wishes("CHUV-REAN", "CHUV-CARD-A")...)
	b := window(t, w, "E22", browser.Phone)
	b.Visit(w.Server.URL + w.Path("wishes"))
	b.See("Risque élevé de ne rien obtenir")
	b.Push("Ajouter : Gériatrie, CHU de Valmer")
	b.See("Risque faible")
	b.Follow("Simuler avec ma liste")
	b.See("Dans tous les tirages simulés, vous obtenez : Vœu 3, Gériatrie, CHU de Valmer (CHUV-GERI)")
	b.Accessible()
}

// Two tabs: the second to save is shown both lists.
func TestAStaleTabMerges(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t, "E05")
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI", "CHUV-GERI")...)
	b := window(t, w, "E05", browser.Phone)
	b.Visit(w.Server.URL + w.Path("wishes"))
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI", "CHUV-GERI", "CLTI-ORL")...)
	b.Push("Monter : Gériatrie, CHU de Valmer")
	b.See("Deux listes différentes")
	b.Forgive("409")
	b.Accessible()
	b.Screenshot("merge")
	b.Push("Garder cette page, puis les vœux qui manquent")
	b.See("version 3")
	if got := studenttest.Codes(w.Saved(t, "E05").Wishes); got != "CHUV-GERI CHUV-PEDI CLTI-ORL" {
		t.Errorf("the list is %s", got)
	}
}

// ETU-3: the deadline falls while a tab is open.
func TestATabLeftOpenPastTheDeadlineIsToldWhatCounts(t *testing.T) {
	t.Parallel()
	w := studenttest.Open(t, "E05")
	w.At(t, campaigntest.Closes.Add(-2*time.Minute))
	w.Save(t, "E05", campaigntest.Wishes("CHUV-PEDI", "CHUV-GERI")...)
	b := window(t, w, "E05", browser.Phone)
	b.Visit(w.Server.URL + w.Path("wishes"))
	w.At(t, campaigntest.Closes)
	b.Push("Monter : Gériatrie, CHU de Valmer")
	b.See("Campagne close à 18:00:00. Votre dernière version enregistrée est la n° 1 de 17:58")
	b.Forgive("409")
	b.See("Télécharger ma liste")
	b.Accessible()
	b.Screenshot("late")
}
