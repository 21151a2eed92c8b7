package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestCarriedFilesAreThoseOfTheManifest(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	text, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	assets, err := parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(assets) == 0 {
		t.Fatal("the manifest names no file")
	}
	for _, a := range assets {
		content, err := os.ReadFile(a.target)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := hash(content); got != a.hash {
			t.Errorf("%s has SHA-256 %s, the manifest promises %s: do not edit it, run go run ./scripts/assets", a.target, got, a.hash)
		}
	}
}

func TestParseRefusesALineWithAMissingColumn(t *testing.T) {
	if _, err := parse("bootstrap@5.3.9 dist/a.css\n"); err == nil {
		t.Error("accepted")
	}
}
