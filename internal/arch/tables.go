package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// writes and reads find the tables of a piece of SQL. A table is named after its
// owner, as in campaign_wish; other names (of common table expressions, of
// columns) do not matter here.
var (
	writes = regexp.MustCompile(`(?i)\b(?:insert\s+into|delete\s+from|truncate(?:\s+table)?|` +
		`(?:create|alter|drop)\s+table(?:\s+if\s+(?:not\s+)?exists)?|update)\s+"?([a-z]+_[a-z0-9_]+)\b`)
	reads = regexp.MustCompile(`(?i)\b(?:from|join)\s+"?([a-z]+_[a-z0-9_]+)\b`)
)

// innerTables are the tables of packages inside a package of the building: they begin
// with its name, and are no more the other's than if they did not. A package inside
// that is not named here shares the tables of the one around it.
var innerTables = map[string][]string{
	"campaign/result": {
		"campaign_run", "campaign_run_result", "campaign_adoption", "campaign_decision", "campaign_minutes",
		"campaign_publication", "campaign_outcome", "campaign_run_summary", "campaign_release", "campaign_verification",
		"campaign_assignment", "campaign_assignment_wishes", "campaign_proposal", "campaign_run_file",
	},
}

func sqlFiles(tree fs.FS) (map[string]string, error) {
	files := map[string]string{}
	err := walk(tree, ".sql", func(name string, content []byte) error {
		files[name] = string(content)
		return nil
	})
	return files, err
}

// ownerOfSQL returns whose tables a file of SQL may name: a migration says it in
// its own name, NNNN_owner_what.sql, and may name those of the packages inside too;
// any other file by where it stands.
func ownerOfSQL(name string) string {
	if strings.HasPrefix(name, "internal/store/migrations/") {
		if parts := strings.Split(path.Base(name), "_"); len(parts) > 1 {
			return strings.TrimSuffix(parts[1], ".sql") + "/..."
		}
	}
	return tableOwnerOf(path.Dir(name))
}

// tableOwnerOf is ownerOf, or the package inside it that has tables of its own.
func tableOwnerOf(folder string) string {
	inside := strings.TrimPrefix(folder, "internal/")
	for inner := range innerTables {
		if inside == inner || strings.HasPrefix(inside, inner+"/") {
			return inner
		}
	}
	return ownerOf(folder)
}

// checkStrings looks for SQL in the strings of a Go file.
func (p plans) checkStrings(s source) []string {
	if s.owner == "" || s.test {
		return nil
	}
	var problems []string
	ast.Inspect(s.file, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		if text, err := strconv.Unquote(literal.Value); err == nil {
			problems = append(problems, p.checkSQL(s.at(n.Pos()), tableOwnerOf(path.Dir(s.path)), text)...)
		}
		return true
	})
	return problems
}

// checkSQL names the tables of others that a piece of SQL writes or reads.
func (p plans) checkSQL(where, owner, text string) []string {
	var problems []string
	text = withoutComments(text)
	for _, match := range writes.FindAllStringSubmatch(text, -1) {
		if table := match[1]; p.foreign(table, owner) {
			problems = append(problems, fmt.Sprintf("%s: %s writes %s, which is not its own", where, owner, table))
		}
	}
	for _, match := range reads.FindAllStringSubmatch(text, -1) {
		if table := match[1]; p.foreign(table, owner) && owner != crossReader {
			problems = append(problems, fmt.Sprintf("%s: %s reads %s, which is not its own", where, owner, table))
		}
	}
	return problems
}

// foreign reports whether a table is another package's.
func (p plans) foreign(table, owner string) bool {
	table = strings.ToLower(table)
	first, _, _ := strings.Cut(table, "_")
	whose := first
	for inner, tables := range innerTables {
		if slices.Contains(tables, table) {
			whose = inner
		}
	}
	around, all := strings.CutSuffix(owner, "/...")
	return whose != owner && !(all && first == around) && p.building.floor(first) >= 0
}

func withoutComments(text string) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		code, _, _ := strings.Cut(line, "--")
		kept.WriteString(code + "\n")
	}
	return kept.String()
}
