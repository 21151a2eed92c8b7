package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"stagora.org/stagora/internal/demo"
	"stagora.org/stagora/internal/demo/large"
	"stagora.org/stagora/internal/node"
)

// A demoCommand shows Stagora on fictional data: nothing to configure, nothing
// leaves it.
type demoCommand struct {
	State  string `help:"Where to begin: S-PREP, S-OPEN, S-CLOSED or S-RESULT." enum:"S-PREP,S-OPEN,S-CLOSED,S-RESULT" default:"S-OPEN"`
	Load   string `help:"Show a world of many students instead: small (480), tenth (2,000) or large (20,000; minutes to make)." enum:",small,tenth,large" default:""`
	Listen string `help:"Address to answer on. Without it, 127.0.0.1:8080 or the next free port."`
	Folder string `help:"Where to keep the databases; without it, a temporary folder that is removed at the end." type:"path"`
}

// Run shows the demonstration until the process is asked to stop.
func (c *demoCommand) Run(s streams) error {
	ctx, stop := untilStopped()
	defer stop()
	began := time.Now()
	folder, remove, err := c.folder()
	if err != nil {
		return err
	}
	defer remove()
	listener, err := c.listen()
	if err != nil {
		return err
	}
	address := "http://" + listener.Addr().String()
	log := slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	show := &demo.Demo{Folder: folder, BaseURL: address, Log: log}
	state := demo.State(c.State)
	if c.Load != "" {
		state, show.Size = demo.Many, large.Sizes[c.Load]
	}
	if _, err := show.Show(ctx, state); err != nil {
		return errors.Join(err, listener.Close())
	}
	defer show.Close()
	fmt.Fprintf(s.out, "Stagora's demo is ready after %.1f s: %s\nThe data are fictional, mails are caught. Ctrl+C ends it.\n",
		time.Since(began).Seconds(), address)
	work := func(ctx context.Context) error {
		<-ctx.Done() // each world does its own work
		return nil
	}
	return node.Serve(ctx, listener, show, work, log)
}

func (c *demoCommand) folder() (path string, remove func(), err error) {
	if c.Folder != "" {
		if err := os.MkdirAll(c.Folder, 0o700); err != nil {
			return "", nil, fmt.Errorf("the folder for the demo: %w", err)
		}
		return c.Folder, func() {}, nil
	}
	path, err = os.MkdirTemp("", "stagora-demo-")
	if err != nil {
		return "", nil, fmt.Errorf("a folder for the demo: %w", err)
	}
	return path, func() { _ = os.RemoveAll(path) }, nil
}

// The ports that are tried when nobody asked for one.
const firstPort, lastPort = 8080, 8099

func (c *demoCommand) listen() (net.Listener, error) {
	if c.Listen != "" {
		listener, err := net.Listen("tcp", c.Listen)
		if err != nil {
			return nil, fmt.Errorf("cannot answer on %s (another program may): %w", c.Listen, err)
		}
		return listener, nil
	}
	var err error
	for port := firstPort; port <= lastPort; port++ {
		var listener net.Listener
		if listener, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			return listener, nil
		}
	}
	return nil, fmt.Errorf("no free port from %d to %d, give one with --listen: %w", firstPort, lastPort, err)
}
