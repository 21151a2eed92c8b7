package job_test

import (
	"testing"
	"time"

	"stagora.org/stagora/internal/job"
)

func TestAPaceFollowsWhatTransactionsTake(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pace job.Pace
		took time.Duration
		want int
	}{
		{job.Pace{Size: 16, Most: 100}, time.Millisecond, 32},
		{job.Pace{Size: 64, Most: 100}, time.Millisecond, 100},
		{job.Pace{Size: 64, Most: 100}, 20 * time.Millisecond, 64},
		{job.Pace{Size: 64, Most: 100}, 26 * time.Millisecond, 32},
		{job.Pace{Size: 1, Most: 100}, time.Second, 1},
		{job.Pace{Size: 16, Least: 12, Most: 100}, time.Second, 12},
		{job.Pace{Size: 12, Least: 12, Most: 8}, time.Second, 8},
	} {
		pace := tt.pace
		pace.After(tt.took)
		if pace.Size != tt.want {
			t.Errorf("%+v, after %v: %d, not %d", tt.pace, tt.took, pace.Size, tt.want)
		}
	}
}
