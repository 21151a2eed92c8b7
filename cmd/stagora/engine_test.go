package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/assign"
	"stagora.org/stagora/allocation/format"
	"stagora.org/stagora/allocation/lottery"
)

const testdata = "../../allocation/testdata/"

// stagora runs a command as a shell would.
func stagora(stdin string, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = run(args, streams{in: strings.NewReader(stdin), out: &out, err: &err})
	return code, out.String(), err.String()
}

func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestSolveThenVerify(t *testing.T) {
	t.Parallel()
	instances, err := filepath.Glob(testdata + "*/*.instance.json")
	if err != nil || len(instances) < 5 {
		t.Fatalf("found %d instances (%v)", len(instances), err)
	}
	for _, instance := range instances {
		t.Run(filepath.Base(instance), func(t *testing.T) {
			t.Parallel()
			code, printed, stderr := stagora("", "solve", instance)
			if code != 0 || stderr != "" {
				t.Fatalf("solve exits with %d: %s", code, stderr)
			}
			result := filepath.Join(t.TempDir(), "result.json")
			if code, out, stderr := stagora("", "solve", instance, "-o", result); code != 0 || out != "" {
				t.Fatalf("solve -o exits with %d and prints %q: %s", code, out, stderr)
			}
			if data, err := os.ReadFile(result); err != nil || string(data) != printed {
				t.Errorf("the file differs from what is printed (%v)", err)
			}
			code, lines, stderr := stagora("", "verify", instance, result)
			if code != 0 || stderr != "" || strings.Count(lines, "ok  ") != 15 || strings.Count(lines, "\n") != 15 {
				t.Errorf("verify exits with %d:\n%s%s", code, lines, stderr)
			}
		})
	}
}

func TestAWrongInstanceIsExplainedAndNothingWritten(t *testing.T) {
	t.Parallel()
	instance := write(t, "wrong.json", []byte(`{"format":"assign/1","method":"serial","posts":[{"id":"T1","seats":-1}],
		"students":[{"id":"E1","wishes":[{"post":"T2"}]}],"extra":1}`))
	result := filepath.Join(t.TempDir(), "result.json")
	code, out, stderr := stagora("", "solve", instance, "-o", result)
	want := `$.extra: found an unknown key, expected one of the keys format, method, parameters, posts, students, groups
$.posts[0].seats: found -1, expected a whole number from 0 to 1000000
$.students[0].wishes[0].post: found "T2", expected the id of a post of this file that is not secondary
`
	if code != 2 || out != "" || stderr != want {
		t.Errorf("exits with %d, prints %q and says\n%s", code, out, stderr)
	}
	if _, err := os.Stat(result); !os.IsNotExist(err) {
		t.Errorf("a result was written (%v)", err)
	}
	if code, out, stderr := stagora("", "verify", instance, instance); code != 2 || out != "" || stderr != want {
		t.Errorf("verify exits with %d, prints %q and says\n%s", code, out, stderr)
	}
}

func TestVerifyNamesTheFirstThingThatIsWrong(t *testing.T) {
	t.Parallel()
	instance := testdata + "golden/small-scarce.instance.json"
	_, result, _ := stagora("", "solve", instance)
	forged := write(t, "forged.json", []byte(strings.Replace(result, `"cost":21.49`, `"cost":21.48`, 1)))
	code, out, stderr := stagora("", "verify", instance, forged)
	if code != 1 || stderr != "" || !strings.HasSuffix(out, "WRONG  costs: the placement of student E10 costs 21.49, the result says 21.48 (students E10)\n") {
		t.Errorf("exits with %d:\n%s%s", code, out, stderr)
	}
}

func TestMissingFilesAndWrongCommandsExitWithTwo(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"solve", "nowhere.json"}, {"verify", "nowhere.json", "nowhere.json"}, {"verify", "nowhere.zip"},
		{"solve"}, {"lottery"}, {"place"}, {},
	} {
		if code, out, stderr := stagora("", args...); code != 2 || out != "" || stderr == "" {
			t.Errorf("stagora %s exits with %d, prints %q and says %q", strings.Join(args, " "), code, out, stderr)
		}
	}
}

