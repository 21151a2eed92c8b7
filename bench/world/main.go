/*
Command world makes a world of the size that pages and steps are measured in (see
package large), and tells how long it took.

	world --database large.db [--size large] [--seed 1]

The database is a new SQLite file, or an empty PostgreSQL database (postgres://…).
*/
package main

import (
	"context"
	"flag"
	"log"
	"time"

	"stagora.org/stagora/internal/demo/large"
)

func main() {
	log.SetFlags(0)
	database := flag.String("database", "large.db", "a new SQLite file, or an empty PostgreSQL database (postgres://…)")
	size := flag.String("size", "large", "large, tenth or small")
	seed := flag.String("seed", "1", "what the world is made from")
	flag.Parse()
	began := time.Now()
	w, err := large.Make(context.Background(), *database, large.Options{Seed: *seed, Size: large.Sizes[*size], Now: time.Now()})
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("made in %.0f s: open campaigns %v, people %v", time.Since(began).Seconds(), w.Open, w.Personas)
}
