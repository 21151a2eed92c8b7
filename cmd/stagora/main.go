// Command stagora is the whole of Stagora: the allocation engine on files, and
// the server. One file holds one command.
package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/alecthomas/kong"

	"stagora.org/stagora/allocation/format"
)

// cli lists the commands. Each has its type in a file of its own, with a method
// Run that returns an error; the streams are bound to it.
type cli struct {
	Solve    solveCommand    `cmd:"" help:"Place the people of an instance file and print the result."`
	Verify   verifyCommand   `cmd:"" help:"Judge a result, or an exported campaign, without trusting the engine."`
	Compare  compareCommand  `cmd:"" help:"Solve one instance by several methods, to see what the choice changes."`
	Simulate simulateCommand `cmd:"" help:"Play cohorts through many rounds by several methods, each with a memory."`
	Lottery  lotteryCommand  `cmd:"" help:"Draw an order by lot from a published seed."`

	Serve   serveCommand   `cmd:"" help:"Serve Stagora in production."`
	Demo    demoCommand    `cmd:"" help:"Show Stagora on fictional data: nothing to configure, nothing leaves it."`
	Migrate migrateCommand `cmd:"" help:"Bring the schema of a database up to date and stop."`
	Import  importCommand  `cmd:"" help:"Bring a file of students, sites, categories, contacts or links in."`
	Admin   adminCommand   `cmd:"" help:"Make an administrator of a new installation."`

	Version kong.VersionFlag `help:"Print the version and stop."`
}

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// log returns a log for what a command does beside its work.
func (s streams) log() *slog.Logger { return slog.New(slog.NewTextHandler(s.err, nil)) }

// An exit is an error that decides the exit code of the program. Any other
// error exits with 1.
type exit struct {
	code int
	err  error // nil when everything was already said
}

func (e exit) Error() string { return fmt.Sprint(e.err) }
func (e exit) Unwrap() error { return e.err }

// wrongInput is the exit of a command that was given something it cannot use.
func wrongInput(err error) error { return exit{code: 2, err: err} }

func main() {
	os.Exit(run(os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}

// run carries out one command and returns the exit code.
func run(args []string, s streams) int {
	parser, err := kong.New(&cli{},
		kong.Name("stagora"),
		kong.Description("Stagora places health students where they learn."),
		kong.Vars{"version": format.Engine},
		kong.Writers(s.out, s.err),
		kong.Configuration(kong.JSON),
		kong.Bind(s),
	)
	if err != nil {
		panic(err) // the commands above are not well declared
	}
	command, err := parser.Parse(args)
	if err != nil {
		err = wrongInput(fmt.Errorf("%w (stagora --help lists the commands)", err))
	} else {
		err = command.Run()
	}
	if err == nil {
		return 0
	}
	code := 1
	if e, ok := errors.AsType[exit](err); ok {
		code, err = e.code, e.err
	}
	if err != nil {
		fmt.Fprintln(s.err, err)
	}
	return code
}
