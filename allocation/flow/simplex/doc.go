/*
Package simplex solves the problem of package transport by the network simplex
method (Dantzig 1951), in a form made for students who each take one seat; and
small problems of least cost on any network, by the same tree.

# How it solves

Posts and groups hang on a tree whose root stands for having no post. A node's
way to the root says how room is made there: the student who ties a post to the one
above would move there, another would move on from there, and so on up to a free
seat, or to somebody who would then have no post. The price of a node is what all
that would cost.

A student who would pay less elsewhere is let in there. Either everybody on the
way moves by one, and the total falls; or the way leads back through the student's
own post, nobody moves, and the student becomes the one who ties their post to the
better one, so that prices fall. When nobody would pay less, no arrangement costs
less, and the prices prove it.

Only students who tie two posts together are on the tree, and they are arcs of
it, not nodes: the tree has a node for each post and group, however many students
there are. That is what makes it fast.

Having no post costs little at first and more at each step, up to what the
problem says. While it is cheap, ways to the root are short; most of what has to
change later would have changed many times over, had it been dear from the start.

# What is promised

Every arc of the tree has room towards the root (a strongly feasible tree:
Cunningham, "A network simplex method", 1976; for students who each take one seat,
Barr, Glover and Klingman, "The alternating basis algorithm for assignment
problems", 1977). So no series of moves without gain repeats itself, and every run
ends, with the same result for the same problem. TestEveryMoveLeavesRoomTowardsTheRoot
checks the tree after every move.

No bound better than exponential is known for the number of moves of a method of
this kind; on markets as they are met, a student moves a few times. Package flow
therefore does not rely on it alone. Each move takes at most time in proportion to
the posts and groups, and memory beyond the problem is 8 bytes for each student
and 64 for each post or group.
*/
package simplex
