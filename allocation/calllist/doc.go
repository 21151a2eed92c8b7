/*
Package calllist runs a choice by call list: people are called in an order that
is known beforehand, and each takes one of the posts that still have a seat.

# A sitting

A Sitting is prepared, open, paused or closed. While it is open at most one
candidate is current. A turn ends in one of three ways:

	take     the candidate, a proxy, or a list left beforehand takes a post
	pass     the candidate goes to the end of the list; the second time, stays without a post
	absent   the rule of the sitting decides: skipped, given a favourite, or sent to the end

The office can release somebody who was placed, block posts, and undo: the
sitting is then as it was right after an earlier event. docs/algorithms/call-list.md
has every event, when it is allowed, and the questions that a table forgets.

# The log

Whatever happens is an event (format.Event). Seal gives the next event its number
and its hash, which covers the hash of the event before; Apply changes the sitting,
or refuses with the reason and changes nothing:

	sitting := calllist.Start(list)
	event := sitting.Seal(format.Event{Type: format.OpenEvent, Actor: "chair", At: "2026-03-24T13:00:00Z"})
	if err := sitting.Apply(event); err != nil { … }   // *Refusal: what, which, why

Replay builds the sitting again from a log. An event that was undone stays in the log;
Standing tells which events still count.

# What can be asked

	Next       who is called next
	Allowed    whether an event would be refused now, and why
	Outlook    which posts are certain, possible and gone for somebody who waits
	Forecast   how the sitting would end if all took their favourites
	State      where the sitting stands: all that decides how it goes on

Solve answers for a whole file: the state after its events or, if it has none, how
the sitting would end from the favourites.

# What always holds

  - No seat is held twice, and nobody holds two posts.
  - Nobody is called while somebody with an earlier place waits, recalls apart.
  - The log alone gives the sitting again, to the byte.
  - With the completion rule, no choice leaves somebody who waits without any post
    when another choice would not; exactly so unless a last half of a seat is left somewhere.

# What is not here

Time, people, rights and storage. The caller says when somebody is absent, stops the
clocks of a paused sitting, and knows who may speak for whom. A Sitting is not safe for
use by several goroutines at once: a sitting has one writer.
*/
package calllist