func TestLottery(t *testing.T) {
	t.Parallel()
	code, out, _ := stagora("E18\nE03\n", "lottery", "--seed", "estuaire-C1-2026-03-20")
	if code != 0 || !strings.HasPrefix(out, "244a9097") || !strings.HasSuffix(out, " E18\n") || strings.Count(out, "\n") != 2 {
		t.Errorf("exits with %d and prints %s", code, out)
	}
	if code, out, stderr := stagora("E18\n\nE03\n", "lottery", "--seed", "s"); code != 2 || out != "" || !strings.Contains(stderr, "line 2") {
		t.Errorf("a blank line: exits with %d, prints %q and says %q", code, out, stderr)
	}
}

// bundle makes the files of a small campaign.
func bundle(t *testing.T) map[string][]byte {
	t.Helper()
	const seed = "a revealed seed"
	one := format.One
	var candidates []assign.Candidate
	in := &format.Instance{Method: format.Serial, Posts: []format.Post{{ID: "T1", Seats: 1}, {ID: "T2", Seats: 2}}}
	c := &format.Campaign{Engine: format.Engine, Seed: seed, Commitment: lottery.Commitment(seed)}
	for _, id := range []string{"p1", "p2", "p3"} {
		candidates = append(candidates, assign.Candidate{ID: id, Score: &one})
		c.Students = append(c.Students, format.CampaignStudent{ID: id, Score: &one})
	}
	for _, p := range assign.Order(candidates, seed) {
		in.Students = append(in.Students, format.Student{ID: p.ID, Order: p.Effective, Wishes: []format.Wish{{Post: "T1"}, {Post: "T2"}}})
	}
	instance := in.Bytes()
	result, err := assign.SolveFile(instance)
	if err != nil {
		t.Fatal(err)
	}
	r, err := format.ReadResult(result)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range r.Assignments {
		c.Published = append(c.Published, format.Publication{Student: a.Student, Post: a.Post})
	}
	return map[string][]byte{"campaign.json": c.Bytes(), "instance.json": instance, "result.json": result, "LISEZ-MOI.txt": []byte("stagora verify")}
}

func zipped(t *testing.T, files map[string][]byte, order ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range order {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(files[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, "bundle.zip", b.Bytes())
}

func TestVerifyABundle(t *testing.T) {
	t.Parallel()
	files := bundle(t)
	all := []string{"LISEZ-MOI.txt", "campaign.json", "instance.json", "result.json"}
	code, out, stderr := stagora("", "verify", zipped(t, files, all...))
	if code != 0 || stderr != "" || strings.Count(out, "ok  ") != 23 {
		t.Fatalf("exits with %d:\n%s%s", code, out, stderr)
	}

	if code, _, stderr := stagora("", "verify", zipped(t, files, all[:3]...)); code != 2 || !strings.Contains(stderr, "result.json is missing") {
		t.Errorf("without its result: exits with %d and says %s", code, stderr)
	}
	if code, _, stderr := stagora("", "verify", zipped(t, files, append(all, "result.json")...)); code != 2 || !strings.Contains(stderr, "result.json stands twice") {
		t.Errorf("with two results: exits with %d and says %s", code, stderr)
	}
	if code, _, stderr := stagora("", "verify", write(t, "no.zip", []byte("not a zip"))); code != 2 || !strings.Contains(stderr, "not a bundle") {
		t.Errorf("not a bundle: exits with %d and says %s", code, stderr)
	}
	files["campaign.json"] = bytes.Replace(slices.Clone(files["campaign.json"]), []byte("a revealed seed"), []byte("another seed..."), 1)
	if code, out, _ := stagora("", "verify", zipped(t, files, all...)); code != 1 || !strings.HasPrefix(out, "WRONG  commitment: ") {
		t.Errorf("with another seed: exits with %d and prints %s", code, out)
	}
}
