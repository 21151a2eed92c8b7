/*
Package capability is how a capability of Stagora says what it brings: rights
with their default holders, kinds of notice, lines of the log, work and when it
comes, a chapter of the demonstration.

Each package of the domain that has something to say exports one [Capability];
the node puts them together ([Union]). So no floor below a capability names it:
identity knows no right but its own, notice no kind, job no work, audit no
action. What has no page of its own stands here: [Ground] declares what the
packages below bring themselves.

What always holds, or [Check] says what is wrong:

  - a right, a kind of notice, an action and a kind of work have one owner;
  - each has its sentence in the catalogues, in each language: "right." + the
    right, "notice.kind." + the kind with its template, "audit." + the action,
    "job.kind." + the kind of work;
  - what a schedule starts has somebody who does it.

What is not here: pages and menus. A room of web declares those, and names the
capability that it shows.
*/
package capability

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Capability is what one capability brings. What is empty it does not have.
type Capability struct {
	Name      string                   // of the package: "campaign"
	Rights    []identity.DeclaredRight // in the order of the screen of roles
	Notices   []notice.Kind
	Actions   []string // of the lines that it writes to the log
	Work      map[string]job.Handler
	Schedules []job.Schedule
	Makers    notice.Makers // of the files that go with its mails
	// Demo adds the capability's chapter to a new demonstration, after people,
	// sites and students have come.
	Demo func(ctx context.Context, db *store.DB) error
}

// Union returns what several capabilities bring together, in their order.
func Union(parts ...Capability) Capability {
	all := Capability{Name: "all", Work: map[string]job.Handler{}, Makers: notice.Makers{}}
	for _, p := range parts {
		all.Rights = append(all.Rights, p.Rights...)
		all.Notices = append(all.Notices, p.Notices...)
		all.Actions = append(all.Actions, p.Actions...)
		all.Schedules = append(all.Schedules, p.Schedules...)
		maps.Copy(all.Work, p.Work)
		maps.Copy(all.Makers, p.Makers)
	}
	return all
}

// Check returns what is wrong with several capabilities: two owners of one thing,
// a sentence that is missing, a schedule of nobody's work. A program that is
// wrong must not start.
func Check(parts ...Capability) error {
	var wrong []error
	owners := map[string]string{}
	for _, p := range parts {
		for _, declared := range p.declared() {
			if first, twice := owners[declared.key]; twice {
				wrong = append(wrong, fmt.Errorf("%s is declared by %s and by %s", declared.key, first, p.Name))
			}
			owners[declared.key] = p.Name
			for _, sentence := range declared.sentences {
				wrong = append(wrong, missing(p.Name, sentence)...)
			}
		}
	}
	work := Union(parts...).Work
	for _, p := range parts {
		for _, s := range p.Schedules {
			if work[s.Kind] == nil {
				wrong = append(wrong, fmt.Errorf("%s schedules %s, which nobody does", p.Name, s.Kind))
			}
		}
	}
	return errors.Join(wrong...)
}

// A declaration is one thing that has one owner, with the sentences it needs.
type declaration struct {
	key       string
	sentences []string
}

func (c Capability) declared() []declaration {
	var all []declaration
	for _, r := range c.Rights {
		all = append(all, declaration{"right " + string(r.Right), []string{"right." + string(r.Right)}})
	}
	for _, k := range c.Notices {
		prefix := "notice." + string(k)
		all = append(all, declaration{"notice " + string(k), []string{"notice.kind." + string(k), prefix + ".subject", prefix + ".body"}})
	}
	for _, a := range c.Actions {
		all = append(all, declaration{"action " + a, []string{"audit." + a}})
	}
	for _, kind := range slices.SortedFunc(maps.Keys(c.Work), cmp.Compare) {
		all = append(all, declaration{"work " + kind, []string{"job.kind." + kind}})
	}
	return all
}

func missing(name, sentence string) []error {
	var wrong []error
	for _, lang := range []text.Lang{text.French, text.English} {
		if !text.In(lang, "").Has(sentence) {
			wrong = append(wrong, fmt.Errorf("%s needs the sentence %s in %q", name, sentence, lang))
		}
	}
	return wrong
}
