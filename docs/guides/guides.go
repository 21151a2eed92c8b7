// Package guides holds what people read to use Stagora: on paper, in the
// repository, and in the product under /help. Each guide is a Markdown file,
// NAME.LANG.md, that begins with its title.
package guides

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed *.md
var files embed.FS

// A Guide is one document in one language.
type Guide struct {
	Name     string // "student"
	Lang     string // "fr" or "en"
	Title    string
	Markdown []byte // without the title
}

// Find returns a guide in a language, or in French where it has not been
// translated.
func Find(name, lang string) (Guide, bool) {
	if strings.ContainsAny(name, "./") {
		return Guide{}, false
	}
	for _, l := range []string{lang, "fr"} {
		data, err := fs.ReadFile(files, name+"."+l+".md")
		if err != nil {
			continue
		}
		title, rest, _ := strings.Cut(string(data), "\n")
		return Guide{Name: name, Lang: l, Title: strings.TrimSpace(strings.TrimPrefix(title, "#")), Markdown: []byte(rest)}, true
	}
	return Guide{}, false
}
