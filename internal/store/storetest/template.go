package storetest

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"
)

// FromTemplate returns the address of a new PostgreSQL database that is a copy of
// the one called name, which fill makes when nobody has made it yet. The name says
// all that decides what it holds. The copy is removed after the test.
func FromTemplate(t testing.TB, name string, fill func(url string) error) string {
	t.Helper()
	server, err := running()
	if err == nil {
		err = server.makeOnce(name, fill)
	}
	if err != nil {
		t.Fatalf("make the database %s: %v", name, err)
	}
	ctx := context.Background()
	copied := fmt.Sprintf("test_%d_%d", os.Getpid(), made.Add(1))
	if err := server.exec(ctx, "CREATE DATABASE "+copied+" TEMPLATE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.exec(ctx, "DROP DATABASE "+copied+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return server.url(copied)
}

func (c *cluster) makeOnce(name string, fill func(url string) error) error {
	release, err := c.lock(name, syscall.LOCK_EX)
	if err != nil {
		return err
	}
	defer release()
	ctx := context.Background()
	there, err := c.has(ctx, name)
	if there || err != nil {
		return err
	}
	// Under another name until it is whole: a run may be killed meanwhile.
	unfinished := "unfinished_" + name
	if err := c.exec(ctx, "DROP DATABASE IF EXISTS "+unfinished+" WITH (FORCE)", "CREATE DATABASE "+unfinished); err != nil {
		return err
	}
	if err := fill(c.url(unfinished)); err != nil {
		return err
	}
	return c.exec(ctx, "ALTER DATABASE "+unfinished+" RENAME TO "+name)
}
