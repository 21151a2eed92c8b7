package job

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/job/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A FailedItem is one thing of a task in steps that could not be done, and waits
// to be done alone.
type FailedItem struct {
	Key      int64  // what the work calls it
	Name     string // what people call it, as it was then
	Error    *fault.Error
	Detail   string // the error in the words of the log, for administrators
	Attempts int
	FailedAt time.Time
}

// FailedItems returns the first of the things that a task has set aside, at most
// so many, by their keys.
func FailedItems(ctx context.Context, tx *store.Tx, task string, most int) ([]FailedItem, error) {
	rows, err := queries.New(tx).FailedItemsOf(ctx, queries.FailedItemsOfParams{PublicID: task, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read what task %s set aside: %w", task, err)
	}
	items := make([]FailedItem, len(rows))
	for i, row := range rows {
		var args text.Blanks
		if err := json.Unmarshal([]byte(row.ErrorArgs), &args); err != nil {
			return nil, fmt.Errorf("read what task %s set aside: %w", task, err)
		}
		items[i] = FailedItem{
			Key: row.Key, Name: row.Name, Error: &fault.Error{Key: row.Error, Args: fault.Args(args)},
			Detail: row.Detail, Attempts: int(row.Attempts), FailedAt: row.FailedAt.Time,
		}
	}
	return items, nil
}
