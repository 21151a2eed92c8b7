package storetest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestTheDatabasesOfAKilledRunAreSweptAway(t *testing.T) {
	t.Parallel()
	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	dirOf := func(pid int) string {
		dir := filepath.Join(scratch(), fmt.Sprintf("%s%d-swept", sqliteDirs, pid))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		return dir
	}
	killed, ours := dirOf(ended.Process.Pid), dirOf(os.Getpid())
	sweep()
	if fileExists(killed) {
		t.Error("the databases of a process that ended are still there")
	}
	if !fileExists(ours) {
		t.Error("the databases of a running process are gone")
	}
}
