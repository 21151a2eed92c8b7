package stagetrek

import (
	"strings"

	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/text"
)

// Counts says a report in one line: "23 à créer (dont 1 avertissement), 1 refusée, 1
// doublon à trancher". Warnings are told with the rows to be created, or after
// the rows to be changed where none is.
func Counts(p text.Printer, r exchange.Report) string {
	created, changed := r.Count(exchange.Created), r.Count(exchange.Changed)
	unchanged := r.Count(exchange.Unchanged)
	var parts []string
	warned := func(said string) string {
		if n := r.Warnings(); n > 0 && len(parts) == 0 {
			return p.T("stagetrek.report.warned", "created", said, "count", n)
		}
		return said
	}
	if created > 0 {
		parts = append(parts, warned(p.T("stagetrek.report.created", "count", created)))
	}
	if changed > 0 {
		parts = append(parts, warned(p.T("stagetrek.report.changed", "count", changed)))
	}
	if unchanged > 0 {
		parts = append(parts, warned(p.T("stagetrek.report.unchanged", "count", unchanged)))
	}
	for _, rest := range []struct {
		outcome exchange.Outcome
		key     string
	}{
		{exchange.Refused, "stagetrek.report.refused"}, {exchange.Doubtful, "stagetrek.report.doubtful"}, {exchange.Left, "stagetrek.report.left"},
	} {
		if n := r.Count(rest.outcome); n > 0 {
			parts = append(parts, p.T(rest.key, "count", n))
		}
	}
	if len(parts) == 0 {
		return p.T("stagetrek.report.none")
	}
	return strings.Join(parts, ", ")
}

// Severity names how serious a finding is.
func Severity(s exchange.Severity) text.Key {
	switch s {
	case exchange.Error:
		return "stagetrek.severity.error"
	case exchange.Doubt:
		return "stagetrek.severity.doubt"
	}
	return "stagetrek.severity.warning"
}
