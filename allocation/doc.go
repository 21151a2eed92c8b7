/*
Package allocation is the engine of Stagora: who goes where, why, and how anybody
can verify it. It holds no code itself; each part is a package:

	format    the public files: instances, results, logs, large markets
	assign    one-sided assignment: wishes, order, costs, weights, groups, seats
	match     two-sided stable matching: ties, reserved seats, fixed pairs
	calllist  live choice: a state machine with a hashed log
	flow      transportation problems at least cost, with prices that prove it
	lottery   the draw: seed and identifier give the order
	check     the judge of results, which shares no code with the solvers
	scenario  what other methods would give: on one campaign, over many rounds

# What holds for all of it

The engine is pure: it has no clock, no chance, no log, no input or output, no
order of maps, and no floating-point number that decides anything. The same
input gives the same output, to the byte, whatever the numbering, the number of
cores, and which of two solvers ended first. So a result can be computed again by
anybody, on any machine, years later. The tests of this package hold the imports of
the engine to a short list.

Every result carries a certificate: what lets the judge verify it without
solving it again. What each method promises and how that is proved stands in
docs/algorithms, in words that a commission can check.

The engine knows identifiers, not people: no word of HTTP, SQL, time or names.
Long work can be given up: a caller hands over a function that tells when.

# A first run

	instance, err := os.ReadFile("instance.json") // its key "format" names the engine
	result, err := assign.SolveFile(instance)     // or match.SolveFile, calllist.SolveFile
	report, err := check.VerifyFile(instance, result)

# How it is tested

The cases in testdata are text that an office could write. Beside them stand
instances of the literature with their sources, small random instances held to
trying every placement, changes that must change nothing (other names, another
sequence, a post split into seats), and a table of forgeries that the judge must
refuse. go test -rapid.checks=10000 tries more.
*/
package allocation
