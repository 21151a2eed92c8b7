package format_test

import (
	"testing"

	"stagora.org/stagora/allocation/format"
)

func TestAmountsAreReadExactly(t *testing.T) {
	t.Parallel()
	tests := []struct{ number, want string }{
		{"6.83", "6.83"}, {"5.0", "5"}, {"-0.1", "-0.1"}, {"0", "0"}, {"-0", "0"}, {"-0.000", "0"},
		{"1e1", "10"}, {"1.5E+2", "150"}, {"25e-2", "0.25"}, {"0.000001", "0.000001"}, {"1000000000", "1000000000"},
		{"0e999", "0"}, {"123456.789012", "123456.789012"}, {"-999999.999999", "-999999.999999"},
		{"0.0000001", "refused"}, {"1.0000001", "refused"}, {"1000000000.1", "refused"}, {"1e10", "refused"},
		{"1e999", "refused"}, {"1e99999999999999", "refused"}, {"-1e-7", "refused"}, {"12345678901234567890", "refused"},
	}
	for _, tt := range tests {
		got := "refused"
		if a, err := format.ParseAmount(tt.number); err == nil {
			got = a.String()
		}
		if got != tt.want {
			t.Errorf("%s is read as %s, expected %s", tt.number, got, tt.want)
		}
	}
}

func TestAmountsAreRoundedHalfAwayFromZero(t *testing.T) {
	t.Parallel()
	tests := []struct {
		amount   string
		decimals int
		want     string
	}{
		{"6.255", 2, "6.26"}, {"-6.255", 2, "-6.26"}, {"6.2549", 2, "6.25"}, {"0.5", 0, "1"}, {"-0.5", 0, "-1"},
		{"0.4", 0, "0"}, {"-0.4", 0, "0"}, {"1.234567", 6, "1.234567"}, {"1.95", 1, "2"},
	}
	for _, tt := range tests {
		a, err := format.ParseAmount(tt.amount)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.Round(tt.decimals).String(); got != tt.want {
			t.Errorf("%s to %d decimals is %s, expected %s", tt.amount, tt.decimals, got, tt.want)
		}
	}
}

func TestHundredths(t *testing.T) {
	t.Parallel()
	if got := format.Hundredths(683); got.String() != "6.83" || got.Hundredths() != 683 {
		t.Errorf("683 hundredths are %v, and back %d", got, got.Hundredths())
	}
}
