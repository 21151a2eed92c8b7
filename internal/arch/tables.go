package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"path"
	"regexp"
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

func sqlFiles(tree fs.FS) (map[string]string, error) {
	files := map[string]string{}
	err := walk(tree, ".sql", func(name string, content []byte) error {
		files[name] = string(content)
		return nil
	})
	return files, err
}

// ownerOfSQL returns whose tables a file of SQL may name: a migration says it in
// its own name, NNNN_owner_what.sql, and any other file by where it stands.
func ownerOfSQL(name string) string {
	if strings.HasPrefix(name, "internal/store/migrations/") {
		if parts := strings.Split(path.Base(name), "_"); len(parts) > 1 {
			return strings.TrimSuffix(parts[1], ".sql")
		}
	}
	return ownerOf(path.Dir(name))
}

// checkStrings looks for SQL in the strings of a Go file.
func checkStrings(s source) []string {
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
			problems = append(problems, checkSQL(s.at(n.Pos()), s.owner, text)...)
		}
		return true
	})
	return problems
}

// checkSQL names the tables of others that a piece of SQL writes or reads.
func checkSQL(where, owner, text string) []string {
	var problems []string
	text = withoutComments(text)
	for _, match := range writes.FindAllStringSubmatch(text, -1) {
		if table := match[1]; foreign(table, owner) {
			problems = append(problems, fmt.Sprintf("%s: %s writes %s, which is not its own", where, owner, table))
		}
	}
	for _, match := range reads.FindAllStringSubmatch(text, -1) {
		if table := match[1]; foreign(table, owner) && owner != crossReader {
			problems = append(problems, fmt.Sprintf("%s: %s reads %s, which is not its own", where, owner, table))
		}
	}
	return problems
}

// foreign reports whether a table is another package's.
func foreign(table, owner string) bool {
	first, _, _ := strings.Cut(strings.ToLower(table), "_")
	return first != owner && floor(first) >= 0
}

func withoutComments(text string) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		code, _, _ := strings.Cut(line, "--")
		kept.WriteString(code + "\n")
	}
	return kept.String()
}
