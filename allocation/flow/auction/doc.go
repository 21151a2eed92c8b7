/*
Package auction solves a transport.Problem: students and posts bid until nearly
everybody is where an optimum has them, and shortest paths put the rest right.

# How

	posts bid     for the students who are worth most to them
	students bid  for seats, those whom no post took
	round         prices become whole; whoever would then rather be elsewhere leaves
	repair        those are placed by shortest paths, which also bring groups within
	              their floors and ceilings

The repair alone proves anything: after it the prices show that no other solution
costs less, see package transport. It could start from nobody being anywhere. The
auctions, which know nothing of groups, are there because they are quick: in a
market of a million students they leave a handful to repair.

# What it takes

For E edges and n students, each auction ends after O(E) looks at edges, and there
are O(log C) of them, for costs up to C. Each search of the repair takes O(E log E)
and puts right one student at least: O(n E log E) for all, should the auctions have
been of no use.

The memory is that of the problem once more: 8 bytes for each edge and about 60 for
each student.

Everything is in whole numbers, without chance or clock: the same problem gives the
same solution. Of several optima it may be any; package flow chooses among them.

# Where it comes from

Auctions, and that both sides may bid, are Bertsekas's ("Auction algorithms for
network flow problems: a tutorial introduction", 1992); seats that are alike, his
and Castañon's ("The auction algorithm for the transportation problem", 1989). The
repair is successive shortest paths (Ahuja, Magnanti and Orlin, "Network Flows",
1993, chapter 9) with Dijkstra's algorithm (1959).
*/
package auction
