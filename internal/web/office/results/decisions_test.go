package results_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/web/office/officetest"
)

// reprice is a decision of the commission on what a placement costs.
func reprice(from, cost string) url.Values {
	return url.Values{"kind": {"cost"}, "from": {from}, "cost": {cost}, "motive": {"other"}, "reason": {"vu en séance"}}
}

// keep is a decision of the commission to leave somebody without a post.
func keep() url.Values {
	return url.Values{"kind": {"keep"}, "from": {""}, "motive": {"other"}, "reason": {"vu en séance"}}
}

// A decision that cannot be taken is refused with its sentence, at the field that it is
// about if it is about one; nobody is moved and no cost changes.
func TestADecisionThatCannotBeTakenIsRefusedWithItsSentence(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	d.AdoptB()
	d.Follow(officetest.Nadia, caseOf(d, "E10"), move("CHPL-GERI", ""))
	everybody := func() [][]string {
		return csvOf(d, officetest.Nadia, d.Path("commission")+"?format=csv&cols=name&cols=number&cols=post&cols=cost&cols=mark&cols=reason")
	}
	before := everybody()
	const wrong, conflict = http.StatusUnprocessableEntity, http.StatusConflict
	for _, tt := range []struct {
		name, who string
		form      url.Values
		status    int
		said, at  string
	}{
		{"no reason", "E22", with(move("CHUV-GERI", "CHSA-ORTH"), "reason", " "), wrong, "Indiquez le motif", "move-reason"},
		{"no motive", "E22", with(move("CHUV-GERI", "CHSA-ORTH"), "motive", ""), wrong, "Choisissez un motif dans la liste.", "move-motive"},
		{"a motive of one's own", "E22", with(reprice("CHUV-GERI", "3"), "motive", "boredom"), wrong, "Choisissez un motif dans la liste.", "cost-motive"},
		{"no reason to keep", "E10", with(keep(), "reason", ""), wrong, "Indiquez le motif", "keep-reason"},
		{"no post of the campaign", "E22", move("CHUV-GERI", "NOWHERE"), wrong, "« NOWHERE » n’est pas un terrain de cette campagne", "to"},
		{"a full post", "E22", move("CHUV-GERI", "CHUV-REAN"), conflict, "Plus aucune place à « Réanimation, CHU de Valmer (CHUV-REAN) » (1 en tout)", ""},
		{"where they are", "E22", move("CHUV-GERI", "CHUV-GERI"), conflict, "Zoé Delorme n’est plus là où votre page l’indiquait", ""},
		{"from where they are no more", "E22", move("CHSA-ORTH", "CHPL-GERI"), conflict, "à présent, Gériatrie, CHU de Valmer (CHUV-GERI)", ""},
		{"no cost", "E22", reprice("CHUV-GERI", ""), wrong, "Ce champ est à remplir.", "cost"},
		{"a cost in words", "E22", reprice("CHUV-GERI", "douze"), wrong, "« douze » n’est pas un nombre", "cost"},
		{"a cost of three decimals", "E22", reprice("CHUV-GERI", "1,234"), wrong, "« 1,234 » n’est pas un nombre", "cost"},
		{"a cost beyond all", "E22", reprice("CHUV-GERI", "1000,01"), wrong, "hors limites", "cost"},
		{"the cost of another place", "E22", reprice("CHSA-ORTH", "3"), conflict, "Zoé Delorme n’est plus là où votre page l’indiquait", ""},
		{"the cost of no place", "E10", reprice("CHPL-GERI", "3"), conflict, "Nour Sabatier n’est plus là où votre page l’indiquait : à présent, sans affectation", ""},
		{"kept without a post, with one", "E22", keep(), conflict, "à présent, Gériatrie, CHU de Valmer (CHUV-GERI)", ""},
		{"something else", "E22", with(move("CHUV-GERI", "CHSA-ORTH"), "kind", "promote"), wrong, "« promote » n’est pas dans la liste proposée", ""},
	} {
		t.Log(tt.name)
		refuse(d, officetest.Nadia, caseOf(d, tt.who), tt.form, tt.status, tt.said, slices.DeleteFunc([]string{tt.at}, func(at string) bool { return at == "" })...)
	}
	d.Want(officetest.Nadia, d.Path("commission", "nobody"), nil, http.StatusNotFound)
	d.Want(officetest.Nadia, d.Path("commission", "nobody"), move("", "CHSA-ORTH"), http.StatusNotFound)
	if after := everybody(); !slices.EqualFunc(before, after, slices.Equal) {
		t.Errorf("the proposal was\n%q\nand is\n%q", before, after)
	}
}

