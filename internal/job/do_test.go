package job_test

import (
	"context"
	"testing"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
)

// Who asks for a task may do it at once, before others would, and once only.
func TestATaskIsDoneByWhoAskedForIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		did := 0
		var wrong error
		r := runner(db, func(context.Context, *job.Run) error { did++; return wrong })
		id := enqueue(t, db, job.Request{At: db.Now().Add(job.Takeover)})
		step(t, r, 0)
		for range 2 {
			if err := r.Do(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		if task := find(t, db, id); did != 1 || task.State != job.Done {
			t.Errorf("done %d times: %+v", did, task)
		}
		wrong = fault.New(fault.Conflict, "job.busy")
		id = enqueue(t, db, job.Request{At: db.Now().Add(job.Takeover)})
		if err := r.Do(t.Context(), id); !fault.Has(err, "job.busy") {
			t.Errorf("what its handler said: %v", err)
		}
		if task := find(t, db, id); task.State != job.Failed {
			t.Errorf("it failed: %+v", task)
		}
	})
}
