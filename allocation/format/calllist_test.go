package format_test

import (
	"strings"
	"testing"

	"stagora.org/stagora/allocation/format"
)

var noHash = strings.Repeat("0", 64)

var sitting = strings.ReplaceAll(`{"format":"calllist/1","rules":{"absent":"skip","completion":true},
 "posts":[{"id":"G1","seats":1},{"id":"G2","seats":1},{"id":"G3","seats":1,"kind":"coupled","linked":["G2"]},{"id":"G4","seats":1,"kind":"mixed","linked":["G1","G2"]}],
 "candidates":[{"id":"I1","favourites":["G1","G3"]},{"id":"I2","barred":[{"post":"G3","rule":"phase"}]}],
 "events":[{"n":1,"type":"open","actor":"chair","at":"noon","prev":"","hash":"0"},
  {"n":2,"type":"proxy-take","candidate":"I1","post":"G1","by":"I2","actor":"I2","at":"noon","prev":"0","hash":"0"},
  {"n":3,"type":"release","candidate":"I1","reason":"mistake","actor":"chair","at":"noon","prev":"0","hash":"0"},
  {"n":4,"type":"call","candidate":"I1","recall":true,"actor":"chair","at":"noon","prev":"0","hash":"0"},
  {"n":5,"type":"undo","to":0,"actor":"chair","at":"noon","prev":"0","hash":"0"}]}`, `"0"`, `"`+noHash+`"`)

func TestEachMistakeInACallListIsReportedWhereItStands(t *testing.T) {
	t.Parallel()
	const name = "a text of 1 to 256 bytes without control characters"
	refused(t, sitting, func(b []byte) error { _, err := format.ReadCallList(b); return err }, []refusal{
		{"another format", `calllist/1`, `match/1`, `$.format: found "match/1", expected "calllist/1"`},
		{"no rules", `"rules":{"absent":"skip","completion":true},`, ``, "$.rules: found nothing, expected an object"},
		{"absent somewhere else", `"skip"`, `"home"`, `$.rules.absent: found "home", expected one of "skip", "fallback", "last"`},
		{"completion as text", `"completion":true`, `"completion":"yes"`, `$.rules.completion: found "yes", expected true or false`},
		{"a post id twice", `"id":"G4"`, `"id":"G1"`, `$.posts[3].id: found "G1", expected an id that posts[0] does not have`},
		{"negative seats", `"id":"G1","seats":1`, `"id":"G1","seats":-1`, `$.posts[0].seats: found -1, expected a whole number from 0 to 1000000`},
		{"an unknown kind", `"coupled"`, `"double"`, `$.posts[2].kind: found "double", expected one of "simple", "coupled", "mixed"`},
		{"a simple post that is linked", `"id":"G1","seats":1`, `"id":"G1","seats":1,"linked":["G2"]`, `$.posts[0].linked: found a list of 1, expected no linked post, as the post is simple`},
		{"a coupled post alone", `"coupled","linked":["G2"]`, `"coupled"`, `$.posts[2].linked: found nothing, expected at least one linked post, as the post is coupled`},
		{"a mixed post of one", `["G1","G2"]}],`, `["G1"]}],`, `$.posts[3].linked: found a list of 1, expected two linked posts, as the post is mixed`},
		{"a mixed post of the same twice", `["G1","G2"]}],`, `["G1","G1"]}],`, `$.posts[3].linked[1]: found "G1", expected a post that linked[0] does not name`},
		{"linked to a linked post", `["G1","G2"]}],`, `["G1","G3"]}],`, `$.posts[3].linked[1]: found "G3", expected the id of a simple post of this file`},
		{"a candidate id twice", `"id":"I2"`, `"id":"I1"`, `$.candidates[1].id: found "I1", expected an id that candidates[0] does not have`},
		{"an unknown favourite", `["G1","G3"]`, `["G1","G9"]`, `$.candidates[0].favourites[1]: found "G9", expected the id of a post of this file`},
		{"a favourite twice", `["G1","G3"]`, `["G1","G1"]`, `$.candidates[0].favourites[1]: found "G1", expected a post that favourites[0] does not name`},
		{"barred from nothing", `"post":"G3","rule"`, `"post":"G9","rule"`, `$.candidates[1].barred[0].post: found "G9", expected the id of a post of this file`},
		{"barred without a rule", `,"rule":"phase"`, ``, `$.candidates[1].barred[0].rule: found nothing, expected ` + name},
		{"an unknown event", `"type":"open"`, `"type":"begin"`, `$.events[0].type: found "begin", expected one of "open", "close", "pause", "resume", "call", "take", "proxy-take", "fallback-take", "pass", "absent", "release", "block", "unblock", "undo"`},
		{"an event by nobody", `"type":"open","actor":"chair"`, `"type":"open"`, `$.events[0].actor: found nothing, expected ` + name},
		{"an event at no time", `"actor":"I2","at":"noon"`, `"actor":"I2"`, `$.events[1].at: found nothing, expected ` + name},
		{"an event without number", `"n":1,`, ``, `$.events[0].n: found nothing, expected a whole number from 1 to 100000000`},
		{"taken by somebody unknown", `"candidate":"I1","post"`, `"candidate":"I9","post"`, `$.events[1].candidate: found "I9", expected the id of a candidate of this file`},
		{"nothing known taken", `"post":"G1","by"`, `"post":"G9","by"`, `$.events[1].post: found "G9", expected the id of a post of this file`},
		{"nothing taken", `"post":"G1","by"`, `"by"`, `$.events[1].post: found nothing, expected ` + name},
		{"a proxy without name", `"by":"I2",`, ``, `$.events[1].by: found nothing, expected ` + name},
		{"a proxy for the chair", `"type":"open"`, `"type":"open","by":"I1"`, `$.events[0].by: found "I1", expected nothing in an event of type "open"`},
		{"a release without reason", `"reason":"mistake",`, ``, `$.events[2].reason: found nothing, expected ` + name},
		{"a recall of a release", `"reason":"mistake"`, `"reason":"mistake","recall":true`, `$.events[2].recall: found true, expected nothing in an event of type "release"`},
		{"undone to nowhere", `"to":0,`, ``, `$.events[4].to: found nothing, expected a whole number from 0 to 100000000`},
		{"opened to somewhere", `"type":"open"`, `"type":"open","to":0`, `$.events[0].to: found 0, expected nothing in an event of type "open"`},
		{"a hash in capitals", `"prev":"","hash":"` + noHash, `"prev":"","hash":"A` + noHash[1:], `$.events[0].hash: found "A` + noHash[:59] + `…", expected 64 hexadecimal digits in small letters`},
		{"a short hash", `"prev":""`, `"prev":"0"`, `$.events[0].prev: found "0", expected 64 hexadecimal digits in small letters`},
		{"no hash before", `"prev":"",`, ``, `$.events[0].prev: found nothing, expected 64 hexadecimal digits in small letters`},
	})
}

