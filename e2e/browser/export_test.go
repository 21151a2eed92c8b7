package browser

import "time"

// Hurry makes a person impatient from now on, for what never comes.
func (w *Window) Hurry() *Window {
	w.patience = 500 * time.Millisecond
	return w
}

// Picture takes a picture whether or not it is to be kept.
func (w *Window) Picture() []byte { return w.picture() }

// Mean makes what has the focus the only thing that takes the next key.
func (w *Window) Mean() { w.mean() }

// Hit reports whether that key reached it.
func (w *Window) Hit() bool { return w.hit() }

// Settle waits until nothing is on its way.
func (w *Window) Settle() { w.settle() }
