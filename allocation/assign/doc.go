/*
Package assign places students at posts by their wishes, and says why.

# The methods

Students served one after the other, in a given order:

	serial     each student gets the best wish that still has a seat
	score-v2   the same placement; each placement then has a cost, made of the
	           demand for the post and the place in the order
	score-v1   the same placement; the cost weighs the student's score instead
	ordered    a wish is granted only if afterwards as many students as possible
	           can still be placed, and every group can reach its floor

Everybody placed at once, the order deciding only between equals:

	equity        the least sum of weight × cost of the rank
	leximin       as few as possible without a post, then at the worst rank,
	              then at the one before…
	rank-maximal  as many first wishes as possible, then second ones…

And by chance:

	traded-lottery  the chances of serving in a random order, traded so that
	                nobody loses, then drawn once

Solve runs the method that an instance names. What each promises, and what not,
is said for commissions in docs/algorithms, one page each. In short: serial
service is Pareto-efficient (nobody can be better off without somebody being
worse off) and strategy-proof (nobody gains by a list that is not their true
one); the others give the second up for a better placement of all together.

A pinned student keeps a post whatever the wishes: that seat is set aside
before anybody is served. The methods that make an optimum know fallbacks,
posts accepted after all wishes, and groups, sets of posts with a floor and a
ceiling, disjoint or nested. If the floors cannot be met, the error is of type
*Infeasible and names the smallest reason.

# What proves a result

A result carries a certificate. Serial results need none: serving again gives
the same. An optimum carries prices of posts and groups at which nobody would
pay less elsewhere; a profile carries such prices for every rank; a lottery the
chances before and after the trades. Of several optima, and of several prices
that prove them, the result holds the one that the pages define, so that two
programs must agree to the byte. Package check verifies all of it, and shares
no code with this one but the reading of files.

# How the optima are found

All reduce to one problem of transport (package flow), which is solved exactly,
in integers, and returns the canonical optimum and the canonical prices. A
profile solves it once a rank, each time with what the prices of the ranks
before have settled (Irving, Kavitha, Mehlhorn, Michail and Paluch,
"Rank-maximal matchings", 2006; here by complementary slackness instead of
decompositions). The lottery's trades are a flow of least cost in a network of
lists (Bronfman, Alon, Hassidim and Romm, "Redesigning the Israeli medical
internship match", 2018), its draw is dependent rounding (Gandhi, Khuller,
Parthasarathy and Srinivasan, 2006).

# What surrounds a run

	Order      who is served when: by score, manual positions and the draw
	Intervals  between which positions each student can be, before the draw is known
	Price      the costs of any placement, also one that a commission changed
	Demand     how sought each post is, in ten levels
	Simulate   how often a student would get each wish, over many draws
	Margins    from which position a student would have got a wish that was full
	Explain    the same by any method, with the least weight where weights count
	Scores     what students have accumulated, from their history of costs
	Recommend  how many seats each site should open to each cohort

Run does what Solve and Explain do for a caller who may want to stop.
SolveMarket and ServeMarket place a million students by numbers instead of ids.

# What always holds

The package has no clock, no chance, no input or output, and no floating-point
number: the same instance gives the same bytes, however its students and posts
are numbered. The rules are explained for people, with worked cases, in
docs/algorithms.
*/
package assign
