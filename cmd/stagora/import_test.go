package main

import (
	"path/filepath"
	"strings"
	"testing"
)

const samples = "../../internal/exchange/stagetrek/testdata/"

// A file is tried, then applied; a wrong one is refused by row and column, and
// what cannot be read is told apart.
func TestImportSaysWhatAFileWouldDoAndDoesIt(t *testing.T) {
	t.Parallel()
	database := filepath.Join(t.TempDir(), "stagora.db")
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"categories", samples + "categories.csv", "--dry-run"}, 0, "3 à créer\nEssai terminé"},
		{[]string{"sites", samples + "sites.csv"}, 1, "ligne 2, Catégorie : refusée : Catégorie « CHIR » inconnue."},
		{[]string{"categories", samples + "categories.csv"}, 0, "3 à créer\nLe fichier « categories.csv » a été importé."},
		{[]string{"categories", samples + "categories.csv"}, 0, "3 inchangées\n"},
		{[]string{"sites", samples + "sites.csv"}, 0, "3 à créer\n"},
		{[]string{"contacts", samples + "contacts.csv", "--lang", "en"}, 0, "2 to create\n"},
		{[]string{"links", samples + "links.csv"}, 0, "2 à créer\n"},
		{[]string{"contacts", samples + "contacts.csv", "--as", "nobody"}, 2, "Personne ne se connecte avec l’identifiant « nobody »"},
		{[]string{"categories", samples + "nothing.csv"}, 2, "no such file"},
		{[]string{"categories", "main.go"}, 2, "un guillemet (\") est mal placé"},
		{[]string{"trees", samples + "categories.csv"}, 2, "must be one of"},
	} {
		out, errs := strings.Builder{}, strings.Builder{}
		code := run(append([]string{"import", "--database", database}, tt.args...), streams{out: &out, err: &errs})
		said := strings.ReplaceAll(out.String()+errs.String(), "\u00a0", " ")
		if code != tt.code || !strings.Contains(said, tt.says) {
			t.Errorf("import %v: exit %d, want %d and %q:\n%s", tt.args, code, tt.code, tt.says, said)
		}
	}
}
