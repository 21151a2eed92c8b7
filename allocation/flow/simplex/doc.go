/*
Package simplex solves the problem of package transport by the network simplex
method (Dantzig 1951), in a form made for students who each take one seat.

# The tree

Posts and groups hang on a tree whose root is having no post. A node's way to the
root says how room is made there: the student who ties a post to the one above
would move there, and so on up to a free seat, or to somebody who would then have
no post. The price of a node is what that costs. A student who would pay less
elsewhere moves: either everybody on the way up moves by one, or the way turns out
to be blocked and the student becomes the one who ties their post to the better
one. When nobody would pay less, the solution is the best, and the prices prove it.

Only the students who tie two posts together are on the tree: fewer than posts,
however many students there are. Every arc of the tree leaves room towards the
root (a strongly feasible tree: Cunningham, "A network simplex method", 1976; for
assignments Barr, Glover and Klingman, "The alternating basis algorithm for
assignment problems", 1977), so no series of moves without gain repeats itself and
Solve ends.
*/
package simplex
