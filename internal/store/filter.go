package store

import (
	"math"
	"strconv"
	"strings"
	"time"

	"stagora.org/stagora/internal/text"
)

// A Filter reads what a person asked of a column, and returns the condition that
// its rows fulfil. What cannot be read lets nothing through: [Nothing]. Moments
// are read in zone.
//
// A column with a meaning of its own has a function of its own:
//
//	func(asked string, _ *time.Location) store.Condition {
//		return store.Where("EXISTS (SELECT 1 FROM … WHERE code = $1)", asked)
//	}
type Filter func(asked string, zone *time.Location) Condition

// Prefix filters a column of texts folded by [text.Fold], which may be many words:
// it lets through those that begin with what is asked. On PostgreSQL the order of
// the column must be that of bytes (a database of locale C, or COLLATE "C").
func Prefix(sql string) Filter {
	return func(asked string, _ *time.Location) Condition {
		folded := text.Fold(asked)
		if folded == "" {
			return Nothing // signs alone
		}
		return Beginning(sql, folded)
	}
}

// Lower filters a column of texts in lower case, such as e-mail addresses and logins:
// it lets through those that begin with what is asked.
func Lower(sql string) Filter {
	return func(asked string, _ *time.Location) Condition { return Beginning(sql, strings.ToLower(asked)) }
}

// WordsIn filters by the words of a row, as a search does: key is what words select
// (see [Place]).
func WordsIn(key, words string) Filter {
	return func(asked string, _ *time.Location) Condition { return searched(key, words, asked) }
}

// Beginning returns the condition that a text begins with this one, byte for byte.
func Beginning(sql, with string) Condition {
	low, high := between(with)
	return Where(sql+" >= $1 AND "+sql+" < $2", low, high)
}

// between returns the bounds of the texts that begin with prefix: from low on, and
// before high. No text of ours holds the last code point.
func between(prefix string) (low, high string) { return prefix, prefix + "\U0010FFFF" }

// Choice filters a column of texts that are chosen from a list, such as codes.
func Choice(sql string) Filter {
	return func(asked string, _ *time.Location) Condition { return Where(sql+" = $1", asked) }
}

// Cases filters by named conditions: which one is asked for by its name.
func Cases(conditions map[string]Condition) Filter {
	return func(asked string, _ *time.Location) Condition {
		if c, ok := conditions[asked]; ok {
			return c
		}
		return Nothing
	}
}

// Bool filters a column of truths: "1" or "true", "0" or "false".
func Bool(sql string) Filter {
	return func(asked string, _ *time.Location) Condition {
		wanted, err := strconv.ParseBool(asked)
		if err != nil {
			return Nothing
		}
		return Where(sql+" = $1", wanted)
	}
}

// Number filters a column of whole numbers by a [Range].
func Number(sql string) Filter {
	return func(asked string, _ *time.Location) Condition {
		low, high, ok := Range(asked)
		if !ok {
			return Nothing
		}
		if low != math.MinInt64 {
			low = int64(math.Ceil(float64(low) / 100))
		}
		if high != math.MaxInt64 {
			high = int64(math.Floor(float64(high) / 100))
		}
		return within(sql, low, high)
	}
}

// Hundredths filters a column of hundredths, such as scores, by a [Range] of units.
func Hundredths(sql string) Filter {
	return func(asked string, _ *time.Location) Condition {
		low, high, ok := Range(asked)
		if !ok {
			return Nothing
		}
		return within(sql, low, high)
	}
}

// within returns the condition that a number lies between two, both included; the
// least and the greatest of all numbers are no bounds. The casts let a number be
// asked for that is too great for the column.
func within(sql string, low, high int64) Condition {
	var bounds []Condition
	if low != math.MinInt64 {
		bounds = append(bounds, Where(sql+" >= CAST($1 AS BIGINT)", low))
	}
	if high != math.MaxInt64 {
		bounds = append(bounds, Where(sql+" <= CAST($1 AS BIGINT)", high))
	}
	if len(bounds) == 0 {
		return Where(sql + " IS NOT NULL")
	}
	return And(bounds...)
}

