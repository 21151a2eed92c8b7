/*
Package check judges the results of the allocation engine. It shares no code with
the solvers but the reading of files, and it does not solve: it takes a result
for a claim, and looks for the first thing in it that cannot be true.

Verify judges one result against its instance, in this order:

	format               the file can be read, and is of the instance's method
	instance hash        it is a result of this very instance file
	known ids            it names only students and posts of the instance
	each student once    nobody is missing, nobody stands twice
	seats                no post has more people than seats
	closed and barred    nobody is at a closed post, or where a rule forbids it
	groups               floors and ceilings of groups of posts (no method of this version has any)
	pinned               whoever keeps a post has it
	certificate          the proof holds: served again in order, each student has the best wish left
	canonicality         lists stand in the order that the format fixes
	costs                of each student, by the rule of the method
	posts                people, last order, cost and demand of each post
	reasons              why each wish was granted or not
	statistics           the sums
	canonical bytes      the file is the JSON of RFC 8785, to the byte

VerifyBundle judges an exported campaign: that the seed is the one committed to,
that scores, manual positions and the draw give the order, then the result as
above, then that the published placements are the result and the listed
decisions, no more, and cost what the rule says.

What cannot be checked here: that the files are those of the campaign, and that
the scores and manual positions in them are right. The first is what the
published hashes are for, the second the office's own records.
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
func Verify(instance, result []byte) (*Report, error) {
	in, err := format.ReadInstance(instance)
	if err != nil {
		return nil, err
	}
	report := &Report{}
	report.result(in, instance, result)
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

// result judges a result file; it returns the claim, if it could be read.
func (r *Report) result(in *format.Instance, instance, result []byte) *claim {
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
		step{"instance hash", func() (string, *Finding) { return c.hash(instance) }},
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
		step{"canonical bytes", func() (string, *Finding) {
			if !format.IsCanonical(result) {
				return "", wrong("the content is right, but the file is not the JSON of RFC 8785")
			}
			return "RFC 8785", nil
		}},
	)
	return c
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
