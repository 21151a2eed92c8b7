package job

import "context"

// Renew renews the leases now, for tests that own the clock.
func (r *Runner) Renew(ctx context.Context) error { return r.renew(ctx) }

// Attempts is how often a task is tried.
const Attempts = attempts
