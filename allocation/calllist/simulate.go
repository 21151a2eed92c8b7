package calllist

import "stagora.org/stagora/allocation/format"

// Simulate returns how a sitting would end if nothing had happened yet and all
// took their favourites; see Forecast. The list must satisfy its Check.
func Simulate(list *format.CallList) format.SittingState { return Start(list).Forecast() }

// Forecast returns how the sitting would end if from now on everybody came and took
// the first favourite that is allowed; who has none passes, and once more at
// the end of the list. Those who were skipped are not recalled. What was given
// since has no event. The sitting itself does not change.
func (s *Sitting) Forecast() format.SittingState {
	f := *s
	f.standing = s.clone()
	for f.phase != format.Ended {
		c := f.current
		if c == none {
			c = f.first()
		}
		if c == none {
			f.phase = format.Ended
			break
		}
		f.call(c)
		if p := f.favourite(c); p != none {
			f.give(c, p, 0)
		} else {
			f.pass(c)
		}
	}
	return f.State()
}

// Solve returns the state after the events of a list or, if it has none, how the
// sitting would end from the favourites. It lacks only the hash of the file,
// which SolveFile adds. The list must satisfy its Check; the error tells of the
// first event that is not allowed.
func Solve(list *format.CallList) (*format.CallState, error) {
	state := &format.CallState{Engine: format.Engine, Simulated: len(list.Events) == 0}
	if state.Simulated {
		state.State = Simulate(list)
	} else {
		s, err := Replay(list)
		if err != nil {
			return nil, err
		}
		state.State, state.Last, state.Log = s.State(), len(s.events), s.lastHash()
	}
	state.Hash = state.State.Digest()
	return state, nil
}

// SolveFile reads a calllist/1 file and returns the calllist-state/1 file of it.
func SolveFile(list []byte) ([]byte, error) {
	l, err := format.ReadCallList(list)
	if err != nil {
		return nil, err
	}
	state, err := Solve(l)
	if err != nil {
		return nil, err
	}
	state.Instance = format.Hash(list)
	return state.Bytes(), nil
}
