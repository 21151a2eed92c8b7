package e2e_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/e2e/browser"
	"stagora.org/stagora/internal/demo"
)

// SCO-2.
func TestWhoIsMissingIsFoundAndTheCampaignOpens(t *testing.T) {
	lived(t, demo.Prep, func(s *stage) {
		nadia := s.campaign("Nadia")
		nadia.See("Contrôle avant ouverture")
		nadia.See("22 étudiants éligibles, 2 absents et 1 avertissement")
		nadia.See("Doublon : une autre fiche ressemble à la même personne")
		nadia.See("Niveau d’études : DFASM1")
		nadia.See("Adresse électronique : aucune adresse")
		nadia.Fits()

		merge := func() {
			nadia.Follow("Fusionner les fiches : Léna Marchetti")
			nadia.See("Fiches qui se ressemblent")
			nadia.Follow(named(nadia, "Comparer avec Léna"))
			nadia.See("Avant de fusionner")
			nadia.Fits()
			nadia.Fill("Motif", "deux imports de la même personne")
			nadia.Push("Fusionner les deux fiches")
			nadia.See("Les deux fiches n’en font plus qu’une.")
		}
		merge()
		s.backToCampaign(nadia)
		nadia.See("23 étudiants éligibles, 1 absent et 1 avertissement")
		s.menu(nadia, "Étudiants")
		nadia.Fill("Chercher dans le tableau", "marchetti")
		nadia.Press("Enter")
		nadia.See("1 ligne")
		nadia.Follow("Marchetti Léna")
		nadia.Follow("Doublons et fusion")
		nadia.See("Fusions de cette fiche")
		unfold(nadia, "Annuler la fusion")
		nadia.Fill("Motif", "pour voir")
		nadia.Push("Annuler la fusion")
		nadia.See("La fusion est annulée : les deux fiches sont de nouveau séparées.")
		s.backToCampaign(nadia)
		nadia.See("22 étudiants éligibles, 2 absents et 1 avertissement")
		merge()

		s.backToCampaign(nadia)
		nadia.Follow("Corriger le niveau : Victoire Amblard")
		nadia.Choose("Niveau d’études", "DFASM2 · Formation approfondie, 2e année")
		nadia.Push("Enregistrer")
		nadia.See("Victoire Amblard : la fiche est enregistrée.")
		nadia.Fits()
		s.backToCampaign(nadia)
		nadia.See("24 étudiants éligibles, 0 absent et 1 avertissement")
		nadia.Follow("Ajouter l’adresse : Karim Oster")
		nadia.Fill("Adresse électronique (facultatif)", "karim.oster@etu.univ-valmer.example")
		nadia.Push("Enregistrer")
		nadia.See("Karim Oster : la fiche est enregistrée.")

		s.backToCampaign(nadia)
		nadia.See("24 étudiants éligibles, 0 absent et 0 avertissement")
		nadia.Follow("Ouvrir la campagne")
		nadia.See("Ce que l’ouverture va faire")
		nadia.Push("Ouvrir la campagne")
		nadia.See("« Externat S2 2026 » est ouverte aux vœux.")
	})
}

// SCO-3.
func TestTheOfficeRunsComparesAndAdopts(t *testing.T) {
	lived(t, demo.Closed, func(s *stage) {
		nadia := s.campaign("Nadia")
		nadia.Follow("Voir les calculs")
		a := s.run(nadia, "ordre seul")
		for _, figure := range []string{"23 sur 24", "13 (54 %)", "20 (83 %)", "1 étudiant sans affectation", "Zoé Delorme"} {
			nadia.See(figure)
		}
		nadia.Fits()

		nadia.Follow("Calculs")
		b := s.run(nadia, "avec un vœu pour Zoé", func() {
			nadia.Choose("Changement", "ajouter un vœu")
			nadia.Fill("Personne (facultatif)", "Delorme Zoé")
			nadia.Choose("Terrain", "Gériatrie, CHU de Valmer")
			nadia.Choose("Motif, qui peut être publié", "sans affectation")
			nadia.Fill("Explication, qui reste dans le service", "accord de l’étudiante, commission du 27 mars")
		})
		nadia.See("24 sur 24")
		nadia.See("Tous les étudiants sont affectés.")
		nadia.See("accord de l’étudiante, commission du 27 mars")
		if a == b {
			t.Error("the two runs have the same result")
		}

		nadia.Follow("Calculs")
		pick(nadia, "A – ordre seul", "B – avec un vœu pour Zoé")
		nadia.Push("Comparer")
		nadia.See("1 personne affectée autrement")
		nadia.See("24 sur 24")
		nadia.See("Zoé Delorme")
		nadia.See("Gériatrie, CHU de Valmer, vœu 3")
		nadia.Fits()

		nadia.Follow("Calculs")
		nadia.Follow("B – avec un vœu pour Zoé")
		nadia.See("24 sur 24")
		nadia.Follow("Soumettre à la commission")
		nadia.Choose("Comparé à (facultatif)", "A – ordre seul")
		nadia.Fill("Motif", "personne ne reste sans stage")
		nadia.Push("Soumettre à la commission")
		nadia.See("est soumis à la commission")
		nadia.Fits()
		minutes := s.pdf(nadia, s.link(nadia, "Procès-verbal (PDF)"))
		for _, hash := range []string{a, b} {
			if !strings.Contains(strings.ReplaceAll(minutes, " ", ""), hash) {
				t.Errorf("the minutes lack the hash %s:\n%s", hash, minutes)
			}
		}

		elsewhere := play(t, demo.Closed, s.width)
		other := elsewhere.campaign("Nadia")
		other.Follow("Voir les calculs")
		if again := elsewhere.run(other, "le même, sur une autre machine"); again != a {
			t.Errorf("run again, A gives %s, want %s", again, a)
		}
	})
}

