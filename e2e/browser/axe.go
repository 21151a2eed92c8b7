package browser

import (
	_ "embed"
	"fmt"
	"strings"
)

// axe is axe-core, the accessibility checker, as scripts/assets fetched it.
//
//go:embed axe.min.js
var axe string

// A violation is what axe found against one of its rules.
type violation struct {
	ID      string
	Impact  string
	Help    string
	HelpURL string
	Nodes   []struct {
		HTML           string
		FailureSummary string
	}
}

// Accessible fails the test for every violation that axe finds on the page as it
// is now.
func (w *Window) Accessible() {
	w.t.Helper()
	for _, violation := range w.Violations() {
		w.t.Error(violation)
	}
}

// Violations runs axe on the page as it is now and returns what it finds.
//
// The script is evaluated from outside the page, which its content security
// policy does not concern.
func (w *Window) Violations() (said []string) {
	w.t.Helper()
	var violations []violation
	w.Evaluate(axe+`; axe.run(document, { resultTypes: ["violations"] }).then(found => found.violations)`, &violations)
	for _, v := range violations {
		var places strings.Builder
		for _, node := range v.Nodes {
			fmt.Fprintf(&places, "\n  %s\n    %s", node.HTML, strings.ReplaceAll(node.FailureSummary, "\n", "\n    "))
		}
		said = append(said, fmt.Sprintf("axe, %s, %s: %s%s", v.ID, v.Impact, v.Help, places.String()))
	}
	return said
}
