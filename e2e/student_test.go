package e2e_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/e2e/browser"
	"stagora.org/stagora/internal/demo"
)

// Ines's list as the story finds it, and as she wants it.
var (
	sixCodes   = []string{"CHUV-CARD-A", "CHPL-URGE", "CHUV-URGE", "CHSA-ORTH", "MSPB-MG1", "CHUV-GERI"}
	sevenCodes = slices.Insert(slices.Clone(sixCodes), 1, "CHUV-PEDI")
)

const pediatrics = "Pédiatrie, CHU de Valmer"

// ETU-1.
func TestInesRanksWithoutAMouseAndIsSavedAtOnce(t *testing.T) {
	lived(t, demo.Open, func(s *stage) {
		ines := s.wishes("Ines")
		s.listIs(ines, sixCodes)
		addPediatrics(s, ines)
		ines.Hear(pediatrics + ", rang 2 sur 7")
		t.Logf("the list was saved %v after Enter", saved(ines))
		s.listIs(ines, sevenCodes)
		ines.Fits()

		ines.Reload()
		ines.See("Enregistré à 09:0")
		s.listIs(ines, sevenCodes)

		ines.Follow("Historique")
		ines.See("Version 2")
		ines.See("Version 1")
		ines.NotSee("Version 3")
		ines.Follow("Mes vœux")
		ines.Push("Annuler")
		ines.See("Annulé. Votre liste a 6 vœux")
		s.listIs(ines, sixCodes)
	})
}

// ETU-2.
func TestZoeIsWarnedThenSafe(t *testing.T) {
	lived(t, demo.Open, func(s *stage) {
		zoe := s.wishes("Zoé")
		s.listIs(zoe, []string{"CHUV-REAN", "CHUV-CARD-A"})
		zoe.See("Risque élevé de ne rien obtenir")
		zoe.See("Vos vœux sont tous parmi les terrains les plus demandés.")
		if n := count(zoe, `#risk li button[value^="add:"]`); n < 3 {
			t.Errorf("she may take %d suggestions, want 3 or more", n)
		}

		zoe.Push("Ajouter : Gériatrie, CHU de Valmer")
		zoe.Hear("Enregistré à")
		zoe.See("Risque faible")
		zoe.Follow("Simuler avec ma liste")
		zoe.See("Simulation, sans valeur. Dans tous les tirages simulés, vous obtenez : Vœu 3, Gériatrie, CHU de Valmer (CHUV-GERI).")
		zoe.See("Le vrai tirage est scellé : elle en utilise d’autres.")
		zoe.See("Risque faible")
		zoe.Fits()
	})
}

// ETU-2, what it says of Ines.
func TestInesSimulatesHerSevenWishes(t *testing.T) {
	lived(t, demo.Open, func(s *stage) {
		ines := s.wishes("Ines")
		addPediatrics(s, ines)
		saved(ines)
		ines.Follow("Simuler avec ma liste")
		ines.See("Sur 10 000 tirages simulés")
		for code, want := range map[string]int{"CHUV-CARD-A": 45, "CHUV-PEDI": 42, "CHPL-URGE": 13} {
			if got := share(s, ines, code); got < want-2 || got > want+2 {
				t.Errorf("%s in %d %% of the draws, want %d within 2", code, got, want)
			}
		}
		ines.Fits()
	})
}

// share reads from a simulation how often, in percent, it gives a post.
func share(s *stage, w *browser.Window, code string) int {
	s.Helper()
	found := regexp.MustCompile(`\(` + code + `\)\s*:\s*(\d+)\s*%`).FindStringSubmatch(shown(w))
	if found == nil {
		s.Fatalf("the simulation says nothing of %s", code)
	}
	percent, err := strconv.Atoi(found[1])
	if err != nil {
		s.Fatal(err)
	}
	return percent
}

