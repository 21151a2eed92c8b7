package assign

import "stagora.org/stagora/allocation/format"

// A Margin says how early a student would have had to be served to get a wish
// that was full.
type Margin struct {
	Wish     int // from 1
	Position int // served at this position or before, the student would have had this wish or a better one
	Gives    int // the wish that the student gets at exactly that position: Wish or a better one
}

// Margins returns the margins of one student's full wishes, in the order of the
// list, from the result of a serial placement (format.Serial, format.ScoreV1,
// format.ScoreV2; Explain serves the other methods). It is exact: those who come
// before the student choose without regard to the student, so the post would
// have had a seat for whoever stood at the place of the last person served
// there, or before. A wish whose post is filled by pinned students alone has no
// margin: no position gives it.
func Margins(r *format.Result, student string) []Margin {
	var reasons []format.Reason
	for _, reason := range r.Reasons {
		if reason.Student == student {
			reasons = append(reasons, reason)
		}
	}
	return MarginsFrom(r.Method, reasons)
}

// MarginsFrom is [Margins] for who has gathered the reasons of each student: those
// of one, in the order of the list, and the method that gave them.
func MarginsFrom(method string, reasons []format.Reason) []Margin {
	if method != format.Serial && method != format.ScoreV1 && method != format.ScoreV2 {
		return nil
	}
	var margins []Margin
	for _, reason := range reasons {
		if reason.Outcome != format.Full || reason.LastOrder == 0 {
			continue
		}
		gives := reason.Wish
		for _, better := range margins {
			if better.Position >= reason.LastOrder {
				gives = better.Wish
				break
			}
		}
		margins = append(margins, Margin{Wish: reason.Wish, Position: reason.LastOrder, Gives: gives})
	}
	return margins
}
