package results_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"stagora.org/stagora/internal/campaign/campaigntest"
	"stagora.org/stagora/internal/web/office/officetest"
)

// decide changes the proposal in each of the ways that there are.
func decide(d *officetest.Desk) {
	d.T.Helper()
	d.Follow(officetest.Nadia, caseOf(d, "E22"), move("CHUV-GERI", "CHSA-ORTH"))
	d.Follow(officetest.Nadia, caseOf(d, "E10"), move("CHPL-GERI", ""))
	d.Follow(officetest.Nadia, caseOf(d, "E06"), reprice("MSPB-MG2", "-0,5"))
}

// The minutes name everybody as they stand, in the order in which they are served, and the
// spreadsheets and the paper say the same of them.
func TestTheMinutesAreTheSameInEveryFile(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	d.AdoptB()
	decide(d)
	at := d.Path("commission", "minutes")
	rows := csvOf(d, officetest.Odile, at+"?format=csv")
	if want := []string{"Position", "Étudiant", "Numéro", "Terrain", "Vœu obtenu", "Origine", "Coût"}; !slices.Equal(rows[0], want) {
		t.Fatalf("the minutes are titled %q", rows[0])
	}
	if len(rows) != 1+len(campaigntest.Lines) {
		t.Fatalf("the minutes have %d lines", len(rows)-1)
	}
	for i, line := range campaigntest.Lines {
		code, rank := placeOf(line)
		post, how, place := siteName(code)+" ("+code+")", "affectation dans l’ordre", strconv.Itoa(rank)
		switch line.Pseudonym {
		case "E22":
			post, how, place = "Orthopédie, CH des Salines (CHSA-ORTH)", "décision de la commission", ""
		case "E10":
			post, how, place = "sans affectation", "décision de la commission", ""
		case "E06":
			how = "affectation dans l’ordre, coût fixé par la commission"
		}
		want := []string{strconv.Itoa(line.Position), "2026" + line.Pseudonym, post, place, how}
		row := rows[i+1]
		if got := []string{row[0], row[2], row[3], row[4], row[5]}; !slices.Equal(got, want) {
			t.Errorf("the minutes say %q, not %q", got, want)
		}
		if line.Pseudonym == "E06" && row[6] != "-0,50" || line.Pseudonym == "E10" && row[6] != "" {
			t.Errorf("the minutes say that %s costs %q", line.Given, row[6])
		}
	}
	workbook := xlsxOf(d, officetest.Odile, at+"?format=xlsx")
	paper := unbroken(d, officetest.Odile, at)
	for i, row := range rows {
		cells := slices.Clone(row)
		if i > 0 {
			cells[6] = strings.Replace(row[6], ",", ".", 1) // a number: each spreadsheet writes it as its reader does
		}
		if !slices.Equal(cells, workbook[i]) {
			t.Errorf("the spreadsheet says %q, not %q", workbook[i], cells)
		}
		if i == 0 {
			continue
		}
		if line := strings.Replace(strings.Join(row, " "), "-0,50", "−0,50", 1); !strings.Contains(paper, spaceless(line)) {
			t.Errorf("the paper does not say %q", line)
		}
	}
	for _, sentence := range []string{"Procès-verbal de la commission (projet)", "Zoé Delorme : de Gériatrie, CHU de Valmer (CHUV-GERI) à Orthopédie, CH des Salines (CHSA-ORTH)", "vu en séance"} {
		if !strings.Contains(paper, spaceless(sentence)) {
			t.Errorf("the paper does not say %q", sentence)
		}
	}
}

// A spreadsheet adds up and sorts what the minutes say in numbers.
func TestTheMinutesHoldNumbersForASpreadsheet(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	d.AdoptB()
	f, sheet := workbookOf(d, officetest.Nadia, d.Path("commission", "minutes")+"?format=xlsx")
	for _, cell := range []string{"A2", "A25", "E2", "G2"} {
		kind, err := f.GetCellType(sheet, cell)
		if err != nil || kind != excelize.CellTypeNumber && kind != excelize.CellTypeUnset { // a number has no type of its own
			value, _ := f.GetCellValue(sheet, cell)
			t.Errorf("%s holds %q as a text", cell, value)
		}
	}
}

