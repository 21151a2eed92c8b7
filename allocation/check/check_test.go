package check_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/check"
	"stagora.org/stagora/allocation/match"
)

func TestResultsOfTheEngineAreAccepted(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/*/*.instance.json")
	if err != nil || len(files) < 5 {
		t.Fatalf("found %d instances (%v)", len(files), err)
	}
	for _, file := range files {
		instance := read(t, file)
		for _, method := range []string{"serial", "score-v1", "score-v2"} {
			t.Run(filepath.Base(file)+" "+method, func(t *testing.T) {
				t.Parallel()
				as := asMethod(instance, method)
				result, err := assign.SolveFile(as)
				if err != nil {
					t.Fatal(err)
				}
				accept(t, as, result)
			})
		}
	}
}

func TestAnyResultIsJudgedByTheFormatOfItsInstance(t *testing.T) {
	t.Parallel()
	tests := []struct{ instance, first string }{
		{"equity.instance.json", "assign-result/1"},
		{"stable.match.json", "match-result/1"},
		{"live.calllist.json", "calllist-state/1"},
	}
	for _, tt := range tests {
		instance, solve := read(t, "../testdata/worked/"+tt.instance), assign.SolveFile[[]byte]
		switch tt.first {
		case "match-result/1":
			solve = match.SolveFile
		case "calllist-state/1":
			solve = calllist.SolveFile
		}
		result, err := solve(instance)
		if err != nil {
			t.Fatal(err)
		}
		report, err := check.VerifyFile(instance, result)
		if err != nil || report.Failed != nil || !strings.HasPrefix(report.Passed[0].Detail, tt.first) {
			t.Errorf("%s: %+v (%v)", tt.instance, report, err)
		}
	}
	if _, err := check.VerifyFile([]byte(`{"format":"campaign/1"}`), nil); err == nil || !strings.Contains(err.Error(), "campaign/1") {
		t.Errorf("the error for a campaign is %v", err)
	}
	if _, err := check.VerifyFile([]byte(`{"format":"assign/2"}`), nil); err == nil || !strings.Contains(err.Error(), "$.format") {
		t.Errorf("the error for an unknown format is %v", err)
	}
}

// asMethod changes the method of an instance file.
func asMethod(instance []byte, method string) []byte {
	return []byte(strings.NewReplacer(`"score-v1"`, `"`+method+`"`, `"score-v2"`, `"`+method+`"`).Replace(string(instance)))
}

func accept(t *testing.T, instance, result []byte) {
	t.Helper()
	report, err := check.Verify(instance, result)
	if err != nil {
		t.Fatal(err)
	}
	if report.Failed != nil {
		t.Fatalf("refused: %v", report.Failed)
	}
	if len(report.Passed) != 15 {
		t.Errorf("%d checks passed, expected 15: %v", len(report.Passed), report.Passed)
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
