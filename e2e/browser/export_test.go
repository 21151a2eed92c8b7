package browser

import "time"

// Hurry makes a person impatient, for tests that wait for what never comes.
func (w *Window) Hurry() *Window {
	w.patience = 500 * time.Millisecond
	return w
}
