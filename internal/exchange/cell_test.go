package exchange

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What stands in a cell, what is kept of it, and what is said.
func TestCells(t *testing.T) {
	t.Parallel()
	title := func(c Column) Column { c.Title = "exchange.title.code"; return c }
	tests := []struct {
		column Column
		cell   string
		kept   string
		says   string // part of the French sentence; empty: nothing is said
	}{
		{Column{}, "  Inès\u00a0", "Inès", ""},
		{Column{}, "Ine\u0300s", "Inès", ""},
		{Column{}, "", "", ""},
		{Column{Default: "x"}, " ", "x", ""},
		{Column{Need: Mandatory}, "\u00a0", "", "obligatoire"},
		{Column{Need: Mandatory, Default: "x"}, "", "x", ""},
		{Column{Need: Advised}, "", "", "pensez à compléter"},
		{Column{Max: 3}, "abcé", "", "4 caractères ; le maximum est de 3"},
		{Column{Max: 4}, "abcé", "abcé", ""},
		{Column{}, "Ã‰lodie Ã©tÃ©", "", "accents ont été perdus"},
		{Column{}, "In\ufffds", "", "accents ont été perdus"},
		{Column{}, "N’Ã", "N’Ã", ""},
		{Column{}, "#REF!", "", "erreur d’une formule"},
		{Column{Kind: Code}, "01 000 38\u202f20", "010003820", ""},
		{Column{Kind: Code}, "2,10042E+12", "", "chiffres sont perdus"},
		{Column{Kind: Code, Digits: 5}, "7100", "07100", "« 07100 » sera enregistré"},
		{Column{Kind: Code, Digits: 5}, "2A004", "2A004", ""},
		{Column{Kind: Code, Digits: 5}, "A04", "A04", ""},
		{Column{Kind: Email}, "Ines.Baraka@X.fr", "ines.baraka@x.fr", ""},
		{Column{Kind: Email}, "Inès <i@x.fr>", "", "adresse électronique"},
		{Column{Kind: Email}, "i@localhost", "", "adresse électronique"},
		{Column{Kind: Email}, "a@x.fr, b@x.fr", "", "adresse électronique"},
		{Column{Kind: Whole}, "007", "7", ""},
		{Column{Kind: Whole}, "1 200", "1200", ""},
		{Column{Kind: Whole}, "12.0", "12", ""},
		{Column{Kind: Whole}, "-1", "", "nombre entier"},
		{Column{Kind: Whole}, "2,5", "", "nombre entier"},
		{Column{Kind: Whole, Max: 500}, "501", "", "dépasse le maximum, 500"},
		{Column{Kind: Amount}, "6,9", "690", ""},
		{Column{Kind: Amount}, "1 234.56", "123456", ""},
		{Column{Kind: Amount}, "−3", "-300", ""},
		{Column{Kind: Amount}, "1,234", "", "deux décimales"},
		{Column{Kind: YesNo}, "VRAI", Yes, ""},
		{Column{Kind: YesNo}, "o", Yes, ""},
		{Column{Kind: YesNo}, "0", No, ""},
		{Column{Kind: YesNo}, "Non", No, ""},
		{Column{Kind: YesNo, Default: No}, "", No, ""},
		{Column{Kind: YesNo}, "peut-être", "", "ni oui ni non"},
		{Column{Kind: Date}, "29/02/2024", "2024-02-29", ""},
		{Column{Kind: Date}, "1/9/2003", "2003-09-01", ""},
		{Column{Kind: Date}, "2003-09-01", "2003-09-01", ""},
		{Column{Kind: Date}, "29/02/2023", "", "n’est pas une date"},
		{Column{Kind: Date}, "09/21/2003", "", "n’est pas une date"},
		{Column{Kind: Date}, "01/09/03", "", "année sur quatre chiffres"},
		{Column{Kind: Date}, "37895", "", "n’est pas une date"},
		{Column{Known: []string{"CARDIO", "Gériatrie"}}, "geriatrie", "Gériatrie", ""},
		{Column{Known: []string{"CARDIO", "Gériatrie"}}, "Geritarie", "", "Vouliez-vous dire Gériatrie ?"},
		{Column{Known: []string{"CARDIO", "Gériatrie"}}, "ORL", "", "« ORL » n’existe pas."},
		{Column{Known: []string{}}, "ORL", "", "n’existe pas"},
		{Column{Known: []string{"A1", "A2", "A3", "B1"}}, "A4", "", "n’existe pas"},
		{Column{Known: []string{"DFASM1", "DFASM2", "DFASM3", "X"}}, "DFASM", "", "Vouliez-vous dire DFASM1 ou DFASM2 ou DFASM3 ?"},
	}
	for _, tt := range tests {
		c := title(tt.column)
		kept, finding := c.read(CSV, newLexicon(c.Known), tt.cell)
		says := ""
		if finding != nil {
			finding.Found, finding.Title = tt.cell, "exchange.title.code"
			says = strings.ReplaceAll(finding.Sentence(french), "\u00a0", " ")
			if en := finding.Sentence(english); strings.Contains(en+says, "⟦") || strings.Contains(en+says, "<no value>") {
				t.Errorf("unfinished sentence %q %q", says, en)
			}
		}
		if kept != tt.kept || !strings.Contains(says, tt.says) || (tt.says == "") != (says == "") {
			t.Errorf("%+v %q: kept %q, said %q; want %q, %q", tt.column, tt.cell, kept, says, tt.kept, tt.says)
		}
	}
}

