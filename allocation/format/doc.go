/*
Package format reads and writes the public files of the allocation engine.

	assign/1         an instance: posts, students, ranked wishes   (Instance)
	assign-result/1  who goes where, and why                       (Result)
	campaign/1       how the order was made and what was published (Campaign)

# What is promised

Reading is strict: an unknown or repeated key, a post that nobody declared, an
id used twice, the same post twice in a list, a secondary site asked for as a
main post, seats below 0 or beyond reason are all refused. Every error of a
file is reported, not only the first, each with its JSON path, the value found
and what was expected (Errors).

Writing is canonical: JSON as RFC 8785 fixes it, so that two programs that
agree on a result agree on its bytes, and on its SHA-256.

Amounts (costs, scores, bonuses) are exact decimals, never binary fractions
(Amount).

# What is not here

Any rule of allocation. This package is the only code that the solvers
(assign) and their judge (check) share, so it decides nothing: it only says
what a file contains. The formats are described for implementers, with JSON
Schemas, in docs/algorithms/formats.md.
*/
package format

// Version is the version of Stagora. It stands here because every result names
// the engine that made it.
const Version = "0.1.0"

// Engine is how results name this engine.
const Engine = "stagora " + Version