// Only the last decision in force about somebody is undone, once, with a reason, and while
// the seat that they return to is free.
func TestADecisionIsUndoneOnceAndWhileTheSeatIsFree(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	d.AdoptB()
	zoe := caseOf(d, "E22")
	decided := func(form url.Values) string { // the address that undoes it
		_, page := d.Follow(officetest.Nadia, zoe, form, "La décision est enregistrée.")
		return zoe + "/decisions/" + officetest.Between(t, page.Body, `action="`+zoe+`/decisions/`, `"`)
	}
	because := url.Values{"reason": {"erreur de saisie"}}
	first := decided(move("CHUV-GERI", "CHSA-ORTH"))
	refuse(d, officetest.Nadia, first, url.Values{"reason": {""}}, http.StatusUnprocessableEntity, "Indiquez le motif", "undo-reason")
	second := decided(move("CHSA-ORTH", "CHPL-GERI"))
	refuse(d, officetest.Nadia, first, because, http.StatusConflict, "Cette décision n’est plus la dernière pour Zoé Delorme")
	refuse(d, officetest.Nadia, zoe+"/decisions/unknown/undo", because, http.StatusNotFound, "Cette décision n’existe pas")
	d.Follow(officetest.Nadia, caseOf(d, "E19"), move("CHUV-GERI", "CHSA-ORTH"))
	refuse(d, officetest.Nadia, second, because, http.StatusConflict, "Plus aucune place à « Orthopédie, CH des Salines (CHSA-ORTH) »")
	d.Follow(officetest.Nadia, caseOf(d, "E19"), move("CHSA-ORTH", "CHUV-GERI"))
	d.Follow(officetest.Nadia, second, because, "La décision est annulée.", "Orthopédie, CH des Salines", "annulée depuis")
	d.Follow(officetest.Nadia, first, because, "La décision est annulée.", "vœu ajouté")
	refuse(d, officetest.Paul, first, because, http.StatusConflict, "Cette décision n’est plus la dernière pour Zoé Delorme, ou elle est déjà annulée.")
	if other := d.Want(officetest.Nadia, caseOf(d, "E19"), nil, http.StatusOK).Body; strings.Contains(other, "annulée depuis") {
		t.Error("what was undone about one person is told of another")
	}
	d.Want(officetest.Nadia, d.Path("commission"), nil, http.StatusOK, "erreur de saisie")
}

// What was typed into the form that was refused stays in it, and in no other.
func TestWhatWasTypedOutlivesARefusal(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	d.AdoptB()
	shown := func(typed url.Values) map[string]url.Values { // by kind
		forms := map[string]url.Values{}
		root := tree(t, d.Want(officetest.Nadia, caseOf(d, "E22"), typed, http.StatusUnprocessableEntity).Body)
		for n := range root.Descendants() {
			if n.Data == "form" && attr(n, "action") == caseOf(d, "E22") {
				f := formOf(root, n)
				forms[f.sent.Get("kind")] = f.sent
			}
		}
		return forms
	}
	repriced := shown(with(reprice("CHUV-GERI", "7,25"), "motive", "health", "reason", ""))
	if f := repriced["cost"]; f.Get("cost") != "7,25" || f.Get("motive") != "health" {
		t.Errorf("the form that was refused shows %v", f)
	}
	if f := repriced["move"]; f == nil || f.Get("motive") != "" {
		t.Errorf("the other form shows %v", f)
	}
	moved := shown(with(move("CHUV-GERI", "CHSA-ORTH"), "set_aside", "1", "motive", ""))
	if f := moved["move"]; f.Get("to") != "CHSA-ORTH" || f.Get("set_aside") == "" || f.Get("reason") != "vu en séance" {
		t.Errorf("the form that was refused shows %v", f)
	}
	if f := moved["cost"]; f.Get("cost") != "8,30" || f.Get("reason") != "" && f.Get("reason") != "vu en séance" {
		t.Errorf("the other form shows %v", f)
	}
}

