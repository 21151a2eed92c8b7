package store

import (
	"slices"
	"strconv"
	"strings"
)

// A Condition is a part of a WHERE clause and the values of its placeholders,
// which are numbered $1, $2… in each condition on its own. The SQL comes from the
// source of Stagora, never from a person; what a person typed is in Args. The
// zero Condition lets every row through.
type Condition struct {
	SQL  string
	Args []any
}

// Nothing is the condition that no row fulfils.
var Nothing = Condition{SQL: "FALSE"}

// Where returns the condition with this text and these values.
func Where(sql string, args ...any) Condition { return Condition{sql, args} }

// And returns the condition that all of these hold; of none, that everything does.
func And(conditions ...Condition) Condition {
	for _, c := range conditions {
		if c.Never() {
			return Nothing // whatever the others say
		}
	}
	return join(" AND ", conditions)
}

// Never reports whether it is known without asking that no row fulfils c.
func (c Condition) Never() bool { return c.SQL == Nothing.SQL }

// Or returns the condition that one of these holds; of none, [Nothing].
func Or(conditions ...Condition) Condition {
	for _, c := range conditions {
		if c.SQL == "" {
			return Condition{} // everything, whatever the others say
		}
	}
	some := slices.DeleteFunc(slices.Clone(conditions), Condition.Never)
	if len(some) == 0 {
		return Nothing
	}
	return join(" OR ", some)
}

// Not returns the condition that c is false. A row for which c is unknown, because
// of a NULL, fulfils neither.
func Not(c Condition) Condition {
	if c.SQL == "" {
		return Nothing
	}
	return Condition{"NOT (" + c.SQL + ")", c.Args}
}

// In returns the condition that an expression has one of these values; of none,
// [Nothing]. At most some hundred values: who has more takes them in turn.
func In[T any](expression string, values []T) Condition {
	if len(values) == 0 {
		return Nothing
	}
	// The last value is repeated up to the next power of two, so that the
	// statements that a database has to prepare and keep are few.
	room := 1
	for room < len(values) {
		room *= 2
	}
	args, marks := make([]any, room), make([]string, room)
	for i := range room {
		args[i] = values[min(i, len(values)-1)]
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	return Condition{expression + " IN (" + strings.Join(marks, ", ") + ")", args}
}

// Select returns a select that ends with a condition, for [InAny].
func Select(from string, where Condition) Condition {
	where.SQL = from + where.SQL
	return where
}

// InAny returns the condition that an expression is among what one of some selects
// gives: on both databases each select then goes by its own index, which an OR does
// not promise. Of none it is [Nothing].
func InAny(expression string, selects ...Condition) Condition {
	if len(selects) == 0 {
		return Nothing
	}
	all := Union(selects...)
	all.SQL = expression + " IN (" + all.SQL + ")"
	return all
}

// Union returns one select of the rows of some, some of them more than once.
func Union(selects ...Condition) Condition {
	var all Condition
	var parts []string
	for _, s := range selects {
		parts = append(parts, renumber(s.SQL, len(all.Args)))
		all.Args = append(all.Args, s.Args...)
	}
	all.SQL = strings.Join(parts, " UNION ALL ")
	return all
}

// Append returns the text of the condition for a statement that has these values
// already, with its placeholders numbered after theirs, and the values of both.
func (c Condition) Append(args []any) (sql string, all []any) {
	if c.SQL == "" {
		return "TRUE", args
	}
	return "(" + renumber(c.SQL, len(args)) + ")", append(slices.Clip(args), c.Args...)
}

func join(word string, conditions []Condition) Condition {
	var joined Condition
	var parts []string
	for _, c := range conditions {
		if c.SQL == "" {
			continue
		}
		parts = append(parts, "("+renumber(c.SQL, len(joined.Args))+")")
		joined.Args = append(joined.Args, c.Args...)
	}
	if len(parts) == 1 {
		joined.SQL = parts[0][1 : len(parts[0])-1]
		return joined
	}
	joined.SQL = strings.Join(parts, word)
	return joined
}

// renumber adds by to the number of each placeholder.
func renumber(sql string, by int) string {
	if by == 0 || !strings.Contains(sql, "$") {
		return sql
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(sql, "$")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		digits := len(after) - len(strings.TrimLeft(after, "0123456789"))
		n, err := strconv.Atoi(after[:digits])
		b.WriteByte('$')
		if err == nil {
			b.WriteString(strconv.Itoa(n + by))
		}
		sql = after[digits:]
	}
}
