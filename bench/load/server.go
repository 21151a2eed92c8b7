package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// A server is `stagora serve` as a process of its own.
type server struct {
	binary, database string
	address          string // kept over restarts
	process          *exec.Cmd
}

// start starts the server and returns when it is ready.
func (s *server) start(ctx context.Context) error {
	if s.address == "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		s.address = l.Addr().String()
		if err := l.Close(); err != nil {
			return err
		}
	}
	s.process = exec.CommandContext(ctx, s.binary, "serve", "--listen", s.address, "--database", s.database)
	s.process.Stderr = os.Stderr
	if err := s.process.Start(); err != nil {
		return fmt.Errorf("start %s: %w", s.binary, err)
	}
	for range 200 {
		resp, err := http.Get("http://" + s.address + "/readyz")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("%s serve is not ready after 10 s", s.binary)
}

// stop asks the server to end and waits.
func (s *server) stop() error {
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return s.process.Wait()
}

// kill ends the server as a power cut would.
func (s *server) kill() {
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
}
