package arch

import (
	"go/ast"
	"os"
	"slices"
	"strings"
	"testing"
)

// translating are the files that turn what a campaign holds into what the engine takes,
// and back. There is to be one package for it, and the files outside of it are debts:
// the list may only get shorter. Package canonical hands on the one spelling of values,
// which is no file.
var translating = []string{
	"internal/campaign/campaign.go",
	"internal/campaign/canonical.go",
	"internal/campaign/edit.go",
	"internal/campaign/market.go",
	"internal/campaign/open.go",
	"internal/campaign/opening.go",
	"internal/campaign/order.go",
	"internal/campaign/participants.go",
	"internal/campaign/recommend.go",
	"internal/campaign/result/amendment.go",
	"internal/campaign/result/bundle.go",
	"internal/campaign/result/case.go",
	"internal/campaign/result/decision.go",
	"internal/campaign/result/explain.go",
	"internal/campaign/result/inputs.go",
	"internal/campaign/result/loaded.go",
	"internal/campaign/result/proposal.go",
	"internal/campaign/result/run.go",
	"internal/campaign/result/runs.go",
	"internal/campaign/result/score.go",
	"internal/campaign/result/summary.go",
	"internal/campaign/result/verification.go",
	"internal/campaign/scoring.go",
	"internal/campaign/snapshot.go",
}

// TestNoOtherFileNamesTheEngine keeps the list of the files that import the engine.
func TestNoOtherFileNamesTheEngine(t *testing.T) {
	t.Parallel()
	sources, err := goFiles(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, s := range sources {
		if s.test || !strings.HasPrefix(s.path, "internal/") || strings.HasPrefix(s.path, "internal/canonical/") {
			continue
		}
		names := slices.ContainsFunc(s.file.Imports, func(spec *ast.ImportSpec) bool {
			return strings.HasPrefix(spec.Path.Value, `"`+module+"/"+engine+"/")
		})
		if names {
			found = append(found, s.path)
		}
	}
	for _, path := range found {
		if !slices.Contains(translating, path) {
			t.Errorf("%s imports the engine: say it in words of the domain", path)
		}
	}
	for _, path := range translating {
		if !slices.Contains(found, path) {
			t.Errorf("%s does not import the engine any more: take it off the list", path)
		}
	}
}
