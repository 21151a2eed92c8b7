package exchange

import (
	"strings"
	"testing"
)

// Each sign by which a spreadsheet takes a cell for a formula, as OWASP lists them,
// with the wide forms that Excel takes too.
func TestEverySignOfAFormulaIsGuarded(t *testing.T) {
	t.Parallel()
	for _, sign := range []string{"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"} {
		cell := sign + "SUM(A1)"
		l := List{Columns: []string{"Nom"}, Rows: [][]any{{cell}}}
		content, err := file(l.CSV, french)
		if err != nil {
			t.Fatal(err)
		}
		row := strings.Split(string(content), "\r\n")[1]
		if strings.TrimSpace(sign) != "" && !strings.HasPrefix(strings.TrimPrefix(row, `"`), "'"+sign) {
			t.Errorf("%q is written %q", cell, row)
		}
		if got := guard(cell); got != "'"+cell || unguard(got) != cell {
			t.Errorf("%q is guarded as %q and read again as %q", cell, got, unguard(got))
		}
	}
	for _, plain := range []string{"", "Baraka", "1+1", "a@b.example", "l’été"} {
		if got := guard(plain); got != plain {
			t.Errorf("%q is guarded as %q", plain, got)
		}
	}
}
