package format_test

import (
	"fmt"

	"stagora.org/stagora/allocation/format"
)

// All mistakes of a file are reported at once, each where it stands.
func ExampleReadInstance() {
	_, err := format.ReadInstance([]byte(`{"format":"assign/1","method":"serial",
		"posts":[{"id":"T1","seats":-1},{"id":"T1","seats":2}],
		"students":[{"id":"E1","wishes":[{"post":"T7"}]}]}`))
	fmt.Println(err)
	// Output:
	// $.posts[0].seats: found -1, expected a whole number from 0 to 1000000
	// $.posts[1].id: found "T1", expected an id that posts[0] does not have
	// $.students[0].wishes[0].post: found "T7", expected the id of a post of this file that is not secondary
}

func ExampleAmount() {
	cost := format.Hundredths(683)
	bonus, err := format.ParseAmount("-0.1")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(cost, bonus, cost+bonus, (cost + bonus).Hundredths())
	// Output: 6.83 -0.1 6.73 673
}