// SCO-4.
func TestALateCaseTakesTwoPeopleAndOpensOneList(t *testing.T) {
	lived(t, demo.Closed, func(s *stage) {
		nadia := s.campaign("Nadia")
		nadia.Follow("Dérogations")
		nadia.Fill("Personne", "Delorme Zoé")
		nadia.FillMoment("Jusqu’au", time.Date(2026, 3, 21, 12, 0, 0, 0, time.UTC))
		nadia.Fill("Motif", "certificat reçu le 20 mars")
		nadia.Push("Demander la réouverture")
		nadia.See("Une autre personne doit l’accorder.")
		nadia.See("C’est vous qui l’avez demandée : une autre personne doit décider.")
		zoe := s.wishes("Zoé")
		zoe.See("Voici la version")
		zoe.NotSee("Ajouter")

		paul := s.campaign("Paul")
		paul.Follow("Dérogations")
		paul.See("Nadia Lopes demande de rouvrir la liste de Zoé Delorme jusqu’au samedi 21 mars 2026 à 12:00")
		paul.Push("Accorder")
		paul.See("La dérogation est accordée")
		paul.Fits()

		zoe.Reload()
		zoe.Push("Ajouter : Gériatrie, CHU de Valmer")
		zoe.Hear("Enregistré à 18:0")
		ines := s.wishes("Ines")
		ines.See("Voici la version")
		ines.NotSee("Ajouter")

		nadia.Follow("Vue d’ensemble")
		nadia.See("1 dérogation")
		nadia.Fits()
		nadia.Follow("Journal")
		nadia.See("Paul Garnier")
		nadia.See("a accordé la réouverture de la liste de Zoé Delorme")
		nadia.See("certificat reçu le 20 mars")
		nadia.See("21 mars 2026 à 12:00")
		nadia.Fits()
	})
}

// campaign has somebody of the office enter and open the campaign.
func (s *stage) campaign(person string) *browser.Window {
	s.Helper()
	w := s.enter(person)
	w.Follow("Externat S2 2026")
	w.See("Calendrier de la campagne")
	return w
}

// backToCampaign goes to the campaign by the main menu.
func (s *stage) backToCampaign(w *browser.Window) {
	s.Helper()
	s.menu(w, "Campagnes")
	w.Follow("Externat S2 2026")
	w.See("Calendrier de la campagne")
}

// menu follows a link of the main menu.
func (s *stage) menu(w *browser.Window, link string) {
	s.Helper()
	if s.width == browser.Phone {
		unfold(w, "Menu")
	}
	w.Follow(link)
}

// named returns the whole name of the first link whose name begins so.
func named(w *browser.Window, beginning string) (name string) {
	w.Evaluate(fmt.Sprintf(`[...document.links].map(l => l.ariaLabel ?? l.textContent.trim()).find(name => name.startsWith(%q)) ?? ""`, beginning), &name)
	return name
}

// unfold opens what waits behind its button.
func unfold(w *browser.Window, name string) {
	w.Strike("DisclosureTriangle", name, "Enter")
}

// run starts a run from the page of runs, changed as asked, waits for its end and
// returns the hash of its result.
func (s *stage) run(w *browser.Window, name string, changes ...func()) (hash string) {
	s.Helper()
	w.Follow("Lancer un calcul")
	w.Fill("Nom (facultatif)", name)
	for _, change := range changes {
		change()
	}
	w.Push("Lancer le calcul")
	w.See("Le calcul est lancé.")
	w.See("Empreinte du résultat")
	found := regexp.MustCompile(`Empreinte du résultat\s+sha256:([0-9a-f]{64})\b`).FindStringSubmatch(shown(w))
	if found == nil {
		s.Fatal("the run shows no hash of its result")
	}
	return found[1]
}

// pick ticks rows of a table.
func pick(w *browser.Window, rows ...string) {
	for _, row := range rows {
		w.Strike("checkbox", "Choisir la ligne « "+row+" »", "Space")
	}
}
