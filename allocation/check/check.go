/*
Package check judges the results of the allocation engine. It shares no code with
the solvers but the reading of files, and it does not solve: it takes a result
for a claim, and looks for the first thing in it that cannot be true.

	VerifyFile      any result file, by the format of its instance
	Verify          assign-result/1
	VerifyMatch     match-result/1
	VerifyCallList  calllist-state/1
	VerifyMarket    what an engine made of an HR1 file
	VerifyBundle    an exported campaign

# Assignments

Verify judges in this order:

	format               the file can be read, and is of the instance's method
	instance hash        it is a result of this very instance file
	known ids            it names only students and posts of the instance
	each student once    nobody is missing, nobody stands twice
	seats                no post has more people than seats
	closed and barred    nobody is at a closed post, or where a rule forbids it
	groups               each group of posts has enough people, and not too many
	pinned               whoever keeps a post has it
	certificate          the placement is what the method promises: see below
	canonicality         of the placements as good it is the first in the order of the
	                     students; lists stand in the order that the format fixes
	costs                of each student, by the rule of the method
	posts                people, last order, cost and demand of each post
	reasons              why each wish was granted or not
	statistics           the sums
	canonical bytes      the file is the JSON of RFC 8785, to the byte

What proves a placement depends on its method:

  - serial, score-v1, score-v2: served again in order, each student has the best
    wish left.
  - equity: the prices of the certificate. Nobody would rather be elsewhere, only
    what is at its bound has a price, the sums agree; so no placement costs less
    (linear programming duality). They are the least such prices: no set of posts and
    groups could become cheaper together. One pass each.
  - leximin, rank-maximal: the same at each level, with the costs that follow from
    the levels before.
  - ordered: prices of 0 and 1 that check finds itself, by a search from the students
    without a post.
  - traded-lottery: the orders are drawn and served again; no student loses by the
    trades; no cycle of changes is left that would lower the sum of ranks; the draw
    is made again.

That a placement is the first of those as good is seen from what can change at
the same cost: cycles of moves. No cycle may give a student something better that
touches later students alone (see earlier.go).

# Matchings, call lists and markets

A matching is stable if no candidate and post would both rather have each other:
one pass over the lists. Without ties, or once a draw has broken them, it is the
best stable one for the side that proposes if no rotation is left. Ties broken for
the sake of size: no candidate without a post could have one by moving one other.
A call list is played again by a machine of its own, from a log whose hashes are
made again. For a market of a million students, a matching takes about a tenth of
a second.

# Bundles

VerifyBundle judges an exported campaign: that the seed is the one committed to,
that scores, manual positions and the draw give the order, then the result as
above, then that the published placements are the result and the listed
decisions, no more, and cost what the rule says.

# What cannot be checked here

That the files are those of the campaign, and that the lists, scores and manual
positions in them are right. The first is what the published hashes are for, the
second the office's own records.
*/
package check

import (
	"fmt"
	"strings"

	"stagora.org/stagora/allocation/format"
)

// A Report is what a verification found.
type Report struct {
	Passed []Step
	Failed *Finding // the first thing that is wrong; nil when everything holds
}

// A Step is one check that passed.
type Step struct {
	Name   string
	Detail string // what was looked at: "26 seats at 14 posts, 23 taken"
}

// A Finding is something wrong.
type Finding struct {
	Check    string // the name of the check that failed
	Message  string // what is wrong, in a sentence
	Students []string
	Posts    []string
}

func (f *Finding) String() string {
	s := f.Check + ": " + f.Message
	if len(f.Students) > 0 {
		s += " (students " + strings.Join(f.Students, ", ") + ")"
	}
	if len(f.Posts) > 0 {
		s += " (posts " + strings.Join(f.Posts, ", ") + ")"
	}
	return s
}

// Verify judges a result file against its instance file. The error, of type
// format.Errors, tells that the instance itself is not valid, so that nothing
// can be said of the result.
func Verify[C format.Content](instance, result C) (*Report, error) {
	in, err := format.ReadInstance(instance)
	if err != nil {
		return nil, err
	}
	report := &Report{}
	judge(report, in, instance, result)
	return report, nil
}

// A step looks at one thing and says what it looked at, or what is wrong.
type step struct {
	name string
	look func() (detail string, wrong *Finding)
}

// run takes steps up to the first that fails.
func (r *Report) run(steps ...step) {
	for _, s := range steps {
		if r.Failed != nil {
			return
		}
		detail, wrong := s.look()
		if wrong != nil {
			wrong.Check = s.name
			r.Failed = wrong
			return
		}
		r.Passed = append(r.Passed, Step{Name: s.name, Detail: detail})
	}
}

// judge has a report judge a result file; it returns the claim, if it could be read.
func judge[C format.Content](r *Report, in *format.Instance, instance, result C) *claim {
	var c *claim
	r.run(step{"format", func() (string, *Finding) {
		out, err := format.ReadResult(result)
		if err != nil {
			return "", wrong("the result cannot be read: %v", err)
		}
		if out.Method != in.Method {
			return "", wrong("the result is of method %s, the instance asks for %s", out.Method, in.Method)
		}
		c = newClaim(in, out)
		return "assign-result/1, method " + out.Method + ", made by " + out.Engine, nil
	}})
	if c == nil {
		return nil
	}
	r.run(
		step{"instance hash", func() (string, *Finding) { return sameInstance(c.out.Instance, instance) }},
		step{"known ids", c.knownIDs},
		step{"each student once", c.eachStudentOnce},
		step{"seats", c.seats},
		step{"closed and barred", c.closedAndBarred},
		step{"groups", c.groups},
		step{"pinned", c.pinned},
		step{"certificate", c.certificate},
		step{"canonicality", c.canonical},
		step{"costs", c.costs},
		step{"posts", c.posts},
		step{"reasons", c.reasons},
		step{"statistics", c.statistics},
		step{"canonical bytes", func() (string, *Finding) { return canonicalBytes(result) }},
	)
	return c
}

// sameInstance sees that a result names the instance it is of by its hash.
func sameInstance[C format.Content](claimed string, instance C) (string, *Finding) {
	if want := format.Hash(instance); claimed != want {
		return "", wrong("the result is of the instance %s, this one is %s", claimed, want)
	}
	return claimed, nil
}

func canonicalBytes[C format.Content](result C) (string, *Finding) {
	if !format.IsCanonical(result) {
		return "", wrong("the content is right, but the file is not the JSON of RFC 8785")
	}
	return "RFC 8785", nil
}

func wrong(message string, args ...any) *Finding {
	return &Finding{Message: fmt.Sprintf(message, args...)}
}

func (f *Finding) students(ids ...string) *Finding {
	f.Students = append(f.Students, ids...)
	return f
}

func (f *Finding) posts(ids ...string) *Finding {
	f.Posts = append(f.Posts, ids...)
	return f
}
