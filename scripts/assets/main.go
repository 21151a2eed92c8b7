/*
Command assets fetches the files of others that the project carries (style
sheets, scripts, fonts, icons) from their npm packages.

	go run ./scripts/assets

manifest.txt has one line per file: package and exact version, the file in it,
where it stands here, and its SHA-256. The files are committed, so that nothing
is fetched when Stagora is built or run; this command is run by hand when a line
is added or a version changes. It refuses a file whose bytes are not those that
the manifest promises. TestCarriedFilesAreThoseOfTheManifest refuses a committed
file that somebody edited.
*/
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const manifest = "scripts/assets/manifest.txt"

// unknown stands in the manifest for a hash that the next fetch fills in.
const unknown = "-"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func run() error {
	text, err := os.ReadFile(manifest)
	if err != nil {
		return fmt.Errorf("run me from the top of the repository: %w", err)
	}
	assets, err := parse(string(text))
	if err != nil {
		return err
	}
	packages := map[string]map[string][]byte{}
	updated := string(text)
	for _, a := range assets {
		files, ok := packages[a.pkg]
		if !ok {
			if files, err = fetch(a.pkg); err != nil {
				return err
			}
			packages[a.pkg] = files
		}
		content, ok := files[a.file]
		if !ok {
			return fmt.Errorf("%s has no file %s", a.pkg, a.file)
		}
		got := hash(content)
		if a.hash == unknown {
			updated = strings.Replace(updated, a.line, strings.TrimSuffix(a.line, unknown)+got, 1)
		} else if a.hash != got {
			return fmt.Errorf("%s of %s has SHA-256 %s, the manifest promises %s", a.file, a.pkg, got, a.hash)
		}
		if err := os.MkdirAll(filepath.Dir(a.target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(a.target, content, 0o644); err != nil {
			return err
		}
	}
	fmt.Printf("%d files from %d packages\n", len(assets), len(packages))
	return os.WriteFile(manifest, []byte(updated), 0o644)
}

// An asset is one line of the manifest.
type asset struct {
	pkg    string // "bootstrap@5.3.9"
	file   string // within the package
	target string // from the top of the repository
	hash   string // SHA-256 in hexadecimal, or unknown
	line   string // the line as written
}

func parse(text string) ([]asset, error) {
	var assets []asset
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Fields(line)
		if len(columns) != 4 {
			return nil, fmt.Errorf("%s: want package, file, target and hash: %q", manifest, line)
		}
		assets = append(assets, asset{columns[0], columns[1], columns[2], columns[3], line})
	}
	return assets, nil
}

// fetch returns the files of one npm package, by their path within it.
func fetch(pkg string) (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "assets-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)

	npm := exec.Command("npm", "pack", pkg, "--silent", "--ignore-scripts", "--pack-destination", dir)
	npm.Stderr = os.Stderr
	if err := npm.Run(); err != nil {
		return nil, fmt.Errorf("npm pack %s: %w", pkg, err)
	}
	archives, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(archives) != 1 {
		return nil, fmt.Errorf("npm pack %s left %d archives", pkg, len(archives))
	}
	archive, err := os.ReadFile(archives[0])
	if err != nil {
		return nil, err
	}
	return unpack(archive)
}

func unpack(archive []byte) (map[string][]byte, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for reader := tar.NewReader(unzipped); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			return nil, err
		}
		_, name, _ := strings.Cut(header.Name, "/") // npm puts everything under "package/"
		files[name] = content
	}
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
