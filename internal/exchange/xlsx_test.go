package exchange

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
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
		if err := checkDepth(strings.NewReader(tt.content), 2); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, not %v", tt.name, err, tt.want)
		}
	}
	if err := checkDepth(strings.NewReader(`<?xml version="1.0" encoding="iso-2022-jp"?><a>`), 2); err == nil {
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
