package campaign

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/internal/fault"
)

// A Wish is one line of a ranked list: a post, perhaps with a secondary post to
// go with it, both by their codes.
type Wish struct {
	Post      string `json:"post"`
	Secondary string `json:"secondary,omitempty"`
}

// A Version is a list as it was saved once. It never changes.
type Version struct {
	Number   int // from 1
	At       time.Time
	Author   int64 // the person; 0: Stagora itself
	By       string
	Channel  Channel
	Wishes   []Wish // best first
	Hash     string // SHA-256 of the canonical form, hexadecimal
	Previous string // hash of the version before; empty for the first
}

// A Channel is the way a version came in. The sentence "wishes.channel." + the
// channel names it.
type Channel string

// The channels.
const (
	FromPage    Channel = "page"
	FromRestore Channel = "restore" // an earlier version taken up again
	FromImport  Channel = "import"
)

// canonical is what the hash of a version covers: everything that the version
// states, whose list it is, and the hash of the version before.
func (v Version) canonical(campaign, student string) []byte {
	form := struct {
		At       string  `json:"at"`
		Author   int64   `json:"author"`
		By       string  `json:"by"`
		Campaign string  `json:"campaign"`
		Channel  Channel `json:"channel"`
		Number   int     `json:"number"`
		Previous string  `json:"previous"`
		Student  string  `json:"student"`
		Wishes   []Wish  `json:"wishes"`
	}{v.At.UTC().Format(time.RFC3339Nano), v.Author, v.By, campaign, v.Channel, v.Number, v.Previous, student, v.Wishes}
	return canonicalJSON(form)
}

// hash returns the hash of a version of a student's list, by public identifiers.
func (v Version) hash(campaign, student string) string { return sha(v.canonical(campaign, student)) }

// Seal returns the version with its hash, for lists that are brought in with their
// history. Campaign and student are the public identifier and the pseudonym.
func (v Version) Seal(campaign, student string) Version {
	v.Hash = v.hash(campaign, student)
	return v
}

// checkChain returns the number of the first version whose hash does not follow
// from what it states and from the version before, or 0 if all do. Versions are
// given from the first on.
func checkChain(campaign, student string, versions []Version) int {
	previous := ""
	for i, v := range versions {
		if v.Number != i+1 || v.Previous != previous || v.Hash != v.hash(campaign, student) {
			return i + 1
		}
		previous = v.Hash
	}
	return 0
}

// canonicalJSON writes a value as RFC 8785 JSON.
func canonicalJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err == nil {
		data, err = format.Canonical(data)
	}
	if err != nil {
		panic(fmt.Sprintf("campaign: %T cannot be written as JSON: %v", v, err))
	}
	return data
}

func sha(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

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

// A Change is what became of one post between two lists.
type Change struct {
	Post     string
	From, To int  // ranks from 1; 0: not on that list
	Moved    bool // it changed places with others; false: only added, removed, or pushed by what was
}

// Diff tells how one list became another: first what is on the new one, in its
// order, then what was removed.
func Diff(before, after []Wish) []Change {
	rank := func(list []Wish, post string) int {
		return 1 + slices.IndexFunc(list, func(w Wish) bool { return w.Post == post })
	}
	var changes []Change
	var kept []int // indices in changes of what is on both lists
	for i, w := range after {
		from := rank(before, w.Post)
		if from > 0 {
			kept = append(kept, len(changes))
		}
		changes = append(changes, Change{Post: w.Post, From: from, To: i + 1})
	}
	stayed := longestRise(kept, func(i int) int { return changes[i].From })
	for _, i := range kept {
		changes[i].Moved = !slices.Contains(stayed, i)
	}
	for i, w := range before {
		if rank(after, w.Post) == 0 {
			changes = append(changes, Change{Post: w.Post, From: i + 1})
		}
	}
	return changes
}

// longestRise returns a longest subsequence of items whose values rise.
func longestRise(items []int, value func(int) int) []int {
	best := make([][]int, len(items))
	var longest []int
	for i, item := range items {
		for j := range i {
			if value(items[j]) < value(item) && len(best[j]) > len(best[i]) {
				best[i] = best[j]
			}
		}
		best[i] = append(slices.Clone(best[i]), item)
		if len(best[i]) > len(longest) {
			longest = best[i]
		}
	}
	return longest
}

// Merge proposes one list out of two that were made from the same one: mine in
// its order, without what theirs has removed, and with what theirs has added
// after the post that stands before it there. The person decides; nothing is
// saved by it.
func Merge(base, mine, theirs []Wish) []Wish {
	has := func(list []Wish, post string) bool {
		return slices.ContainsFunc(list, func(w Wish) bool { return w.Post == post })
	}
	merged := slices.DeleteFunc(slices.Clone(mine), func(w Wish) bool {
		return has(base, w.Post) && !has(theirs, w.Post)
	})
	for i, w := range theirs {
		if has(base, w.Post) || has(merged, w.Post) {
			continue
		}
		at := 0
		for j := i - 1; j >= 0 && at == 0; j-- {
			at = 1 + slices.IndexFunc(merged, func(x Wish) bool { return x.Post == theirs[j].Post })
		}
		merged = slices.Insert(merged, at, w)
	}
	return merged
}
