package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// A cluster is a private PostgreSQL server: its own data, reached through a
// socket in its own folder, forgetful of everything when it stops. All the test
// binaries of a user on a machine share one.
type cluster struct {
	dir string // holds the data, the socket, the log and the locks
	bin string // where PostgreSQL's programs are
	uid uint32 // whom the server runs as: it refuses to run as root
	gid uint32

	settings string
}

// settings trade safety for speed, since the data of a test outlives nothing.
const settings = `
listen_addresses = ''
max_connections = 400
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off # plans do not depend on the minute: the server looks at tables when it is told to
dynamic_shared_memory_type = mmap # in the data's folder, and gone with it
timezone = 'America/New_York' # a zone that nobody uses here: who forgets to say UTC sees it
`

// guardian stops the server once no test binary holds the lock "users" and the
// last one began ten minutes ago: between two runs the server stays warm, and
// nothing is left behind in the end, not even by a run that was killed.
const guardian = `
dir=$0 pg_ctl=$1
while sleep 60; do
	[ -n "$(find "$dir/users" -mmin +10)" ] || continue
	flock --exclusive --nonblock --conflict-exit-code 75 "$dir/users" \
		sh -c '"$1" stop -D "$0/data" -m immediate; rm -rf "$0/data"' "$dir" "$pg_ctl"
	[ $? -eq 75 ] || exit 0
done
`

// running returns the cluster, started by this process or by another.
var running = sync.OnceValues(func() (*cluster, error) {
	c, err := newCluster()
	if err != nil {
		return nil, err
	}
	// Held until this process ends, however it ends: see guardian.
	if _, err := c.lock("users", syscall.LOCK_SH); err != nil {
		return nil, err
	}
	now := time.Now()
	if err := os.Chtimes(filepath.Join(c.dir, "users"), now, now); err != nil {
		return nil, err
	}
	release, err := c.lock("start", syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer release()
	if c.answers() {
		return c, nil
	}
	if err := c.start(); err != nil {
		return nil, err
	}
	return c, c.guard()
})

func newCluster() (*cluster, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	c := &cluster{bin: bin, uid: uint32(os.Getuid()), gid: uint32(os.Getgid()), settings: settings}
	if c.uid == 0 {
		if c.uid, c.gid, err = ids("postgres"); err != nil {
			return nil, err
		}
	}
	c.dir = filepath.Join(scratch(), fmt.Sprintf("stagora-postgres-%d", c.uid))
	return c, c.makeDir()
}

// scratch is where test databases live: in memory where the machine keeps at
// least a gigabyte for that, which makes a new database five times faster.
var scratch = sync.OnceValue(func() string {
	const memory, enough = "/dev/shm", 1 << 30
	var room syscall.Statfs_t
	if err := syscall.Statfs(memory, &room); err == nil && room.Bavail*uint64(room.Bsize) >= enough {
		return memory
	}
	return os.TempDir()
})

// programs finds the folder of initdb and pg_ctl, which Debian keeps out of the
// path.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("PostgreSQL is not installed: run scripts/setup, or apt-get install postgresql")
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

func ids(name string) (uid, gid uint32, err error) {
	account, err := user.Lookup(name)
	if err != nil {
		return 0, 0, fmt.Errorf("PostgreSQL does not run as root and needs the account of its Debian package: %w", err)
	}
	u, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return 0, 0, err
	}
	g, err := strconv.ParseUint(account.Gid, 10, 32)
	return uint32(u), uint32(g), err
}

// makeDir makes the folder of the cluster, or accepts one that only its owner
// could have made: temporary folders are open to everybody.
func (c *cluster) makeDir() error {
	if err := os.Mkdir(c.dir, 0o700); err == nil {
		return os.Chown(c.dir, int(c.uid), int(c.gid))
	} else if !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(c.dir)
	if err != nil {
		return err
	}
	// Root may be seen between another process's Mkdir and its Chown.
	if owner := info.Sys().(*syscall.Stat_t).Uid; !info.IsDir() || owner != c.uid && owner != 0 {
		return fmt.Errorf("%s is somebody else's: remove it", c.dir)
	}
	return os.Chown(c.dir, int(c.uid), int(c.gid))
}

// lock takes a lock in the cluster's folder and returns how to let it go. The
// kernel lets it go when the process ends.
func (c *cluster) lock(name string, how int) (release func(), err error) {
	file, err := os.OpenFile(filepath.Join(c.dir, name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(file.Chown(int(c.uid), int(c.gid)), flock(file, how)); err != nil {
		return nil, err
	}
	held.Store(file, true)
	return func() { held.Delete(file); file.Close() }, nil
}

// held keeps locked files reachable: a collected file closes, and lets go.
var held sync.Map

func flock(file *os.File, how int) error {
	for {
		err := syscall.Flock(int(file.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// start makes a new cluster, whatever was there: a server that does not answer
// left nothing worth keeping.
func (c *cluster) start() error {
	data := filepath.Join(c.dir, "data")
	_ = c.command("pg_ctl", "stop", "-D", data, "-m", "immediate").Run() // usually there is none to stop
	if err := os.RemoveAll(data); err != nil {
		return err
	}
	if err := c.run("initdb", "-D", data, "--username=stagora", "--auth=trust",
		"--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"); err != nil {
		return err
	}
	conf, err := os.OpenFile(filepath.Join(data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(conf, "%sunix_socket_directories = '%s'\n", c.settings, c.dir)
	if err := errors.Join(err, conf.Close()); err != nil {
		return err
	}
	return c.run("pg_ctl", "start", "-w", "-D", data, "-l", filepath.Join(c.dir, "log"))
}

// guard starts the guardian.
func (c *cluster) guard() error {
	guard := c.command("sh")
	guard.Args = []string{"sh", "-c", guardian, c.dir, filepath.Join(c.bin, "pg_ctl")}
	guard.SysProcAttr.Setsid = true
	return guard.Start()
}

// command prepares a program of PostgreSQL's, or of the system's, to run as the
// server's account.
func (c *cluster) command(name string, args ...string) *exec.Cmd {
	if own := filepath.Join(c.bin, name); fileExists(own) {
		name = own
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = c.dir // the account may not enter the folder of the tests
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: c.uid, Gid: c.gid}
	}
	return cmd
}

func (c *cluster) run(name string, args ...string) error {
	// To a file and not to a pipe: the server keeps it open, and would be waited for.
	out, err := os.CreateTemp("", "stagora-postgres-")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd := c.command(name, args...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		log, _ := os.ReadFile(filepath.Join(c.dir, "log"))
		return fmt.Errorf("%s: %w\n%s\n%s", name, err, bytes.TrimSpace(said), bytes.TrimSpace(log))
	}
	return nil
}

func fileExists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// url is the address of one database of the cluster.
func (c *cluster) url(database string) string {
	return fmt.Sprintf("postgres://stagora@/%s?host=%s", database, c.dir)
}

func (c *cluster) answers() bool {
	return c.exec(context.Background(), "SELECT 1") == nil
}

// exec runs statements, one after the other and outside a transaction, as
// CREATE DATABASE demands.
func (c *cluster) exec(ctx context.Context, statements ...string) error {
	conn, err := pgx.Connect(ctx, c.url("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

func (c *cluster) has(ctx context.Context, database string) (bool, error) {
	conn, err := pgx.Connect(ctx, c.url("postgres"))
	if err != nil {
		return false, err
	}
	defer conn.Close(ctx)
	var there bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database).Scan(&there)
	return there, err
}
