package exchange

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/text"
)

var french, english = text.In(text.French, text.DefaultZone), text.In(text.English, text.DefaultZone)

func encoded(t testing.TB, s, as string) []byte {
	t.Helper()
	var b []byte
	var err error
	switch as {
	case "Windows-1252":
		b, err = charmap.Windows1252.NewEncoder().Bytes([]byte(s))
	case "UTF-16LE":
		b, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(s))
	case "UTF-16BE":
		b, err = unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(s))
	case "UTF-8 with BOM":
		b = []byte("\ufeff" + s)
	default:
		b = []byte(s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Whatever program wrote it, the same table is read.
func TestAnyUsualCSVIsReadAlike(t *testing.T) {
	t.Parallel()
	header := []string{"Nom", "Prénom", "Adresse", "Remarque"}
	rows := []Row{
		{2, []string{"Lefèvre", "Zoé", "3, rue d’Œuf; bât. B", "dit « non »\t|"}},
		{3, []string{"N’Diaye", "Éloïse", "ligne 1\nligne 2", `elle a dit "oui"`}},
		{5, []string{"O'Neil", "Ann", "", "0042"}},
	}
	for _, separator := range separators {
		for _, as := range []string{"UTF-8", "UTF-8 with BOM", "UTF-16LE", "UTF-16BE", "Windows-1252"} {
			for _, newline := range []string{"\n", "\r\n"} {
				var b strings.Builder
				write := func(cells []string) {
					for i, cell := range cells {
						if i > 0 {
							b.WriteRune(separator)
						}
						b.WriteString(`"` + strings.ReplaceAll(strings.ReplaceAll(cell, `"`, `""`), "\n", newline) + `"`)
					}
					b.WriteString(newline)
				}
				write(header)
				for _, row := range rows {
					write(row.Cells)
				}
				got, err := Read("étudiants.csv", encoded(t, b.String(), as))
				if err != nil {
					t.Fatalf("%q %s: %v", separator, as, err)
				}
				if !slices.Equal(got.Header, header) || fmt.Sprint(got.Rows) != fmt.Sprint(rows) || got.Separator != separator {
					t.Errorf("%q %s %q: read %q %v %v", separator, as, newline, got.Separator, got.Header, got.Rows)
				}
				if want, _, _ := strings.Cut(as, " "); !strings.HasPrefix(want, got.Encoding) {
					t.Errorf("%s: said to be %s", as, got.Encoding)
				}
			}
		}
	}
}

func TestOddButSoundFilesAreRead(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, content, header, rows string }{
		{"an empty first column, as in the samples of StageTrek", ";Nom;Prénom\n;Baraka;Inès\n", "[ Nom Prénom]", "[{2 [ Baraka Inès]}]"},
		{"no newline at the end", "Nom;Prénom\nBaraka;Inès", "[Nom Prénom]", "[{2 [Baraka Inès]}]"},
		{"blank lines and rows of separators", "\n\nNom;Prénom\n\n;\n \nBaraka;Inès\n;;\n", "[Nom Prénom]", "[{7 [Baraka Inès]}]"},
		{"ends of lines of an old Macintosh", "Nom;Prénom\rBaraka;Inès\r", "[Nom Prénom]", "[{2 [Baraka Inès]}]"},
		{"a single column", "Nom\nBaraka\n", "[Nom]", "[{2 [Baraka]}]"},
		{"a separator inside a quoted title", "\"Nom, prénom\";Ville\nA;B\n", "[Nom, prénom Ville]", "[{2 [A B]}]"},
		{"rows shorter and longer than the header", "A;B;C\n1\n1;2;3;4\n", "[A B C]", "[{2 [1]} {3 [1 2 3 4]}]"},
		{"the line of a row after a cell of two lines", "A;B\n\"x\ny\";1\nz;2\n", "[A B]", "[{2 [x\ny 1]} {4 [z 2]}]"},
		{"cells guarded against formulas", "A;B\n'=1+1;'abc\n''+3;-\n", "[A B]", "[{2 [=1+1 'abc]} {3 ['+3 -]}]"},
	}
	for _, tt := range tests {
		got, err := Read("f.csv", []byte(tt.content))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if h, r := fmt.Sprint(got.Header), fmt.Sprint(got.Rows); h != tt.header || r != tt.rows {
			t.Errorf("%s: read %s %s, want %s %s", tt.name, h, r, tt.header, tt.rows)
		}
	}
}

