package arch

import (
	"os/exec"
	"strings"
	"testing"
)

// The SQLite driver is C translated to Go, and works only with the very version
// of its C runtime that it was translated for.
func TestTheRuntimeOfSQLiteIsTheOneItAsksFor(t *testing.T) {
	t.Parallel()
	const driver, runtime = "modernc.org/sqlite", "modernc.org/libc"
	wants := required(t, gomod(t, driver), runtime)
	has := strings.TrimSpace(goTool(t, "list", "-m", "-f", "{{.Version}}", runtime))
	if has != wants {
		t.Errorf("%s is %s, and %s asks for %s", runtime, has, driver, wants)
	}
}

func TestAnotherRuntimeWouldBeSeen(t *testing.T) {
	t.Parallel()
	gomod := "module m\n\nrequire (\n\tmodernc.org/libc v1.2.3 // why\n\tmodernc.org/memory v1.0.0\n)\n"
	if got := required(t, gomod, "modernc.org/libc"); got != "v1.2.3" {
		t.Errorf("read %q", got)
	}
}

// gomod returns the go.mod of a module that we require.
func gomod(t *testing.T, module string) string {
	t.Helper()
	file := strings.TrimSpace(goTool(t, "list", "-m", "-f", "{{.GoMod}}", module))
	return goTool(t, "mod", "edit", "-print", file)
}

// required returns the version that a go.mod asks for.
func required(t *testing.T, gomod, module string) string {
	t.Helper()
	for line := range strings.Lines(gomod) {
		fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(fields) >= 2 && fields[0] == module {
			return fields[1]
		}
	}
	t.Fatalf("it does not ask for %s", module)
	return ""
}

func goTool(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}
