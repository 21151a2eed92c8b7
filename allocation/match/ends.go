package match

import "stagora.org/stagora/allocation/format"

// An End is what the two ends of all stable matchings give one candidate.
type End struct {
	Candidate   string
	Best, Worst string // the best and the worst post of any stable matching; "" for none
}

// Only says that no other stable matching gives the candidate another post, or
// any: what this one gives is all that stability allows.
func (e End) Only() bool { return e.Best == e.Worst }

// Ends compares the stable matching that is best for all candidates with the one
// that is worst for them (and best for the posts), by candidate id. Whoever has no
// post in one has none in the other, nor in any between them (the rural hospitals
// theorem: Roth, "On the allocation of residents to rural hospitals", 1986; for
// reserved seats, Hatfield and Milgrom, "Matching with contracts", 2005).
//
// The lists must be strict, or their ties drawn. ok is false with
// format.LargestTies: weakly stable matchings have no ends.
func Ends(in *format.MatchInstance) (ends []End, ok bool) {
	if in.Ties != nil && in.Ties.Rule == format.LargestTies {
		return nil, false
	}
	m := newMarket(in)
	best, worst := m.candidatesPropose(), m.postsPropose()
	post := func(e *edge) string {
		if e == nil {
			return ""
		}
		return in.Posts[e.post].ID
	}
	for _, c := range byID(len(in.Candidates), func(c int) string { return in.Candidates[c].ID }) {
		if kept := m.fixed[c]; kept != nil {
			best[c], worst[c] = kept, kept
		}
		ends = append(ends, End{Candidate: in.Candidates[c].ID, Best: post(best[c]), Worst: post(worst[c])})
	}
	return ends, true
}
