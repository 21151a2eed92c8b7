package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/lottery"
	"stagora.org/stagora/bench/market"
)

const matching = `{"format":"match/1","proposing":"candidates","unranked":"refused",
 "posts":[{"id":"A","seats":1,"ranking":["y","x","z"]},{"id":"B","seats":1,"ranking":["x","z"]},{"id":"C","seats":1,"ranking":["y"]}],
 "candidates":[{"id":"x","wishes":["A","B"]},{"id":"y","wishes":["A","C"]},{"id":"z","wishes":["B","A"]}]}`

const sitting = `{"format":"calllist/1","rules":{"absent":"skip","completion":false},
 "posts":[{"id":"G01","seats":1},{"id":"G02","seats":1}],
 "candidates":[{"id":"I01","favourites":["G01"]},{"id":"I02","favourites":["G01","G02"]}]}`

const floors = `{"format":"assign/1","method":"equity","posts":[{"id":"A","seats":1},{"id":"B","seats":1}],
 "groups":[{"id":"g","posts":["B"],"min":1}],"students":[{"id":"E1","wishes":[{"post":"A"}]},{"id":"E2","wishes":[{"post":"A"}%s]}]}`

func TestEachFormatIsSolvedByItsEngineAndJudged(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ instance, contains, forge string }{
		"match/1":    {matching, `"format":"match-result/1"`, `"unmatched":["z"]`},
		"calllist/1": {sitting, `"format":"calllist-state/1"`, `"candidate":"I02"`},
		"assign/1":   {strings.Replace(floors, "%s", `,{"post":"B"}`, 1), `"kind":"dual"`, `"objective":5`},
	}
	for kind, tt := range tests {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			instance := write(t, "instance.json", []byte(tt.instance))
			code, result, stderr := stagora("", "solve", instance)
			if code != 0 || !strings.Contains(result, tt.contains) || !strings.Contains(result, tt.forge) {
				t.Fatalf("solve exits with %d and prints %s%s", code, result, stderr)
			}
			if code, out, stderr := stagora("", "verify", instance, write(t, "result.json", []byte(result))); code != 0 {
				t.Errorf("verify exits with %d: %s%s", code, out, stderr)
			}
			forged := strings.Replace(result, tt.forge, strings.NewReplacer(`"z"`, `"x"`, "I02", "I01", "5", "4").Replace(tt.forge), 1)
			if code, out, _ := stagora("", "verify", instance, write(t, "result.json", []byte(forged))); code != 1 || !strings.Contains(out, "WRONG  ") {
				t.Errorf("verify of a forgery exits with %d: %s", code, out)
			}
			if code, _, stderr := stagora("", "solve", instance, "--engine", "match"); code != 2 || !strings.Contains(stderr, "HR1") {
				t.Errorf("solve with an engine exits with %d: %s", code, stderr)
			}
		})
	}
}

func TestFloorsThatCannotBeMetExitWithOneAndSayWhy(t *testing.T) {
	t.Parallel()
	instance := write(t, "instance.json", []byte(strings.Replace(floors, "%s", "", 1)))
	output := filepath.Join(t.TempDir(), "result.json")
	code, out, stderr := stagora("", "solve", instance, "-o", output)
	if code != 1 || out != "" || !strings.Contains(stderr, "g") {
		t.Errorf("exits with %d, prints %q and says %q", code, out, stderr)
	}
	if _, err := os.Stat(output); err == nil {
		t.Error("a result was written")
	}
}

func TestAMarketIsSolvedByEachEngineAndJudged(t *testing.T) {
	t.Parallel()
	file := write(t, "market.hr1", market.Generate(market.Shape{Students: 300, Places: 0.9, Seed: 3}).Bytes())
	for _, engine := range []string{"match", "serial", "assign"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "placement")
			if code, _, stderr := stagora("", "solve", file, "--engine", engine, "-o", out); code != 0 {
				t.Fatalf("solve exits with %d: %s", code, stderr)
			}
			if code, told, stderr := stagora("", "verify", file, out, "--engine", engine); code != 0 {
				t.Errorf("verify exits with %d: %s%s", code, told, stderr)
			}
			placement, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.SplitAfter(string(placement), "\n")
			if len(lines) != 301 {
				t.Fatalf("%d lines", len(lines))
			}
			for i, line := range lines { // the first who has a post loses it
				if id, _, _ := strings.Cut(line, " "); !strings.HasSuffix(line, "- -\n") {
					lines[i] = id + " - -\n"
					break
				}
			}
			if err := os.WriteFile(out, []byte(strings.Join(lines, "")), 0o600); err != nil {
				t.Fatal(err)
			}
			if code, told, _ := stagora("", "verify", file, out, "--engine", engine); code != 1 {
				t.Errorf("verify of a forgery exits with %d: %s", code, told)
			}
		})
	}
	out := filepath.Join(t.TempDir(), "placement")
	if code, _, stderr := stagora("", "solve", file, "--engine", "assign", "--any-optimum", "-o", out); code != 0 {
		t.Fatalf("any optimum: solve exits with %d: %s", code, stderr)
	}
	if code, told, _ := stagora("", "verify", file, out, "--engine", "assign", "--any-optimum"); code != 0 {
		t.Errorf("any optimum: verify exits with %d: %s", code, told)
	}
	if code, _, stderr := stagora("", "solve", file); code != 2 || !strings.Contains(stderr, "--engine") {
		t.Errorf("without an engine: solve exits with %d: %s", code, stderr)
	}
	if code, _, stderr := stagora("", "verify", file, out); code != 2 || !strings.Contains(stderr, "--engine") {
		t.Errorf("without an engine: verify exits with %d: %s", code, stderr)
	}
	broken := write(t, "broken.hr1", []byte("HR1 1 1 0\nS 1 4\nP 1 0\nO 0\n"))
	if code, _, stderr := stagora("", "solve", broken, "--engine", "match"); code != 2 || !strings.Contains(stderr, "line 2") {
		t.Errorf("a post that is not there: solve exits with %d: %s", code, stderr)
	}
}

