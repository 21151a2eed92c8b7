/*
Package scenario shows a commission what a choice of method would change, before
it chooses.

	Compare    one campaign by several methods: who is placed, at which rank, and
	           who gains and who loses against the first
	Tempted    who could do better by a list that is not their true one
	Play       a cohort through many rounds, each method with a memory of what came
	           before: how far apart students end up
	Plot       either of them as a picture

# Figures

Ranks count from 1. Who asked and has no post counts as one rank beyond the end
of the list. Who keeps a post (pinned) has no rank and counts nowhere but in
Placed. Means and deviations are in hundredths of a rank, rounded half up. The
deviation is that of the population.

# What a simulation can tell

Play invents the tastes of students: popular posts are wanted by most, and each
student adds a taste of their own. Its figures compare methods on equal lists,
given sincerely. They foretell no real campus. The same Cohort gives the same
figures on every machine: chance comes from its seed, by SHA-256.
*/
package scenario
