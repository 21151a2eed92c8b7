package activity

import (
	"net/http"

	"stagora.org/stagora/internal/web/page"
	"stagora.org/stagora/internal/web/ui"
)

// DemoMailboxPath is where the demo mounts its box of caught mails:
// [DemoMailbox] there, [DemoMail] under "/{mail}" and [DemoAttachment] under
// "/{mail}/attachments/{number}".
const DemoMailboxPath = "/demo/mailbox"

var demoBox = mailbox{path: DemoMailboxPath, demo: true}

// DemoMailbox lists every mail of a demonstration, for anybody: nothing leaves
// one, and nobody in it is real. Production does not mount it.
func DemoMailbox(w http.ResponseWriter, r *page.Request) error { return demoBox.list(w, r) }

// DemoMail shows one mail of a demonstration.
func DemoMail(w http.ResponseWriter, r *page.Request) error {
	return demoBox.one(w, r, http.StatusOK, ui.Errors{})
}

// DemoAttachment answers with a file that went with a mail of a demonstration.
func DemoAttachment(w http.ResponseWriter, r *page.Request) error { return demoBox.attachment(w, r) }
