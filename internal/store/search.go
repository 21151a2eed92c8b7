package store

import (
	"cmp"
	"context"
	"fmt"
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
	return eachAsked(search, func(int) string { return key + " IN (" + words + ")" })
}

// eachAsked returns the condition that something holds of each word of a search: SQL
// with the bounds of the words that begin with it.
func eachAsked(search string, holds func(i int) string) Condition {
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
		found[i] = Where(holds(i), low, high)
	}
	return And(found...)
}

func askedIn(search string) []string { return firstOf(strings.Fields(text.Fold(search)), maxAsked) }

// found returns the condition that a row of the list is found by what is asked: by the
// search, and by each column that filters as a search does.
func (l *List[T]) found(ctx context.Context, tx *Tx, ask Ask, has string, most int) (Condition, error) {
	if l.Words == "" {
		return Condition{}, nil
	}
	searches := []string{ask.Search}
	for _, c := range l.Columns {
		if c.Words {
			searches = append(searches, ask.Filters[c.Key])
		}
	}
	var all []Condition
	for _, search := range searches {
		found, err := l.foundBy(ctx, tx, search, has, most)
		if err != nil {
			return Condition{}, err
		}
		all = append(all, found)
	}
	return And(all...), nil
}

// foundBy returns the condition that a row has each word of a search. If has is not
// empty, it goes from the rarest word to those who have it, when they are at most so
// many, and asks the rows whether they have the other words: nobody gathers all those
// who have a word that most have.
func (l *List[T]) foundBy(ctx context.Context, tx *Tx, search, has string, most int) (Condition, error) {
	first := cmp.Or(l.WordsOf, l.ID) + " IN (" + l.Words + ")"
	if has == "" {
		return eachAsked(search, func(int) string { return first }), nil
	}
	rarest, err := l.rarest(ctx, tx, search)
	return eachAsked(search, func(i int) string {
		if i == rarest.word && rarest.have <= most {
			return first
		}
		return has
	}), err
}

// A rarest is which word of a search fewest have, and how many they are, counted as far
// as [CountLimit].
type rarest struct{ word, have int }

// rarestKey is the key of what a transaction remembers of a search.
type rarestKey struct{ words, search string }

func (l *List[T]) rarest(ctx context.Context, tx *Tx, search string) (rarest, error) {
	return Once(tx, rarestKey{l.Words, search}, func() (r rarest, err error) {
		asked := askedIn(search)
		if len(asked) == 0 {
			return r, nil
		}
		counts, have, into := make([]Condition, len(asked)), make([]int, len(asked)), make([]any, len(asked))
		for i, word := range asked {
			low, high := between(word)
			counts[i] = Where("SELECT COUNT(*) FROM ("+l.Words+" LIMIT "+strconv.Itoa(CountLimit+1)+") AS counted", low, high)
			into[i] = &have[i]
		}
		all := join(", ", append(counts, Where("0"))) // each in parentheses, as several are
		if err := tx.QueryRowContext(ctx, "SELECT "+all.SQL, all.Args...).Scan(append(into, new(int))...); err != nil {
			return r, fmt.Errorf("look how many have the words of a search: %w", err)
		}
		r.have = slices.Min(have)
		r.word = slices.Index(have, r.have)
		return r, nil
	})
}
