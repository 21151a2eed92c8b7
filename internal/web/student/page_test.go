package student_test

import (
	"testing"
)

func TestEveryPageAnswersAStudent(t *testing.T) {
	t.Parallel()
	w := open(t)
	ines := w.as(t, "E05")
	ines.get("/my/campaigns").has(t, 200, "Externat S2 2026", "Confirmez votre liste (7 vœux)")
	ines.get(w.path()).has(t, 200, "Ma place dans l’ordre", "Vos points : 8", "076cf36599255457083d6ceab93453f30ca056e501fedf88fe0367ef8c970217")
	ines.get(w.path("wishes")).has(t, 200, "Pédiatrie, CHU de Valmer", "Risque faible", "Enregistré à 09:00:00")
	ines.get(w.path("wishes?simulation=1")).has(t, 200, "sans valeur", "10 000")
	ines.get(w.path("wishes", "confirm")).has(t, 200, "Ce que vous confirmez")
	ines.get(w.path("wishes", "history")).has(t, 200, "Version 1")
}
