/*
Package allocation is the engine of Stagora: who goes where, why, and how anybody
can verify it. It holds no code itself; each part is a package:

	format    the public files: instances, results, exported campaigns
	assign    one-sided assignment: wishes, order, costs, scores, seats, simulation
	lottery   the draw: seed and identifier give the order
	check     the judge of results, which shares no code with the solvers

# What holds for all of it

The engine is pure: it has no clock, no chance, no log, no input or output, no
order of maps, and no floating-point number that decides anything. The same
input gives the same output, to the byte, whatever the numbering. So a result
can be computed again by anybody, on any machine, years later. The tests of this
package hold the imports of the engine to a short list.

The engine knows identifiers, not people: no word of HTTP, SQL, time or names.

# A first run

	instance, err := os.ReadFile("instance.json") // format.Instance tells what stands in it
	result, err := assign.SolveFile(instance)
	report, err := check.Verify(instance, result)
*/
package allocation
