package web

import (
	"bytes"
	"net/http"

	"github.com/a-h/templ"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"

	"stagora.org/stagora/docs/guides"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// showGuide shows one of the documents of docs/guides.
func showGuide(name string) page.Handler {
	return func(w http.ResponseWriter, r *page.Request) error {
		if name == "" {
			return guidePage(w, r, r.PathValue("guide"))
		}
		return guidePage(w, r, name)
	}
}

var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()),
)

func guidePage(w http.ResponseWriter, r *page.Request, name string) error {
	guide, ok := guides.Find(name, string(r.Text.Lang))
	if !ok {
		return fault.New(fault.NotFound, "page.unknown")
	}
	var html bytes.Buffer
	if err := markdown.Convert(guide.Markdown, &html); err != nil {
		return err
	}
	p := ui.Page{Title: guide.Title, Density: ui.Choose}
	if name != "help" {
		p.Crumbs = []ui.Link{{Label: r.T("page.help"), Href: ui.HelpPath}}
	}
	// The guides are part of the program: their HTML is ours.
	return r.Show(w, p, prose(guide.Lang, templ.Raw(html.String())))
}
