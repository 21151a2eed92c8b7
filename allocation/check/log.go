package check

import (
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/allocation/format"
)

// VerifyCallList judges a calllist-state/1 file against its calllist/1 file. The
// error, of type format.Errors, tells that the call list itself cannot be read.
func VerifyCallList(list, state []byte) (*Report, error) {
	in, err := format.ReadCallList(list)
	if err != nil {
		return nil, err
	}
	r := &Report{}
	var out *format.CallState
	r.run(step{"format", func() (string, *Finding) {
		var err error
		if out, err = format.ReadCallState(state); err != nil {
			return "", wrong("the state cannot be read: %v", err)
		}
		return "calllist-state/1, made by " + out.Engine, nil
	}})
	if r.Failed != nil {
		return r, nil
	}
	s := newSitting(in)
	r.run(
		step{"instance hash", func() (string, *Finding) { return sameInstance(out.Instance, list) }},
		step{"log", func() (string, *Finding) { return chained(in.Events) }},
		step{"last event", func() (string, *Finding) { return lastEvent(in.Events, out) }},
		step{"events", s.play},
		step{"state", func() (string, *Finding) { return s.agrees(&out.State) }},
		step{"state hash", func() (string, *Finding) {
			if want := out.State.Digest(); out.Hash != want {
				return "", wrong("the hash of the state is %s, the file says %s", want, out.Hash)
			}
			return out.Hash, nil
		}},
		step{"canonical bytes", func() (string, *Finding) { return canonicalBytes(state) }},
	)
	return r, nil
}

// chained sees that events have the numbers 1, 2, 3…, and each the hash of the one
// before and its own.
func chained(events []format.Event) (string, *Finding) {
	prev := ""
	for i := range events {
		e := &events[i]
		switch {
		case e.N != i+1:
			return "", wrong("event %d stands where event %d is expected", e.N, i+1)
		case e.Prev != prev:
			return "", wrong("event %d says that the hash before it is %q, it is %q", e.N, e.Prev, prev)
		case e.Hash != e.Digest():
			return "", wrong("event %d has the hash %s, its content has %s", e.N, e.Hash, e.Digest())
		}
		prev = e.Hash
	}
	return fmt.Sprintf("%d events, each with the hash of the one before", len(events)), nil
}

func lastEvent(events []format.Event, out *format.CallState) (string, *Finding) {
	last, log := 0, ""
	if len(events) > 0 {
		last, log = len(events), events[len(events)-1].Hash
	}
	if out.Last != last || out.Log != log || out.Simulated != (last == 0) {
		return "", wrong("the last event is %d, with hash %q; the state says %d, %q, and simulated %t", last, log, out.Last, out.Log, out.Simulated)
	}
	if last == 0 {
		return "none: a simulation", nil
	}
	return fmt.Sprintf("event %d", last), nil
}

// play goes through the log, and sees that each event is allowed when it comes.
// After an undo it starts again, with the events that count from then on.
func (s *sitting) play() (string, *Finding) {
	events := s.list.Events
	if len(events) == 0 {
		s.simulate()
		return "none; everybody is given the first favourite that can be taken", nil
	}
	before := make([]int, len(events)+1) // of each event: the one that counts before it
	standing := make([]int, len(events)+1)
	for i := range events {
		e := &events[i]
		if why := s.refusal(e); why != "" {
			f := wrong("event %d, %s, is not allowed: %s", e.N, strings.Join(slices.DeleteFunc([]string{e.Type, e.Candidate, e.Post}, func(s string) bool { return s == "" }), " "), why)
			if e.Candidate != "" {
				f.students(e.Candidate)
			}
			if e.Post != "" {
				f.posts(e.Post)
			}
			return "", f
		}
		before[e.N], standing[e.N] = standing[i], e.N
		if e.Type != format.Undo {
			s.do(e)
			continue
		}
		standing[e.N] = standing[e.To]
		var again []int
		for n := standing[e.To]; n > 0; n = before[n] {
			again = append(again, n)
		}
		s.begin()
		for _, n := range slices.Backward(again) {
			s.do(&events[n-1])
		}
	}
	return fmt.Sprintf("%d events played again, each allowed", len(events)), nil
}

// agrees sees that a state is the one reached, to the byte.
func (s *sitting) agrees(got *format.SittingState) (string, *Finding) {
	want := s.state()
	compared := []struct {
		what      string
		want, got []string
	}{
		{"placements", told(want.Placements), told(got.Placements)},
		{"waiting", want.Waiting, got.Waiting},
		{"skipped", want.Skipped, got.Skipped},
		{"without", want.Without, got.Without},
		{"passed", want.Passed, got.Passed},
		{"moved", want.Moved, got.Moved},
		{"posts", told(want.Posts), told(got.Posts)},
		{"phase", []string{want.Phase}, []string{got.Phase}},
		{"current", []string{want.Current}, []string{got.Current}},
	}
	for _, c := range compared {
		if !slices.Equal(c.want, c.got) {
			k := 0
			for k < len(c.want) && k < len(c.got) && c.want[k] == c.got[k] {
				k++
			}
			return "", wrong("of %s, the rules give %d with %q at place %d, the state says %d with %q", c.what, len(c.want), at(c.want, k), k+1, len(c.got), at(c.got, k))
		}
	}
	return fmt.Sprintf("%d placed, %d waiting", len(want.Placements), len(want.Waiting)), nil
}

// at returns a line, "" beyond the end.
func at(lines []string, k int) string {
	if k < len(lines) {
		return lines[k]
	}
	return ""
}

// told spells each of some lines of a state.
func told[T any](lines []T) []string {
	var all []string
	for _, line := range lines {
		all = append(all, fmt.Sprintf("%+v", line))
	}
	return all
}

func sortPosts(posts []format.CallPostState) {
	slices.SortFunc(posts, func(x, y format.CallPostState) int { return strings.Compare(x.Post, y.Post) })
}
