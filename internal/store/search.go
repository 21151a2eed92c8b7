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
// by [text.Fold], each once, in order. A [WordTable] keeps them.
func WordsOf(texts ...string) []string {
	words := wordsIn(strings.Join(texts, " "), maxWords)
	slices.Sort(words)
	return words
}

// wordsIn returns the first different words of a text, at most so many.
func wordsIn(s string, most int) []string {
	var words []string
	for word := range strings.FieldsSeq(text.Fold(s)) {
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
// word of the row.
func searched(key, words, search string) Condition {
	var found []Condition
	for _, word := range wordsIn(search, maxAsked) {
		low, high := between(word)
		found = append(found, Where(key+" IN ("+words+")", low, high))
	}
	return And(found...)
}
