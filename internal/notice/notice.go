/*
Package notice tells people things by mail, and can say afterwards what they were
told, when, and whether it left.

A message is queued in the transaction of what it tells ([Queue]): it exists if
and only if that is true. It is written at once, in the reader's language and the
campaign's time zone, and kept word for word as it was sent. Sending comes after,
by [Send] or [Deliver], through a [Sender]: a mail server, or the demo's catcher,
with which nothing leaves.

What always holds:

  - a key is queued once: asking twice for the same receipt sends one mail;
  - no message has an empty blank: one that cannot be written is an error of the
    program, found before anything is queued;
  - a person without an address is recorded as not reached, with the reason; the
    change that wanted to tell them goes through;
  - two nodes never send a message at once. A node that dies while the server is
    answering may have sent it without recording so: the message is sent again,
    under the same Message-ID;
  - what the mail server says is kept beside the message until it has left.

What is not here: who must be told, and when. The packages that own the facts
decide that and queue.
*/
package notice

import (
	"context"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/google/uuid"

	"stagora.org/stagora/internal/notice/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Kind is what a message is about. The sentences "notice.<kind>.subject" and
// "notice.<kind>.body" are its template, "notice.kind.<kind>" its name.
type Kind string

// The kinds, each with the blanks that its caller fills in besides the name,
// the link and the contact that all have.
const (
	CampaignOpened      Kind = "campaign.opened"               // campaign, closes, most (wishes)
	ReminderNone        Kind = "campaign.reminder.none"        // campaign, closes
	ReminderShort       Kind = "campaign.reminder.short"       // campaign, closes, wishes (how many), most
	ReminderUnconfirmed Kind = "campaign.reminder.unconfirmed" // campaign, closes, wishes (how many), saved
	WishesReceipt       Kind = "wishes.receipt"                // campaign, closes, version, saved, wishes ([Lines]), hash, check
	WishesDeadline      Kind = "wishes.deadline"               // campaign, closed, version, saved, wishes ([Lines]), hash, check
	LateGranted         Kind = "late.granted"                  // campaign, until
	ResultPublished     Kind = "result.published"              // campaign, site, from, to
	ResultUnplaced      Kind = "result.unplaced"               // campaign
	ResultSite          Kind = "result.site"                   // campaign, site, from, to, number, arrivals ([Lines])
	AccountCreated      Kind = "account.created"               // login
)

// Kinds are all kinds, in the order of a campaign.
var Kinds = []Kind{
	AccountCreated, CampaignOpened, ReminderNone, ReminderShort, ReminderUnconfirmed,
	WishesReceipt, WishesDeadline, LateGranted, ResultPublished, ResultUnplaced, ResultSite,
}

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
	Key         string    // what makes it the same message, queued once; empty for no such limit
	Scope       string    // public identifier of the campaign, or empty
	Zone        string    // in which times are written: the campaign's; empty is Paris
	NotBefore   time.Time // zero for at once
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

// Render writes the message for its reader, as Queue would, for a preview.
func (m Message) Render() (subject, body string, err error) {
	p := text.In(m.To.Lang, m.Zone)
	if !p.Has("notice." + string(m.Kind) + ".body") {
		return "", "", fmt.Errorf("notice: no template for %q", m.Kind)
	}
	if !strings.HasPrefix(m.Link, "https://") && !strings.HasPrefix(m.Link, "http://") {
		return "", "", fmt.Errorf("notice %s: the link %q is not an absolute address", m.Kind, m.Link)
	}
	blanks := map[string]any{"name": m.To.Name, "link": m.Link, "contact": m.Contact}
	for name, value := range m.Blanks {
		blanks[name] = value
	}
	subject = p.Message("notice."+string(m.Kind)+".subject", blanks)
	body = strings.Join([]string{
		p.Message("notice.greeting", blanks),
		strings.TrimSpace(p.Message("notice."+string(m.Kind)+".body", blanks)),
		p.Message("notice.footer", blanks),
	}, "\n\n")
	for _, written := range []string{subject, body} {
		if strings.Contains(written, "<no value>") || strings.Contains(written, "⟦") {
			return "", "", fmt.Errorf("notice %s: a blank is empty in: %s", m.Kind, written)
		}
	}
	// A line break in a name must not end the subject.
	return strings.Join(strings.Fields(subject), " "), body, nil
}

// Queue writes a message and queues it in the transaction of what it tells. It
// returns the message's public identifier: that of the earlier one if there is one with
// its key.
func Queue(ctx context.Context, tx *store.Tx, m Message) (string, error) {
	subject, body, err := m.Render()
	if err != nil {
		return "", err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("queue %s: %w", m.Kind, err)
	}
	due := tx.Now
	if m.NotBefore.After(due) {
		due = m.NotBefore
	}
	state, reason := Waiting, reachable(m.To.Address)
	if reason != "" {
		state = Undeliverable
	} else if m.Hold {
		state = Held
	}
	q := queries.New(tx)
	added, err := q.Add(ctx, queries.AddParams{
		PublicID: id.String(), UniqueKey: m.Key, Kind: string(m.Kind), Scope: m.Scope,
		Person: m.To.Person, Name: m.To.Name, Address: m.To.Address, Lang: string(text.ParseLang(string(m.To.Lang))),
		Subject: subject, Body: body, ReplyTo: addressIn(m.Contact),
		State: string(state), Due: store.At(due), Reason: reason, QueuedAt: store.At(tx.Now),
	})
	if err != nil {
		return "", fmt.Errorf("queue %s: %w", m.Kind, err)
	}
	if len(added) == 0 {
		earlier, err := q.ByKey(ctx, m.Key)
		if err != nil {
			return "", fmt.Errorf("queue %s again: %w", m.Kind, err)
		}
		return earlier, nil
	}
	for i, a := range m.Attachments {
		if err := q.Attach(ctx, queries.AttachParams{
			MessageID: added[0], Number: int32(i + 1), Name: a.Name, MediaType: a.MediaType, Content: a.Content,
		}); err != nil {
			return "", fmt.Errorf("queue %s: attach %s: %w", m.Kind, a.Name, err)
		}
	}
	return id.String(), nil
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
