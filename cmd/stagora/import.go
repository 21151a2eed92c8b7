package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/exchange/stagetrek"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/text"
)

// importCommand brings a file in, as the page of imports does, for scripts and for
// the first day of an installation.
type importCommand struct {
	Kind     string `arg:"" enum:"categories,sites,contacts,links,students" help:"What the file is about: categories, sites, contacts, links, students."`
	File     string `arg:"" type:"path" help:"CSV or XLSX file, in StageTrek's layout."`
	DryRun   bool   `help:"Say what the file would do, and write nothing."`
	Database string `help:"Path of an SQLite file, or a PostgreSQL URL." default:"stagora.db" env:"STAGORA_DATABASE"`
	As       string `help:"Login of the person in whose name, and with whose rights, the file goes in; without it, the command's own." placeholder:"LOGIN"`
	Lang     string `help:"Language of the report: fr or en." enum:"fr,en" default:"fr"`
}

// Run prints the report and applies the file if nothing in it is open. It exits
// with 1 if a row is refused or in doubt, and nothing is written then; with 2 if
// the file cannot be read.
func (c *importCommand) Run(s streams) error {
	ctx, stop := untilStopped()
	defer stop()
	p := text.In(text.ParseLang(c.Lang), "")
	content, err := os.ReadFile(c.File)
	if err != nil {
		return wrongInput(err)
	}
	db, err := openProduction(ctx, c.Database, s.log())
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	report, err := c.bring(ctx, s, db, content)
	printReport(s.out, p, report)
	f, said := errors.AsType[*fault.Error](err)
	switch {
	case err == nil && !c.DryRun:
		fmt.Fprintln(s.out, p.T("stagetrek.report.applied", "file", filepath.Base(c.File)))
	case err == nil:
		fmt.Fprintln(s.out, p.T("stagetrek.report.tried", "file", filepath.Base(c.File)))
	case said && report.Table.Name == "":
		return wrongInput(errors.New(p.Message(f.Key, f.Args)))
	case said:
		return errors.New(p.Message(f.Key, f.Args))
	}
	return err
}

// bring applies the file unless this is a dry run, which keeps nothing of it.
func (c *importCommand) bring(ctx context.Context, s streams, db *store.DB, content []byte) (exchange.Report, error) {
	actor, err := store.Get(ctx, db, func(tx *store.Tx) (identity.Actor, error) { return c.actor(ctx, tx) })
	if err != nil {
		return exchange.Report{}, err
	}
	owner, _ := stagetrek.Owner(c.Kind, actor) // the kind is one of those that the command takes
	if c.DryRun {
		return c.try(ctx, db, owner, content)
	}
	i, err := exchange.Upload{Kind: c.Kind, Scope: stagetrek.Scope(actor), Name: filepath.Base(c.File), Content: content, By: actor.Who()}.Add(ctx, db)
	if err != nil {
		return exchange.Report{}, err
	}
	report, task, err := exchange.Apply(ctx, db, owner, i.ID, "", actor.Who())
	if err == nil && task != "" {
		err = finishImport(ctx, s, db, i.ID, text.In(text.ParseLang(c.Lang), ""))
	}
	return report, err
}

// try tells what the file would do.
func (c *importCommand) try(ctx context.Context, db *store.DB, owner exchange.Owner, content []byte) (exchange.Report, error) {
	table, err := exchange.Read(filepath.Base(c.File), content)
	if err != nil {
		return exchange.Report{}, err
	}
	report, err := store.Get(ctx, db, func(tx *store.Tx) (exchange.Report, error) {
		return exchange.Examine(ctx, tx, owner, table, exchange.Decisions{})
	})
	if err == nil {
		err = report.Check()
	}
	return report, err
}

// finishImport does the work that a large file has asked for, beside a server that
// may have taken it up, until nothing is under way.
func finishImport(ctx context.Context, s streams, db *store.DB, id string, p text.Printer) error {
	work := exchange.Capability(db, stagetrek.Owner).Work
	runner := &job.Runner{DB: db, Log: s.log(), Node: "stagora import", Handlers: map[string]job.Handler{
		exchange.ApplyKind: work[exchange.ApplyKind], exchange.TakeBackKind: work[exchange.TakeBackKind],
	}}
	for {
		if _, err := runner.Step(ctx); err != nil {
			return err
		}
		i, err := store.Get(ctx, db, func(tx *store.Tx) (exchange.Import, error) { return exchange.Find(ctx, tx, id) })
		switch {
		case err != nil:
			return err
		case i.Doing == "" && i.Stopped != nil:
			return fault.New(fault.Conflict, "exchange.stopped", "file", i.File, "line", i.Stopped.Line, "why", i.Stopped.Sentence(p))
		case i.Doing == "":
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second): // a server has the work, or it is tried again later
		}
	}
}

// actor is the person named, who must have the right to import, or the command.
func (c *importCommand) actor(ctx context.Context, tx *store.Tx) (identity.Actor, error) {
	if c.As == "" {
		return identity.System("stagora import"), nil
	}
	login := strings.ToLower(c.As)
	holders, err := identity.TakenLogins(ctx, tx, []string{login})
	if err != nil {
		return identity.Actor{}, err
	}
	accounts, err := identity.AccountsOfPerson(ctx, tx, holders[login])
	if err != nil {
		return identity.Actor{}, err
	}
	if !slices.ContainsFunc(accounts, func(a identity.Account) bool { return a.Login == login && a.Disabled.IsZero() }) {
		return identity.Actor{}, fault.New(fault.Invalid, "stagetrek.login.unknown", "login", c.As)
	}
	person, err := identity.PersonByID(ctx, tx, holders[login])
	if err != nil {
		return identity.Actor{}, err
	}
	actor, err := identity.LoadActor(ctx, tx, person, "stagora import")
	if err != nil {
		return actor, err
	}
	for _, right := range []identity.Right{exchange.RightImport, stagetrek.Right(c.Kind)} {
		if !actor.CanSomewhere(right) {
			return actor, identity.Missing(right)
		}
	}
	return actor, nil
}

// printReport writes one line a finding, by row and column, then the counts.
func printReport(w io.Writer, p text.Printer, r exchange.Report) {
	if r.Table.Name == "" {
		return
	}
	for _, f := range r.Findings {
		printFinding(w, p, f)
	}
	for _, line := range r.Lines {
		for _, f := range line.Findings {
			printFinding(w, p, f)
		}
	}
	for _, ignored := range r.Ignored {
		fmt.Fprintln(w, p.T("stagetrek.report.ignored", "column", ignored))
	}
	fmt.Fprintln(w, stagetrek.Counts(p, r))
}

func printFinding(w io.Writer, p text.Printer, f exchange.Finding) {
	fmt.Fprintf(w, "%s\n", p.T("stagetrek.report.line", "line", f.Line, "column", f.Title, "severity", stagetrek.Severity(f.Severity), "says", f.Sentence(p)))
}