// Once confirmed, the minutes say the same for ever: later, to others, after the
// publication.
func TestConfirmedMinutesNeverChange(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	d.AdoptB()
	decide(d)
	at := d.Path("commission", "minutes")
	draft := csvOf(d, officetest.Nadia, at+"?format=csv")
	d.Follow(officetest.Nadia, d.Path("commission", "confirm"), url.Values{"really": {"yes"}})
	confirmed := d.Want(officetest.Nadia, at, nil, http.StatusOK).Body
	paper := pdfOf(d, officetest.Nadia, at)
	if strings.Contains(paper, "(projet)") || !strings.Contains(paper, "Nadia Lopes") {
		t.Error("what was confirmed is a draft still")
	}
	d.C1.At(t, campaigntest.Publishes)
	d.SignOut()
	d.Follow(officetest.Paul, d.Path("publication"), url.Values{"really": {"yes"}})
	d.Work()
	if d.Want(officetest.Odile, at, nil, http.StatusOK).Body != confirmed {
		t.Error("the minutes have changed since they were confirmed")
	}
	if rows := csvOf(d, officetest.Odile, at+"?format=csv"); !slices.EqualFunc(rows, draft, slices.Equal) {
		t.Error("the list has changed since it was confirmed")
	}
}

// What a page shows in a table is what its files hold, row by row and filtered alike.
func TestFilesHoldTheRowsOfTheirPage(t *testing.T) {
	t.Parallel()
	d := officetest.Closed(t)
	d.AdoptB()
	decide(d)
	publish(d)
	for _, tt := range []struct {
		page, query, table string
		rows               int
	}{
		{"runs", "", "Calculs", 2},
		{"runs", "f.state=adopted", "Calculs", 1},
		{"commission", "", "Proposition", 24},
		{"commission", "cols=position&cols=name&cols=number&cols=score&cols=post&cols=rank&cols=cost&cols=bonus&cols=mark&cols=before&cols=reason", "Proposition", 24},
		{"commission", "f.mark=moved", "Proposition", 2},
		{"commission", "q=delorme", "Proposition", 1},
		{"commission", "sort=-position&f.rank=1", "Proposition", 13},
		{"publication", "", "Arrivées par terrain", 24},
		{"publication", "cols=post&cols=name&cols=number&cols=rank&cols=position&sort=name", "Arrivées par terrain", 24},
	} {
		page := d.Path(tt.page) + "?" + tt.query
		shown := rowsNamed(t, d.Want(officetest.Odile, page, nil, http.StatusOK).Body, tt.table)
		held := csvOf(d, officetest.Odile, page+"&format=csv")
		book := xlsxOf(d, officetest.Odile, page+"&format=xlsx")
		if len(shown) != tt.rows || len(held) != tt.rows+1 || len(book) != tt.rows+1 {
			t.Errorf("%s: %d rows on the page, %d and %d in the files, want %d", page, len(shown), len(held)-1, len(book)-1, tt.rows)
			continue
		}
		for i, row := range shown {
			for k, cell := range row {
				cell = strings.Replace(cell, "−", "-", 1)
				if inFile := held[i+1][k]; cell != inFile && !strings.HasSuffix(inFile, strings.TrimPrefix(cell, "aujourd’hui ")) {
					t.Errorf("%s: the page says %q, the file %q of %s", page, cell, inFile, held[0][k])
				}
			}
			if name := held[i+1][0]; book[i+1][0] != name {
				t.Errorf("%s: the spreadsheet says %q, the file %q", page, book[i+1][0], name)
			}
		}
	}
	arrivals := column(t, csvOf(d, officetest.Paul, d.Path("publication")+"?format=csv"), "Numéro", "Terrain")
	minutes := column(t, csvOf(d, officetest.Paul, d.Path("commission", "minutes")+"?format=csv"), "Numéro", "Terrain")
	for number, post := range minutes {
		if name, _, _ := strings.Cut(post, " ("); arrivals[number] != name {
			t.Errorf("%s arrives at %q, the minutes say %q", number, arrivals[number], post)
		}
	}
}