// Sixteen megabytes of separators took 1,500.
func TestReadingAFileTakesAFewTimesItsSize(t *testing.T) {
	const size, most = 16 << 20, 150 << 20
	fill := func(header, row string) string { return header + strings.Repeat(row, (size-len(header))/len(row)) }
	for _, tt := range []struct {
		name, content, as string
	}{
		{"separators in one row", fill("Nom\n", ";"), "UTF-8"},
		{"columns", fill("", "Nom;"), "UTF-8"},
		{"wide rows that say little", fill("Nom\n", "1"+strings.Repeat(";", sheetColumns-1)+"\n"), "UTF-8"},
		{"rows", fill("Nom\n", "1;\n"), "UTF-8"},
		{"cells", fill("Nom\n", strings.Repeat("1;", MaxColumns)+"\n"), "UTF-8"},
		{"empty rows", fill("Nom\n", "\n"), "UTF-8"},
		{"one cell", fill("Nom\n", "a"), "UTF-8"},
		{"a cell that never ends", fill("Nom\n\"", "a\n"), "UTF-8"},
		{"separators within quotes", fill("Nom\n", "\""+strings.Repeat(";", 400)+"\"\n"), "UTF-8"},
		{"separators within quotes that never end", fill("Nom\n\"", ";"), "UTF-8"},
		{"signs of Windows-1252", strings.Repeat("€\n", size/2), "Windows-1252"},
		{"separators of Windows-1252", strings.Repeat("€;", size/2), "Windows-1252"},
		{"separators of UTF-16", strings.Repeat(";", size/2), "UTF-16LE"},
		{"signs of UTF-16", strings.Repeat("€\n", size/4), "UTF-16LE"},
	} {
		content := encoded(t, tt.content, tt.as)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Read("large.csv", content)
		runtime.ReadMemStats(&after)
		if taken := after.TotalAlloc - before.TotalAlloc; taken > most {
			t.Errorf("%s: %d MB for %d (%v)", tt.name, taken>>20, len(content)>>20, err)
		}
	}
}

