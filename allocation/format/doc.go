/*
Package format reads and writes the public files of the allocation engine.

	assign/1          an instance: posts, students, ranked wishes   (Instance)
	assign-result/1   who goes where, why, and the proof            (Result)
	match/1           a market where both sides have lists          (MatchInstance)
	match-result/1    who goes where, and why                       (MatchResult)
	calllist/1        a live choice: the list and the log           (CallList)
	calllist-state/1  where a live choice stands                    (CallState)
	campaign/1        how the order was made and what was published (Campaign)
	HR1               a large market by numbers, as a text          (Market)

Kind tells which of the JSON files one is.

# What is promised

Reading is strict: an unknown or repeated key, a post that nobody declared, an
id used twice, the same post twice in a list, a secondary site asked for as a
main post, groups that cross, seats below 0 or beyond reason are all refused.
Every error of a file is reported, not only the first, each with its JSON path,
the value found and what was expected (Errors). Of a text, which may have
millions of lines, the first error is, with its line and field (TextError).

Writing is canonical: JSON as RFC 8785 fixes it, so that two programs that
agree on a result agree on its bytes, and on its SHA-256.

Amounts (costs, scores, bonuses) are exact decimals, never binary fractions
(Amount).

# What is not here

Any rule of allocation. This package is the only code that the solvers (assign,
match, calllist) and their judge (check) share, so it decides nothing: it only
says what a file contains. The formats are described for implementers, with JSON
Schemas, in docs/algorithms/formats.md.
*/
package format

// Version is the version of Stagora. It stands here because every result names
// the engine that made it.
const Version = "0.1.0"

// Engine is how results name this engine.
const Engine = "stagora " + Version
