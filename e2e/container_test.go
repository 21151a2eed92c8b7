package e2e_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"stagora.org/stagora/e2e/browser"
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

func TestTheDemoIsReadyInTenSecondsAndProductionRefusesItsDatabase(t *testing.T) {
	t.Parallel()
	root := emptyRoot(t)
	began := time.Now()
	demo := inRoot(t, root, "demo", "--state", "S-RESULT", "--folder", "/data", "--listen", "127.0.0.1:0")
	address := started(t, demo)
	answer, err := http.Get(address + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("/readyz answers %s", answer.Status)
	}
	t.Logf("ready after %v", time.Since(began))
	if err := demo.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := demo.Wait(); err != nil {
		t.Errorf("asked to stop, it ended with: %v", err)
	}

	serve := inRoot(t, root, "serve", "--database", "/data/estuaire-1.db", "--listen", "127.0.0.1:0")
	out, err := serve.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "accounts of the demo") {
		t.Errorf("production on the demo's database: %v\n%s", err, out)
	}
	for _, flag := range []string{"--state=S-OPEN", "--folder=/data"} {
		if out, err := inRoot(t, root, "serve", flag).CombinedOutput(); err == nil || !strings.Contains(string(out), "unknown flag") {
			t.Errorf("production takes %s: %v\n%s", flag, err, out)
		}
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
	binary, err := static()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "stagora"), binary, 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

// static builds the binary once for all tests.
var static = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "stagora-static-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "stagora")
	build := exec.Command("go", "build", "-o", path, "../cmd/stagora")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build: %w\n%s", err, out)
	}
	return os.ReadFile(path)
})

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
	late := time.AfterFunc(browser.Patience, func() { _ = cmd.Process.Kill() })
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
