/*
Package flow finds who goes to which post at the least total cost, and proves it.

It solves the transportation problems of package transport: each student has at
most one post of their list, posts have seats, groups of posts have floors and
ceilings, and the sum of the costs is least, having no post being a cost too.

	s, err := flow.Solve(p, flow.Options{})

# What Solve promises

	the least total      no other solution within the same seats, floors and
	                     ceilings costs less
	the canonical one    of all that cost as little, the one whose vector of places
	                     on the lists, in the order of the students, is the least:
	                     the first student is as well off as in any optimum, then
	                     the second as in any optimum that leaves the first so, …
	the canonical prices of all prices that prove it, the least for every post
	                     and group

So there is one answer, which anybody who follows these words must find. It does
not depend on the number of cores, on who wins a race, or on how posts are numbered.

# How it is found

 1. Where there are floors, a maximum flow says whether they can be met. If not,
    the error is an Obstacle: floors, students, seats and ceilings that do not
    add up.
 2. Two solvers of different kinds start, each on a core: package auction lets
    students bid for seats and repairs what is left by shortest paths; package
    simplex exchanges arcs of a spanning tree. The first whose prices prove its
    solution wins and stops the other. For a small problem one runs alone, and the
    other only should the first prove nothing.
 3. Shortest paths lower the prices to the least ones.
 4. Students, one after the other, are moved round closed walks that cost nothing
    to the best edge they can have.

The proof is that of linear programming: a solution is optimal if prices exist at
which every student is where they cost least, and only what is full has a
price (see package transport). Steps 3 and 4 keep it: whatever prices prove
one optimum prove them all.

# Sources

D. P. Bertsekas, "The auction algorithm", Annals of Operations Research 14, 1988.
A. V. Goldberg, R. Kennedy, "An efficient cost scaling algorithm for the assignment
problem", Mathematical Programming 71, 1995.
W. H. Cunningham, "A network simplex method", Mathematical Programming 11, 1976.
R. K. Ahuja, T. L. Magnanti, J. B. Orlin, "Network Flows", Prentice Hall, 1993.
A. J. Hoffman, "Some recent applications of the theory of linear inequalities to
extremal combinatorial analysis", 1960, for floors.
*/
package flow
