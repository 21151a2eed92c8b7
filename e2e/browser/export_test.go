package browser

import "time"

// Hurry makes a person impatient, for tests that wait for what never comes.
func (w *Window) Hurry() *Window {
	w.patience = 500 * time.Millisecond
	return w
}

// Picture takes a picture whether or not it is to be kept.
func (w *Window) Picture() []byte { return w.picture() }
