package canonical_test

import (
	"testing"

	"stagora.org/stagora/internal/canonical"
)

func TestAValueHasOneSpelling(t *testing.T) {
	t.Parallel()
	type unsorted struct {
		B string  `json:"b"`
		A float64 `json:"a"`
		C []any   `json:"c"`
	}
	got := string(canonical.JSON(unsorted{"é <&>\u2028", 1e2, []any{nil, true, map[string]int{"z": 1, "y": 2}}}))
	const want = `{"a":100,"b":"é <&>` + "\u2028" + `","c":[null,true,{"y":2,"z":1}]}`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := canonical.SHA256([]byte("a")); got != "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb" {
		t.Errorf("SHA-256 of a: %s", got)
	}
}

func TestHundredthsAreWrittenWithoutZeros(t *testing.T) {
	t.Parallel()
	for hundredths, want := range map[int64]string{0: "0", 683: "6.83", 680: "6.8", 4000: "40", -5: "-0.05", -1250: "-12.5"} {
		if got := canonical.Decimal(hundredths); got != want {
			t.Errorf("%d hundredths: %s, want %s", hundredths, got, want)
		}
	}
}

func TestWhatJSONCannotHoldIsAMistake(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a function was written as JSON")
		}
	}()
	canonical.JSON(func() {})
}
