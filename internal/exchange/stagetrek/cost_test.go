package stagetrek

import (
	"fmt"
	"strings"
	"testing"

	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/store"
)

// However many rows a file has, each takes a few statements: six at most, whether it
// is new or changes what is there.
func TestARowTakesFewStatements(t *testing.T) {
	t.Parallel()
	inOffice(t, func(t *testing.T, o office) {
		const rows = 60
		file := func(header string, row func(i int) string) []byte {
			var b strings.Builder
			b.WriteString(header + "\n")
			for i := range rows {
				b.WriteString(row(i) + "\n")
			}
			return []byte(b.String())
		}
		for _, step := range []struct {
			kind, what string
			content    []byte
			most       float64 // statements a row
		}{
			{KindCategories, "new", file("code;acronyme;libellé;ordre;principal", func(i int) string { return fmt.Sprintf("C%d;C%d;Catégorie %d;%d;oui", i, i, i, i) }), 6},
			{KindSites, "new", file("catégorie;code;libellé", func(i int) string { return fmt.Sprintf("C%d;S%d;Service %d", i, i, i) }), 6},
			{KindSites, "changed", file("catégorie;code;libellé", func(i int) string { return fmt.Sprintf("C%d;S%d;Autre service %d", i, i, i) }), 6},
			{KindContacts, "new", file("code;fonction;nom;mail", func(i int) string { return fmt.Sprintf("K%d;RTS;Contact %d;k%d@x.fr", i, i, i) }), 6},
			{KindContacts, "changed", file("code;fonction;nom;mail", func(i int) string { return fmt.Sprintf("K%d;Autre;Contact %d;k%d@x.fr", i, i, i) }), 6},
			{KindLinks, "new", file("contact;terrain", func(i int) string { return fmt.Sprintf("K%d;S%d", i, i) }), 6},
			{KindLinks, "changed", file("contact;terrain;visible", func(i int) string { return fmt.Sprintf("K%d;S%d;non", i, i) }), 6},
			{KindStudents, "new", file("Numéro étudiant;nom;prénom;mail;groupe;identifiant", func(i int) string {
				return fmt.Sprintf("22%04d;Nom%c%c;Zoé;e%d@x.fr;M4;login%d", i, 'a'+i/8, 'a'+i%8, i, i)
			}), 2},
			{KindStudents, "changed", file("Numéro étudiant;nom;prénom;mail;groupe", func(i int) string {
				return fmt.Sprintf("22%04d;Autre%c%c;Léa;f%d@x.fr;M4", i, 'a'+i/8, 'a'+i%8, i)
			}), 6},
		} {
			i, err := o.upload(step.kind, step.kind+".csv", step.content)
			if err != nil {
				t.Fatal(err)
			}
			r, err := o.report(i)
			if err != nil || r.Check() != nil {
				t.Fatalf("%s %s: %v %v", step.kind, step.what, err, r.Check())
			}
			ctx, counter := store.WithCounter(t.Context())
			if _, _, err := exchange.Apply(ctx, o.db, owner(t, step.kind), i.ID, "", system.Who()); err != nil {
				t.Fatalf("%s %s: %v", step.kind, step.what, err)
			}
			each := float64(counter.Statements()) / rows
			t.Logf("%s: %s %s: %.1f statements a row", o.db.Engine, step.kind, step.what, each)
			if each > step.most {
				t.Errorf("%s %s: %.1f statements a row", step.kind, step.what, each)
			}
			undone, counter := store.WithCounter(t.Context())
			if step.kind == KindStudents && step.what == "changed" {
				if err := exchange.Undo(undone, o.db, owner(t, step.kind), i.ID, system.Who()); err != nil {
					t.Fatal(err)
				}
				t.Logf("%s: undone: %.1f statements a row", o.db.Engine, float64(counter.Statements())/rows)
			}
		}
	})
}