// A file is read when its turn comes, unless the one who sent it has left.
func TestFewFilesAreReadAtOnce(t *testing.T) {
	content := []byte("Nom\nBaraka\n")
	for range cap(turns) {
		turns <- struct{}{}
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := readInTurn(gone, "x.csv", content); !errors.Is(err, context.Canceled) {
		t.Errorf("read while as many files are being read as may be: %v", err)
	}
	done := make(chan error)
	go func() {
		_, err := readInTurn(t.Context(), "x.csv", content)
		done <- err
	}()
	<-turns
	if err := <-done; err != nil {
		t.Errorf("not read when its turn came: %v", err)
	}
	for range cap(turns) - 1 {
		<-turns
	}
	if len(turns) > 0 {
		t.Error("a turn is not given back")
	}
}

func archive(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range files {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// workbook returns an XLSX file whose first sheet is filled by fill.
func workbook(t testing.TB, fill func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	if err := fill(f); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Bad files, each with the sentence that a person gets.
func TestBadFilesAreRefusedWithPlaceReasonAndRemedy(t *testing.T) {
	t.Parallel()
	sound := workbook(t, func(f *excelize.File) error { return f.SetCellValue("Sheet1", "A1", "Nom") })
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	tests := []struct {
		name    string
		content []byte
		key     string
		says    string // in French
	}{
		{"nothing", nil, "exchange.file.empty", "est vide"},
		{"blanks alone", []byte("\n  \r\n\t\n"), "exchange.file.empty", "est vide"},
		{"a byte-order mark alone", []byte("\xef\xbb\xbf"), "exchange.file.empty", "est vide"},
		{"separators alone", []byte(";;;\n;;;\n"), "exchange.file.empty", "est vide"},
		{"a header alone", []byte("Nom;Prénom\n;\n"), "exchange.file.header_only", "(ligne 1)"},
		{"a picture", []byte(png), "exchange.file.binary", "ligne 2"},
		{"a PDF", []byte("%PDF-1.7\n\x00\x01\x02"), "exchange.file.binary", "ligne 2"},
		{"a NUL in a cell", []byte("Nom;Prénom\nBa\x00raka;Inès\n"), "exchange.file.binary", "ligne 2"},
		{"UTF-16 without its mark", []byte("N\x00o\x00m\x00\n\x00"), "exchange.file.binary", "CSV (UTF-8)"},
		{"a code page of another time", []byte("Nom\nIn\x8as\n\x81\n"), "exchange.file.encoding", "ligne 3"},
		{"UTF-8 cut in the middle of a letter", []byte("\xef\xbb\xbfNom\nIn\xc3"), "exchange.file.encoding", "ligne 2"},
		{"half of a UTF-16 pair", []byte("\xff\xfeN\x00\n\x00\x00\xd8a\x00"), "exchange.file.encoding", "ligne 2"},
		{"a quote never closed", []byte("Nom;Prénom\nA;B\n\"Baraka;Inès\nC;D\n"), "exchange.file.unclosed", "ligne 3"},
		{"a quote inside a cell", []byte("Nom;Prénom\nle \"grand\" A;B\n"), "exchange.file.quote", "position"},
		{"text after a closing quote", []byte("Nom;Prénom\n\"A\"B;C\n"), "exchange.file.quote", "ligne 2"},
		{"a huge cell", []byte("Nom\n" + strings.Repeat("é", MaxCell+1)), "exchange.file.cell", "A2"},
		{"too many columns", []byte(strings.Repeat("x;", MaxColumns) + "x\n1\n"), "exchange.file.columns", "201"},
		{"more columns than a spreadsheet has", []byte("Nom\n" + strings.Repeat(";", sheetColumns) + "\n"), "exchange.file.columns", "16 385"},
		{"too many cells", []byte("Nom\n" + strings.Repeat(strings.Repeat("x;", MaxColumns)+"\n", MaxCells/MaxColumns+1)), "exchange.file.cells", "2 000 000 cellules"},
		{"a text that its encoding makes long", bytes.Repeat([]byte("\x80\n"), MaxBytes/2), "exchange.file.text", "30 Mo"},
		{"too many rows", []byte("Nom\n" + strings.Repeat("x\n", MaxRows+1)), "exchange.file.rows", "50 002"},
		{"too large", bytes.Repeat([]byte("Nom;Prénom\n"), 2<<20), "exchange.file.large", "20 Mo"},
		{"an old workbook", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "exchange.file.old", "(.xls)"},
		{"an OpenDocument workbook", archive(t, map[string][]byte{"mimetype": []byte("application/vnd.oasis.opendocument.spreadsheet")}), "exchange.file.ods", "(.ods)"},
		{"an archive of something else", archive(t, map[string][]byte{"readme.txt": []byte("bonjour")}), "exchange.file.archive", "archive"},
		{"a workbook cut short", sound[:len(sound)/2], "exchange.file.broken", "ne s’ouvre pas"},
		{"a workbook whose parts are rubbish", archive(t, map[string][]byte{"xl/workbook.xml": []byte("<")}), "", ""},
		{"a workbook that unpacks without end", archive(t, map[string][]byte{"xl/workbook.xml": make([]byte, maxUnzipped+1)}), "exchange.file.bomb", "200 Mo"},
		{"a workbook that names one long text in many cells", workbook(t, func(f *excelize.File) error {
			for row := range MaxText/MaxCell/20 + 2 {
				for column := range 20 {
					cell, err := excelize.CoordinatesToCellName(column+1, row+1)
					if err == nil {
						err = f.SetCellStr("Sheet1", cell, strings.Repeat("x", MaxCell))
					}
					if err != nil {
						return err
					}
				}
			}
			return nil
		}), "exchange.file.text", "30 Mo"},
		{"a workbook of the calendar of 1904", workbook(t, func(f *excelize.File) error {
			yes := true
			return f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes})
		}), "exchange.file.calendar", "depuis 1904"},
		{"an empty workbook", workbook(t, func(*excelize.File) error { return nil }), "exchange.file.empty", "est vide"},
		{"a workbook with a header alone", sound, "exchange.file.header_only", "(ligne 1)"},
		{"a workbook too wide", workbook(t, func(f *excelize.File) error { return f.SetCellValue("Sheet1", "XFD1", "x") }), "exchange.file.columns", "16 384"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Read("mes étudiants.csv", tt.content)
			refused(t, err, tt.key, tt.says, "mes étudiants.csv")
		})
	}
}

// refused checks that err is a refusal for a person, in whole sentences in both
// languages.
func refused(t *testing.T, err error, key string, says ...string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || (f.Kind != fault.Invalid && f.Kind != fault.Conflict) {
		t.Fatalf("got %v, want a refusal", err)
	}
	if key != "" && f.Key != key {
		t.Errorf("refused with %s, want %s", f.Key, key)
	}
	fr, en := french.Message(f.Key, f.Args), english.Message(f.Key, f.Args)
	for _, want := range says {
		if !strings.Contains(strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(fr), want) {
			t.Errorf("%q does not say %q", fr, want)
		}
	}
	for _, sentence := range []string{fr, en} {
		if strings.Contains(sentence, "⟦") || strings.Contains(sentence, "<no value>") {
			t.Errorf("unfinished sentence %q", sentence)
		}
	}
}

func FuzzReadNeverBreaks(f *testing.F) {
	f.Add([]byte("Nom;Prénom\nBaraka;Inès\n"))
	f.Add([]byte("\xef\xbb\xbfA,B\n\"x\ny\",'=1\n"))
	f.Add([]byte("\xff\xfeA\x00;\x00B\x00\n\x00c\x00"))
	f.Add([]byte("A|B\r\n\x80|\xe9\r\n"))
	f.Add(workbook(f, func(f *excelize.File) error { return f.SetSheetRow("Sheet1", "A1", &[]any{"Nom", 12}) }))
	f.Fuzz(func(t *testing.T, content []byte) {
		table, err := Read("f", content)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		if len(table.Header) == 0 || len(table.Header) > MaxColumns || len(table.Rows) == 0 || len(table.Rows) > MaxRows {
			t.Fatalf("%d columns, %d rows", len(table.Header), len(table.Rows))
		}
		last := table.HeaderLine
		for _, row := range table.Rows {
			if row.Line <= last || len(row.Cells) == 0 || len(row.Cells) > MaxColumns {
				t.Fatalf("row at line %d after line %d, %d cells", row.Line, last, len(row.Cells))
			}
			last = row.Line
		}
	})
}
