package storetest

import (
	"compress/gzip"
	"context"
	"embed"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"stagora.org/stagora/internal/store"
)

// Databases that released versions wrote, with a row in every table: see
// scripts/kept.
//
//go:embed kept
var kept embed.FS

// Releases are the versions of which a database is kept.
var Releases = []string{"0.1"}

// KeptURL restores the database that a release wrote, and returns what [store.Open]
// takes. It is not migrated.
func KeptURL(t testing.TB, engine store.Engine, release string) string {
	t.Helper()
	url := EmptyURL(t, engine)
	restore, name := restoreSQLite, "kept/stagora-"+release+".db.gz"
	if engine == store.Postgres {
		restore, name = restorePostgres, "kept/stagora-"+release+".sql.gz"
	}
	content, err := unpack(name)
	if err == nil {
		err = restore(t.Context(), url, content)
	}
	if err != nil {
		t.Fatalf("restore the %s database of %s: %v", engine, release, err)
	}
	return url
}

func unpack(name string) (content []byte, err error) {
	file, err := kept.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	packed, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(packed)
}

func restoreSQLite(_ context.Context, path string, content []byte) error {
	return os.WriteFile(path, content, 0o600)
}

func restorePostgres(ctx context.Context, url string, script []byte) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	_, err = conn.PgConn().Exec(ctx, string(script)).ReadAll()
	return errors.Join(err, conn.Close(ctx))
}
