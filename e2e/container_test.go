package e2e_test

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The Dockerfile copies the binary into an empty root. This is what it would find
// there: nothing but itself and a folder to write in.

func TestTheBinarySolvesInAnEmptyRoot(t *testing.T) {
	t.Parallel()
	root := emptyRoot(t)
	copyFile(t, "../allocation/testdata/golden/small-scarce.instance.json", filepath.Join(root, "data", "instance.json"))
	for _, args := range [][]string{
		{"solve", "/data/instance.json", "--output", "/data/result.json"},
		{"verify", "/data/instance.json", "/data/result.json"},
	} {
		if out, err := inRoot(t, root, args...).CombinedOutput(); err != nil {
			t.Fatalf("stagora %s: %v\n%s", args[0], err, out)
		}
	}
}

func TestTheBinaryServesInAnEmptyRoot(t *testing.T) {
	t.Parallel()
	serve := inRoot(t, emptyRoot(t), "serve", "--database", "/data/stagora.db", "--listen", "127.0.0.1:0")
	address := started(t, serve)
	answer, err := http.Get(address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("/healthz answers %s", answer.Status)
	}
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("asked to stop, it ended with: %v", err)
	}
}

// emptyRoot returns a folder that holds the static binary and an empty folder
// named data.
func emptyRoot(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "data"), 0o777); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-o", filepath.Join(root, "stagora"), "../cmd/stagora")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return root
}

// inRoot prepares the binary to run with root as all it can see, and the
// environment that the Dockerfile gives. Who is not root becomes it in a
// namespace of their own.
func inRoot(t *testing.T, root string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/stagora", args...)
	cmd.Env = []string{"TMPDIR=/data"}
	cmd.Dir = "/data"
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	return cmd
}

var announced = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// started starts a server and waits for the address that it announces.
func started(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = writer, writer
	if err := errors.Join(cmd.Start(), writer.Close()); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer late.Stop()

	var said strings.Builder
	for lines := bufio.NewScanner(reader); lines.Scan(); {
		if address := announced.FindString(lines.Text()); address != "" {
			go func() { _, _ = io.Copy(io.Discard, reader) }() // a full pipe would stop it
			return address
		}
		said.WriteString(lines.Text() + "\n")
	}
	t.Fatalf("it announced no address, but:\n%s", said.String())
	return ""
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o644); err != nil {
		t.Fatal(err)
	}
}
