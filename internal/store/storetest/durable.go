package storetest

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// durable are the settings of a server that keeps its promises: what it answered
// is on disk.
const durable = `
listen_addresses = ''
max_connections = 200
fsync = on
synchronous_commit = on
shared_buffers = 512MB
`

// Durable starts a PostgreSQL server of the bench's own, on disk, which writes
// before it answers, and returns the address of an empty database of it. It is
// stopped and removed at the end. Tests use the one that forgets ([Open]).
func Durable(b testing.TB) string {
	b.Helper()
	c, err := newCluster()
	if err != nil {
		b.Fatal(err)
	}
	c.settings = durable
	if c.dir, err = os.MkdirTemp("", "stagora-durable-"); err != nil {
		b.Fatal(err)
	}
	if err := os.Chown(c.dir, int(c.uid), int(c.gid)); err != nil {
		b.Fatal(err)
	}
	if err := c.start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = c.run("pg_ctl", "stop", "-D", filepath.Join(c.dir, "data"), "-m", "immediate")
		if err := os.RemoveAll(c.dir); err != nil {
			b.Error(err)
		}
	})
	if err := c.exec(context.Background(), "CREATE DATABASE bench"); err != nil {
		b.Fatal(err)
	}
	return c.url("bench")
}
