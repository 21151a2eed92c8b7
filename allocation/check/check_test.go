package check_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/check"
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