func TestDaysOfASpreadsheetAreRead(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"37816": "2003-07-14", "45992.75": "2025-12-01", "61": "1900-03-01", "14/07/2003": "2003-07-14", "60": "", "-3": "", "NaN": "",
	} {
		kept, finding := Column{Kind: Date}.read(XLSX, lexicon{}, cell)
		if kept != want || (finding != nil) != (want == "") {
			t.Errorf("%s is read as %q (%v), want %q", cell, kept, finding, want)
		}
	}
}

func TestHeadersMatchHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	layout, err := people{}.Layout(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range []string{"Numéro étudiant", "NUMERO_ETUDIANT", " numéro  étudiant ", "\ufeffNuméro étudiant", "Student number", "number"} {
		m, err := layout.match(Table{Header: []string{"", header, "Nom", "prenom", "E-MAIL", "inconnu"}})
		if err != nil || m.at[0] != 1 || m.at[3] != 4 || !slices.Equal(m.ignored, []string{"inconnu"}) {
			t.Errorf("%q: at %v, ignored %q, %v", header, m.at, m.ignored, err)
		}
	}
	_, err = layout.match(Table{Name: "f.csv", HeaderLine: 3, Header: []string{"Nom", "Prénom", "Numero etudiant", "Family name"}})
	refused(t, err, "exchange.file.twice", "ligne 3", "(A et D)", "« Nom »")

	m, err := layout.match(Table{HeaderLine: 1, Header: []string{"Numero etudiant", "Nom", "Prenon", ""}, Rows: []Row{{2, []string{"1", "2", "3", "x"}}}})
	if err != nil || len(m.findings) != 2 || !slices.Equal(m.ignored, []string{"Prenon", "D"}) {
		t.Fatalf("findings %v, ignored %q, %v", m.findings, m.ignored, err)
	}
	if got := strings.ReplaceAll(m.findings[0].Sentence(french), "\u00a0", " "); !strings.Contains(got, "« Prénom » est obligatoire") || !strings.Contains(got, "Vouliez-vous dire Prenon ?") {
		t.Errorf("a missing column: %s", got)
	}
	if m.findings[1].Severity != Warning {
		t.Errorf("a column that is only advised: %+v", m.findings[1])
	}
}

// The distance is a distance: nothing to itself, the same both ways, and one for
// one slip.
func TestDistance(t *testing.T) {
	t.Parallel()
	word := rapid.StringMatching(`[a-e]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := []rune(word.Draw(t, "a")), []rune(word.Draw(t, "b"))
		d := distance(a, b)
		if d != distance(b, a) || (d == 0) != slices.Equal(a, b) || d > max(len(a), len(b)) || d < max(len(a), len(b))-min(len(a), len(b)) {
			t.Fatalf("distance %q %q is %d and %d", string(a), string(b), d, distance(b, a))
		}
		if len(a) > 1 {
			i := rapid.IntRange(0, len(a)-2).Draw(t, "i")
			swapped := slices.Clone(a)
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			if d := distance(a, swapped); d > 1 {
				t.Fatalf("one swap of %q is %d", string(a), d)
			}
		}
	})
}
