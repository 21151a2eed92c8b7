package calllist

import (
	"slices"
	"sync"
	"sync/atomic"

	"stagora.org/stagora/allocation/format"
)

// Seal returns the event as the next of the log: with its number, the hash of
// the event before, and its own hash.
func (s *Sitting) Seal(e format.Event) format.Event {
	e.N, e.Prev = len(s.events)+1, s.lastHash()
	e.Hash = e.Digest()
	return e
}

// Apply adds a sealed event to the log and does what it says. If it refuses, the
// error says why and nothing changes: it is of type format.Errors for an event
// without its parts, else *Refusal.
func (s *Sitting) Apply(e format.Event) error {
	if err := whole(&e); err != nil {
		return err
	}
	return s.apply(&e)
}

// whole judges an event without regard to the others.
func whole(e *format.Event) error {
	if err := e.Check(); err != nil {
		return err
	}
	if !e.Sealed() {
		return &Refusal{Event: *e, Why: WrongHash}
	}
	return nil
}

// apply applies an event that is whole.
func (s *Sitting) apply(e *format.Event) error {
	it := s.about(e)
	if r := s.judge(e, it); r != nil {
		return r
	}
	s.effect(e, it)
	s.events = append(s.events, *e)
	return nil
}

func (s *Sitting) judge(e *format.Event, it subject) *Refusal {
	switch {
	case e.N != len(s.events)+1:
		return &Refusal{Event: *e, Why: WrongNumber}
	case e.Prev != s.lastHash():
		return &Refusal{Event: *e, Why: WrongPrev}
	}
	return s.refusal(e, it)
}

func (s *Sitting) lastHash() string {
	if n := len(s.events); n > 0 {
		return s.events[n-1].Hash
	}
	return ""
}

// Replay returns the sitting after all events of the list. It accepts what Apply
// would accept one by one, and returns the first error that Apply would. The list
// must satisfy its Check, and its events must not be changed afterwards.
//
// Each event takes constant time, but for undo (in proportion to the events
// before), release (to the people between the first who waits and the one who is
// released) and the completion rule.
func Replay(list *format.CallList) (*Sitting, error) {
	s := Start(list)
	events := slices.Clip(list.Events)
	verified := verify(events)
	var refusal *Refusal
	for i := 0; i < len(events) && refusal == nil; i++ {
		e := &events[i]
		it := s.about(e)
		if refusal = s.judge(e, it); refusal == nil {
			s.effect(e, it)
			s.events = events[:i+1]
		}
	}
	if broken, err := verified(); err != nil && broken <= len(s.events) {
		return nil, err
	}
	if refusal != nil {
		return nil, refusal
	}
	return s, nil
}

// verify begins to judge each event by itself, on two cores, and returns what
// waits for the first that is not whole.
func verify(events []format.Event) func() (broken int, err error) {
	const batch = 1000
	var (
		workers sync.WaitGroup
		next    atomic.Int64
		lock    sync.Mutex
		broken  = len(events)
		first   error
	)
	work := func() {
		for {
			from := int(next.Add(batch)) - batch
			if from >= len(events) {
				return
			}
			for i := from; i < min(from+batch, len(events)); i++ {
				if err := whole(&events[i]); err != nil {
					next.Store(int64(len(events))) // what comes after cannot be the first
					lock.Lock()
					if i < broken {
						broken, first = i, err
					}
					lock.Unlock()
					return
				}
			}
		}
	}
	for range 2 {
		workers.Go(work)
	}
	return func() (int, error) {
		workers.Wait()
		return broken, first
	}
}
