package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/time/rate"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/notice"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/web/page"
)

// A serveCommand starts a node in production. Each flag can also come from the
// environment (STAGORA_…) or, by its name, from a JSON file.
type serveCommand struct {
	Config     kong.ConfigFlag `help:"JSON file with these flags by name." placeholder:"FILE" env:"STAGORA_CONFIG"`
	Listen     string          `help:"Address to answer on." default:"127.0.0.1:8080" env:"STAGORA_LISTEN"`
	Database   string          `help:"Path of an SQLite file, or a PostgreSQL URL (postgres://…)." default:"stagora.db" env:"STAGORA_DATABASE"`
	BaseURL    string          `help:"Address by which people reach this site: what mails link to." placeholder:"https://stages.univ.fr" env:"STAGORA_BASE_URL"`
	TrustProxy bool            `help:"Take the client's address from X-Forwarded-For: only behind a proxy that sets it." env:"STAGORA_TRUST_PROXY"`

	SMTPHost     string  `help:"Mail server." name:"smtp-host" default:"localhost" env:"STAGORA_SMTP_HOST"`
	SMTPPort     int     `help:"Its port." name:"smtp-port" default:"587" env:"STAGORA_SMTP_PORT"`
	SMTPSecurity string  `help:"starttls, tls, or none (a relay on this machine)." name:"smtp-security" enum:"starttls,tls,none" default:"starttls" env:"STAGORA_SMTP_SECURITY"`
	SMTPUser     string  `help:"Account on the mail server; none if empty." name:"smtp-user" env:"STAGORA_SMTP_USER"`
	SMTPPassword string  `help:"Its password; better by the environment than on the command line." name:"smtp-password" env:"STAGORA_SMTP_PASSWORD"`
	MailFrom     string  `help:"Address that mails come from." default:"stagora@localhost" env:"STAGORA_MAIL_FROM"`
	MailFromName string  `help:"Name that mails come from." default:"Stagora" env:"STAGORA_MAIL_FROM_NAME"`
	MailRate     float64 `help:"Mails a second at most." default:"10" env:"STAGORA_MAIL_RATE"`
}

// marketAge is how old the demand that students see may be: a page then costs no
// look at everybody's list.
const marketAge = 10 * time.Second

// Run serves until the process is asked to stop.
func (c *serveCommand) Run() error {
	ctx, stop := untilStopped()
	defer stop()
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	db, err := openProduction(ctx, c.Database, log)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("cannot answer on %s: %w", c.Listen, err)
	}
	baseURL := strings.TrimSuffix(c.BaseURL, "/")
	if baseURL == "" {
		baseURL = "http://" + listener.Addr().String()
	}
	n := &node.Node{
		DB:  db,
		Log: log,
		Site: &page.Site{
			DB: db, Log: log, BaseURL: baseURL, Secure: strings.HasPrefix(baseURL, "https://"), TrustProxy: c.TrustProxy,
		},
		Campaigns: &campaign.Campaigns{DB: db, Base: baseURL, Stale: marketAge},
		Sender: notice.SMTP{
			Host: c.SMTPHost, Port: c.SMTPPort, Security: notice.Security(c.SMTPSecurity), User: c.SMTPUser,
			Password: c.SMTPPassword, From: c.MailFrom, FromName: c.MailFromName, Timeout: 15 * time.Second,
		},
		MailRate: rate.Limit(c.MailRate),
	}
	log.Info("ready", "address", "http://"+listener.Addr().String(), "base", baseURL, "engine", string(db.Engine))
	return node.Serve(ctx, listener, n.Pages(), n.Work, log)
}

// openProduction opens a database and brings it up to date ([upgrade]). It refuses,
// before anything is changed, one that holds accounts of the demo: they open without a
// password.
func openProduction(ctx context.Context, database string, log *slog.Logger) (*store.DB, error) {
	db, err := store.Open(ctx, database, nil)
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx, db, log); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

var errDemoAccounts = errors.New("this database holds accounts of the demo, which open without a password; " +
	"production starts on a database of its own: nothing was changed, give another --database")

func prepare(ctx context.Context, db *store.DB, log *slog.Logger) error {
	demo, err := store.Get(ctx, db, func(tx *store.Tx) (bool, error) { return identity.HasDemoAccounts(ctx, tx) })
	if err != nil {
		return err
	}
	if demo {
		return errDemoAccounts
	}
	if err := upgrade(ctx, db, log); err != nil {
		return err
	}
	return db.Write(ctx, func(tx *store.Tx) error { return identity.DeclareRights(ctx, tx, node.Rights()) })
}

// upgrade brings the schema up to date. It says beforehand what it will do, and
// copies an SQLite database first.
func upgrade(ctx context.Context, db *store.DB, log *slog.Logger) error {
	pending, err := db.Pending(ctx)
	if err != nil {
		return err
	}
	if len(pending) == 0 {
		return nil
	}
	log.Info("the schema will be migrated", "migrations", pending)
	path, err := db.Copy(ctx)
	if err != nil {
		return err
	}
	if path != "" {
		log.Info("the database was copied", "copy", path)
	}
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	log.Info("the schema is up to date")
	return nil
}

// untilStopped returns a context that ends when the process is asked to stop.
func untilStopped() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
}

// A migrateCommand brings the schema of a database up to date and stops.
type migrateCommand struct {
	Database string `help:"Path of an SQLite file, or a PostgreSQL URL." default:"stagora.db" env:"STAGORA_DATABASE"`
}

// Run migrates.
func (c *migrateCommand) Run(s streams) error {
	ctx, stop := untilStopped()
	defer stop()
	db, err := openProduction(ctx, c.Database, s.log())
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, "The schema is up to date.")
	return db.Close()
}
