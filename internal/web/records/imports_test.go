package records_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
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
	a := o.want("nadia", path, nil, http.StatusOK, "630 à créer", "70 refusées", "Lignes affichées : 1 à 20, sur 70", "Lignes affichées : 1 à 50, sur 700", "Contact numéro 49")
	if len(a.body) > 150_000 || strings.Contains(a.body, "Contact numéro 51") {
		t.Errorf("the page has %d bytes, and more than its part", len(a.body))
	}
	o.want("nadia", path+"?part=2", nil, http.StatusOK, "Contact numéro 51", "Lignes précédentes", "Lignes affichées : 51 à 100, sur 700")
	a = o.want("nadia", path+"?outcome=refused", nil, http.StatusOK, "Contact numéro 490")
	rows := o.want("nadia", path+"?outcome=refused&format=csv", nil, http.StatusOK, "Motifs")
	if got := strings.Count(rows.body, "\r\n"); got != 71 {
		t.Errorf("%d lines exported, want a header and 70 rows", got)
	}
	for address, want := range map[string]int{"?format=csv": 701, "?format=csv&outcome=open": 71} {
		if rows := o.want("nadia", path+address, nil, http.StatusOK); strings.Count(rows.body, "\r\n") != want || !strings.Contains(a.body, `href="`+address) && want == 71 {
			t.Errorf("%s has %d lines, want %d", address, strings.Count(rows.body, "\r\n"), want)
		}
	}
	a = o.want("nadia", path+"?open=3", nil, http.StatusOK, "Lignes affichées : 41 à 60, sur 70", `action="`+path+`/decisions?open=3"`)
	a = o.want("nadia", path+"/decisions?open=3", url.Values{"do": {"leave:402"}}, http.StatusSeeOther)
	if got := a.header.Get("Location"); !strings.HasSuffix(got, path+"?open=3#open") {
		t.Errorf("a decision leads to %s", got)
	}
	o.want("nadia", path+"?open=9", nil, http.StatusOK, "Lignes affichées : 61 à 69, sur 69")
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
	o.want("nadia", path, nil, http.StatusOK, "L’import a été arrêté", "a demandé l’arrêt", "630 à créer")
	if o.contacts() != before {
		t.Error("something is left of an import that was stopped")
	}

	o.want("nadia", path+"/apply", apply, http.StatusSeeOther)
	o.work()
	if a := o.want("nadia", path+"/progress", nil, http.StatusOK); a.header.Get("HX-Refresh") != "true" {
		t.Error("the page is not shown anew when the work has ended")
	}
	o.want("nadia", path, nil, http.StatusOK, "630 lignes créées", "Annuler cet import", "Lignes suivantes")
	o.want("nadia", path+"?after=51", nil, http.StatusOK, `href="?after=0"`, `href="?after=101"`)
	o.want("nadia", path+"?after=101", nil, http.StatusOK, `href="?after=51"`, `href="?after=151"`)
	if got := o.contacts() - before; got != 630 {
		t.Errorf("%d contacts more", got)
	}
}

// contactsFile returns a file of contacts, named by a letter and a number.
func contactsFile(letter string, rows int) []byte {
	var file strings.Builder
	file.WriteString("code;libellé;nom;mail\n")
	for i := range rows {
		fmt.Fprintf(&file, "%s%03d;Responsable;Contact %s numéro %d;%[1]s%[2]d@x.fr\n", letter, i, letter, i)
	}
	return []byte(file.String())
}

// imported applies a file and returns the address of its import.
func (o *office) imported(kind, name string, content []byte) (path string) {
	o.t.Helper()
	up := o.drop(kind, name, content)
	o.check("/imports", up, http.StatusSeeOther)
	path = up.header.Get("Location")
	a := o.want("nadia", path, nil, http.StatusOK)
	o.want("nadia", path+"/apply", url.Values{"digest": {digest.FindStringSubmatch(a.body)[1]}}, http.StatusSeeOther)
	o.work()
	return path
}

// Whether a file of many rows can be undone is not said before it is looked at, and the
// page that refuses tells the reasons.
func TestAnImportOfAnySizeTellsWhyItCannotBeUndone(t *testing.T) {
	t.Parallel()
	o := open(t)
	const free, asked, button = "Rien n’a changé depuis et rien n’en dépend", "toutes les lignes sont vérifiées", "Annuler cet import"
	for _, tt := range []struct {
		letter        string
		rows, changed int
	}{{"A", 10, 3}, {"B", 60, 55}, {"C", 600, 300}} {
		path := o.imported("contacts", "contacts.csv", contactsFile(tt.letter, tt.rows))
		a := o.want("nadia", path, nil, http.StatusOK, button)
		if looked := tt.rows <= 50; strings.Contains(a.body, free) != looked || strings.Contains(a.body, asked) == looked {
			t.Errorf("%d rows: the page says %s", tt.rows, excerpt(a.body))
		}
		err := o.db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), "UPDATE site_contact SET name = 'Autre' WHERE code >= $1 AND code < $2", tt.letter+"000", fmt.Sprintf("%s%03d", tt.letter, tt.changed))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		a = o.want("nadia", path+"/undo", url.Values{}, http.StatusConflict, fmt.Sprintf("%d éléments ont changé", tt.changed), fmt.Sprintf("pour %d raisons", tt.changed), "« "+tt.letter+"000 » (ligne 2) a été modifié")
		if strings.Contains(a.body, free) || strings.Contains(a.body, button) {
			t.Errorf("%d rows: the page that refuses says %s", tt.rows, excerpt(a.body))
		}
		if listed := strings.Count(a.body, "a été modifié depuis l’import"); listed != min(tt.changed, 50) || strings.Contains(a.body, "Les 50 premières raisons") != (tt.changed > 50) {
			t.Errorf("%d rows: %d reasons listed: %s", tt.rows, listed, excerpt(a.body))
		}
	}
}

