package result

import (
	"slices"
	"strconv"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/text"
)

// An Amendment is something that the commission changes for one run, before the
// engine: the lists and posts of the campaign stay as they are.
type Amendment struct {
	Kind     AmendmentKind `json:"kind"`
	Student  string        `json:"student,omitempty"` // public id of the student; none for seats
	Post     string        `json:"post"`              // code
	At       int           `json:"at,omitempty"`      // of a wish: its place on the list, from 1; 0: the last
	Seats    int           `json:"seats,omitempty"`   // of seats: how many the post has in this run
	SetAside bool          `json:"setAside,omitempty"`
	Motive   Motive        `json:"motive"`
	Reason   string        `json:"reason"`
}

// An AmendmentKind is what is changed. The sentence "result.amendment." + the kind
// names it; "result.amended." + the kind tells one.
type AmendmentKind string

// The kinds of amendment.
const (
	AddWish  AmendmentKind = "wish"  // a wish is added to a student's list
	PinPost  AmendmentKind = "pin"   // a student keeps a post, whose seat is set aside
	SetSeats AmendmentKind = "seats" // a post has another number of seats
)

// An AmendmentLine is an amendment as people read it.
type AmendmentLine struct {
	Amendment
	Person   reference.Ref // whose list or place; none for seats
	PostName string
	Before   int // seats before
}

// Sentence tells the amendment.
func (a AmendmentLine) Sentence(p text.Printer) string {
	return p.T("result.amended."+string(a.Kind), "student", a.Person.Name, "post", titled(a.PostName, a.Post),
		"before", a.Before, "seats", a.Seats, "motive", a.Motive.Name())
}

// amend applies an amendment, and notes in form what is wrong with it.
func (s *instanceBuilder) amend(number int, a *Amendment, form *fault.Form) {
	prefix := "amendments." + strconv.Itoa(number) + "."
	wantWhy(form, prefix, a.Motive, &a.Reason)
	post, offered := s.posts[a.Post]
	if !offered {
		form.Wrong(prefix+"post", "result.post.unknown", "post", a.Post)
		return
	}
	if a.Kind == SetSeats {
		s.setSeats(prefix, a, post, form)
		return
	}
	i, known := s.students[a.Student]
	if !known {
		form.Wrong(prefix+"student", "result.student.unknown")
		return
	}
	if post.Secondary {
		form.Wrong(prefix+"post", "result.post.secondary", "post", post.Label())
		return
	}
	against := campaign.Verdicts(s.background[s.roster[i].ID], post)
	if refused := mayPlace(against, post.Label(), a.Kind == PinPost && a.SetAside); refused != nil {
		form.Wrong(prefix+"post", refused.Key, "post", refused.Args["post"], "rule", refused.Args["rule"])
		return
	}
	switch a.Kind {
	case AddWish:
		s.addWish(prefix, a, i, form)
	case PinPost:
		s.pin(prefix, a, i, form)
	default:
		form.Wrong(prefix+"kind", "result.amendment.unknown")
	}
}

func (s *instanceBuilder) setSeats(prefix string, a *Amendment, post campaign.Post, form *fault.Form) {
	if a.Seats < 0 || a.Seats > max(post.Max, post.Seats) {
		form.Wrong(prefix+"seats", "form.range", "found", a.Seats, "min", 0, "max", max(post.Max, post.Seats))
		return
	}
	s.in.SetSeats(a.Post, a.Seats)
}

func (s *instanceBuilder) addWish(prefix string, a *Amendment, i int, form *fault.Form) {
	if s.in.Rank(i, a.Post) > 0 {
		form.Wrong(prefix+"post", "result.wish.listed", "post", s.posts[a.Post].Label())
		return
	}
	at := len(s.roster[i].Wishes)
	if a.At > 0 {
		at = min(a.At-1, at)
	}
	s.in.InsertWish(i, at, a.Post)
	s.roster[i].Wishes = slices.Insert(s.roster[i].Wishes, at, wishNote{Added: true})
}

func (s *instanceBuilder) pin(prefix string, a *Amendment, i int, form *fault.Form) {
	if kept := s.in.Pinned(i); kept != "" {
		form.Wrong(prefix+"student", "result.pin.twice", "post", s.posts[kept].Label())
		return
	}
	s.in.Pin(i, a.Post)
}

// checkPins notes posts that more students keep than they have seats.
func (s *instanceBuilder) checkPins(amendments []Amendment, form *fault.Form) {
	kept := s.in.Reserved()
	for i, a := range amendments {
		seats, offered := s.in.Seats(a.Post)
		if offered && kept[a.Post] > seats {
			form.Wrong("amendments."+strconv.Itoa(i)+".post", "result.full", "post", s.posts[a.Post].Label(), "seats", seats)
		}
	}
}

// mayPlace says whether people may place a student at a post against the rules that
// forbid it. Posts closed to wishes are the commission's own; that a site was already
// done may be set aside knowingly; a level that a post does not take may not.
func mayPlace(against []campaign.Verdict, post string, setAside bool) *fault.Error {
	for _, v := range against {
		rule := text.Key("rule.name." + string(v.Rule))
		switch {
		case v.Rule == campaign.RuleClosedToWishes:
		case !mayLift(v):
			return fault.New(fault.Conflict, "result.barred", "post", post, "rule", rule)
		case !setAside:
			return fault.New(fault.Conflict, "result.setaside", "post", post, "rule", rule)
		}
	}
	return nil
}

// mayLift reports whether the commission may set a rule aside.
func mayLift(v campaign.Verdict) bool { return v.Rule == campaign.RuleAlreadyDone }

// lifted returns the rule that a placement sets aside, "" for none: of several, the
// one that asks most of the commission.
func lifted(against []campaign.Verdict) campaign.Rule {
	if len(against) == 0 {
		return ""
	}
	return against[len(against)-1].Rule
}
