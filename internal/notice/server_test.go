package notice_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"stagora.org/stagora/internal/notice"
)

// A server is a mail server for one test: real SMTP, with TLS and passwords, on
// this machine.
type server struct {
	mu       sync.Mutex
	mails    []string // as they came
	password string
	answer   func(to string) error // to RCPT; nil accepts
	onData   func()                // while a mail is being taken
	plain    bool                  // without TLS, and open to all
	sender   notice.SMTP           // that reaches it
}

// serve starts a mail server and fills in the sender that reaches it.
func serve(t *testing.T, s *server, security notice.Security) {
	t.Helper()
	config, roots := certificate(t)
	backend := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{server: s, known: s.plain}, nil }))
	backend.Domain, backend.AllowInsecureAuth = "mail.example", s.plain
	backend.ErrorLog = log.New(io.Discard, "", 0)
	if !s.plain {
		backend.TLSConfig = config
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if security == notice.ImplicitTLS {
		listener = tls.NewListener(listener, config)
	}
	ended := make(chan error, 1)
	go func() { ended <- backend.Serve(listener) }()
	t.Cleanup(func() {
		if err := backend.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Error(err)
		}
	})
	s.password = "mot de passe"
	s.sender = notice.SMTP{
		Host: "127.0.0.1", Port: port, Security: security, User: "stagora", Password: s.password,
		From: "stages@univ.example", FromName: "Scolarité de médecine", RootCAs: roots, Timeout: 10 * time.Second,
	}
}

func (s *server) received() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.mails...)
}

type session struct {
	server *server
	known  bool
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "stagora" || password != s.server.password {
			return smtp.ErrAuthFailed
		}
		s.known = true
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	if !s.known {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.server.answer != nil {
		return s.server.answer(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.server.onData != nil {
		s.server.onData()
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, string(data))
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// certificate makes a certificate for this machine, and the pool that trusts it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots
}
