package format_test

import (
	"strings"
	"testing"

	"stagora.org/stagora/allocation/format"
)

const (
	firstHash  = "8d815f1a3f1c2cf3b10e315eea7495dfa2bb7e690f9ca9b8f84581d7e06117be"
	secondHash = "17d1dad1d0ebfee9d5b30dd769c1dab62934a305b71930010f332bc5204a843f"

	goodCallList = `{"format":"calllist/1","rules":{"absent":"skip","completion":false},
 "posts":[{"id":"G01","seats":1},{"id":"G02","seats":1},{"id":"G03","seats":1,"kind":"coupled","linked":["G02"]},{"id":"G04","seats":1,"kind":"mixed","linked":["G01","G02"]}],
 "candidates":[{"id":"I01","favourites":["G01"]},{"id":"I02","favourites":["G01","G02"],"barred":[{"post":"G03","rule":"phase"}]}],
 "events":[{"n":1,"type":"open","actor":"chair","at":"13:00","prev":"","hash":"` + firstHash + `"},
  {"n":2,"type":"call","candidate":"I01","actor":"chair","at":"13:01","prev":"` + firstHash + `","hash":"` + secondHash + `"}]}`

	goodCallState = `{"format":"calllist-state/1","engine":"e","instance":"i","last":2,"log":"` + secondHash + `","hash":"` + firstHash + `",
 "state":{"phase":"open","current":"I01","placements":[{"candidate":"I03","post":"G01","event":2}],"waiting":["I02"],"skipped":[],"without":[],"passed":["I02"],"moved":["I02"],
 "posts":[{"post":"G01","left":0.5,"last":3},{"post":"G02","left":1,"blocked":true}]}}`
)

