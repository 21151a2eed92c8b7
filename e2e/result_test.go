package e2e_test

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/e2e/browser"
	"stagora.org/stagora/internal/demo"
)

// families are the family names of the campaign's students.
var families = []string{
	"Le Guen", "Corbin", "Thibert", "Urbain", "Cormier", "Xavier", "Hamon", "Desnoyer", "Zeller", "Oster", "Quentric", "Baraka",
	"Bellec", "Marchetti", "Ferrec", "Yvon", "Vial", "Pradel", "Delorme", "Sabatier", "Esnault", "Amblard", "Vasseur", "Wattel",
}

// ETU-4, Ines.
func TestInesReadsWhyThisResult(t *testing.T) {
	lived(t, demo.Result, func(s *stage) {
		ines := s.result("Ines")
		for _, sentence := range []string{
			"Votre stage : Urgences, CH de Port-Lune (CHPL-URGE). C’est votre vœu n° 3.",
			"Votre position : 12 sur 24 (8 points).",
			"Complet : 2 places, dont la dernière est allée à la position 9,",
			"Complet : 2 places, dont la dernière est allée à la position 10, avec les mêmes points que vous (8) ; c’est le tirage publié qui a décidé.",
			"la position 10 ou mieux aurait donné Pédiatrie, CHU de Valmer (CHUV-PEDI) et la position 9 ou mieux, Cardiologie, CHU de Valmer (CHUV-CARD-A).",
		} {
			ines.See(sentence)
		}
		ines.Fits()
		s.sameInPDF(ines)
		s.namesNobodyBut(ines, "Baraka")
	})
}

// ETU-4, Quentin.
func TestQuentinReadsThatARuleAndNotSeatsDecided(t *testing.T) {
	lived(t, demo.Result, func(s *stage) {
		quentin := s.result("Quentin")
		_, after, _ := strings.Cut(shown(quentin), "Vœu 1 Pédiatrie, CHU de Valmer (CHUV-PEDI)")
		said, _, _ := strings.Cut(after, "Vœu 2")
		for _, want := range []string{"Non retenu.", "Stage déjà effectué", "du lundi 6 octobre 2025 au vendredi 6 mars 2026", "Ce n’est pas une question de places."} {
			if !strings.Contains(said, want) {
				t.Errorf("of CHUV-PEDI it says %q, without %q", said, want)
			}
		}
		if strings.Contains(strings.ToLower(said), "complet") {
			t.Errorf("of CHUV-PEDI it says %q", said)
		}
		quentin.Fits()
		s.sameInPDF(quentin)
		s.namesNobodyBut(quentin, "Vial")
	})
}

// result has a student enter and open their result.
func (s *stage) result(student string) *browser.Window {
	s.Helper()
	w := s.enter(student)
	w.Follow("Pourquoi ce résultat ?")
	w.See("Vos vœux, un par un")
	return w
}

// sameInPDF tells whether the file says each sentence of the page that is about
// its reader: the result, each wish, what would have changed it, the next score.
func (s *stage) sameInPDF(w *browser.Window) {
	s.Helper()
	_, text, _ := strings.Cut(shown(w), "Mon résultat")
	text, _, _ = strings.Cut(text, "Vos stages précédents")
	file := s.pdf(w, s.link(w, "Télécharger le PDF"))
	sentences := 0
	for line := range strings.SplitSeq(text, "\n") {
		if !strings.HasSuffix(line, ".") {
			continue
		}
		sentences++
		if !strings.Contains(file, strings.Join(strings.Fields(line), " ")) {
			s.Errorf("the file lacks %q", line)
		}
	}
	if sentences < 11 {
		s.Errorf("the page has %d sentences only:\n%s", sentences, text)
	}
}

// namesNobodyBut tells whether nothing that a window was given names another
// student, nor the bundle that everybody may download.
func (s *stage) namesNobodyBut(w *browser.Window, own string) {
	s.Helper()
	address := s.link(w, "Dossier de vérification de la campagne")
	_, bundle := w.Fetch(address)
	archive, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		s.Fatalf("%s: %v", address, err)
	}
	for _, family := range slices.DeleteFunc(slices.Clone(families), func(name string) bool { return name == own }) {
		w.NotReceived(family)
		for _, f := range archive.File {
			if strings.Contains(s.unzip(f), family) {
				s.Errorf("%s in the bundle names %s", f.Name, family)
			}
		}
	}
}

func (s *stage) unzip(f *zip.File) string {
	s.Helper()
	r, err := f.Open()
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	content, err := io.ReadAll(r)
	if err != nil {
		s.Fatal(err)
	}
	return string(content)
}
