/*
Package admin is the platform as its administrators see it: people and what they
may do, the lists that the rest is arranged by, mails, background work, and the
log of all that was done.

Offices read some of these pages too, for their own people: a page shows what
lies in a perimeter of its reader, and answers anything else as what does not
exist. What belongs to nobody in particular (background work, the log of the
whole platform) takes the right on everything.

Here stand the parameters, and what its sub-rooms share: the addresses, and the
lines of the log as the history of a thing. The sub-rooms are people (who may sign
in, and do what) and activity (what was done: the log, mails, background work).

What is not here: students, sites and campaigns, which are the office's, with
the log of each campaign.
*/
package admin

import (
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// The addresses of the pages.
const (
	PeoplePath     = "/people"
	RolesPath      = "/roles"
	ParametersPath = "/parameters"
	MailsPath      = "/mails"
	JobsPath       = "/jobs"
	AuditPath      = "/audit"
)

// PersonPath is the address of the page of a person.
func PersonPath(publicID string) string { return PeoplePath + "/" + publicID }

// Reach returns the condition that a person, p in a list, lies where the reader holds
// a right: what identity knows, and the faculties and cohorts of students.
func Reach(r *page.Request, right identity.Right) store.Condition {
	return identity.SeenBy(r.Actor, right, r.Now(), student.People("p.id", r.Actor.Perimeters(right)))
}

// Named returns the sentence of a key if the catalogues have it, and otherwise
// the word itself: kinds come from packages that this one does not know.
func Named(p text.Printer, prefix, word string) string {
	if p.Has(prefix + word) {
		return p.T(prefix + word)
	}
	return word
}

// Home is the first crumb of every page.
func Home(r *page.Request) ui.Link { return ui.Link{Label: r.T("admin.home"), Href: "/"} }