// Moment filters a column of instants ([Time]) by a [Period].
func Moment(sql string) Filter {
	return func(asked string, zone *time.Location) Condition {
		from, to, ok := Period(asked, zone)
		if !ok {
			return Nothing
		}
		var bounds []Condition
		if !from.IsZero() {
			bounds = append(bounds, Where(sql+" >= $1", At(from)))
		}
		if !to.IsZero() {
			bounds = append(bounds, Where(sql+" < $1", At(to)))
		}
		return And(bounds...)
	}
}

// Range reads what people type to filter numbers, and returns the lowest and the
// highest value that it lets through, in hundredths: "12", "6,5", "> 10", "<= 5",
// "10-20", "10..20". A side without bound is the least or greatest of all numbers.
func Range(asked string) (low, high int64, ok bool) {
	s := strings.ReplaceAll(typed(asked), ",", ".")
	low, high = math.MinInt64, math.MaxInt64
	if op, rest := operator(s); op != "" {
		n, ok := hundredths(rest)
		switch op {
		case "<=":
			high = n
		case ">=":
			low = n
		case "<":
			high = n - 1
		case ">":
			low = n + 1
		default:
			low, high = n, n
		}
		return low, high, ok
	}
	for _, sep := range []string{"..", "-"} {
		if a, b, found := strings.Cut(s, sep); found && a != "" && b != "" {
			low, okLow := hundredths(a)
			high, okHigh := hundredths(b)
			return low, high, okLow && okHigh
		}
	}
	n, ok := hundredths(s)
	return n, n, ok
}

// typed drops spaces and writes signs as a keyboard has them.
func typed(asked string) string {
	return strings.NewReplacer("\u00a0", "", "\u202f", "", " ", "", "≤", "<=", "≥", ">=", "−", "-", "…", "..").Replace(asked)
}

// operator cuts a comparison off the front of a filter.
func operator(s string) (op, rest string) {
	for _, op := range []string{"<=", ">=", "<", ">", "="} {
		if rest, found := strings.CutPrefix(s, op); found {
			return op, rest
		}
	}
	return "", s
}

// hundredths reads "12", "6.5" or "-3.25".
func hundredths(s string) (int64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > 1e12 {
		return 0, false
	}
	return int64(math.Round(f * 100)), true
}

// Period reads what people type to filter instants, and returns the first instant
// that it lets through and the first one after that it does not: "2027", "03/2027",
// "2027-03", "12/03/2027", "2027-03-12", "> 12/03/2027", "<= 2027", "2026..2027". A side
// without bound is the zero time.
func Period(asked string, zone *time.Location) (from, to time.Time, ok bool) {
	s := typed(asked)
	op, rest := operator(s)
	if first, last, found := strings.Cut(s, ".."); found {
		from, _, okFrom := calendar(first, zone)
		_, to, okTo := calendar(last, zone)
		return from, to, okFrom && okTo
	}
	start, end, ok := calendar(rest, zone)
	switch op {
	case "<":
		return time.Time{}, start, ok
	case "<=":
		return time.Time{}, end, ok
	case ">":
		return end, time.Time{}, ok
	case ">=":
		return start, time.Time{}, ok
	}
	return start, end, ok
}

// calendar reads a day, a month or a year: when it begins, and when the next one does.
func calendar(s string, zone *time.Location) (from, to time.Time, ok bool) {
	for _, form := range []struct {
		layouts             []string
		years, months, days int
	}{
		{[]string{"2006-1-2", "2/1/2006"}, 0, 0, 1},
		{[]string{"2006-1", "1/2006"}, 0, 1, 0},
		{[]string{"2006"}, 1, 0, 0},
	} {
		for _, layout := range form.layouts {
			if at, err := time.ParseInLocation(layout, s, zone); err == nil {
				return at, at.AddDate(form.years, form.months, form.days), true
			}
		}
	}
	return time.Time{}, time.Time{}, false
}
