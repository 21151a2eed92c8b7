package office

import (
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// Amount writes hundredths, and nothing where there are none.
func Amount(r *page.Request, hundredths *int64) ui.Cell {
	if hundredths == nil {
		return ui.Cell{None: true}
	}
	return ui.Amount(r.Text, *hundredths)
}

// CountOrNone writes a number, and nothing for none.
func CountOrNone(r *page.Request, n int) ui.Cell {
	if n == 0 {
		return ui.Cell{None: true}
	}
	return ui.Count(r.Text, n)
}

// shortHash is enough of a hash to compare it by eye.
func shortHash(hash string) string {
	if len(hash) <= 16 {
		return hash
	}
	return hash[:16] + "…"
}

// HashCell shows the start of a hash; a file and a filter have the whole of it.
func HashCell(full string) ui.Cell {
	if full == "" {
		return ui.Cell{None: true}
	}
	return ui.Cell{Text: full, Body: Hash(shortHash(full))}
}
