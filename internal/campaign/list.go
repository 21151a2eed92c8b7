package campaign

import (
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/ranking"
)

// A Wish is one line of a ranked list: a post, perhaps with a secondary post to
// go with it, both by their codes.
type Wish struct {
	Post      string `json:"post"`
	Secondary string `json:"secondary,omitempty"`
}

// A Version is a list of wishes as it was saved once.
type Version = ranking.Version[Wish]

// checkList returns nil if wishes may replace a list: not too many, no post twice,
// only posts of the campaign, each in its own role. A post that was closed to
// wishes may stay on a list that has it, but not come onto one. A wish that a rule
// will not grant may stand there: the page warns, the run says why.
func checkList(c Campaign, posts map[string]Post, before, wishes []Wish) error {
	if len(wishes) > c.MaxWishes {
		return fault.New(fault.Invalid, "wishes.toomany", "count", c.MaxWishes, "found", len(wishes))
	}
	had := map[string]bool{}
	for _, w := range before {
		had[w.Post] = true
	}
	seen := map[string]bool{}
	for _, w := range wishes {
		post, known := posts[w.Post]
		secondary, knownSecondary := posts[w.Secondary]
		switch {
		case !known:
			return fault.New(fault.Invalid, "wishes.unknownpost", "post", w.Post, "campaign", c.Name)
		case post.Secondary:
			return fault.New(fault.Invalid, "wishes.onlysecondary", "post", post.Label())
		case w.Secondary != "" && (!knownSecondary || !secondary.Secondary):
			return fault.New(fault.Invalid, "wishes.notsecondary", "post", w.Secondary)
		case seen[w.Post]:
			return fault.New(fault.Invalid, "wishes.twice", "post", post.Label())
		case post.Closed && !had[w.Post]:
			return fault.New(fault.Invalid, "wishes.postclosed", "post", post.Label(), "contact", c.Contact.String())
		}
		seen[w.Post] = true
	}
	return nil
}
