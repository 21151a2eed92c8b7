package store

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"stagora.org/stagora/internal/text"
)

// What is searched is kept small: a word is found by its first bytes, and a row by
// its first words.
const (
	maxWord  = 40 // bytes of a word
	maxWords = 60 // words of a row
	maxAsked = 6  // words of a search
)

// WordsOf returns the words by which a row is found: those of these texts, folded
// by [text.Words], each once, in order. A [WordTable] keeps them.
func WordsOf(texts ...string) []string {
	words := firstOf(text.Words(strings.Join(texts, " ")), maxWords)
	slices.Sort(words)
	return words
}

// firstOf returns the first different words of some, at most so many.
func firstOf(all []string, most int) []string {
	var words []string
	for _, word := range all {
		if len(word) > maxWord {
			word = strings.ToValidUTF8(word[:maxWord], "") // not through a letter
		}
		if len(words) < most && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

// searched returns the condition that each word of a search is the beginning of a
// word of the row. Signs alone are no word, and find nothing.
func searched(key, words, search string) Condition {
	if clean(search) == "" {
		return Condition{}
	}
	asked := askedIn(search)
	if len(asked) == 0 {
		return Nothing
	}
	found := make([]Condition, len(asked))
	for i, word := range asked {
		low, high := between(word)
		found[i] = Where(key+" IN ("+words+")", low, high)
	}
	return And(found...)
}

func askedIn(search string) []string { return firstOf(strings.Fields(text.Fold(search)), maxAsked) }

// Words are the places where the words of the rows of a list are looked for, in this order:
// a row is found by a word that it has in any of them.
type Words []Place

// A Place is one of [Words]. In its SQL a word stands from $1 on and before $2.
type Place struct {
	Having string // selects the IDs of rows that have such a word here
	Has    string // the condition that a row is one of them, for words that many have; empty: it is not asked
	Alone  string // the same of a row of [List.Alone]
}

func (p Place) has() string   { return p.Has }
func (p Place) alone() string { return p.Alone }

// Having returns words that are looked for by a select alone.
func Having(selects string) Words { return Words{{Having: selects}} }

// Having selects the IDs of the rows that have a word in any of the places.
func (w Words) Having() string {
	var selects []string
	for _, p := range w {
		selects = append(selects, p.Having)
	}
	return strings.Join(selects, " UNION ALL ")
}

// Has returns the condition that a row has a word in any of the places, or nothing if one
// of them asks none.
func (w Words) Has() string { return w.condition(Place.has) }

func (w Words) condition(of func(Place) string) string {
	var conditions []string
	for _, p := range w {
		if of(p) == "" {
			return ""
		}
		conditions = append(conditions, of(p))
	}
	return "(" + strings.Join(conditions, " OR ") + ")"
}

// asked returns the words that are asked for: by the search, and by each column that
// filters as a search does. It is false if one of them is signs alone, which find nothing.
func (l *List[T]) asked(ask Ask) (words []string, some bool) {
	searches := []string{ask.Search}
	for _, c := range l.Columns {
		if c.Words {
			searches = append(searches, ask.Filters[c.Key])
		}
	}
	for _, search := range searches {
		asked := askedIn(clean(search))
		if len(asked) == 0 && clean(search) != "" {
			return nil, false
		}
		words = append(words, asked...)
	}
	return words, true
}

// found returns the condition that a row of the list has each word that is asked for. It
// goes from the rarest word to those who have it, when they are at most so many, and asks
// the rows whether they have the other words: nobody gathers all those who have a word
// that most have. A place where nobody has a word is not asked for it; has is the
// condition that is asked of the others.
func (l *List[T]) found(ctx context.Context, tx *Tx, ask Ask, most int, has func(Place) string) (Condition, error) {
	words, some := l.asked(ask)
	if !some && len(l.Words) > 0 {
		return Nothing, nil
	}
	if len(l.Words) == 0 || len(words) == 0 {
		return Condition{}, nil
	}
	places, rarest := slices.Repeat([]Words{l.Words}, len(words)), -1
	if l.Words.condition(has) != "" && most < math.MaxInt {
		var err error
		if places, rarest, err = l.places(ctx, tx, words, most); err != nil {
			return Condition{}, err
		}
	}
	var all []Condition
	for i, word := range words {
		low, high := between(word)
		switch {
		case len(places[i]) == 0:
			return Nothing, nil
		case i == rarest || places[i].condition(has) == "" || most == math.MaxInt:
			all = append(all, Where(cmp.Or(l.WordsOf, l.ID)+" IN ("+places[i].Having()+")", low, high))
		default:
			all = append(all, Where(places[i].condition(has), low, high))
		}
	}
	return And(all...), nil
}

// searchKey is the key of what a transaction remembers of the words of a search.
type searchKey struct{ having, words string }

// places returns in which places somebody has each of some words, and which of the words
// fewest have, or -1 if more than so many have it.
func (l *List[T]) places(ctx context.Context, tx *Tx, words []string, most int) (places []Words, rarest int, err error) {
	having, err := Once(tx, searchKey{l.Words.Having(), strings.Join(words, " ")}, func() ([]int, error) { return l.countHaving(ctx, tx, words) })
	if err != nil {
		return nil, 0, err
	}
	places, rarest = make([]Words, len(words)), -1
	for i := range words {
		all := 0
		for j, place := range l.Words {
			if n := having[i*len(l.Words)+j]; n > 0 {
				places[i] = append(places[i], place)
				all += n
			}
		}
		if all <= most {
			most, rarest = all, i
		}
	}
	return places, rarest, nil
}

// countHaving counts who has each of some words in each of the places, as far as
// [CountLimit].
func (l *List[T]) countHaving(ctx context.Context, tx *Tx, words []string) ([]int, error) {
	having := make([]int, len(words)*len(l.Words))
	counts := []Condition{Where("0")} // each in parentheses, as several are
	into := []any{new(int)}
	for i, word := range words {
		low, high := between(word)
		for j, place := range l.Words {
			counts = append(counts, Where("SELECT COUNT(*) FROM ("+place.Having+" LIMIT "+strconv.Itoa(CountLimit+1)+") AS counted", low, high))
			into = append(into, &having[i*len(l.Words)+j])
		}
	}
	all := join(", ", counts)
	if err := tx.QueryRowContext(ctx, "SELECT "+all.SQL, all.Args...).Scan(into...); err != nil {
		return nil, fmt.Errorf("count who has the words of a search: %w", err)
	}
	return having, nil
}
