package ui

import (
	"time"

	"stagora.org/stagora/internal/text"
)

// A Deadline is an instant at which something is to happen, as the server counts it.
type Deadline struct {
	What   string // what happens then: "Fermeture des vœux"
	At     time.Time
	Now    time.Time
	Also   []text.Printer // other zones to show the instant in, for people overseas
	Over   string         // what is said once it has passed; empty: it has passed, whether or not what was to happen did
	NoJump bool           // leave the countdown still, as on a printed page
}

func (d Deadline) passed() bool { return !d.Now.Before(d.At) }

// tone is quiet until two days before, then draws attention.
func (d Deadline) tone() Tone {
	switch left := d.At.Sub(d.Now); {
	case left <= 0:
		return Neutral
	case left <= time.Hour:
		return Bad
	case left <= 48*time.Hour:
		return Warn
	}
	return Info
}

// A Phase is one step of a timeline.
type Phase struct {
	Name   string
	State  PhaseState
	From   time.Time // zero: not fixed yet
	To     time.Time // zero: the phase is an instant
	Detail string    // one short sentence, may be empty
	Href   string
}

// A PhaseState says where a phase stands.
type PhaseState string

// The states of a phase.
const (
	PhaseDone    PhaseState = "done"
	PhaseCurrent PhaseState = "current"
	PhaseNext    PhaseState = "next"
)

func (s PhaseState) glyph() string {
	switch s {
	case PhaseDone:
		return "check-lg"
	case PhaseCurrent:
		return "play-fill"
	}
	return "circle"
}

// A Saved says whether what is on the screen is kept by the server.
type Saved struct {
	State   SaveState
	At      time.Time // of the last saving; zero: nothing saved yet
	Day     bool      // says the day too, as it was not today; only with a Version
	Version int       // of what was saved; 0 is not shown
	Note    string    // for SaveFailed: what to do
}

// A SaveState is one state of saving.
type SaveState string

// The states of saving.
const (
	SaveNone     SaveState = "none"     // nothing saved yet
	SaveDone     SaveState = "done"     // what is shown is saved
	SavePending  SaveState = "pending"  // being sent
	SaveConflict SaveState = "conflict" // changed elsewhere since it was shown
	SaveFailed   SaveState = "failed"   // the server cannot be reached or refused
)

func (s SaveState) glyph() string {
	switch s {
	case SaveDone:
		return "cloud-check"
	case SavePending:
		return "cloud-upload"
	case SaveConflict, SaveFailed:
		return "exclamation-triangle-fill"
	}
	return "circle"
}

// Sentence says the state of saving in words: "Enregistré à 21:04:12 · version 7".
func (s Saved) Sentence(p text.Printer) string {
	switch s.State {
	case SaveDone:
		if s.Version > 0 && s.Day {
			return p.T("ui.save.day", "day", p.Date(s.At), "time", p.Clock(s.At), "version", s.Version)
		}
		if s.Version > 0 {
			return p.T("ui.save.version", "time", p.Clock(s.At), "version", s.Version)
		}
		return p.T("ui.save.done", "time", p.Clock(s.At))
	case SavePending:
		return p.T("ui.save.pending")
	case SaveConflict:
		return p.T("ui.save.conflict")
	case SaveFailed:
		if s.Note != "" {
			return s.Note
		}
		return p.T("ui.save.failed")
	}
	return p.T("ui.save.none")
}