// ETU-3.
func TestTheDeadlineIsToTheSecondAndInesHasAReceipt(t *testing.T) {
	lived(t, demo.Open, func(s *stage) {
		s.at("Deux minutes avant la fin")
		s.hold()
		ines := s.wishes("Ines")
		addPediatrics(s, ines)
		saved(ines)
		ines.See("Enregistré à 17:58")
		version := regexp.MustCompile(`· version (\d+)`).FindStringSubmatch(shown(ines))[1]
		other := s.wishes("Ines")
		s.listIs(other, sevenCodes)

		asked := time.Now()
		ines.Follow("Confirmer")
		ines.See("Ce que vous confirmez")
		ines.Push("Confirmer")
		ines.See("C’est confirmé. Voici votre accusé de réception")
		s.isReceipt(ines)
		number := regexp.MustCompile(`Accusé n° (\S+)`).FindStringSubmatch(shown(ines))[1]
		s.receiptPDF(ines, number)
		check := s.link(ines, "Vérifier cet accusé")

		ines.Follow("Externat S2 2026")
		ines.See("Mes documents")
		ines.See("Accusé de réception, version " + version)
		ines.See(number)
		mailbox := s.stranger()
		mailbox.Follow("La boîte de démonstration : tous les courriels, retenus ici")
		mailbox.See("Boîte de démonstration")
		mail := "Accusé de réception de vos vœux : Externat S2 2026, version " + version
		mailbox.Until("the receipt is there", func() bool {
			mailbox.Reload()
			return strings.Contains(shown(mailbox), mail)
		})
		t.Logf("the receipt was there %v after it was asked for", time.Since(asked))
		mailbox.Follow(mail)
		mailbox.See("Ines Baraka")
		mailbox.See("voeux-v" + version + ".pdf")

		anybody := s.stranger()
		anybody.Visit(check)
		anybody.See("authentique")
		anybody.NotReceived("Baraka")
		anybody.NotReceived("CHUV-PEDI")

		s.at("20 mars, 18:00:01")
		other.Push("Descendre : Cardiologie, CHU de Valmer")
		refusal := "Campagne close à 18:00:00. Votre dernière version enregistrée est la n° " + version + " de 17:58"
		other.Hear(refusal)
		other.See(refusal)
		other.Reload()
		other.See("Voici la version " + version + ", celle qui compte.")
		other.See(pediatrics)
		other.NotSee("Descendre")
		other.Fits()
		_, file := other.Fetch(s.link(other, "Télécharger ma liste"))
		for i, code := range sevenCodes {
			if !strings.Contains(string(file), fmt.Sprintf("%d;%s;", i+1, code)) {
				t.Errorf("wish %d, %s, is not in the file:\n%s", i+1, code, file)
			}
		}
	})
}

func TestWithoutScriptsAListIsRankedAndConfirmed(t *testing.T) {
	t.Parallel()
	s := play(t, demo.Open, browser.Phone)
	ines := s.wishes("Ines")
	ines.WithoutScripts()
	ines.Reload()
	ines.Push("Monter : Urgences, CH de Port-Lune")
	s.listIs(ines, []string{"CHPL-URGE", "CHUV-CARD-A", "CHUV-URGE", "CHSA-ORTH", "MSPB-MG1", "CHUV-GERI"})
	ines.Fill("Rang de Gériatrie, CHU de Valmer", "2")
	ines.Push("Appliquer les rangs tapés")
	s.listIs(ines, []string{"CHPL-URGE", "CHUV-GERI", "CHUV-CARD-A", "CHUV-URGE", "CHSA-ORTH", "MSPB-MG1"})
	ines.Push("Ajouter : " + pediatrics)
	s.listIs(ines, []string{"CHPL-URGE", "CHUV-GERI", "CHUV-CARD-A", "CHUV-URGE", "CHSA-ORTH", "MSPB-MG1", "CHUV-PEDI"})
	ines.Follow("Confirmer")
	ines.See("Ce que vous confirmez")
	ines.Push("Confirmer")
	ines.See("C’est confirmé. Voici votre accusé de réception")
	ines.See("(CHUV-PEDI)")
}

