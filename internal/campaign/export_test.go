package campaign

import "stagora.org/stagora/internal/job"

// DeadlineReceipts is the work of the deadline, for the test that kills it.
func (s *Campaigns) DeadlineReceipts() job.Steps { return s.deadlineReceipts() }