// openFile returns a file of contacts whose rows all wait for somebody.
func openFile(rows int) []byte {
	var file strings.Builder
	file.WriteString("code;libellé;nom;mail\n")
	for i := range rows {
		fmt.Fprintf(&file, "K%03d;Responsable;Contact numéro %d;none\n", i, i)
	}
	return []byte(file.String())
}

// What several people decide at the same time is all kept, and what is no decision about
// the file is refused.
func TestDecisionsOfSeveralPeopleAreKept(t *testing.T) {
	t.Parallel()
	o := open(t)
	const rows = 12
	up := o.drop("contacts", "contacts.csv", openFile(rows))
	o.check("/imports", up, http.StatusSeeOther)
	path := up.header.Get("Location")
	var wait sync.WaitGroup
	for line := range rows {
		wait.Go(func() {
			o.want("nadia", path+"/decisions", url.Values{"do": {fmt.Sprintf("leave:%d", line+2)}}, http.StatusSeeOther)
		})
	}
	wait.Wait()
	o.want("nadia", path, nil, http.StatusOK, fmt.Sprintf("%d écartées", rows))
	for _, form := range []url.Values{
		{"do": {"leave:1"}}, {"do": {"leave:99999999999"}}, {"do": {"take:2"}, "cell.x": {"x"}}, {"do": {"correct:2"}, "cell.x": {"x"}}, {"do": {"correct:500"}, "cell.email": {"k@x.fr"}}, {"do": {"keep:2"}, "other": {"-5"}},
	} {
		status := http.StatusUnprocessableEntity
		if form.Get("do") == "take:2" {
			status = http.StatusSeeOther // what is no part of a decision is not looked at
		}
		a := o.want("nadia", path+"/decisions", form, status)
		if status != http.StatusSeeOther && !strings.Contains(a.body, "Elle n’a pas été retenue") {
			t.Errorf("%v: %s", form, excerpt(a.body))
		}
	}
	o.want("nadia", path, nil, http.StatusOK, fmt.Sprintf("%d écartées", rows-1))
}

// What is offered about one row stands in its own card, also the button that makes of it
// a change of a record.
func TestWhatIsOfferedAboutARowStandsInItsCard(t *testing.T) {
	t.Parallel()
	o := open(t)
	up := o.drop("students", "rentree.csv", []byte("Numéro étudiant;Nom;Prénom;Mail;Date de naissance;Niveau\n7001;Amblard;Victoire;v@x.fr;25/01/2003;DFASM1\n7002;Oster;Karim;k@x.fr;25/01/2003;DFASM2\n"))
	o.check("/imports", up, http.StatusSeeOther)
	a := o.want("nadia", up.header.Get("Location"), nil, http.StatusOK, "mettre à jour la fiche n° 1003", "mettre à jour la fiche n° 1004")
	cards := strings.Split(a.body, "border-bottom pb-3 mb-3")[1:]
	if len(cards) != 2 {
		t.Fatalf("%d cards: %s", len(cards), excerpt(a.body))
	}
	for n, number := range []string{"1003", "1004"} {
		before, _, _ := strings.Cut(cards[n], "mettre à jour la fiche n° "+number)
		if opened, closed := strings.Count(before, "<div"), strings.Count(before, "</div>"); closed > opened {
			t.Errorf("the button of %s stands below its card: %s", number, before)
		}
		if closed := strings.Count(before, "</form>"); closed != 1 {
			t.Errorf("the button of %s stands within %d forms", number, closed)
		}
	}
}

// A file may lack a column that is only advised: its rows are settled on the page all the
// same.
func TestRowsAreSettledWhereAnAdvisedColumnIsMissing(t *testing.T) {
	t.Parallel()
	o := open(t)
	up := o.drop("students", "rentree.csv", []byte("Numéro étudiant;Nom;Prénom;Date de naissance;Niveau\n7001;Amblard;Victoire;25/01/2003;DFASM1\n"))
	o.check("/imports", up, http.StatusSeeOther)
	path := up.header.Get("Location")
	o.want("nadia", path, nil, http.StatusOK, "La colonne « Mail » n’est pas dans le fichier", "À corriger ou à trancher", "mettre à jour la fiche n° 1003")
	if a := o.drop("students", "rentree.csv", []byte("Nom;Prénom\nAmblard;Victoire\n")); strings.Contains(o.want("nadia", a.header.Get("Location"), nil, http.StatusOK).body, "À corriger ou à trancher") {
		t.Error("rows are offered to be settled though a column is missing that must be there")
	}
}
