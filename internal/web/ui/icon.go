package ui

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"

	"github.com/a-h/templ"
)

// iconSheet is the static file that holds every icon once, as a symbol under its
// name. Pages refer to it, so that an icon costs them its name alone.
const iconSheet = "icons.svg"

// iconFolder holds the icons as bootstrap-icons brings them, one file each.
const iconFolder = "static/lib/icons"

// Icon draws an icon of bootstrap-icons by its name. It is hidden from screen
// readers, because a word always stands beside it. A name that is not among the
// files in static/lib/icons fails the page.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if name == "" {
			return nil
		}
		drawn, ok := iconMarkup()[name]
		if !ok {
			return fmt.Errorf("ui: no icon %q", name)
		}
		_, err := io.WriteString(w, drawn)
		return err
	})
}

// iconSymbols reads the icons from their files: one SVG document of symbols, and
// their names.
var iconSymbols = sync.OnceValues(func() (sheet []byte, names []string) {
	entries, err := fs.ReadDir(files, iconFolder)
	if err != nil {
		panic(err) // the files are in the binary
	}
	sheet = append(sheet, `<svg xmlns="http://www.w3.org/2000/svg">`...)
	for _, entry := range entries {
		file, err := files.ReadFile(iconFolder + "/" + entry.Name())
		if err != nil {
			panic(err)
		}
		name, drawing := strings.TrimSuffix(entry.Name(), ".svg"), string(file)
		from, to := strings.Index(drawing, ">")+1, strings.LastIndex(drawing, "</svg>")
		sheet = fmt.Appendf(sheet, `<symbol id="%s" viewBox="0 0 16 16">%s</symbol>`, name, strings.TrimSpace(drawing[from:to]))
		names = append(names, name)
	}
	return append(sheet, `</svg>`...), names
})

// iconMarkup is what pages write for each icon, by name.
var iconMarkup = sync.OnceValue(func() map[string]string {
	markup := map[string]string{}
	_, names := iconSymbols()
	for _, name := range names {
		markup[name] = `<svg class="icon" width="16" height="16" aria-hidden="true"><use href="` + Asset(iconSheet) + "#" + name + `"/></svg>`
	}
	return markup
})