// below opens a post that does not take the level above that of the students of C1.
func below(d *officetest.Desk) {
	d.T.Helper()
	err := d.C1.DB.Write(d.T.Context(), func(tx *store.Tx) error {
		_, err := site.Put(d.T.Context(), tx, identity.System("test"), site.Site{
			Code: "CHUV-NEUR", Name: "Neurologie", Category: reference.Ref{Code: "STAGE"}, Faculty: reference.Ref{Code: campaigntest.Faculty},
			Main: true, WishesAllowed: true, IdealSeats: 2, MaxSeats: 2, ClosedLevels: []reference.Ref{{Code: "DFASM3"}},
		})
		if err != nil {
			return err
		}
		return campaign.PutPosts(d.T.Context(), tx, d.C1.Office, d.C1.ID, []campaign.PostForm{{Site: reference.Ref{Code: "CHUV-NEUR"}, Seats: 2}}, "")
	})
	if err != nil {
		d.T.Fatal(err)
	}
}

// passes has a student enter the level above.
func passes(d *officetest.Desk, pseudonym string) {
	d.T.Helper()
	err := d.C1.DB.Write(d.T.Context(), func(tx *store.Tx) error {
		record, err := student.ByPublicID(d.T.Context(), tx, d.C1.Record[pseudonym])
		if err != nil {
			return err
		}
		record.Level = reference.Ref{Code: "DFASM3"}
		_, err = student.Put(d.T.Context(), tx, identity.System("test"), record)
		return err
	})
	if err != nil {
		d.T.Fatal(err)
	}
}

// That a site was done already may be set aside knowingly; a level that a site does not
// take may not, and is not offered.
func TestOnlyTheRuleThatTheCommissionOwnsIsSetAside(t *testing.T) {
	t.Parallel()
	d := officetest.Open(t)
	below(d)
	d.C1.Open(t)
	d.C1.Rank(t)
	d.C1.Close(t)
	d.SignOut()
	d.AdoptB()
	d.Follow(officetest.Nadia, caseOf(d, "E01"), move("CHUV-PEDI", "CHSA-ORTH")) // a seat is free where Quentin has been
	quentin := caseOf(d, "E14")
	refuse(d, officetest.Nadia, quentin, move("MSPB-MG1", "CHUV-PEDI"), http.StatusConflict, "La commission peut l’écarter pour cette personne : cochez la case")
	knowingly := sentBy(d, officetest.Nadia, quentin, quentin, with(move("MSPB-MG1", "CHUV-PEDI"), "set_aside", "1"))
	d.Follow(officetest.Nadia, quentin, knowingly, "La décision est enregistrée.", "Pédiatrie, CHU de Valmer, vœu 1")

	passes(d, "E22")
	zoe := caseOf(d, "E22")
	for _, aside := range []string{"", "1"} {
		refuse(d, officetest.Nadia, zoe, with(move("CHUV-GERI", "CHUV-NEUR"), "set_aside", aside), http.StatusConflict, "La commission ne peut pas écarter cette règle.")
	}
	options := 0
	for n := range tree(t, d.Want(officetest.Nadia, zoe, nil, http.StatusOK).Body).Descendants() {
		if n.Data == "option" && strings.Contains(said(n), "Neurologie") {
			options++
			if !has(n, "disabled") || !strings.Contains(said(n), "une règle l’interdit") {
				t.Errorf("what is barred is offered: %s", said(n))
			}
		}
	}
	if options != 1 {
		t.Errorf("the post that is barred stands there %d times", options)
	}
	pin := with(change(0, "pin", "2026E22", "CHUV-NEUR", ""), "amendments.0.set_aside", "1")
	refuse(d, officetest.Nadia, d.Path("runs"), asked(pin), http.StatusUnprocessableEntity, "La commission ne peut pas écarter cette règle.", "f-amendments.0.post")
}
