/*
Command load has students save their lists all at once against a real server, and
checks that nothing acknowledged is lost.

	load --binary ./build/stagora [--database postgres://…] [--students 2000] [--saves 3] [--kill]

It fills a new database with a campaign of that many students and 110 posts, starts
`stagora serve` on it, and lets every student save a list at the same moment, then
another, as fast as answers come. Each client keeps its own log of what was
acknowledged. With --kill the server is killed (SIGKILL) in the middle and started
again; clients try again as the page does. At the end the server is stopped and
the database is read: every acknowledged version must be there, with the very
list, and every chain of versions must hold.

It prints how long acknowledged saves took, from the click to the answer, waiting
for others included, and exits 1 if anything was lost.
*/
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"
)

type settings struct {
	binary   string
	database string
	students int
	saves    int
	kill     bool
}

func main() {
	log.SetFlags(0)
	var s settings
	flag.StringVar(&s.binary, "binary", "build/stagora", "the server to start")
	flag.StringVar(&s.database, "database", "", "an empty PostgreSQL database (postgres://…); empty: a new SQLite file")
	flag.IntVar(&s.students, "students", 2000, "how many save at once")
	flag.IntVar(&s.saves, "saves", 3, "how many lists each saves")
	flag.BoolVar(&s.kill, "kill", false, "kill the server in the middle and start it again")
	flag.Parse()
	if err := command(context.Background(), s); err != nil {
		log.Fatal(err)
	}
}

func command(ctx context.Context, s settings) error {
	if s.database == "" {
		folder, err := os.MkdirTemp("", "stagora-load-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		s.database = filepath.Join(folder, "load.db")
	}
	figures, err := run(ctx, s)
	if err != nil {
		return err
	}
	log.Print(figures)
	return nil
}

// run fills a database, lets everybody save, and checks that nothing acknowledged
// is lost.
func run(ctx context.Context, s settings) (figures, error) {
	began := time.Now()
	market, err := fill(ctx, s)
	if err != nil {
		return figures{}, fmt.Errorf("fill the database: %w", err)
	}
	log.Printf("%d students, %d posts: made in %.1f s", s.students, len(market.posts), time.Since(began).Seconds())

	server := &server{binary: s.binary, database: s.database}
	if err := server.start(ctx); err != nil {
		return figures{}, err
	}
	defer server.kill()
	clients, total, err := market.rush(ctx, server, s)
	if err != nil {
		return figures{}, err
	}
	if err := server.stop(); err != nil {
		return figures{}, err
	}
	return summarise(clients, total), market.check(ctx, s, clients)
}
