/*
Command engine measures the allocation engine beside its peers, and prints the
table of docs/benchmarks.md.

	go run ./bench/engine            up to 200,000 students for least cost: some ten minutes
	go run ./bench/engine -full      and a million: some minutes more for each pair
	go run ./bench/engine -only match

The peers are built from bench/peers: a textbook deferred acceptance and serial
dictatorship in C++ at -O3, and LEMON's network simplex and cost scaling from
Debian's liblemon-dev. Ours and theirs run in turn, each in a process of its own on
the same file, so that a machine that slows down slows both. A ratio is taken
pair by pair, and its median told. Memory is the largest size of the whole
process, reading included.
*/
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"strings"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) > 1 && os.Args[1] == "ours" {
		if err := ours(os.Args[2:]); err != nil {
			log.Fatal(err)
		}
		return
	}
	pairs := flag.Int("pairs", 3, "how many times ours and the peer run in turn")
	full := flag.Bool("full", false, "also a million students for least cost")
	only := flag.String("only", "", "only the rows whose name holds this")
	folder := flag.String("folder", "build/bench", "where markets and peers are kept")
	flag.Parse()
	b, err := prepare(*folder)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("| work | peer | ours | peer's | ratio | memory, ours | peer's |\n|---|---|--:|--:|--:|--:|--:|\n")
	for _, r := range rows() {
		if !strings.Contains(r.name, *only) || r.slow && !*full {
			continue
		}
		line, err := b.measure(r, *pairs)
		if err != nil {
			log.Fatalf("%s: %v", r.name, err)
		}
		fmt.Println(line)
	}
}
