package records_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/store"
)

// work does the background work that is due.
func (o *office) work() {
	o.t.Helper()
	handlers := map[string]job.Handler{}
	for _, c := range node.Capabilities(&campaign.Campaigns{DB: o.db}) {
		for kind, handler := range c.Work {
			handlers[kind] = handler
		}
	}
	runner := &job.Runner{DB: o.db, Log: slog.New(slog.DiscardHandler), Node: "test", Handlers: handlers}
	if _, err := runner.Step(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) contacts() (n int) {
	o.t.Helper()
	err := o.db.Read(o.t.Context(), func(tx *store.Tx) error {
		return tx.QueryRowContext(o.t.Context(), "SELECT COUNT(*) FROM site_contact").Scan(&n)
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

// A large file is shown in parts, goes in while its pages tell how far it is, and
// can be stopped.
func TestALargeFileTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	o := open(t)
	before := o.contacts()
	var file strings.Builder
	file.WriteString("code;libellé;nom;mail\n")
	for i := range 700 {
		email := fmt.Sprintf("k%d@x.fr", i)
		if i%10 == 0 {
			email = "none"
		}
		fmt.Fprintf(&file, "K%03d;Responsable;Contact numéro %d;%s\n", i, i, email)
	}
	up := o.drop("contacts", "contacts.csv", []byte(file.String()))
	o.check("/imports", up, http.StatusSeeOther)
	path := up.header.Get("Location")
	a := o.want("nadia", path, nil, http.StatusOK, "630 à créer", "70 refusées", "Les 20 premières", "Contact numéro 49")
	if len(a.body) > 150_000 || strings.Contains(a.body, "Contact numéro 51") {
		t.Errorf("the page has %d bytes, and more than its part", len(a.body))
	}
	o.want("nadia", path+"?part=2", nil, http.StatusOK, "Contact numéro 51", "Lignes précédentes")
	a = o.want("nadia", path+"?outcome=refused", nil, http.StatusOK, "Contact numéro 490")
	rows := o.want("nadia", path+"?outcome=refused&format=csv", nil, http.StatusOK, "Motifs")
	if got := strings.Count(rows.body, "\r\n"); got != 71 {
		t.Errorf("%d lines exported, want a header and 70 rows", got)
	}
	o.want("nadia", path+"/decisions", url.Values{"do": {"leave-open:"}}, http.StatusSeeOther)
	a = o.want("nadia", path, nil, http.StatusOK, "630 à créer, 70 écartées")
	apply := url.Values{"digest": {digest.FindStringSubmatch(a.body)[1]}}
	o.want("nadia", path+"/apply", apply, http.StatusSeeOther)
	o.want("nadia", path, nil, http.StatusOK, "Import en cours", "0 sur 630", `hx-get="`+path+`/progress"`)
	o.want("nadia", "/imports", nil, http.StatusOK, "Import en cours, 0 lignes sur 630")
	o.want("nadia", "/contacts", nil, http.StatusOK, "Import en cours, 0 lignes sur 630")
	o.want("nadia", path+"/apply", apply, http.StatusConflict, "déjà en cours")

	o.want("nadia", path+"/undo", url.Values{}, http.StatusSeeOther)
	o.work()
	o.want("nadia", path, nil, http.StatusOK, "L’import s’est arrêté", "a demandé l’arrêt", "630 à créer")
	if o.contacts() != before {
		t.Error("something is left of an import that was stopped")
	}

	o.want("nadia", path+"/apply", apply, http.StatusSeeOther)
	o.work()
	if a := o.want("nadia", path+"/progress", nil, http.StatusOK); a.header.Get("HX-Refresh") != "true" {
		t.Error("the page is not shown anew when the work has ended")
	}
	o.want("nadia", path, nil, http.StatusOK, "630 lignes créées", "Annuler cet import", "Lignes suivantes")
	if got := o.contacts() - before; got != 630 {
		t.Errorf("%d contacts more", got)
	}
}
