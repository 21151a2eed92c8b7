/*
Package assign places students at posts by their wishes, and says why.

# The methods

	serial     each student, in the given order, gets the best wish that still
	           has a seat
	score-v2   the same placement; each placement then has a cost, made of the
	           demand for the post and the place in the order
	score-v1   the same placement; the cost weighs the student's score instead

Solve runs the method that an instance names. Serial service is Pareto-efficient
(nobody can be better off without somebody being worse off) and strategy-proof
(nobody gains by a list that is not their true one). A pinned student keeps a
post whatever the wishes: that seat is set aside before anybody is served.

# What surrounds a run

	Order      who is served when: by score, manual positions and the draw
	Intervals  between which positions each student can be, before the draw is known
	Price      the costs of any placement, also one that a commission changed
	Demand     how sought each post is, in ten levels
	Simulate   how often a student would get each wish, over many draws
	Margins    from which position a student would have got a wish that was full
	Scores     what students have accumulated, from their history of costs
	Recommend  how many seats each site should open to each cohort

# What always holds

The package has no clock, no chance, no input or output, and no floating-point
number: the same instance gives the same bytes, however its students and posts
are numbered. The rules are explained for people, with worked cases, in
docs/algorithms. Every result is judged by package check, which shares no code
with this one but the reading of files.
*/
package assign
