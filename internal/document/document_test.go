package document

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationmonoregular"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"pgregory.net/rapid"

	"stagora.org/stagora/internal/text"
)

var (
	french  = text.In(text.French, text.DefaultZone)
	english = text.In(text.English, text.DefaultZone)
	issued  = time.Date(2026, 3, 20, 16, 58, 3, 0, time.UTC)
)

const checkAddress = "https://stagora.example/verifier/7H2K-9QXM-41TC"

func receipt() Sheet {
	return Sheet{
		Institution: "Faculté de santé de l’Estuaire",
		Campaign:    "Externat de printemps 2026",
		Title:       "Accusé de réception de vos vœux",
		Subtitle:    "Inès Baraka · n° étudiant 02100417",
		Number:      "7H2K-9QXM-41TC",
		Hash:        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		Issued:      issued,
		Blocks: []Block{
			Note{Tone: Done, Title: "Votre liste est enregistrée",
				Text: "Version 7, confirmée le vendredi 20 mars 2026 à 17:58:03 (heure de Paris, UTC+01:00)."},
			Facts{
				Items: []Fact{
					{Label: "Campagne", Value: "Externat de printemps 2026"},
					{Label: "Période", Value: "du 4 mai au 25 juillet 2026"},
					{Label: "Clôture", Value: "vendredi 20 mars 2026 à 18:00 (heure de Paris)"},
					{Label: "Version précédente", Value: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752", Code: true},
				},
				Beside: &QR{Content: checkAddress, Caption: "Vérifier ce reçu en ligne"},
			},
			Heading{"Vos vœux, du premier au dernier"},
			Table{
				Columns: []Column{{Title: "Rang", Number: true}, {Title: "Code"}, {Title: "Terrain de stage"}, {Title: "Places", Number: true}},
				Rows: []Row{
					{Cells: []string{"1", "CHUV-CARDIO", "CHU Victor-Hugo · Cardiologie et soins intensifs", "2"}},
					{Cells: []string{"2", "CHUV-GERI", "CHU Victor-Hugo · Gériatrie aiguë", "1"}},
					{Cells: []string{"3", "CHE-PED", "Centre hospitalier de l’Estuaire · Pédiatrie", "3"}},
					{Cells: []string{"4", "MSP-LILAS", "Maison de santé des Lilas · Médecine générale", "1"}},
				},
			},
			Heading{"Et maintenant ?"},
			List{Numbered: true, Items: []string{
				"Vous pouvez modifier votre liste jusqu’à la clôture ; chaque nouvelle version donne un nouvel accusé.",
				"Après la clôture, votre liste reste lisible, et la dernière version confirmée fait foi.",
				"Les résultats sont publiés le lundi 30 mars 2026 après la commission.",
			}},
			Paragraph{Text: "Une erreur, une question ? Écrivez à scolarite@estuaire.example en indiquant le numéro de ce document."},
		},
	}
}

func minutes(rows int) Sheet {
	placements := Table{
		Columns: []Column{{Title: "N°", Number: true}, {Title: "Étudiant"}, {Title: "Terrain de stage"}, {Title: "Vœu", Number: true}, {Title: "Coût", Number: true}, {Title: "Score après", Number: true}},
		Key:     []KeyLine{{Attention, "modifié à la main par la commission ; le motif suit la ligne"}},
	}
	for i := range rows {
		row := Row{Cells: []string{fmt.Sprint(i + 1), fmt.Sprintf("Étudiant·e numéro %d", i+1), "CHU Victor-Hugo · Chirurgie orthopédique et traumatologique", fmt.Sprint(i%4 + 1), "6,93", "1 234,56"}}
		if i%17 == 5 {
			row.Tone = Attention
			row.Note = "Motif : terrain fermé le 12 mars ; place réservée à la demande du service, accord du Dr Hélène Sorel (RTS)."
		}
		placements.Rows = append(placements.Rows, row)
	}
	return Sheet{
		Institution: "Faculté de santé de l’Estuaire", Campaign: "Externat de printemps 2026",
		Title: "Procès-verbal de la commission d’affectation", Subtitle: "Séance du jeudi 26 mars 2026",
		Number: "PV-2026-0003", Issued: issued,
		Hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		Blocks: []Block{
			Heading{"Paramètres"},
			Facts{Items: []Fact{
				{Label: "Procédure", Value: "serial, coûts selon score-v2"},
				{Label: "Empreinte des données d’entrée", Value: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752", Code: true},
				{Label: "Empreinte du résultat", Value: "fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13", Code: true},
				{Label: "Étudiants affectés", Value: "23 sur 24 (96 %) ; 13 premiers vœux (54 %)"},
			}},
			Heading{"Affectations"},
			placements,
			Note{Tone: Danger, Title: "Sans affectation", Text: "Zoé Vallin : aucun de ses 3 vœux n’avait encore de place."},
			Heading{"Signatures"},
			Signatures{{Role: "Présidence de la commission", Name: "Pr Aline Gautier"}, {Role: "Scolarité", Name: "Nadia Lopes"}, {Role: "Représentation des étudiants"}},
		},
	}
}

// A sheet in English and landscape, to be seen with the others.
func wideList() Sheet {
	t := Table{Columns: []Column{{Title: "Student number"}, {Title: "Name"}, {Title: "E-mail"}, {Title: "Cohort"}, {Title: "Situation"}, {Title: "What to do"}, {Title: "Points", Number: true}}}
	for i := range 30 {
		t.Rows = append(t.Rows, Row{Tone: Tone(i % 4), Cells: []string{fmt.Sprintf("0210%04d", i), "Élise de La Tour-d’Auvergne", "elise.delatour@etu.estuaire.example", "DFASM2", "Two accounts for the same person", "Merge the accounts, then check again", "-3,50"}})
	}
	return Sheet{Institution: "Faculté de santé de l’Estuaire", Title: "Participants to check", Issued: issued, Landscape: true, Blocks: []Block{t}}
}

func pdf(t testing.TB, s Sheet, p text.Printer) []byte {
	t.Helper()
	out, err := s.PDF(p)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// file writes a PDF where the poppler tools can read it. With STAGORA_LOOK set
// to a folder it is kept there, to be looked at.
func file(t testing.TB, name string, content []byte) string {
	t.Helper()
	dir := os.Getenv("STAGORA_LOOK")
	if dir == "" {
		dir = t.TempDir()
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, errs.String())
	}
	return out.String()
}

// spoken returns s with every run of space as one: what the text says,
// whatever the lines.
func spoken(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestTextOfASheetCanBeReadBack(t *testing.T) {
	t.Parallel()
	path := file(t, "receipt.pdf", pdf(t, receipt(), french))
	got := spoken(run(t, "pdftotext", "-raw", "-enc", "UTF-8", path, "-"))
	for _, want := range []string{
		"Faculté de santé de l’Estuaire", "Accusé de réception de vos vœux", "Inès Baraka · n° étudiant 02100417",
		"● Votre liste est enregistrée", "17:58:03 (heure de Paris, UTC+01:00).",
		"Clôture vendredi 20 mars 2026 à 18:00 (heure de Paris)",
		"1 CHUV-CARDIO CHU Victor-Hugo · Cardiologie et soins intensifs 2",
		"3 CHE-PED Centre hospitalier de l’Estuaire · Pédiatrie 3",
		"Et maintenant ?", "2. Après la clôture, votre liste reste lisible",
		"Document n° 7H2K-9QXM-41TC · établi le vendredi 20 mars 2026 à 17:58 (heure de Paris)",
		"Page 1 sur 1", "Empreinte SHA-256 : 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
	} {
		if !strings.Contains(got, spoken(want)) {
			t.Errorf("the file does not say %q; it says:\n%s", want, got)
		}
	}
}

func TestFileNamesItsTitleAuthorAndLanguage(t *testing.T) {
	t.Parallel()
	content := pdf(t, receipt(), french)
	got := run(t, "pdfinfo", "-rawdates", file(t, "info.pdf", content))
	for _, want := range []string{
		"Accusé de réception de vos vœux", "Faculté de santé de l’Estuaire", "Externat de printemps 2026", "Stagora", "Pages:           1", "(A4)",
		"CreationDate:    D:20260320165803", "ModDate:         D:20260320165803",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("pdfinfo does not say %q:\n%s", want, got)
		}
	}
	if !bytes.Contains(content, []byte("/Lang (fr)")) {
		t.Error("the file has no language")
	}
}

func TestSameSheetGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	for _, s := range []Sheet{receipt(), minutes(90), wideList()} {
		for range 3 {
			if !bytes.Equal(pdf(t, s, french), pdf(t, s, french)) {
				t.Fatalf("%s: two files differ", s.Title)
			}
		}
	}
}

func TestHeaderOfATableIsRepeatedOnEachPage(t *testing.T) {
	t.Parallel()
	out := run(t, "pdftotext", "-raw", "-enc", "UTF-8", file(t, "minutes.pdf", pdf(t, minutes(90), french)), "-")
	pages := strings.Split(strings.TrimSuffix(out, "\f"), "\f")
	if len(pages) < 3 {
		t.Fatalf("%d pages, want at least 3", len(pages))
	}
	seen := 0
	for i, content := range pages {
		content = spoken(content)
		if want := fmt.Sprintf("Page %d sur %d", i+1, len(pages)); !strings.Contains(content, want) {
			t.Errorf("page %d does not say %q", i+1, want)
		}
		rows := strings.Count(content, "Étudiant·e numéro")
		if rows > 0 && !strings.Contains(content, "N° Étudiant Terrain de stage Vœu Coût") {
			t.Errorf("page %d has %d rows and no header", i+1, rows)
		}
		if i > 0 && !strings.HasPrefix(content, "Procès-verbal de la commission") {
			t.Errorf("page %d does not say what it belongs to: %.80s", i+1, content)
		}
		seen += rows
	}
	if seen != 90 {
		t.Errorf("%d rows printed, want 90", seen)
	}
	all := spoken(out)
	if n := strings.Count(all, "▲ 6 Étudiant·e numéro 6"); n != 1 {
		t.Errorf("the changed row carries its mark %d times, want once", n)
	}
	if !strings.Contains(all, "▲ modifié à la main par la commission") || !strings.Contains(all, "Motif : terrain fermé") {
		t.Error("the reason of a change or the meaning of the mark is missing")
	}
}

func TestCodeIsReadBackFromPaper(t *testing.T) {
	t.Parallel()
	path := file(t, "code.pdf", pdf(t, receipt(), french))
	image := strings.TrimSuffix(path, ".pdf")
	run(t, "pdftoppm", "-r", "100", "-png", "-singlefile", path, image)
	if got := strings.TrimSpace(run(t, "zbarimg", "--quiet", "--raw", image+".png")); got != checkAddress {
		t.Errorf("the code says %q, want %q", got, checkAddress)
	}
}

func TestCodeForAPageIsPlainSVGWithATitle(t *testing.T) {
	t.Parallel()
	svg, err := QRCode(checkAddress, `Vérifier « A & B » <en ligne>`)
	if err != nil {
		t.Fatal(err)
	}
	var parsed struct {
		Role  string `xml:"role,attr"`
		Title string `xml:"title"`
	}
	if err := xml.Unmarshal([]byte(svg), &parsed); err != nil {
		t.Fatalf("%v\n%s", err, svg)
	}
	if parsed.Role != "img" || parsed.Title != `Vérifier « A & B » <en ligne>` {
		t.Errorf("role %q, title %q", parsed.Role, parsed.Title)
	}
	if strings.Contains(svg, "style=") || strings.Contains(svg, "<style") {
		t.Error("the content policy forbids styles")
	}
	if _, err := QRCode(strings.Repeat("é", 5000), ""); err == nil {
		t.Error("a text too long for a code was accepted")
	}
	s := receipt()
	s.Blocks = []Block{QR{Content: strings.Repeat("é", 5000)}}
	if _, err := s.PDF(french); err == nil {
		t.Error("a sheet without its code was called printed")
	}
}

func TestNoCharacterDisappears(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"French", "Œuvre d’Étienne Lœwÿ : « çà et là » – 12 €…", "Œuvre d’Étienne Lœwÿ : « çà et là » – 12 €…"},
		{"a name typed in pieces", "Ine\u0300s", "Inès"},
		{"narrow spaces", "12\u202f345\u00a0€", "12\u00a0345\u00a0€"},
		{"Vietnamese, Polish, Greek, Cyrillic", "Nguyễn Łukasz Αλέξης Борис", "Nguyễn Łukasz Αλέξης Борис"},
		{"a script without a font", "李 ok 🙂", "□ ok □"},
		{"what nobody sees", "a\u200bb\u00adc\r\u2066d\x00", "abcd□"},
	}
	for _, tt := range tests {
		if got := printable(tt.in); got != tt.want {
			t.Errorf("%s: %q printed as %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestRepertoireIsInEveryFont(t *testing.T) {
	t.Parallel()
	for name, ttf := range map[string][]byte{
		"sans": liberationsansregular.TTF, "bold": liberationsansbold.TTF, "mono": liberationmonoregular.TTF,
	} {
		font, err := fpdf.TtfParse(file(t, name+".ttf", ttf))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range repertoire.R16 {
			for r := part.Lo; r <= part.Hi; r++ {
				if font.Chars[r] == 0 {
					t.Errorf("%s has no %U %c", name, r, r)
				}
			}
		}
	}
	if !unicode.Is(repertoire, 'é') || unicode.Is(repertoire, '李') {
		t.Error("the ranges of the repertoire are out of order")
	}
}

// Whatever the words and the width, wrapped lines hold every word in order, and
// a line is too long only if it is a single character.
func TestWrappingKeepsEveryWord(t *testing.T) {
	pg := newPage(Sheet{}, french)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[a-zéœ\x{a0} ]{0,60}`).Draw(t, "text")
		width := rapid.Float64Range(1, 120).Draw(t, "width")
		lines := pg.wrap(s, bodyFace, width)
		if got, want := strings.ReplaceAll(strings.Join(lines, ""), " ", ""), strings.ReplaceAll(s, " ", ""); got != want {
			t.Fatalf("%q wrapped to %q", s, lines)
		}
		for _, line := range lines {
			if pg.measure(line, bodyFace) > width && len([]rune(line)) > 1 {
				t.Fatalf("%q is wider than %.1f", line, width)
			}
		}
	})
}

// Odd sheets come out whole: nothing in them is too long or too many.
func TestOddSheetsArePrinted(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("affectation ", 900)
	unbroken := strings.Repeat("x", 3000)
	tests := []struct {
		name   string
		blocks []Block
		want   string
	}{
		{"nothing at all", nil, "Page 1 sur 1"},
		{"a row longer than a page", []Block{Table{Columns: []Column{{Title: "A"}, {Title: "B"}}, Rows: []Row{{Cells: []string{long, "fin de rang"}}}}}, "fin de rang"},
		{"a word without spaces", []Block{Paragraph{Text: unbroken}, Paragraph{Text: "après"}}, "après"},
		{"a note longer than a page", []Block{Note{Tone: Danger, Title: "Attention", Text: long}, Paragraph{Text: "après"}}, "après"},
		{"a table without rows", []Block{Table{Columns: []Column{{Title: "Vide"}}}}, "Vide"},
		{"a short row", []Block{Table{Columns: []Column{{Title: "A"}, {Title: "B"}}, Rows: []Row{{Cells: []string{"seul"}}}}}, "seul"},
		{"thirty columns", []Block{Table{Columns: make([]Column, 30), Rows: []Row{{Cells: strings.Fields(strings.Repeat("cellule ", 30))}}}}, ""},
		{"many facts beside a code", []Block{Facts{Items: make([]Fact, 90), Beside: &QR{Content: "x"}}, Paragraph{Text: "après"}}, "après"},
		{"a code at the foot", []Block{Paragraph{Text: strings.Repeat("ligne\n", 38)}, QR{Content: "x", Caption: "légende"}}, "légende"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := Sheet{Institution: "Estuaire", Title: tt.name, Issued: issued, Blocks: tt.blocks}
			path := file(t, "odd-"+strings.ReplaceAll(tt.name, " ", "-")+".pdf", pdf(t, s, french))
			got := spoken(run(t, "pdftotext", "-raw", "-enc", "UTF-8", path, "-"))
			if !strings.Contains(got, tt.want) {
				t.Errorf("the file does not say %q: %.300s", tt.want, got)
			}
			if n := strings.Count(got, "affectation"); strings.Contains(tt.name, "longer") && n != 900 {
				t.Errorf("%d words printed, want 900", n)
			}
		})
	}
}

func TestSheetSpeaksTheReadersLanguage(t *testing.T) {
	t.Parallel()
	content := pdf(t, wideList(), english)
	got := spoken(run(t, "pdftotext", "-raw", "-enc", "UTF-8", file(t, "wide.pdf", content), "-"))
	if !strings.Contains(got, "Issued on Friday 20 March 2026") || !strings.Contains(got, "Page 2 of ") {
		t.Errorf("the footer is not English: %.300s", got)
	}
	if !bytes.Contains(content, []byte("/Lang (en)")) {
		t.Error("the file does not say that it is English")
	}
}

func BenchmarkReceipt(b *testing.B) {
	s := receipt()
	for b.Loop() {
		_, _ = io.Discard.Write(pdf(b, s, french))
	}
}
