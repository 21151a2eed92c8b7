package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"stagora.org/stagora/bench/market"
)

// A bench knows where the programs and markets are.
type bench struct {
	folder string
	self   string
}

// prepare builds the peers.
func prepare(folder string) (*bench, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	for _, peer := range []string{"matching", "assignment"} {
		build := exec.Command("g++", "-std=c++17", "-O3", "-march=native", "-o", filepath.Join(folder, peer), "bench/peers/"+peer+".cpp")
		if out, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("building %s (run from the top of the project; make bench installs g++ and liblemon-dev): %w\n%s", peer, err, out)
		}
	}
	self, err := os.Executable()
	return &bench{folder, self}, err
}

// file returns the file of a market, made when it is not there yet.
func (b *bench) file(s market.Shape) (string, error) {
	name := filepath.Join(b.folder, fmt.Sprintf("market-%d-%.0f-%d.hr1", s.Students, s.Places*100, s.Seed))
	if _, err := os.Stat(name); err == nil {
		return name, nil
	}
	defer runtime.GC()
	if err := os.WriteFile(name+".part", market.Generate(s).Bytes(), 0o644); err != nil {
		return "", err
	}
	return name, os.Rename(name+".part", name)
}

func (b *bench) ours(r row) (run, error) {
	return b.run(r, append([]string{b.self, "ours"}, r.ours...), filepath.Join(b.folder, "ours.out"))
}

func (b *bench) theirs(r row) (run, error) {
	program := append([]string{filepath.Join(b.folder, r.theirs[0])}, r.theirs[1:]...)
	return b.run(r, program, filepath.Join(b.folder, "theirs.out"))
}

// A run is what one process told.
type run struct {
	seconds map[string][]float64 // by step
	memory  float64              // bytes, the largest of the whole process
	sum     int                  // of what it minimises, or of the ranks: both sides must agree
}

// run runs a program on the market of a row and reads what it tells, a line each:
// the name of a step and its seconds.
func (b *bench) run(r row, program []string, out string) (run, error) {
	args := program[1:]
	if r.market.Students > 0 {
		file, err := b.file(r.market)
		if err != nil {
			return run{}, err
		}
		args = append(args, file)
	} else {
		args = append(args, "-")
	}
	args = append(args, strconv.Itoa(r.runs))
	if r.step == "total" {
		args = append(args, out)
	}
	command := exec.Command(program[0], args...)
	command.Stderr = os.Stderr
	text, err := command.Output()
	if err != nil {
		return run{}, fmt.Errorf("%s: %w", strings.Join(command.Args, " "), err)
	}
	told := run{seconds: map[string][]float64{}}
	total := 0.0
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		name, figure, _ := strings.Cut(lines.Text(), " ")
		value, err := strconv.ParseFloat(figure, 64)
		if err != nil {
			return run{}, fmt.Errorf("%s tells %q", program[0], lines.Text())
		}
		switch name {
		case "sum":
			told.sum = int(value)
		case "placed", "memory":
		default:
			told.seconds[name] = append(told.seconds[name], value)
			total += value
		}
	}
	told.seconds["total"] = []float64{total}
	// Linux counts it in kilobytes.
	told.memory = float64(command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) * 1024
	return told, lines.Err()
}
