package ui

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// Icon draws an icon of bootstrap-icons by its name. It is hidden from screen
// readers, because a word always stands beside it. A name that is not among the
// files in static/lib/icons fails the page.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if name == "" {
			return nil
		}
		file, err := files.ReadFile("static/lib/icons/" + name + ".svg")
		if err != nil {
			return fmt.Errorf("ui: no icon %q: %w", name, err)
		}
		drawing := string(file)
		from, to := strings.Index(drawing, ">")+1, strings.LastIndex(drawing, "</svg>")
		_, err = io.WriteString(w, `<svg class="icon" width="16" height="16" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true" focusable="false">`+
			strings.TrimSpace(drawing[from:to])+`</svg>`)
		return err
	})
}
