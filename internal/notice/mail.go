package notice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/notice/queries"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// A Mail is a message as it was queued, and what became of it.
type Mail struct {
	ID          string // public
	Kind        Kind
	Scope       string
	To          Recipient
	Subject     string
	Body        string // plain text
	ReplyTo     string // or empty
	Attachments []Attachment
	File        File // that goes with it, made when it is sent or shown

	State    State
	Attempts int    // to send it
	Reason   string // catalogue key of why it has not left, or empty
	Detail   string // the mail server's own words, for administrators
	QueuedAt time.Time
	DueAt    time.Time // when it will be sent, or tried again, if it is waiting
	LeftAt   time.Time // zero: it has not left
}

// Find returns a mail with its attachments, and a NotFound fault if there is
// none.
func Find(ctx context.Context, tx *store.Tx, id string) (Mail, error) {
	row, err := queries.New(tx).ByPublicID(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Mail{}, fault.New(fault.NotFound, "notice.missing")
	}
	if err != nil {
		return Mail{}, fmt.Errorf("find mail %s: %w", id, err)
	}
	m := mail(row)
	m.Attachments, err = attachments(ctx, tx, row.ID)
	return m, err
}

func attachments(ctx context.Context, tx *store.Tx, message int64) ([]Attachment, error) {
	rows, err := queries.New(tx).Attachments(ctx, message)
	if err != nil {
		return nil, fmt.Errorf("read attachments: %w", err)
	}
	found := make([]Attachment, len(rows))
	for i, row := range rows {
		found[i] = Attachment{Name: row.Name, MediaType: row.MediaType, Content: row.Content}
	}
	return found, nil
}

// messages is the list of messages, latest first.
var messages = store.List[Mail]{
	Select: `id, public_id, kind, scope, person, name, address, lang, subject, body, reply_to,
		state, due, attempts, reason, detail, queued_at, left_at, maker, maker_key`,
	From:    "notice_message m",
	ID:      "id",
	Columns: []store.Column{{Key: "latest", Sort: store.ByNumber("id")}},
	Default: "-latest",
	Scan:    scanMail,
}

func scanMail(from store.Row) (Mail, error) {
	var row queries.NoticeMessage
	err := from.Scan(&row.ID, &row.PublicID, &row.Kind, &row.Scope, &row.Person, &row.Name, &row.Address, &row.Lang, &row.Subject,
		&row.Body, &row.ReplyTo, &row.State, &row.Due, &row.Attempts, &row.Reason, &row.Detail, &row.QueuedAt, &row.LeftAt,
		&row.Maker, &row.MakerKey)
	return mail(row), err
}

// ListTo returns the list of mails, latest first, found by their recipients: words
// select the keys of people. The mail is m, with the key of the recipient in m.person and
// the scope in m.scope.
func ListTo(words store.Words) *store.List[Mail] {
	l := messages
	l.Words, l.WordsOf, l.Long = words, "m.person", true
	l.Columns = []store.Column{
		{Key: "to", Words: true},
		{Key: "state", Filter: store.Choice("m.state")},
		{Key: "queued", Filter: store.Moment("m.queued_at"), Sort: store.ByMoment("m.queued_at")},
		{Key: "kind", Filter: store.Choice("m.kind")},
		{Key: "campaign", Filter: store.Choice("m.scope")},
		{Key: "address", Filter: store.Lower("m.address")},
	}
	l.Default = "-queued"
	return &l
}

// FindWhere is [Find] among the mails that fulfil a condition on m.
func FindWhere(ctx context.Context, tx *store.Tx, id string, where store.Condition) (Mail, error) {
	found, err := messages.All(ctx, tx, store.And(store.Where("m.public_id = $1", id), where))
	if err != nil {
		return Mail{}, fmt.Errorf("find mail %s: %w", id, err)
	}
	if len(found) == 0 {
		return Mail{}, fault.New(fault.NotFound, "notice.missing")
	}
	return Find(ctx, tx, id)
}

// CountFailed returns how many mails have failed, and most if there are more.
func CountFailed(ctx context.Context, tx *store.Tx, most int) (int, error) {
	n, err := queries.New(tx).CountFailed(ctx, int32(most))
	if err != nil {
		return 0, fmt.Errorf("count failed mails: %w", err)
	}
	return int(n), nil
}

// Cancel stops a mail that is waiting or held; any other is a Conflict.
func Cancel(ctx context.Context, tx *store.Tx, id string) error {
	m, err := Find(ctx, tx, id)
	if err != nil {
		return err
	}
	n, err := queries.New(tx).Cancel(ctx, id)
	if err != nil {
		return fmt.Errorf("cancel mail %s: %w", id, err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "notice.not-waiting", "state", text.Key("notice.state."+string(m.State)))
	}
	return nil
}

// Release lets the held mails of a kind and scope go, and returns how many.
func Release(ctx context.Context, tx *store.Tx, scope string, kind Kind) (int, error) {
	n, err := queries.New(tx).ReleaseScope(ctx, queries.ReleaseScopeParams{
		Scope: scope, Kind: string(kind), Due: store.At(tx.Now),
	})
	if err != nil {
		return 0, fmt.Errorf("release mails of %s: %w", scope, err)
	}
	return int(n), nil
}

// Resend queues a mail again, word for word, to the address given, or to the one
// it had if that is empty. One that is still waiting or held is a Conflict; one
// that has no address to go to is Invalid.
func Resend(ctx context.Context, tx *store.Tx, id, address string) error {
	m, err := Find(ctx, tx, id)
	if err != nil {
		return err
	}
	if address == "" {
		address = m.To.Address
	}
	if reason := reachable(address); reason != "" {
		return fault.New(fault.Invalid, reason)
	}
	n, err := queries.New(tx).Resend(ctx, queries.ResendParams{PublicID: id, Now: store.At(tx.Now), Address: address})
	if err != nil {
		return fmt.Errorf("resend mail %s: %w", id, err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "notice.still-waiting")
	}
	return nil
}

func mail(row queries.NoticeMessage) Mail {
	return Mail{
		ID: row.PublicID, Kind: Kind(row.Kind), Scope: row.Scope,
		To:      Recipient{Person: row.Person, Name: row.Name, Address: row.Address, Lang: text.Lang(row.Lang)},
		Subject: row.Subject, Body: row.Body, ReplyTo: row.ReplyTo, File: File{Maker: row.Maker, Key: row.MakerKey},
		State: State(row.State), Attempts: int(row.Attempts), Reason: row.Reason, Detail: row.Detail,
		QueuedAt: row.QueuedAt.Time, DueAt: row.Due.Time, LeftAt: row.LeftAt.OrZero(),
	}
}
