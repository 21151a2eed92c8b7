package exchange

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"stagora.org/stagora/internal/fault"
)

func TestOnlyWhatIsNestedTooDeepIsRefused(t *testing.T) {
	t.Parallel()
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	for _, tt := range []struct {
		name, content string
		want          error
	}{
		{"two in one another", head + "<a><b></b></a>", nil},
		{"many beside one another", head + "<a>" + strings.Repeat("<b>x</b>", 1000) + "</a>", nil},
		{"many that close themselves", head + "<a>" + strings.Repeat("<b/><b c='1' />", 1000) + "</a>", nil},
		{"three in one another", head + "<a><b><c></c></b></a>", errDeep},
		{"that never end", "<a><b><c>", errDeep},
		{"ends within an attribute", `<a x="/>"><a x='/>'><a x="'/>">`, errDeep},
		{"tags within an attribute", `<a x="<b><b><b>"></a>`, nil},
		{"tags within a comment", "<a><!-- <b><b><b> --></a>", nil},
		{"tags within text quoted as a whole", "<a><![CDATA[ <b><b><b> ]]></a>", nil},
		{"tags after a comment", "<!-- ' --><a><b><c>", errDeep},
		{"a picture", "\x89PNG\r\n\x1a\n<a><b><c>", nil},
		{"tags after a document type", `<!DOCTYPE x "> <b c='"><a><b><c>`, errDeep},
		{"nothing", "", nil},
	} {
		if err := checkXML(strings.NewReader(tt.content), 2); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, not %v", tt.name, err, tt.want)
		}
	}
	if err := checkXML(strings.NewReader(`<?xml version="1.0" encoding="iso-2022-jp"?><a>`), 2); err == nil {
		t.Error("an encoding that is not read here is let through")
	}
}

// Sixteen kilobytes of nested elements took 630 MB.
func TestAFileThatIsNestedTooDeepIsRefused(t *testing.T) {
	t.Parallel()
	var content bytes.Buffer
	archive := zip.NewWriter(&content)
	part, err := archive.Create("xl/workbook.xml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(part, strings.Repeat("<a>", 5<<20)); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Read("nested.xlsx", content.Bytes()); !fault.Has(err, "exchange.file.broken") || !errors.Is(err, errDeep) {
		t.Errorf("a nested file: %v", err)
	}
}

// A row that gives itself a great number was counted up to, for ever.
func TestASheetThatReachesTooFarIsRefused(t *testing.T) {
	t.Parallel()
	row := func(number string) string {
		return `<row r="` + number + `"><c t="inlineStr"><is><t>x</t></is></c></row>`
	}
	cells := func(n int) string {
		return strings.Repeat(`<c t="inlineStr"><is><t>x</t></is></c>`, n)
	}
	last := strconv.Itoa(sheetRows)
	for _, tt := range []struct {
		name, rows string
		want       error
	}{
		{"the last row that a sheet has", row("1") + row(last), nil},
		{"one more", row("1") + row(strconv.Itoa(sheetRows+1)), errRows},
		{"one more, without a number", row("1") + row(last) + "<row/>", errRows},
		{"as many as fit in a number", row("1") + row("9000000000000000000"), errRows},
		{"more than fit in a number", row("1") + row("99999999999999999999"), errRows},
		{"a second number", row("1") + `<row r="2" r="2000000000"/>`, errRows},
		{"a number in another namespace", row("1") + `<row y:r="2000000000"/>`, errRows},
		{"a row of another namespace", row("1") + `<y:row r="2000000000"/>`, errRows},
		{"empty rows without end", row("1") + strings.Repeat("<row/>", sheetRows), errRows},
		{"as many cells as a row has", "<row>" + cells(sheetColumns) + "</row><row>" + cells(1) + "</row>", nil},
		{"one cell more", "<row>" + cells(sheetColumns+1) + "</row>", errCells},
		{"rows that go back to one of before", row("2") + `<row r="1">` + cells(sheetColumns/2) + `</row><row r="2">` + cells(sheetColumns/2) + "</row>", errCells},
	} {
		sheet := `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:y="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + tt.rows + `</sheetData></worksheet>`
		if err := checkXML(strings.NewReader(sheet), maxDepth); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, not %v", tt.name, err, tt.want)
			continue // it might be read for ever
		}
		_, err := Read("far.xlsx", archive(t, sheetParts(sheet)))
		if got := fault.Has(err, "exchange.file.broken"); got != (tt.want != nil) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	list := `<calcChain>` + strings.Repeat(`<c r="A1"/>`, 2*sheetColumns) + `</calcChain>`
	if err := checkXML(strings.NewReader(list), maxDepth); err != nil {
		t.Errorf("a list of formulas: %v", err)
	}
}

// sheetParts are the parts of a workbook with one sheet.
func sheetParts(sheet string) map[string][]byte {
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	relations := func(kind, target string) []byte {
		return []byte(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + office + kind + `" Target="` + target + `"/></Relationships>`)
	}
	return map[string][]byte{
		"_rels/.rels":                relations("/officeDocument", "xl/workbook.xml"),
		"xl/_rels/workbook.xml.rels": relations("/worksheet", "worksheets/sheet1.xml"),
		"xl/workbook.xml":            []byte(`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + office + `"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`),
		"xl/worksheets/sheet1.xml":   []byte(sheet),
		"[Content_Types].xml":        []byte(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`),
	}
}
