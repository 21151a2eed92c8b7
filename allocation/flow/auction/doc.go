/*
Package auction solves a transport.Problem by bids and corrects what they leave
wrong.

# How

	auction  students and posts settle who goes where by bidding, without groups
	round    prices become whole; whoever would then rather be elsewhere leaves
	repair   those are placed again by shortest paths, which also bring groups
	         within their floors and ceilings

Only the repair proves anything: after it the prices show that no other solution
costs less, see package transport. The auction is there because the repair alone
would be slow, and the better it is, the less there is to repair.

Everything is in whole numbers. The same problem gives the same solution, though
of several optima it may be any: package flow chooses among them.
*/
package auction
