package notice

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// A Security is how the connection to a mail server is protected.
type Security string

// The securities.
const (
	StartTLS    Security = "starttls" // plain at first, TLS before anything is said; refused without
	ImplicitTLS Security = "tls"      // TLS from the first byte
	Plain       Security = "none"     // for a relay on the same machine alone
)

// SMTP sends mails through a mail server.
type SMTP struct {
	Host     string
	Port     int
	Security Security
	User     string // empty: the server asks for none
	Password string
	From     string         // the address that mails come from
	FromName string         // as readers see it
	Timeout  time.Duration  // for each answer of the server; 0 is 15 s
	RootCAs  *x509.CertPool // nil is the machine's
}

// Send sends one mail: plain text first, the same as HTML, then the attachments.
func (s SMTP) Send(ctx context.Context, m Mail) (State, error) {
	message, err := s.message(m)
	if err != nil {
		return "", &Refusal{ForGood: true, Words: err.Error()}
	}
	client, err := s.client()
	if err != nil {
		return "", fmt.Errorf("mail server: %w", err)
	}
	if err := judge(client.DialAndSendWithContext(ctx, message)); err != nil {
		return "", err
	}
	return Sent, nil
}

// judge tells an answer about one mail from trouble with the server.
func judge(err error) error {
	if err == nil {
		return nil
	}
	answer, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return fmt.Errorf("mail server: %w", err)
	}
	switch answer.Reason {
	case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose, gomail.ErrNoUnencoded:
		return &Refusal{ForGood: !answer.IsTemp(), Words: answer.Error()}
	case gomail.ErrSMTPReset:
		// The server took the mail and then failed to begin anew.
		return nil
	}
	return fmt.Errorf("mail server: %w", err)
}

func (s SMTP) client() (*gomail.Client, error) {
	timeout := s.Timeout
	if timeout == 0 {
		timeout = 15 * time.Second
	}
	options := []gomail.Option{
		gomail.WithPort(s.Port), gomail.WithTimeout(timeout),
		gomail.WithTLSConfig(&tls.Config{ServerName: s.Host, RootCAs: s.RootCAs, MinVersion: tls.VersionTLS12}),
	}
	switch s.Security {
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case ImplicitTLS:
		options = append(options, gomail.WithSSL())
	case Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("unknown security %q", s.Security)
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	return gomail.NewClient(s.Host, options...)
}

func (s SMTP) message(m Mail) (*gomail.Msg, error) {
	message := gomail.NewMsg()
	if err := message.FromFormat(s.FromName, s.From); err != nil {
		return nil, fmt.Errorf("sender %q: %w", s.From, err)
	}
	// As an address, not as text to be read: names hold quotes and worse.
	message.AddToMailAddress(&netmail.Address{Name: m.To.Name, Address: m.To.Address})
	if m.ReplyTo != "" {
		if err := message.ReplyTo(m.ReplyTo); err != nil {
			return nil, fmt.Errorf("answer address %q: %w", m.ReplyTo, err)
		}
	}
	message.Subject(m.Subject)
	message.SetDateWithValue(m.QueuedAt)
	// The same at each attempt, so that a mail sent twice is shown once.
	_, domain, _ := strings.Cut(s.From, "@")
	message.SetMessageIDWithValue(m.ID + "@" + domain)
	message.SetGenHeader(gomail.HeaderContentLang, string(m.To.Lang))
	// Absence notes are not answers (RFC 3834).
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetBodyString(gomail.TypeTextPlain, m.Body)
	message.AddAlternativeString(gomail.TypeTextHTML, page(m))
	for _, a := range m.Attachments {
		if err := message.AttachReader(a.Name, bytes.NewReader(a.Content),
			gomail.WithFileContentType(gomail.ContentType(a.MediaType))); err != nil {
			return nil, fmt.Errorf("attach %s: %w", a.Name, err)
		}
	}
	return message, nil
}