// isReceipt tells whether a window shows a receipt of the seven wishes.
func (s *stage) isReceipt(w *browser.Window) {
	s.Helper()
	w.See("Ines Baraka")
	at := regexp.MustCompile(`20 mars 2026 à 17:58:\d\d [^\n]*UTC\+01:00`)
	if !at.MatchString(shown(w)) {
		s.Errorf("no time with its offset in:\n%s", shown(w))
	}
	rest := shown(w)
	for _, code := range sevenCodes {
		_, after, found := strings.Cut(rest, "("+code+")")
		if !found {
			s.Errorf("%s is not on the receipt, or not in its place", code)
			continue
		}
		rest = after
	}
	if count(w, `svg[role=img][aria-label="Code QR : vérifier cet accusé"], svg[role=img] > title`) == 0 {
		s.Error("the receipt has no QR code")
	}
	w.Fits()
}

// receiptPDF tells whether the receipt's file says the same as its page.
func (s *stage) receiptPDF(w *browser.Window, number string) {
	s.Helper()
	text := s.pdf(w, s.link(w, "Télécharger le PDF"))
	for _, want := range append([]string{number, "+01:00"}, sevenCodes...) {
		if !strings.Contains(text, want) {
			s.Errorf("the receipt's file lacks %q:\n%s", want, text)
		}
	}
}

// wishes has a student enter and open their list.
func (s *stage) wishes(student string) *browser.Window {
	s.Helper()
	w := s.enter(student)
	w.Follow("Externat S2 2026")
	w.See("Mes documents")
	w.Follow("Mes vœux")
	w.See("Ma liste")
	return w
}

// addPediatrics searches the post, adds it and types rank 2.
func addPediatrics(s *stage, w *browser.Window) {
	s.Helper()
	w.Fill("Chercher un terrain", "pédiatrie")
	w.Press("Enter")
	w.See("2 terrains")
	timeSaving(w)
	w.Push("Ajouter : " + pediatrics)
	w.Until("the rank is to be typed", func() bool { return w.Focus().Name == "Rang de "+pediatrics })
	w.Type("2\r")
}

// listIs waits until the page's list is these codes in this order.
func (s *stage) listIs(w *browser.Window, want []string) {
	s.Helper()
	w.Until(fmt.Sprintf("the list is %v", want), func() bool {
		var got []string
		w.Evaluate(`[...document.querySelectorAll(".ranking .rank-row, .ranking .read-ranks > li")].map(row => row.querySelector(".code")?.textContent ?? "")`, &got)
		return slices.Equal(got, want)
	})
}

// timeSaving has the page note when a rank is taken, and when it says after it
// that the list is saved. Until a rank is taken the page waits to save, as it does for
// a person who types at once: the machine may be slower than that.
func timeSaving(w *browser.Window) {
	w.Evaluate(`(() => {
		let taken;
		const setTimer = window.setTimeout;
		window.setTimeout = (work, ms, ...rest) => ms > 100 && ms < 1000 ? 0 : setTimer(work, ms, ...rest);
		addEventListener("keydown", e => {
			if (e.key !== "Enter" || !e.target.matches("input[name^='rank.']")) return;
			taken = performance.now();
			window.setTimeout = setTimer;
		}, true);
		const badge = document.querySelector(".ranking .save");
		new MutationObserver(() => {
			if (taken && badge.textContent.includes("Enregistré à")) window.savedAfter ??= performance.now() - taken;
		}).observe(badge, { subtree: true, childList: true, characterData: true });
	})()`, nil)
}

// saved waits until the list is, after a rank was taken, and returns how long it
// took.
func saved(w *browser.Window) time.Duration {
	var ms float64
	w.Until("the list is saved", func() bool {
		w.Evaluate(`window.savedAfter ?? 0`, &ms)
		return ms > 0
	})
	return time.Duration(ms * float64(time.Millisecond))
}
