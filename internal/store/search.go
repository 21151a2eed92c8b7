package store

import (
	"slices"
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
	asked := firstOf(strings.Fields(text.Fold(search)), maxAsked)
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
