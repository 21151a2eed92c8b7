package arch

import (
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

// Every rule, on the smallest tree that breaks it, and on one that just does not.
func TestEachRuleRefuses(t *testing.T) {
	t.Parallel()
	uses := func(imported string) string { return "package x\nimport _ \"" + imported + "\"\n" }
	ours := func(imported string) string { return uses(module + "/" + imported) }
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
		{"a package inside stands on its parent's floor", "internal/campaign/queries/a.go", ours("internal/choice"), "not on a lower floor"},
		{"a package on no floor", "internal/weather/a.go", ours("internal/fault"), "on no floor"},
		{"a package uses one on no floor", "internal/campaign/a.go", ours("internal/weather"), "not on a lower floor"},
		{"the program uses the demo", "cmd/stagora/a.go", ours("internal/demo"), ""},
		{"the demo uses the program", "internal/demo/a.go", ours("cmd/stagora"), "not on a lower floor"},
		{"pages use the demo", "internal/web/a.go", ours("internal/demo"), "not on a lower floor"},
		{"the building uses a story", "internal/demo/a.go", ours("e2e/browser"), "outside the building"},
		{"a story uses anything", "e2e/a.go", ours("internal/web"), ""},

		{"a campaign uses the engine", "internal/campaign/a.go", ours("allocation/assign"), ""},
		{"a package inside a campaign uses the engine", "internal/campaign/run/a.go", ours("allocation/assign"), ""},
		{"a page uses the engine", "internal/web/a.go", ours("allocation/assign"), "may know the engine"},
		{"the engine uses itself", "allocation/assign/a.go", ours("allocation/flow"), ""},
		{"the engine uses a fault", "allocation/assign/a.go", ours("internal/fault"), "the engine knows nobody"},

		{"a test uses what it likes", "internal/fault/a_test.go", ours("internal/demo"), ""},
		{"test databases in the product", "internal/web/a.go", ours("internal/store/storetest"), "for tests alone"},
		{"test databases use the store", "internal/store/storetest/a.go", ours("internal/store"), ""},

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
		{"a migration of somebody else", "internal/store/migrations/postgres/0012_choice_turn.sql",
			"CREATE TABLE IF NOT EXISTS campaign_wish (id BIGINT);", "writes campaign_wish"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			problems, err := Problems(fstest.MapFS{tt.file: {Data: []byte(tt.text)}})
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
