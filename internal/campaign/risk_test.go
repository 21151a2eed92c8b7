package campaign

import "testing"

// The levels of risk are told by whole percents: "under 5 %", "under 25 %".
func TestALevelOfRiskBeginsAtItsShare(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		none, draws int
		want        RiskLevel
	}{
		{0, 200, LowRisk}, {9, 200, LowRisk}, {499, 10_000, LowRisk},
		{10, 200, RealRisk}, {500, 10_000, RealRisk}, {49, 200, RealRisk}, {2499, 10_000, RealRisk},
		{50, 200, HighRisk}, {2500, 10_000, HighRisk}, {200, 200, HighRisk},
	} {
		if got := level(tt.none, tt.draws); got != tt.want {
			t.Errorf("no post in %d of %d draws: %s, want %s", tt.none, tt.draws, got, tt.want)
		}
	}
}
