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

	"stagora.org/stagora/internal/exchange"
	"stagora.org/stagora/internal/exchange/stagetrek"
	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/identity"
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

// errTried ends the transaction of a dry run, so that nothing of it stays.
var errTried = errors.New("dry run")

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
	var report exchange.Report
	err = db.Write(ctx, func(tx *store.Tx) (err error) {
		report, err = c.bring(ctx, tx, content)
		return err
	})
	printReport(s.out, p, report)
	if errors.Is(err, errTried) {
		err = report.Check()
	}
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

// bring keeps the file, and applies it unless this is a dry run.
func (c *importCommand) bring(ctx context.Context, tx *store.Tx, content []byte) (exchange.Report, error) {
	actor, err := c.actor(ctx, tx)
	if err != nil {
		return exchange.Report{}, err
	}
	owner, _ := stagetrek.Owner(c.Kind, actor) // the kind is one of those that the command takes
	i, err := exchange.Upload{Kind: c.Kind, Scope: stagetrek.Scope(actor), Name: filepath.Base(c.File), Content: content, By: actor.Who()}.Add(ctx, tx)
	if err != nil {
		return exchange.Report{}, err
	}
	if c.DryRun {
		report, err := i.Report(ctx, tx, owner)
		if err == nil {
			err = errTried
		}
		return report, err
	}
	return exchange.Apply(ctx, tx, owner, i.ID, "", actor.Who())
}

// actor is the person named, who must have the right to import, or the command.
func (c *importCommand) actor(ctx context.Context, tx *store.Tx) (identity.Actor, error) {
	if c.As == "" {
		return identity.System("stagora import"), nil
	}
	accounts, err := identity.Accounts(ctx, tx)
	if err != nil {
		return identity.Actor{}, err
	}
	i := slices.IndexFunc(accounts, func(a identity.Account) bool { return a.Login == strings.ToLower(c.As) && a.Disabled.IsZero() })
	if i < 0 {
		return identity.Actor{}, fault.New(fault.Invalid, "stagetrek.login.unknown", "login", c.As)
	}
	person, err := identity.PersonByID(ctx, tx, accounts[i].PersonID)
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
