package calllist_test

import (
	"fmt"

	"stagora.org/stagora/allocation/calllist"
	"stagora.org/stagora/allocation/format"
)

func threePeople() *format.CallList {
	return &format.CallList{
		Rules: format.CallRules{Absent: format.FallbackAbsent, Completion: true},
		Posts: []format.CallPost{
			{ID: "cardio", Seats: 1, Kind: format.SimplePost},
			{ID: "neuro", Seats: 2, Kind: format.SimplePost},
		},
		Candidates: []format.CallCandidate{
			{ID: "ana", Favourites: []string{"cardio"}},
			{ID: "bilal", Favourites: []string{"cardio", "neuro"}},
			{ID: "cy", Barred: []format.Bar{{Post: "neuro", Rule: "already-done"}}},
		},
	}
}

// A sitting is opened, ana is called. Cardio is the only post that cy may still take,
// so by the completion rule ana cannot have it.
func ExampleSitting_Apply() {
	sitting := calllist.Start(threePeople())
	happens := func(e format.Event) {
		e.Actor, e.At = "chair", "2026-03-24T13:00:00Z"
		if err := sitting.Apply(sitting.Seal(e)); err != nil {
			fmt.Println(err)
		}
	}
	happens(format.Event{Type: format.OpenEvent})
	happens(format.Event{Type: format.Call, Candidate: "ana"})
	happens(format.Event{Type: format.Take, Candidate: "ana", Post: "cardio"})
	happens(format.Event{Type: format.Take, Candidate: "ana", Post: "neuro"})
	for _, p := range sitting.State().Placements {
		fmt.Println(p.Candidate, "has", p.Post, "since event", p.Event)
	}
	next, _ := sitting.Next()
	fmt.Println("next:", next)
	// Output:
	// event 3, take ana cardio: cy would be left without a post
	// ana has neuro since event 3
	// next: bilal
}

// Before anybody is called: ana and bilal might take cardio, and cannot use up neuro.
func ExampleSitting_Outlook() {
	sitting := calllist.Start(threePeople())
	outlook, _ := sitting.Outlook("bilal")
	fmt.Println("bilal: certain", outlook.Certain, "possible", outlook.Possible)
	outlook, _ = sitting.Outlook("cy")
	fmt.Println("cy: possible", outlook.Possible, "gone", outlook.Gone)
	// Output:
	// bilal: certain [neuro] possible [cardio]
	// cy: possible [cardio] gone [neuro]
}

// How a sitting would end if everybody chose by favourites.
func ExampleSimulate() {
	list := threePeople()
	list.Rules.Completion = false
	end := calllist.Simulate(list)
	for _, p := range end.Placements {
		fmt.Println(p.Candidate, p.Post)
	}
	fmt.Println("without:", end.Without)
	// Output:
	// ana cardio
	// bilal neuro
	// without: [cy]
}

// The log alone gives the sitting again.
func ExampleReplay() {
	list := threePeople()
	sitting := calllist.Start(list)
	for _, e := range []format.Event{{Type: format.OpenEvent}, {Type: format.Call, Candidate: "ana"}, {Type: format.AbsentEvent, Candidate: "ana"}} {
		e.Actor, e.At = "chair", "2026-03-24T13:00:00Z"
		if err := sitting.Apply(sitting.Seal(e)); err != nil {
			fmt.Println(err)
		}
	}
	list.Events = sitting.Events()
	again, err := calllist.Replay(list)
	if err != nil {
		fmt.Println(err)
		return
	}
	state, stateAgain := sitting.State(), again.State()
	fmt.Println(state.Digest() == stateAgain.Digest(), state.Skipped)
	// Output: true [ana]
}
