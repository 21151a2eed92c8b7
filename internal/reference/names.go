package reference

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"stagora.org/stagora/internal/store"
)

// names are the short lists that name most things. Whoever needs one of them mostly
// needs another, so that one statement reads all.
type names struct {
	levels    []Level
	faculties []Faculty
	years     []AcademicYear
}

const (
	levelRow = iota
	facultyRow
	yearRow
)

// readNames has the columns of each table in the places of what is alike in the
// others.
const readNames = "SELECT 0, id, public_id, code, name, position, '', '', archived, changed_at, changed_by FROM reference_level" +
	" UNION ALL SELECT 1, id, public_id, code, name, 0, sort_key, uai, archived, changed_at, changed_by FROM reference_faculty" +
	" UNION ALL SELECT 2, id, public_id, code, name, 0, starts_on, ends_on, archived, changed_at, changed_by FROM reference_year"

// loadNames reads the lists, and remembers each of them ([Remember]).
func loadNames(ctx context.Context, tx *store.Tx) (n names, err error) {
	rows, err := tx.QueryContext(ctx, readNames)
	if err != nil {
		return n, fmt.Errorf("read names: %w", err)
	}
	defer func() { _ = rows.Close() }()
	sortKeys := map[int64]string{}
	for rows.Next() {
		var kind, position int
		var s Stamp
		var code, name, first, second string
		var archived bool
		var changed store.Time
		if err := rows.Scan(&kind, &s.ID, &s.PublicID, &code, &name, &position, &first, &second, &archived, &changed, &s.ChangedBy); err != nil {
			return n, fmt.Errorf("read names: %w", err)
		}
		s.ChangedAt = changed.Time
		switch kind {
		case levelRow:
			n.levels = append(n.levels, Level{Stamp: s, Code: code, Name: name, Position: position, Archived: archived})
		case facultyRow:
			n.faculties = append(n.faculties, Faculty{Stamp: s, Code: code, Name: name, UAI: second, Archived: archived})
			sortKeys[s.ID] = first
		case yearRow:
			n.years = append(n.years, AcademicYear{Stamp: s, Code: code, Name: name, Interval: Interval{Date(first), Date(second)}, Archived: archived})
		}
	}
	slices.SortFunc(n.levels, func(a, b Level) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), strings.Compare(a.Code, b.Code))
	})
	slices.SortFunc(n.faculties, func(a, b Faculty) int {
		return cmp.Or(strings.Compare(sortKeys[a.ID], sortKeys[b.ID]), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(n.years, func(a, b AcademicYear) int {
		return cmp.Or(strings.Compare(string(b.From), string(a.From)), cmp.Compare(a.ID, b.ID))
	})
	if err := rows.Err(); err != nil {
		return n, fmt.Errorf("read names: %w", err)
	}
	return n, n.remember(tx)
}

func (n names) remember(tx *store.Tx) error {
	lists, err := remembered(tx)
	if err != nil {
		return err
	}
	lists[listKey[Level]{}], lists[listKey[Faculty]{}], lists[listKey[AcademicYear]{}] = n.levels, n.faculties, n.years
	return nil
}
