package fault

import "fmt"

// An Item says which of several things an error is about.
type Item struct {
	Index int // among those that were given
	Err   error
}

func (e *Item) Error() string { return fmt.Sprintf("item %d: %v", e.Index, e.Err) }

func (e *Item) Unwrap() error { return e.Err }