func TestEachMistakeInACallStateIsReportedWhereItStands(t *testing.T) {
	t.Parallel()
	state := strings.ReplaceAll(`{"format":"calllist-state/1","engine":"e","instance":"i","last":3,"log":"0","hash":"0",
 "state":{"phase":"open","current":"I1","placements":[{"candidate":"I2","post":"G1","event":2}],"waiting":["I3"],"skipped":[],"without":[],"passed":[],"moved":[],
  "posts":[{"post":"G1","left":0.5,"blocked":true,"last":2}]}}`, `"0"`, `"`+noHash+`"`)
	refused(t, state, func(b []byte) error { _, err := format.ReadCallState(b); return err }, []refusal{
		{"another format", `calllist-state/1`, `calllist/1`, `$.format: found "calllist/1", expected "calllist-state/1"`},
		{"no state", `"state":{`, `"State":{`, "$.State: found an unknown key, expected one of the keys format, engine, instance, simulated, last, log, state, hash\n$.state: found nothing, expected an object"},
		{"an unknown phase", `"phase":"open"`, `"phase":"late"`, `$.state.phase: found "late", expected one of "prepared", "open", "paused", "closed"`},
		{"nobody placed", `"candidate":"I2",`, ``, `$.state.placements[0].candidate: found nothing, expected a text of 1 to 256 bytes without control characters`},
		{"placed by event 0", `"event":2`, `"event":0`, `$.state.placements[0].event: found 0, expected a whole number from 1 to 100000000`},
		{"nobody waiting", `"waiting":["I3"],`, ``, `$.state.waiting: found nothing, expected a list`},
		{"no seats told", `"left":0.5,`, ``, `$.state.posts[0].left: found nothing, expected a number from 0 to 1000000 with at most 6 decimals`},
		{"seats below 0", `"left":0.5`, `"left":-0.5`, `$.state.posts[0].left: found -0.5, expected a number from 0 to 1000000 with at most 6 decimals`},
		{"blocked as text", `"blocked":true`, `"blocked":"true"`, `$.state.posts[0].blocked: found "true", expected true or false`},
		{"a hash of something", `"hash":"` + noHash, `"hash":"x` + noHash[1:], `$.hash: found "x` + noHash[:59] + `…", expected 64 hexadecimal digits in small letters`},
	})
}
