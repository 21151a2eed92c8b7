/*
Package notice tells people things by mail, and can say afterwards what they were
told, when, and whether it left.

A message is queued in the transaction of what it tells ([Queue]): it exists if
and only if that is true. It is written at once, in the reader's language and time
zone, and kept word for word as it was sent. Whoever tells many people something
writes the messages outside the transaction ([Render]) and queues them together
([QueueAll]).

Sending comes after. It is background work like any other ([Mailer]), through a
[Sender]: a mail server, or the demo's catcher, with which nothing leaves.

What always holds:

  - a key is queued once: asking twice for the same receipt sends one mail;
  - no message has an empty blank: one that cannot be written is an error of the
    program, found before anything is queued;
  - a person without an address is recorded as not reached, with the reason; the
    change that wanted to tell them goes through;
  - two nodes never send at once: sending is one task, which one of them has. A
    node that dies while the server is answering may have sent a message without
    recording so: the message is sent again, under the same Message-ID;
  - a server that does not answer makes all messages wait, and counts against
    none; a refusal speaks of one message;
  - what somebody waits for now ([Message.Urgent]) leaves before what is sent to
    many;
  - what the mail server says is kept beside the message until it has left.

What is not here: who must be told, and when. The packages that own the facts
decide that and queue.
*/
package notice

import (
	"fmt"
	"maps"
	netmail "net/mail"
	"strings"
	"time"

	"stagora.org/stagora/internal/text"
)

// RightView is the code of the right to see what was sent to whom, and send it again. It is
// declared by package capability: rights are known from the floor above on.
const RightView = "mail.view"

// A Kind is what a message is about. The sentences "notice.<kind>.subject" and
// "notice.<kind>.body" are its template, "notice.kind.<kind>" its name.
// Who tells something declares its kinds, with the blanks that each needs besides the
// name, the link and the contact that all have.
type Kind string

// A State is where a message stands. The sentence "notice.state.<state>" names it.
type State string

// The states of a message.
const (
	Waiting       State = "waiting"       // it will be sent when it is due
	Held          State = "held"          // it waits for somebody's word: [Release]
	Sent          State = "sent"          // the mail server took it
	Caught        State = "caught"        // the demo's catcher took it: nothing left
	Failed        State = "failed"        // the mail server refused it for good, or for too long
	Undeliverable State = "undeliverable" // there is no address to send it to
	Cancelled     State = "cancelled"     // somebody stopped it in time
)

// States are all states.
var States = []State{Waiting, Held, Sent, Caught, Failed, Undeliverable, Cancelled}

// A Recipient is who reads a message.
type Recipient struct {
	Person  int64 // the key of the person; 0 for somebody without an account
	Name    string
	Address string // empty if none is known
	Lang    text.Lang
}

// An Attachment is a file that goes with a message.
type Attachment struct {
	Name      string // as the reader saves it: "voeux-v7.pdf"
	MediaType string // "application/pdf"
	Content   []byte
}

// A Message asks for a mail.
type Message struct {
	Kind        Kind
	To          Recipient
	Blanks      text.Blanks // what the kind's template needs
	Link        string      // absolute address of the page that the message is about
	Contact     string      // who answers questions; if it is an address, answers go there
	Attachments []Attachment
	File        File      // a file that is made when the message is sent; zero for none
	Key         string    // what makes it the same message, queued once; empty for no such limit
	Scope       string    // public identifier of what it belongs to, a campaign for example, or empty
	Zone        string    // in which times are written; empty is Paris
	NotBefore   time.Time // zero for at once
	Urgent      bool      // somebody waits for it now: it leaves before what is sent to many
	Hold        bool      // wait for [Release]
}

// Lines writes a list into a blank, one line each. Lines that begin with a number
// and a point become a numbered list for mail programs that show HTML, others get
// a dash.
func Lines(lines []string) string {
	written := make([]string, len(lines))
	for i, line := range lines {
		if _, ok := numbered(line); !ok {
			line = "– " + line
		}
		written[i] = line
	}
	return strings.Join(written, "\n")
}

// A Letter is a message written for its reader, as it will be sent.
type Letter struct {
	Message
	Subject string
	Body    string // plain text
}

// Render writes a message for its reader. It fails if the template, one of its
// blanks or the link is missing; what a blank holds is never looked into, so that
// anybody may be called anything. It reads nothing and writes nothing: call it
// outside of transactions.
func Render(m Message) (Letter, error) {
	if !strings.HasPrefix(m.Link, "https://") && !strings.HasPrefix(m.Link, "http://") {
		return Letter{}, fmt.Errorf("notice %s: the link %q is not an absolute address", m.Kind, m.Link)
	}
	blanks := map[string]any{"name": m.To.Name, "link": m.Link, "contact": m.Contact}
	maps.Copy(blanks, m.Blanks)
	p := text.In(m.To.Lang, m.Zone)
	var parts [4]string
	for i, key := range []string{"notice." + string(m.Kind) + ".subject", "notice.greeting", "notice." + string(m.Kind) + ".body", "notice.footer"} {
		var err error
		if parts[i], err = p.Fill(key, blanks); err != nil {
			return Letter{}, fmt.Errorf("notice %s: %w", m.Kind, err)
		}
	}
	return Letter{
		Message: m,
		// A line break in a name must not end the subject.
		Subject: strings.Join(strings.Fields(parts[0]), " "),
		Body:    strings.Join([]string{parts[1], strings.TrimSpace(parts[2]), parts[3]}, "\n\n"),
	}, nil
}

// reachable returns the catalogue key of why an address cannot be written to, or
// nothing.
func reachable(address string) string {
	if strings.TrimSpace(address) == "" {
		return "notice.reason.no-address"
	}
	if addressIn(address) == "" {
		return "notice.reason.bad-address"
	}
	return ""
}

// addressIn returns s if it is a bare mail address, and nothing otherwise.
func addressIn(s string) string {
	parsed, err := netmail.ParseAddress(s)
	if err != nil || parsed.Name != "" || !strings.Contains(parsed.Address, ".") {
		return ""
	}
	return parsed.Address
}
