/*
Package match makes stable matchings where both sides have lists: candidates
rank posts, posts rank candidates.

A matching is stable when no candidate and post would both rather have each
other than what they got.

# A run

Solve runs an instance: it breaks ties, sets aside the pairs that are fixed,
matches the others, and says for every wish what became of it.

	ties        matching                                          promise
	none        candidates or posts propose, in turn              stable; best for the side that proposes
	lottery     one draw first, then the same                     the same, for the lists as drawn
	largest     Király's algorithm                                weakly stable; at least 2/3 of the most possible

When candidates propose and ties are drawn or absent, nobody gains by a list that
is not their true one. A post may reserve seats for groups: the best of each
group have these first, all others go by merit. Pairs kept from a former round
can make others block; Solve lists these instead of hiding them.

# What surrounds a run

	Ends         what each candidate has in the best and the worst stable matching
	Needed       the rank that a post would have had to give, for each wish refused
	SolveMarket  the same matching for a million candidates, by numbers

# What always holds

The package has no clock, no chance, no input or output, and no floating-point
number: the same instance gives the same bytes, however its candidates and posts
are numbered, on any number of cores. The rules are explained for people, with a
worked case, in docs/algorithms/stable-matching.md. Every result is judged by
package check, which shares no code with this one but the reading of files.
*/
package match