func TestCompareTellsWhatAMethodWouldChange(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "compared")
	instance := testdata + "golden/small-scarce.instance.json"
	code, out, stderr := stagora("", "compare", instance, "--methods", "score-v2,ordered,equity", "-o", folder, "--sincerity")
	if code != 0 || strings.Count(out, "\n") != 4 || !strings.HasPrefix(out, "method ") || !strings.Contains(out, "gain by another list") {
		t.Fatalf("exits with %d:\n%s%s", code, out, stderr)
	}
	for name, want := range map[string]string{"comparison.csv": "method,placed,", "students.csv": "student,score-v2: post,score-v2: rank,", "ranks.svg": "<svg "} {
		if data, err := os.ReadFile(filepath.Join(folder, name)); err != nil || !strings.HasPrefix(string(data), want) {
			t.Errorf("%s: %v %.60s", name, err, data)
		}
	}
	for _, command := range [][]string{{"solve"}, {"compare", "--methods", "serial"}} {
		state := testdata + "calllist/c2.state.json"
		if code, _, stderr := stagora("", append(command, state)...); code != 2 || !strings.HasPrefix(stderr, "a file of format calllist-state/1 has no") {
			t.Errorf("%v of a state exits with %d: %s", command, code, stderr)
		}
	}
	if code, _, stderr := stagora("", "compare", instance, "--methods", "score-v2,fairest"); code != 2 || !strings.Contains(stderr, `"fairest"`) {
		t.Errorf("an unknown method: exits with %d: %s", code, stderr)
	}
}

func TestSimulatePlaysRulesOverRounds(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "played")
	code, out, stderr := stagora("", "simulate", "--students", "20", "--posts", "12", "--wishes", "5", "--rounds", "3", "--markets", "1", "--rules", "serial:rank,equity:price", "-o", folder)
	if code != 0 || strings.Count(out, "\n") != 3 || !strings.Contains(out, "\nequity:price ") {
		t.Fatalf("exits with %d:\n%s%s", code, out, stderr)
	}
	for _, name := range []string{"simulation.csv", "ranks.svg", "spread.svg"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
	}
	if code, _, stderr := stagora("", "simulate", "--rounds", "200"); code != 2 || !strings.Contains(stderr, "too few") {
		t.Errorf("too many rounds: exits with %d: %s", code, stderr)
	}
	if code, _, stderr := stagora("", "simulate", "--rules", "luck"); code != 2 || !strings.Contains(stderr, "METHOD:MEMORY") {
		t.Errorf("an unknown rule: exits with %d: %s", code, stderr)
	}
}

func TestLotteryWithASeedOfSeveralWitnesses(t *testing.T) {
	t.Parallel()
	args := []string{"lottery", "--witness", "w1-students=5b0f6ad1c7e94d0b8f5d2f6a1f3e7c9042d1b6a8e0c3f7957a6b1d2c3e4f5061",
		"--witness", "w2-office=office: heads, heads, tails, heads", "--public", "loto 2026-03-21: 4 11 19 33 48 - 7",
		"--committed", "w1-students=" + lottery.Commitment("5b0f6ad1c7e94d0b8f5d2f6a1f3e7c9042d1b6a8e0c3f7957a6b1d2c3e4f5061"),
		"--committed", "w2-office=" + lottery.Commitment("office: heads, heads, tails, heads")}
	code, out, stderr := stagora("E03\nE05\nE18\n", args...)
	if code != 0 || !strings.HasPrefix(out, "86e4444e") || !strings.HasSuffix(out, " E03\n") ||
		stderr != "seed 99d2a77df84bec9e93296df90b94004810c70e6c9e793cdb10788d68f0abef6c\n" {
		t.Errorf("exits with %d, prints %s and says %s", code, out, stderr)
	}
	for want, args := range map[string][]string{
		"what is the seed?":      {"lottery"},
		"not both":               {"lottery", "--seed", "s", "--public", "loto"},
		"did not reveal":         {"lottery", "--committed", "w=00", "--public", "loto"},
		"without having":         {"lottery", "--witness", "w=00", "--public", "loto"},
		lottery.Commitment("no"): {"lottery", "--witness", "w=yes", "--committed", "w=" + lottery.Commitment("no"), "--public", "loto"},
	} {
		if code, out, stderr := stagora("E03\n", args...); code != 2 || out != "" || !strings.Contains(stderr, want) {
			t.Errorf("%v exits with %d, prints %q and says %q", args, code, out, stderr)
		}
	}
}