func TestEachMistakeInACallListIsReportedWhereItStands(t *testing.T) {
	t.Parallel()
	const (
		name  = "a text of 1 to 256 bytes without control characters"
		types = `one of "open", "close", "pause", "resume", "call", "take", "proxy-take", "fallback-take", "pass", "absent", "release", "block", "unblock", "undo"`
		hash  = "64 hexadecimal digits in small letters"
	)
	tests := []struct{ name, old, new, want string }{
		{"another format", `calllist/1`, `match/1`, `$.format: found "match/1", expected "calllist/1"`},
		{"no rules", `"rules":{"absent":"skip","completion":false},`, ``, `$.rules: found nothing, expected an object`},
		{"an unknown rule", `"skip"`, `"wait"`, `$.rules.absent: found "wait", expected one of "skip", "fallback", "last"`},
		{"a key of no rule", `"completion":false`, `"minutes":4`, `$.rules.minutes: found an unknown key, expected one of the keys absent, completion`},
		{"negative seats", `"id":"G01","seats":1`, `"id":"G01","seats":-1`, `$.posts[0].seats: found -1, expected a whole number from 0 to 1000000`},
		{"an unknown kind", `"coupled"`, `"double"`, `$.posts[2].kind: found "double", expected one of "simple", "coupled", "mixed"`},
		{"a simple post with a link", `"id":"G02","seats":1`, `"id":"G02","seats":1,"linked":["G01"]`, `$.posts[1].linked: found a list of 1, expected no linked post, as the post is simple`},
		{"a coupled post without a link", `"linked":["G02"]`, `"linked":[]`, `$.posts[2].linked: found nothing, expected at least one linked post, as the post is coupled`},
		{"a mixed post with one link", `"linked":["G01","G02"]`, `"linked":["G01"]`, `$.posts[3].linked: found a list of 1, expected two linked posts, as the post is mixed`},
		{"a link to an unknown post", `"linked":["G02"]`, `"linked":["G09"]`, `$.posts[2].linked[0]: found "G09", expected the id of a simple post of this file`},
		{"a link to a coupled post", `"linked":["G01","G02"]`, `"linked":["G01","G03"]`, `$.posts[3].linked[1]: found "G03", expected the id of a simple post of this file`},
		{"a link to itself", `"linked":["G02"]`, `"linked":["G03"]`, `$.posts[2].linked[0]: found "G03", expected the id of a simple post of this file`},
		{"a link twice", `"linked":["G01","G02"]`, `"linked":["G01","G01"]`, `$.posts[3].linked[1]: found "G01", expected a post that linked[0] does not name`},
		{"a post id twice", `"id":"G02"`, `"id":"G01"`, `$.posts[1].id: found "G01", expected an id that posts[0] does not have
$.posts[2].linked[0]: found "G02", expected the id of a simple post of this file
$.posts[3].linked[1]: found "G02", expected the id of a simple post of this file
$.candidates[1].favourites[1]: found "G02", expected the id of a post of this file`},
		{"a candidate id twice", `"id":"I02"`, `"id":"I01"`, `$.candidates[1].id: found "I01", expected an id that candidates[0] does not have`},
		{"an unknown favourite", `"favourites":["G01"]`, `"favourites":["G09"]`, `$.candidates[0].favourites[0]: found "G09", expected the id of a post of this file`},
		{"a favourite twice", `["G01","G02"],"barred"`, `["G01","G01"],"barred"`, `$.candidates[1].favourites[1]: found "G01", expected a post that favourites[0] does not name`},
		{"a bar from an unknown post", `"post":"G03"`, `"post":"G09"`, `$.candidates[1].barred[0].post: found "G09", expected the id of a post of this file`},
		{"a bar without a rule", `,"rule":"phase"`, ``, `$.candidates[1].barred[0].rule: found nothing, expected ` + name},
		{"two bars from a post", `"rule":"phase"}`, `"rule":"phase"},{"post":"G03","rule":"done"}`, `$.candidates[1].barred[1]: found "G03", expected a post that barred[0] does not name`},
		{"an unknown event", `"type":"open"`, `"type":"start"`, `$.events[0].type: found "start", expected ` + types},
		{"an event without a number", `"n":1,`, ``, `$.events[0].n: found nothing, expected a whole number from 1 to 100000000`},
		{"an event number of 0", `"n":1,`, `"n":0,`, `$.events[0].n: found 0, expected a whole number from 1 to 100000000`},
		{"an event without an actor", `"actor":"chair","at":"13:00"`, `"at":"13:00"`, `$.events[0].actor: found nothing, expected ` + name},
		{"an event without a time", `,"at":"13:00"`, ``, `$.events[0].at: found nothing, expected ` + name},
		{"an event without prev", `"prev":"",`, ``, `$.events[0].prev: found nothing, expected ` + hash},
		{"an event without hash", `,"hash":"` + firstHash + `"}`, `}`, `$.events[0].hash: found nothing, expected ` + hash},
		{"an empty hash", `"hash":"` + firstHash + `"}`, `"hash":""}`, `$.events[0].hash: found "", expected ` + hash},
		{"a hash that is short", secondHash, secondHash[1:], `$.events[1].hash: found "` + secondHash[1:61] + `…", expected ` + hash},
		{"a hash in capitals", `"hash":"` + firstHash, `"hash":"8D` + firstHash[2:], `$.events[0].hash: found "8D` + firstHash[2:60] + `…", expected ` + hash},
		{"a call of nobody", `"candidate":"I01",`, ``, `$.events[1].candidate: found nothing, expected ` + name},
		{"a call of somebody unknown", `"candidate":"I01"`, `"candidate":"I09"`, `$.events[1].candidate: found "I09", expected the id of a candidate of this file`},
		{"a call with a post", `"type":"call"`, `"type":"call","post":"G01"`, `$.events[1].post: found "G01", expected nothing in an event of type "call"`},
		{"a choice without a post", `"type":"call"`, `"type":"take"`, `$.events[1].post: found nothing, expected ` + name},
		{"a choice of an unknown post", `"type":"call"`, `"type":"take","post":"G09"`, `$.events[1].post: found "G09", expected the id of a post of this file`},
		{"a choice by a proxy without a name", `"type":"call"`, `"type":"proxy-take","post":"G01"`, `$.events[1].by: found nothing, expected ` + name},
		{"a proxy who does not speak", `"type":"call"`, `"type":"take","post":"G01","by":"omar"`, `$.events[1].by: found "omar", expected nothing in an event of type "take"`},
		{"a release without a reason", `"type":"call"`, `"type":"release"`, `$.events[1].reason: found nothing, expected ` + name},
		{"a pass that recalls", `"type":"call"`, `"type":"pass","recall":true`, `$.events[1].recall: found true, expected nothing in an event of type "pass"`},
		{"an undo to nowhere", `"type":"open"`, `"type":"undo"`, `$.events[0].to: found nothing, expected a whole number from 0 to 100000000`},
		{"a pause that goes back", `"type":"open"`, `"type":"pause","to":1`, `$.events[0].to: found 1, expected nothing in an event of type "pause"`},
		{"a pause that goes back to the beginning", `"type":"open"`, `"type":"pause","to":0`, `$.events[0].to: found 0, expected nothing in an event of type "pause"`},
		{"an undo of somebody", `"type":"call"`, `"type":"undo","to":1`, `$.events[1].candidate: found "I01", expected nothing in an event of type "undo"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(goodCallList, tt.old) {
				t.Fatalf("the good file has no %s", tt.old)
			}
			_, err := format.ReadCallList([]byte(strings.Replace(goodCallList, tt.old, tt.new, 1)))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestEachMistakeInACallStateIsReportedWhereItStands(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, old, new, want string }{
		{"another format", `calllist-state/1`, `calllist/1`, `$.format: found "calllist/1", expected "calllist-state/1"`},
		{"no state", `"state":{`, `"states":{`, `$.states: found an unknown key, expected one of the keys format, engine, instance, simulated, last, log, state, hash
$.state: found nothing, expected an object`},
		{"an unknown phase", `"phase":"open"`, `"phase":"over"`, `$.state.phase: found "over", expected one of "prepared", "open", "paused", "closed"`},
		{"nobody in the list of those who wait", `"waiting":["I02"]`, `"waiting":[""]`, `$.state.waiting[0]: found "", expected a text of 1 to 256 bytes without control characters`},
		{"a list that lacks", `"skipped":[],`, ``, `$.state.skipped: found nothing, expected a list`},
		{"nothing said of what is left", `"left":1,`, ``, `$.state.posts[1].left: found nothing, expected a number from 0 to 1000000 with at most 6 decimals`},
		{"less than nothing left", `"left":0.5`, `"left":-0.5`, `$.state.posts[0].left: found -0.5, expected a number from 0 to 1000000 with at most 6 decimals`},
		{"no hash", `"hash":"` + firstHash + `",`, ``, `$.hash: found nothing, expected 64 hexadecimal digits in small letters`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(goodCallState, tt.old) {
				t.Fatalf("the good file has no %s", tt.old)
			}
			_, err := format.ReadCallState([]byte(strings.Replace(goodCallState, tt.old, tt.new, 1)))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestCallListsAreReadAsTheyStand(t *testing.T) {
	t.Parallel()
	l, err := format.ReadCallList([]byte(goodCallList))
	if err != nil {
		t.Fatal(err)
	}
	s, err := format.ReadCallState([]byte(goodCallState))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []struct{ read, written string }{{goodCallList, string(l.Bytes())}, {goodCallState, string(s.Bytes())}} {
		canonical, err := format.Canonical([]byte(strings.Replace(file.read, `,"completion":false`, "", 1)))
		if err != nil || string(canonical) != file.written {
			t.Errorf("%v\ngot  %s\nwant %s", err, file.written, canonical)
		}
	}
}

// The hash of an event covers all that is said of it.
func TestTheDigestOfAnEventIsThatOfItsCanonicalText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string // without the hash
		e    format.Event
	}{
		{`{"actor":"chair","at":"13:00","n":1,"prev":"","type":"open"}`,
			format.Event{N: 1, Type: format.OpenEvent, Actor: "chair", At: "13:00"}},
		{`{"actor":"chair","at":"13:00","n":2,"prev":"` + firstHash + `","to":0,"type":"undo"}`,
			format.Event{N: 2, Type: format.Undo, Actor: "chair", At: "13:00", Prev: firstHash}},
		{`{"actor":"é\"","at":"13:00","by":"omar","candidate":"I01","n":3,"post":"G01","prev":"` + firstHash + `","reason":"r","recall":true,"to":7,"type":"undo"}`,
			format.Event{N: 3, Type: format.Undo, To: 7, Actor: `é"`, At: "13:00", By: "omar", Candidate: "I01", Post: "G01", Reason: "r", Recall: true, Prev: firstHash}},
	}
	for _, tt := range tests {
		canonical, err := format.Canonical([]byte(tt.text))
		if err != nil || string(canonical) != tt.text {
			t.Fatalf("%v: the canonical text is %s", err, canonical)
		}
		want := strings.TrimPrefix(format.Hash([]byte(tt.text)), "sha256:")
		if got := tt.e.Digest(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if tt.e.Hash = want; !tt.e.Sealed() {
			t.Errorf("%s is not sealed by its digest", tt.text)
		}
		if tt.e.At = "13:01"; tt.e.Sealed() {
			t.Errorf("%s is sealed by the digest of another time", tt.text)
		}
	}
}

func FuzzReadCallList(f *testing.F) {
	seeds(f, "calllist/*.calllist.json", goodCallList)
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := format.ReadCallList(data)
		if err == nil {
			again(t, l.Bytes(), func(b []byte) ([]byte, error) {
				l, err := format.ReadCallList(b)
				return l.Bytes(), err
			})
		}
	})
}

func FuzzReadCallState(f *testing.F) {
	seeds(f, "calllist/*.state.json", goodCallState)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := format.ReadCallState(data)
		if err == nil {
			again(t, s.Bytes(), func(b []byte) ([]byte, error) {
				s, err := format.ReadCallState(b)
				return s.Bytes(), err
			})
		}
	})
}
