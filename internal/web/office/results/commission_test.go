package results_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/office/officetest"
)

// rowsOf reads a list as a file, cell by cell, without its head.
func rowsOf(d *officetest.Desk, path string) (rows [][]string) {
	d.T.Helper()
	body := strings.TrimPrefix(d.Want(officetest.Odile, path, nil, http.StatusOK).Body, "\ufeff")
	for _, line := range strings.Split(strings.TrimSpace(body), "\r\n")[1:] {
		rows = append(rows, strings.Split(line, ";"))
	}
	return rows
}

// The file of the proposal says of everybody where the run places them, at which wish and
// in which order; what the commission changed is marked.
func TestTheFileOfTheProposalSaysWhereEverybodyIs(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	d.AdoptB()
	list := d.Path("commission") + "?format=csv&cols=position&cols=name&cols=post&cols=rank&cols=mark"
	rows := rowsOf(d, list)
	if len(rows) != len(campaigntest.Lines) {
		t.Fatalf("%d rows", len(rows))
	}
	names := map[string]string{}
	for _, s := range campaigntest.Sites {
		names[s.Code] = s.Name
	}
	for _, line := range campaigntest.Lines {
		post, rank, mark := names[line.Post], strconv.Itoa(line.Rank), "calcul"
		if line.Family == "Delorme" {
			post, rank, mark = names["CHUV-GERI"], "3", "vœu ajouté" // after her two wishes
		}
		found := false
		for _, row := range rows {
			text := strings.Join(row, ";")
			if !strings.Contains(text, line.Family) {
				continue
			}
			found = true
			if row[0] != strconv.Itoa(line.Position) || !strings.Contains(text, strings.Split(post, ",")[0]) || row[len(row)-2] != rank || row[len(row)-1] != mark {
				t.Errorf("%s: %q, not %d, %s, wish %s, %s", line.Family, row, line.Position, post, rank, mark)
			}
		}
		if !found {
			t.Errorf("%s is missing", line.Family)
		}
	}
	if added := rowsOf(d, list+"&f.mark=added"); len(added) != 1 || !strings.Contains(strings.Join(added[0], ";"), "Delorme") {
		t.Errorf("added by the commission: %q", added)
	}
	move := url.Values{"kind": {"move"}, "from": {"CHUV-GERI"}, "to": {"CHSA-ORTH"}, "motive": {"other"}, "reason": {"accord du service"}}
	d.Follow(officetest.Nadia, d.Path("commission", d.C1.Record["E22"]), move, "La décision est enregistrée.")
	moved := rowsOf(d, d.Path("commission")+"?format=csv&cols=name&cols=post&cols=mark&cols=before&cols=reason&f.mark=moved")
	if len(moved) != 1 {
		t.Fatalf("moved: %q", moved)
	}
	row := strings.Join(moved[0], ";")
	for _, word := range []string{"Delorme", "Orthopédie", "déplacé", "Gériatrie", "accord du service"} {
		if !strings.Contains(row, word) {
			t.Errorf("the file does not say %q: %s", word, row)
		}
	}
}

// What is wrong with a decision stands at its field, and nothing is decided; who may only
// look decides nothing.
func TestAWrongDecisionIsRefusedAtItsField(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	d.AdoptB()
	zoe := d.Path("commission", d.C1.Record["E22"])
	newest := func() int64 {
		id, err := store.Get(t.Context(), d.C1.DB, func(tx *store.Tx) (int64, error) {
			lines, err := audit.Find(t.Context(), tx, audit.Search{Limit: 1})
			return lines[0].ID, err
		})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	before := newest()
	for _, tt := range []struct {
		typed url.Values
		said  string
	}{
		{url.Values{"kind": {"cost"}, "from": {"CHUV-GERI"}, "cost": {""}, "motive": {"other"}, "reason": {"x"}}, `id="cost-error"`},
		{url.Values{"kind": {"cost"}, "from": {"CHUV-GERI"}, "cost": {"3"}, "motive": {"other"}, "reason": {" "}}, `id="cost-reason-error"`},
		{url.Values{"kind": {"cost"}, "from": {"CHUV-GERI"}, "cost": {"3"}, "motive": {"boredom"}, "reason": {"x"}}, `id="cost-motive-error"`},
		{url.Values{"kind": {"move"}, "from": {"CHUV-GERI"}, "to": {"MSPB-MG1"}, "motive": {"other"}, "reason": {""}}, `id="move-reason-error"`},
	} {
		d.Want(officetest.Nadia, zoe, tt.typed, http.StatusUnprocessableEntity, tt.said)
	}
	decision := url.Values{"kind": {"cost"}, "from": {"CHUV-GERI"}, "cost": {"3"}, "motive": {"other"}, "reason": {"x"}}
	d.Want(officetest.Odile, zoe, decision, http.StatusForbidden)
	if a := d.Do(officetest.Victor, zoe, decision); a.Status != http.StatusForbidden && a.Status != http.StatusNotFound {
		t.Errorf("another office decides: %d", a.Status)
	}
	for _, page := range []string{zoe, d.Path("commission"), d.Path("runs"), d.Path("commission", "minutes")} {
		d.Want(officetest.Victor, page, nil, http.StatusNotFound)
	}
	if a := d.Do(officetest.Nadia, zoe, url.Values{"kind": {"move"}, "from": {"CHUV-REAN"}, "to": {"CHSA-ORTH"}, "motive": {"other"}, "reason": {"x"}}); a.Status != http.StatusConflict {
		t.Errorf("decided on what no longer stands: %d", a.Status)
	}
	if newest() != before {
		t.Error("something was decided")
	}
	if body := d.Want(officetest.Odile, d.Path("commission"), nil, http.StatusOK).Body; strings.Contains(body, `href="`+d.Path("commission", "confirm")+`"`) {
		t.Error("an observer is offered to confirm")
	}
}
