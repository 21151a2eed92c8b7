package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed static/*.css static/*.js static/*.svg
//go:embed static/lib/bootstrap/bootstrap.min.css static/lib/htmx/*.js static/lib/sortable/*.js
//go:embed static/lib/atkinson/*.woff2 static/lib/icons/*.svg
var files embed.FS

// Policy is the Content-Security-Policy of every page.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// StaticPrefix is where [Static] is to be mounted.
const StaticPrefix = "/static/"

// an asset is one file as it is sent.
type asset struct {
	kind    string
	plain   []byte
	gzipped []byte // nil if compressing gains nothing
}

type bundle struct {
	hash   string // of all files: their address changes when one of them does
	assets map[string]asset
}

var assets = sync.OnceValue(func() bundle {
	b := bundle{assets: map[string]asset{}}
	sum := sha256.New()
	err := fs.WalkDir(files, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, iconFolder) {
			return err
		}
		data, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		sum.Write([]byte(name))
		sum.Write(data)
		b.assets[strings.TrimPrefix(name, "static/")] = asset{kind: kindOf(name), plain: data, gzipped: compress(name, data)}
		return nil
	})
	if err != nil {
		panic(err) // the files are in the binary
	}
	sheet, _ := iconSymbols()
	sum.Write(sheet)
	b.assets[iconSheet] = asset{kind: kindOf(iconSheet), plain: sheet, gzipped: compress(iconSheet, sheet)}
	b.hash = hex.EncodeToString(sum.Sum(nil)[:6])
	return b
})

func kindOf(name string) string {
	if path.Ext(name) == ".woff2" {
		return "font/woff2"
	}
	return mime.TypeByExtension(path.Ext(name))
}

func compress(name string, data []byte) []byte {
	if path.Ext(name) == ".woff2" {
		return nil
	}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

// Asset returns the address of a static file, such as Asset("theme.css"). It
// panics on a file that does not exist: that is a bug in the caller.
func Asset(name string) string {
	if _, ok := assets().assets[name]; !ok {
		panic("ui: no static file " + name)
	}
	return StaticPrefix + assets().hash + "/" + name
}

// Static serves the static files under [StaticPrefix], for a year: an address
// holds the hash of the content. A page that was open during an upgrade asks for
// the former hash; it gets the present file, for a short time.
func Static() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, StaticPrefix), "/")
		file, ok := assets().assets[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		header := w.Header()
		header.Set("Content-Type", file.kind)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Vary", "Accept-Encoding")
		header.Set("Cache-Control", "public, max-age=300")
		if hash == assets().hash {
			header.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		body := file.plain
		if file.gzipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			header.Set("Content-Encoding", "gzip")
			body = file.gzipped
		}
		_, _ = w.Write(body)
	})
}
