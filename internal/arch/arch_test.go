package arch

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func TestStagoraKeepsToItsArchitecture(t *testing.T) {
	t.Parallel()
	problems, err := Problems(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		t.Error(problem)
	}
}

// drawn is the architecture of the small trees.
const drawn = `
Imports go down, never sideways.

` + "```" + `
cmd/stagora             the program
demo                    what it shows
web   api               pages
report                  what reads everything
choice                  a sitting
campaign                a campaign
procedure               what a campaign asks the engine
store                   the database
canonical               one form
text   fault            what all use
` + "```" + `

` + "`allocation/`" + ` stands outside the building.

` + "```" + `
assign   match          methods
flow                    what they use
format                  files
check                   the judge
` + "```" + `
`

// Every rule, on the smallest tree that breaks it, and on one that just does not.
func TestEachRuleRefuses(t *testing.T) {
	t.Parallel()
	uses := func(imported string) string { return "package x\nimport _ \"" + imported + "\"\n" }
	ours := func(imported string) string { return uses(module + "/" + imported) }
	hides := func(statement string) string { return "package web\nfunc a() {\n" + statement + "\n}\n" }
	tests := []struct {
		name string
		file string
		text string
		want string // part of the problem; "" for none
	}{
		{"a page uses a campaign", "internal/web/a.go", ours("internal/campaign"), ""},
		{"a campaign uses a page", "internal/campaign/a.go", ours("internal/web"), "not on a lower floor"},
		{"pages use the API", "internal/web/a.go", ours("internal/api"), "not on a lower floor"},
		{"faults use text", "internal/fault/a.go", ours("internal/text"), "not on a lower floor"},
		{"pages use their templates", "internal/web/a.go", ours("internal/web/ui"), ""},
		{"templates use their pages", "internal/web/ui/a.go", ours("internal/web"), ""},
		{"a sub-room uses its room", "internal/web/admin/people/a.go", ours("internal/web/admin"), ""},
		{"a room uses its sub-room", "internal/web/admin/a.go", ours("internal/web/admin/people"), "it is a sub-room"},
		{"a sub-room uses another", "internal/web/admin/mails/a.go", ours("internal/web/admin/people"), "it is a sub-room"},
		{"a test uses a sub-room", "internal/web/admin/a_test.go", ours("internal/web/admin/people"), ""},
		{"the node uses a sub-room", "internal/demo/a.go", ours("internal/web/admin/people"), ""},
		{"a package inside stands on its parent's floor", "internal/campaign/queries/a.go", ours("internal/choice"), "not on a lower floor"},
		{"a package on no floor", "internal/weather/a.go", ours("internal/fault"), "on no floor"},
		{"a package uses one on no floor", "internal/campaign/a.go", ours("internal/weather"), "not on a lower floor"},
		{"the program uses the demo", "cmd/stagora/a.go", ours("internal/demo"), ""},
		{"the demo uses the program", "internal/demo/a.go", ours("cmd/stagora"), "not on a lower floor"},
		{"pages use the demo", "internal/web/a.go", ours("internal/demo"), "not on a lower floor"},
		{"the building uses a story", "internal/demo/a.go", ours("e2e/browser"), "outside the building"},
		{"a story uses anything", "e2e/a.go", ours("internal/web"), ""},

		{"a campaign uses the engine", "internal/campaign/a.go", ours("allocation/assign"), "may know the engine"},
		{"a package inside a campaign reads the files of the engine", "internal/campaign/run/a.go", ours("allocation/format"), "may know the engine"},
		{"a campaign draws", "internal/campaign/a.go", ours("allocation/lottery"), ""},
		{"a procedure uses its engine", "internal/procedure/assign/a.go", ours("allocation/assign"), ""},
		{"a procedure asks the judge", "internal/procedure/assign/a.go", ours("allocation/check"), ""},
		{"a procedure uses another engine", "internal/procedure/assign/a.go", ours("allocation/match"), "procedure/match translates"},
		{"a procedure knows campaigns", "internal/procedure/assign/a.go", ours("internal/campaign"), "not on a lower floor"},
		{"what is canonical is written by the engine", "internal/canonical/a.go", ours("allocation/format"), ""},
		{"what is canonical is solved", "internal/canonical/a.go", ours("allocation/assign"), "may know the engine"},
		{"a page uses the engine", "internal/web/a.go", ours("allocation/assign"), "may know the engine"},
		{"the engine uses itself", "allocation/assign/a.go", ours("allocation/flow"), ""},
		{"the engine uses what stands above", "allocation/flow/a.go", ours("allocation/assign"), "not on a lower floor"},
		{"the engine uses what stands beside", "allocation/assign/a.go", ours("allocation/match"), "not on a lower floor"},
		{"the judge reads files", "allocation/check/a.go", ours("allocation/format"), ""},
		{"the judge asks a solver", "allocation/check/a.go", ours("allocation/assign"), "judge shares nothing"},
		{"a solver asks the judge", "allocation/assign/a.go", ours("allocation/check"), ""},
		{"the engine uses a fault", "allocation/assign/a.go", ours("internal/fault"), "the engine knows nobody"},

		{"a test uses what it likes", "internal/fault/a_test.go", ours("internal/demo"), ""},
		{"test databases in the product", "internal/web/a.go", ours("internal/store/storetest"), "for tests alone"},
		{"test databases use the store", "internal/store/storetest/a.go", ours("internal/store"), ""},
		{"what is for tests uses what it likes", "internal/web/admin/admintest/a.go", ours("internal/demo"), ""},

		{"chance", "internal/web/a.go", uses("math/rand/v2"), "left to chance"},
		{"the old chance", "allocation/assign/a.go", uses("math/rand"), "left to chance"},
		{"chance in a test", "internal/web/a_test.go", uses("math/rand/v2"), ""},

		{"a name that says nothing", "internal/web/forms/a.go", "package utils\n", "says nothing"},
		{"even outside", "e2e/forms/a.go", "package common\n", "says nothing"},

		{"a page reads the clock", "internal/web/a.go", "package web\nvar a = time.Now()\n", "reads the clock"},
		{"a page measures", "internal/web/a.go", "package web\nvar a = time.Since(b)\n", "reads the clock"},
		{"a page waits", "internal/web/a.go", "package web\nvar a = time.After(b)\n", ""},
		{"the store reads the clock", "internal/store/a.go", "package store\nvar a = time.Now()\n", ""},
		{"a test reads the clock", "internal/web/a_test.go", "package web\nvar a = time.Now()\n", ""},

		{"an owner writes", "internal/campaign/queries/wish.sql", "INSERT INTO campaign_wish (id) VALUES (1);", ""},
		{"somebody else adds", "internal/choice/queries/wish.sql", "INSERT INTO campaign_wish (id) VALUES (1);", "writes campaign_wish"},
		{"somebody else changes", "internal/choice/queries/wish.sql", "update campaign_wish set id = 1;", "writes campaign_wish"},
		{"somebody else removes", "internal/choice/queries/wish.sql", "DELETE\n  FROM campaign_wish;", "writes campaign_wish"},
		{"somebody else reads", "internal/choice/queries/wish.sql", "SELECT 1 FROM choice_turn t JOIN campaign_wish w ON true;", "reads campaign_wish"},
		{"reports read", "internal/report/queries/wish.sql", "SELECT 1 FROM campaign_wish;", ""},
		{"reports write", "internal/report/queries/wish.sql", "UPDATE campaign_wish SET id = 1;", "writes campaign_wish"},
		{"an upsert", "internal/campaign/queries/wish.sql", "INSERT INTO campaign_wish (id) VALUES (1) ON CONFLICT DO UPDATE SET id = 1;", ""},
		{"a comment", "internal/choice/queries/wish.sql", "-- not: delete from campaign_wish\nSELECT 1;", ""},
		{"a name that is no table of ours", "internal/choice/queries/wish.sql", "SELECT 1 FROM last_turn;", ""},
		{"SQL within Go", "internal/choice/a.go", "package choice\nconst q = `delete from campaign_wish`\n", "writes campaign_wish"},
		{"SQL within a test", "internal/choice/a_test.go", "package choice\nconst q = `delete from campaign_wish`\n", ""},
		{"a migration of the owner", "internal/store/migrations/sqlite/0012_campaign_wish.sql",
			"CREATE TABLE campaign_wish (student_id BIGINT REFERENCES student_student (id));", ""},
		{"a package inside another has tables of its own", "internal/campaign/result/queries/run.sql", "INSERT INTO campaign_run (id) VALUES (1);", ""},
		{"the one around writes them", "internal/campaign/queries/run.sql", "INSERT INTO campaign_run (id) VALUES (1);", "writes campaign_run"},
		{"the one around reads them", "internal/campaign/a.go", "package campaign\nconst q = `select 1 from campaign_run`\n", "reads campaign_run"},
		{"the one inside writes those around it", "internal/campaign/result/a.go", "package result\nconst q = `update campaign_wish set id = 1`\n", "result writes campaign_wish"},
		{"a package inside that has none", "internal/campaign/estimate/a.go", "package estimate\nconst q = `select 1 from campaign_wish`\n", ""},
		{"a migration of tables inside", "internal/store/migrations/sqlite/0050_campaign_run.sql",
			"CREATE TABLE campaign_run (campaign_id BIGINT REFERENCES campaign_campaign (id));", ""},

		{"an assignment before a condition", "internal/web/a.go", hides("if i = 1; n > 2 { _ = 0 }"), "hides what always happens"},
		{"of what is asked about", "internal/web/a.go", hides("if i = n; i > 2 { _ = 0 }"), "hides what always happens"},
		{"a count before a condition", "internal/web/a.go", hides("if i++; i > 2 { _ = 0 }"), "hides what always happens"},
		{"a sum before a condition", "internal/web/a.go", hides("if i += n; i > 2 { _ = 0 }"), "hides what always happens"},
		{"a call before a condition", "internal/web/a.go", hides("if f(); i > 2 { _ = 0 }"), "hides what always happens"},
		{"an assignment before a switch", "internal/web/a.go", hides("switch i = 1; { case n > 2: }"), "hides what always happens"},
		{"after an else", "internal/web/a.go", hides("if n > 3 { _ = 0 } else if i++; i > 2 { _ = 0 }"), "hides what always happens"},
		{"what ends with the if", "internal/web/a.go", hides("if i := 1; i > n { _ = 0 }"), ""},
		{"an error", "internal/web/a.go", hides("if i, err = g(); err != nil { _ = 0 }"), ""},
		{"an error and more", "internal/web/a.go", hides("if i, err = g(); err != nil || n > 2 { _ = 0 }"), ""},
		{"more and an error", "internal/web/a.go", hides("if i, err = g(); n > 2 || err != nil { _ = 0 }"), "hides what always happens"},
		{"a success", "internal/web/a.go", hides("if i, ok = m[n]; !ok { _ = 0 }"), ""},
		{"in a test", "internal/web/a_test.go", hides("if i = 1; n > 2 { _ = 0 }"), ""},
		{"in generated code", "internal/web/a.go", "// Code generated by templ. DO NOT EDIT.\n\n" + hides("if i = 1; n > 2 { _ = 0 }"), ""},

		{"a migration of somebody else", "internal/store/migrations/postgres/0012_choice_turn.sql",
			"CREATE TABLE IF NOT EXISTS campaign_wish (id BIGINT);", "writes campaign_wish"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			problems, err := Problems(fstest.MapFS{tt.file: {Data: []byte(tt.text)}, "ARCHITECTURE.md": {Data: []byte(drawn)}})
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(problems, "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("%s\n%s\n got %q\nwant %q", tt.file, tt.text, got, tt.want)
			}
		})
	}
}

// A room of web may have a dozen files beside its tests and what is generated, and so
// may a sub-room.
func TestARoomHasADozenFiles(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"internal/web/office", "internal/web/office/runs", "internal/campaign"} {
		tree := fstest.MapFS{
			"ARCHITECTURE.md":      {Data: []byte(drawn)},
			folder + "/a_test.go":  {Data: []byte("package x\n")},
			folder + "/a_templ.go": {Data: []byte("// Code generated by templ - DO NOT EDIT.\n\npackage x\n")},
		}
		for i := range mostFiles + 1 {
			problems, err := Problems(tree)
			if err != nil || len(problems) > 0 {
				t.Errorf("%s with %d files: %v, %v", folder, i, problems, err)
			}
			tree[fmt.Sprintf("%s/%d.go", folder, i)] = &fstest.MapFile{Data: []byte("package x\n")}
		}
		problems, err := Problems(tree)
		if err != nil || (len(problems) == 1) != strings.HasPrefix(folder, rooms) {
			t.Errorf("%s with %d files: %v, %v", folder, mostFiles+1, problems, err)
		}
	}
}
