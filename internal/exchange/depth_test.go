package exchange

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stagora.org/stagora/internal/fault"
)

func depth(content string, most int) error {
	return checkDepth(bufio.NewReader(strings.NewReader(content)), most)
}

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
		{"a document type", `<!DOCTYPE x "> <b c='"><a>`, errDirective},
		{"another encoding", `<?xml version="1.0" encoding="iso-2022-jp"?><a>`, errEncoding},
		{"another encoding beside one", `<?xml encoding="utf-8" encoding="iso-2022-jp"?><a>`, errEncoding},
		{"another encoding far behind", `<?xml version="1.0"` + strings.Repeat(" ", 200) + `encoding="iso-2022-jp"?><a>`, errEncoding},
		{"nothing", "", nil},
	} {
		if err := depth(tt.content, 2); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, not %v", tt.name, err, tt.want)
		}
	}
}

// Whatever a part holds, a reader of XML never keeps more open elements than were let
// through.
func TestNoReaderGoesDeeperThanWasLetThrough(t *testing.T) {
	t.Parallel()
	pieces := rapid.SampledFrom([]string{
		"<a>", "</a>", "<a/>", `<a b="/>">`, `<a b='"'>`, "<a b='", `<a b="`, "'", `"`, ">", "/>", "<", "x", " ", "\x01", "é", "\xff",
		"<!--", "-->", "<![CDATA[", "]]>", "<?xml version='1.0' encoding='UTF-8'?>", "<?x", "?>", "<!D", "[", "]", "=", "&lt;", "&",
	})
	rapid.Check(t, func(r *rapid.T) {
		content := strings.Join(rapid.SliceOfN(pieces, 0, 25).Draw(r, "pieces"), "")
		const most = 3
		if depth(content, most) != nil {
			return
		}
		reader, open := xml.NewDecoder(strings.NewReader(content)), 0
		reader.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("another encoding was let through") }
		for {
			token, err := reader.Token()
			if err != nil {
				return
			}
			switch token.(type) {
			case xml.StartElement:
				open++
			case xml.EndElement:
				open--
			}
			if open > most+1 { // one that closes itself is open for a moment
				r.Fatalf("%q: %d are open", content, open)
			}
		}
	})
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
