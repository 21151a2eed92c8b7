package office_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// seedDefects makes C1 as an office finds it: Léna has two records, Victoire the
// wrong level, Karim no address.
func (d *desk) seedDefects() {
	d.t.Helper()
	err := d.c1.DB.Write(d.t.Context(), func(tx *store.Tx) error {
		ctx, system := d.t.Context(), identity.System("test")
		for _, line := range campaigntest.Lines {
			s, err := student.ByPublicID(ctx, tx, d.c1.Record[line.Pseudonym])
			if err != nil {
				return err
			}
			switch line.Family {
			case "Marchetti":
				s.BirthDate = "2002-05-17"
				twin := s
				twin.Stamp, twin.Person = reference.Stamp{}, identity.Person{GivenName: s.Person.GivenName, FamilyName: s.Person.FamilyName, Email: "lena.m@valmer.example"}
				twin.Number, twin.Cohorts = "9999", nil
				if _, err := student.Put(ctx, tx, system, twin); err != nil {
					return err
				}
			case "Amblard":
				s.Level = reference.Ref{Code: "DFASM1"}
			case "Oster":
				s.Person.Email = ""
			default:
				continue
			}
			if _, err := student.Put(ctx, tx, system, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

func record(d *desk, family string) string {
	for _, line := range campaigntest.Lines {
		if line.Family == family {
			return d.c1.Record[line.Pseudonym]
		}
	}
	d.t.Fatalf("nobody is called %s", family)
	return ""
}

func TestTheCheckBeforeOpeningNamesWhoIsMissingAndWhereToCorrect(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.seedDefects()
	d.want(nadia, d.path(), nil, http.StatusOK,
		"Contrôle avant ouverture", "22 étudiants éligibles, 2 absents et 1 avertissement", "Absents expliqués",
		"Léna Marchetti", "/students/"+record(d, "Marchetti")+"/merge", "Fusionner les fiches",
		"Victoire Amblard", "Niveau d’études : DFASM1", `href="/students/`+record(d, "Amblard")+`"`,
		"Karim Oster", "aucune adresse", `href="/students/`+record(d, "Oster")+`"`)
	d.want(nadia, d.path("step"), nil, http.StatusOK, "« Externat S2 2026 » ne peut pas encore passer", "disabled")
	d.want(nadia, d.path("step"), url.Values{"phase": {"draft"}}, http.StatusConflict, "Absents expliqués")
	d.want(nadia, d.path("participants")+"?who=amblard", nil, http.StatusOK, "N’apparaît pas", "DFASM1", "Corriger le niveau")
	d.want(nadia, d.path("participants")+"?who=personne", nil, http.StatusOK, "Rien ne correspond à « personne »")
	for _, family := range []string{"Marchetti", "Amblard"} {
		at := d.path("participants", record(d, family), "exclusion")
		d.want(nadia, at, url.Values{"excluded": {"1"}}, http.StatusUnprocessableEntity, `id="exclusion-reason-error"`)
		d.follow(nadia, at, url.Values{"excluded": {"1"}, "reason": {"traité hors campagne"}}, "L’exclusion est enregistrée.", "traité hors campagne")
	}
	d.c1.At(t, campaigntest.Opens)
	d.tokens = map[string]string{}
	d.follow(nadia, d.path("step"), url.Values{"phase": {"draft"}}, "est ouverte aux vœux")
	d.want(nadia, d.path("step"), url.Values{"phase": {"draft"}}, http.StatusConflict, "vient de changer d’étape")
}

func TestManySeatsChangeAtOnceAndSurprisesTakeASecondPerson(t *testing.T) {
	t.Parallel()
	d := open(t)
	code, other := campaigntest.Sites[0].Code, campaigntest.Sites[1].Code
	was := func(seats string) string { return seats + " false" }
	seats := func(i int) string { return string(rune('0' + campaigntest.Sites[i].Seats)) }
	form := url.Values{"seats." + code: {"7"}, "was." + code: {was(seats(0))}, "seats." + other: {"beaucoup"}, "was." + other: {was(seats(1))}}
	d.want(nadia, d.path("posts"), form, http.StatusUnprocessableEntity, `id="wrong-`+other+`"`, `value="beaucoup"`, "n’est pas un nombre entier")
	d.want(nadia, d.path("posts"), nil, http.StatusOK, `value="`+seats(0)+`" aria-label="Places, `)
	form.Set("seats."+other, "2")
	form.Set("closed."+other, "1")
	d.follow(nadia, d.path("posts"), form, "2 terrains sont modifiés.", `value="7"`)
	d.want(paul, d.path("posts"), form, http.StatusUnprocessableEntity, "Nadia Lopes vient de fixer 7 places")
	d.want(odile, d.path("posts"), form, http.StatusForbidden)
}

func TestALateCaseTakesTwoPeopleAndShowsOnTheCampaign(t *testing.T) {
	t.Parallel()
	d := closed(t)
	student := d.c1.Record["E22"]
	d.want(nadia, d.path("late"), url.Values{"student": {student}}, http.StatusUnprocessableEntity, `id="f-until-error"`, `id="late-reason-error"`)
	ask := url.Values{"student": {student}, "until": {"2026-03-21T12:00"}, "reason": {"certificat reçu le 20 mars"}}
	_, page := d.follow(nadia, d.path("late"), ask, "Une autre personne doit l’accorder", "C’est vous qui l’avez demandée")
	late := between(t, page.body, `action="`+d.path("late")+"/", `"`)
	agree := url.Values{"decision": {"agree"}}
	d.want(nadia, d.path("late", late), agree, http.StatusForbidden)
	d.follow(paul, d.path("late", late), agree, "La dérogation est accordée", "liste ouverte")
	d.want(nadia, d.path(), nil, http.StatusOK, "1 dérogation.", "1 liste est encore ouverte.")
	d.want(nadia, d.path("audit"), nil, http.StatusOK, "a accordé la réouverture de la liste de Zoé Delorme", "certificat reçu le 20 mars")
	d.want(nadia, d.path("runs"), url.Values{"method": {"serial"}, "costs_method": {"score-v2"}, "rows": {"1"}}, http.StatusUnprocessableEntity)
}

// run asks for a run, has it solved, and returns its address.
func (d *desk) run(form url.Values) string {
	d.t.Helper()
	for name, value := range map[string]string{
		"method": "serial", "costs_method": "score-v2", "rows": "1", "rank_costs": "5 ; 4 ; 3 ; 3 ; 2 ; 2 ; 2 ; 1 ; 1 ; 1 ; 1 ; 1",
		"max_post_cost": "40", "correction": "1,4", "max_cost": "50", "bonus_factor": "0,25",
	} {
		if !form.Has(name) {
			form.Set(name, value)
		}
	}
	to, _ := d.follow(nadia, d.path("runs"), form, "Le calcul est lancé.")
	d.work()
	return to
}

// withGeriatrics adds a wish for Zoé, by the commission.
func (d *desk) withGeriatrics() url.Values {
	return url.Values{
		"name": {"avec un vœu pour Zoé"}, "amendments.0.kind": {"wish"}, "amendments.0.student": {"delorme zo"},
		"amendments.0.post": {"CHUV-GERI"}, "amendments.0.motive": {"unplaced"}, "amendments.0.reason": {"accord de l’étudiante, commission du 27 mars"},
	}
}

// adoptB has run B of C1 adopted, weighed against run A.
func (d *desk) adoptB() (a, b string) {
	d.t.Helper()
	a, b = d.run(url.Values{}), d.run(d.withGeriatrics())
	d.follow(nadia, b+"/adopt", url.Values{"compared": {last(a)}, "reason": {"personne ne reste sans stage"}}, "est soumis à la commission")
	return a, b
}

func last(path string) string { return path[strings.LastIndex(path, "/")+1:] }

func between(t *testing.T, body, before, after string) string {
	t.Helper()
	_, rest, found := strings.Cut(body, before)
	if !found {
		t.Fatalf("the page has no %q", before)
	}
	word, _, _ := strings.Cut(rest, after)
	return word
}

func TestTheCommissionComparesAdoptsDecidesConfirmsAndTheOfficePublishes(t *testing.T) {
	t.Parallel()
	d := closed(t)
	a := d.run(url.Values{})
	d.want(nadia, a, nil, http.StatusOK, "23 sur 24", "13 (54 %)", "20 (83 %)", "1 étudiant sans affectation", "Zoé Delorme")
	wrong := d.withGeriatrics()
	wrong.Del("amendments.0.reason")
	for _, name := range []string{"max_post_cost", "max_cost"} {
		wrong.Set(name, "50")
	}
	wrong.Set("method", "serial")
	wrong.Set("rows", "1")
	wrong.Set("correction", "1,4")
	wrong.Set("bonus_factor", "0,25")
	wrong.Set("rank_costs", "5")
	d.want(nadia, d.path("runs"), wrong, http.StatusUnprocessableEntity, "amendments.0.reason-error")
	nobody := maps.Clone(wrong)
	nobody.Set("amendments.0.reason", "accord de l’étudiante")
	nobody.Set("amendments.0.student", "Personne")
	d.want(nadia, d.path("runs"), nobody, http.StatusUnprocessableEntity, `value="Personne"`, "Personne ne participe à cette campagne sous « Personne »")
	nobody.Set("amendments.0.student", "2026E")
	d.want(nadia, d.path("runs"), nobody, http.StatusUnprocessableEntity, "« 2026E » désigne plusieurs personnes")
	d.want(nadia, d.path("runs", "new")+"?student="+d.c1.Record["E22"], nil, http.StatusOK, `value="2026E22 Zoé Delorme"`)
	b := d.run(d.withGeriatrics())
	d.want(nadia, d.path("runs", "new")+"?from="+last(b), nil, http.StatusOK, `value="2026E22 Zoé Delorme"`)
	d.want(nadia, b, nil, http.StatusOK, "24 sur 24", "Tous les étudiants sont affectés.", "accord de l’étudiante, commission du 27 mars")
	to := d.want(nadia, d.path("runs", "compare"), url.Values{"row": {last(a), last(b)}}, http.StatusSeeOther).header.Get("Location")
	d.want(nadia, to, nil, http.StatusOK, "1 personne affectée autrement", "Zoé Delorme", "sans affectation", "23 sur 24", "24 sur 24")
	d.want(nadia, d.path("runs", "compare"), url.Values{"row": {last(a)}}, http.StatusUnprocessableEntity, "Choisissez de 2 à 4")
	d.follow(nadia, b+"/adopt", url.Values{"compared": {last(a)}, "reason": {"personne ne reste sans stage"}}, "est soumis à la commission", "vœu ajouté")

	zoe := d.path("commission", d.c1.Record["E22"])
	d.want(nadia, zoe, url.Values{"kind": {"cost"}, "from": {"CHUV-GERI"}, "cost": {"douze"}, "motive": {"other"}, "reason": {"x"}}, http.StatusUnprocessableEntity, `id="cost-error"`)
	_, page := d.follow(nadia, zoe, url.Values{"kind": {"cost"}, "from": {"CHUV-GERI"}, "cost": {"12,5"}, "motive": {"unplaced"}, "reason": {"stage proposé, non demandé"}}, "La décision est enregistrée.", "coût modifié", "12,50, décidé par la commission")
	undo := between(t, page.body, `action="`+zoe+`/decisions/`, `"`)
	d.follow(nadia, zoe+"/decisions/"+undo, url.Values{"reason": {"erreur de saisie"}}, "La décision est annulée.", "annulée depuis")

	pdf := d.want(nadia, d.path("commission", "minutes"), nil, http.StatusOK)
	if !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Error("the minutes are no PDF")
	}
	d.want(nadia, d.path("commission", "minutes")+"?format=csv", nil, http.StatusOK, "CHUV")
	d.want(odile, d.path("commission", "confirm"), url.Values{}, http.StatusForbidden)
	d.follow(nadia, d.path("commission", "confirm"), url.Values{"really": {"yes"}}, "La commission a confirmé")

	d.c1.At(t, campaigntest.Publishes.Add(time.Minute))
	d.tokens = map[string]string{}
	if body := d.want(odile, d.path("publication"), nil, http.StatusOK, "Vous lisez ce qui est prêt", "2026E22").body; strings.Contains(body, "Aperçu des messages") {
		t.Error("an observer reads the messages before they leave")
	}
	d.want(paul, d.path("publication"), nil, http.StatusOK, "étudiants affectés, prévenus", "Aperçu des messages")
	d.follow(paul, d.path("publication"), url.Values{"really": {"yes"}}, "est en cours", "Publication des résultats")
	d.work()
	d.want(paul, d.path("publication"), nil, http.StatusOK, "Dossier de vérification", "Derniers servis par terrain")
	bundle := d.want(paul, d.path("publication", "bundle"), nil, http.StatusOK)
	if !strings.HasPrefix(bundle.body, "PK") {
		t.Error("the bundle is no archive")
	}
	d.want(nadia, d.path("participants", d.c1.Record["E22"]), nil, http.StatusOK, "Résultat publié", "mot pour mot", "Votre stage : Gériatrie")
	if strings.Contains(d.want(odile, d.path("participants", d.c1.Record["E22"]), nil, http.StatusOK).body, "Résultat publié") {
		t.Error("an observer reads a student’s result")
	}
	d.want(nadia, d.path("audit"), nil, http.StatusOK, "a publié les résultats")
}

func TestARunThatWaitsShowsItsProgressAndIsStopped(t *testing.T) {
	t.Parallel()
	d := closed(t)
	form := d.withGeriatrics()
	for name, value := range map[string]string{"method": "serial", "costs_method": "score-v2", "rows": "1", "rank_costs": "5", "max_post_cost": "40", "correction": "1,4", "max_cost": "50", "bonus_factor": "0,25"} {
		form.Set(name, value)
	}
	to, _ := d.follow(nadia, d.path("runs"), form, "Le calcul est lancé.", "/progress")
	d.want(nadia, to+"/progress", nil, http.StatusOK)
	d.want(odile, to+"/cancel", url.Values{}, http.StatusForbidden)
	d.follow(nadia, to+"/cancel", url.Values{"x": {"1"}}, "est arrêté.")
}
