package admin

import (
	"net/url"
	"time"

	"stagora.org/stagora/internal/audit"
	"stagora.org/stagora/internal/text"
)

// LogOf is the address of the log of one thing.
func LogOf(kind, object string) string {
	return AuditPath + "?" + url.Values{"kind": {kind}, "object": {object}}.Encode()
}

// ActorName says who did something: a person as they were called then, or
// Stagora itself.
func ActorName(p text.Printer, l audit.Line) string {
	if l.Name == "" {
		return p.T("admin.system")
	}
	return l.Name
}

// objectPath is where a thing of the log can be looked at, or nothing.
func objectPath(l audit.Line) string {
	switch l.Kind {
	case "person":
		return PersonPath(l.Object)
	case "role":
		return RolesPath + "/" + l.Object
	case "mail":
		return MailsPath + "/" + l.Object
	case "job":
		return JobsPath + "/" + l.Object
	case "campaign":
		return "/campaigns/" + l.Object
	case "run":
		return "/campaigns/" + l.Scope + "/runs/" + l.Object
	}
	for _, list := range lists {
		if list.noun == l.Kind {
			return list.path() + "/" + l.Object
		}
	}
	return ""
}

// when writes the instant of a line to the second, as evidence wants it.
func when(p text.Printer, at time.Time) string { return p.ShortDate(at) + " " + p.Clock(at) }
