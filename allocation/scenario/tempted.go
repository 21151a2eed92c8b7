package scenario

import (
	"slices"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
)

// A Temptation is a list that would have served a student better than the true
// one, everybody else keeping theirs.
type Temptation struct {
	Student string
	Sincere int // the rank that the true list gives
	Rank    int // the rank, on the true list, that the other list gives
	List    []format.Wish
}

// Tempted returns, for each student who has any, the most rewarding of the lists
// tried that is not the true one. Tried are the simple ways of lying: to put
// another wish first, and to cut the list short. So an empty answer proves
// nothing for a method that is not strategy-proof, while each line is a proof that
// sincerity can cost.
//
// It solves the instance some twenty times for each student.
func Tempted(run assign.Run, in *format.Instance, method string) ([]Temptation, error) {
	in, _ = adapt(in, method)
	honest, err := run.Solve(in)
	if err != nil {
		return nil, err
	}
	sincere := Positions(in, honest)
	var found []Temptation
	for i := range in.Students {
		truth := in.Students[i].Wishes
		best := Temptation{Student: in.Students[i].ID, Sincere: sincere[i], Rank: sincere[i]}
		for _, list := range lies(truth, sincere[i]) {
			lying := *in
			lying.Students = slices.Clone(in.Students)
			lying.Students[i].Wishes = list
			r, err := run.Solve(&lying)
			if err != nil {
				return nil, err
			}
			a := r.Assignments[slices.IndexFunc(r.Assignments, func(a format.Assignment) bool { return a.Student == best.Student })]
			rank := slices.IndexFunc(truth, func(w format.Wish) bool { return w.Post == a.Post && w.Barred == "" }) + 1
			if rank > 0 && rank < best.Rank {
				best.Rank, best.List = rank, list
			}
		}
		if best.List != nil {
			found = append(found, best)
		}
	}
	return found, nil
}

// lies returns the lists to try for a student whom the true list gives a rank:
// nothing can be gained where the first wish is granted.
func lies(truth []format.Wish, rank int) (lists [][]format.Wish) {
	if rank <= 1 {
		return nil
	}
	for k := range truth {
		if k > 0 {
			lists = append(lists, slices.Insert(slices.Delete(slices.Clone(truth), k, k+1), 0, truth[k]))
		}
		if k+1 < len(truth) && k+1 < rank {
			lists = append(lists, slices.Clone(truth[:k+1]))
		}
	}
	return lists
}
