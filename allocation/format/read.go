package format

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A reader turns values into Go, collecting every error on its way. After an
// error it returns the zero value and goes on.
type reader struct{ errs Errors }

// fields are the members of one object.
type fields struct {
	r  *reader
	at *path
	v  value
}

// object checks that v is an object with these keys alone, each at most once.
func (r *reader) object(at *path, v value, known ...string) fields {
	if v.kind != object {
		r.errs.add(at, show(v), "an object")
		return fields{r, at, v}
	}
	var seen uint64 // a bit for each known key
	for key := range v.members {
		i := slices.Index(known, key)
		if i < 0 {
			r.errs.add(at.at(key), "an unknown key", "one of the keys "+strings.Join(known, ", "))
			continue
		}
		if seen>>i&1 == 1 {
			r.errs.add(at.at(key), "the key twice", "each key once")
		}
		seen |= 1 << i
	}
	return fields{r, at, v}
}

// find returns the value of a key: the first, when the key is repeated.
func (f fields) find(key string) (value, bool) {
	for k, at := range f.v.members {
		if k == key {
			return f.v.in.valueAt(at), true
		}
	}
	return value{}, false
}

func (f fields) has(key string) bool {
	_, ok := f.find(key)
	return ok
}

// need reports a missing key.
func (f fields) need(key, expected string) (value, bool) {
	v, ok := f.find(key)
	if !ok {
		f.missing(key, expected)
	}
	return v, ok
}

func (f fields) missing(key, expected string) {
	if f.v.kind == object { // else that was said
		f.r.errs.add(f.at.at(key), "nothing", expected)
	}
}

func (f fields) wrong(key string, v value, expected string) {
	f.r.errs.add(f.at.at(key), show(v), expected)
}

// name reads an id, or the name of a rule: the empty string when absent.
func (f fields) name(key string) string {
	v, ok := f.find(key)
	if ok && !v.isName() {
		f.wrong(key, v, aName)
		return ""
	}
	return v.text
}

const aName = "a text of 1 to 256 bytes without control characters"

func (f fields) needName(key string) string {
	v, ok := f.find(key)
	switch {
	case !ok:
		f.missing(key, aName)
	case !v.isName():
		f.wrong(key, v, aName)
		return ""
	}
	return v.text
}

func (r *reader) name(at *path, v value) string {
	if !v.isName() {
		r.errs.add(at, show(v), aName)
		return ""
	}
	return v.text
}

func (v value) isName() bool { return v.kind == text && isName(v.text) }

func isName(s string) bool {
	for _, c := range s {
		if isControl(c) {
			return false
		}
	}
	return s != "" && len(s) <= 256 && utf8.ValidString(s)
}

func isControl(c rune) bool { return c < 0x20 || 0x7F <= c && c < 0xA0 }

func (f fields) flag(key string) bool {
	v, ok := f.find(key)
	if ok && v.kind != truth && v.kind != falsehood {
		f.wrong(key, v, "true or false")
	}
	return v.kind == truth
}

func (f fields) needInt(key string, low, high int) int {
	return int(f.needWhole(key, int64(low), int64(high)))
}

func (f fields) needWhole(key string, low, high int64) int64 {
	v, ok := f.find(key)
	if !ok {
		f.missing(key, aWhole(low, high))
		return 0
	}
	return f.whole(key, v, low, high)
}

// int reads a whole number; 0 when it is wrong or absent.
func (f fields) int(key string, low, high int) int {
	v, ok := f.find(key)
	if !ok {
		return 0
	}
	return int(f.whole(key, v, int64(low), int64(high)))
}

func (f fields) whole(key string, v value, low, high int64) int64 {
	n, ok := v.whole(low, high)
	if !ok {
		f.wrong(key, v, aWhole(low, high))
	}
	return n
}

func (r *reader) whole(at *path, v value, low, high int64) int64 {
	n, ok := v.whole(low, high)
	if !ok {
		r.errs.add(at, show(v), aWhole(low, high))
	}
	return n
}

// whole returns a whole number however it is spelt; 0 when it is wrong.
func (v value) whole(low, high int64) (int64, bool) {
	if v.kind != number {
		return 0, false
	}
	n, err := strconv.ParseInt(v.text, 10, 64)
	if err != nil {
		a, err := ParseAmount(v.text)
		if err != nil || a%One != 0 {
			return 0, false
		}
		n = int64(a / One)
	}
	if n < low || n > high {
		return 0, false
	}
	return n, true
}

func aWhole[N int | int64](low, high N) string {
	return "a whole number from " + strconv.FormatInt(int64(low), 10) + " to " + strconv.FormatInt(int64(high), 10)
}

// needCost reads an amount that the rules computed.
func (f fields) needCost(key string) Amount {
	return f.needAmountWithin(key, MaxCost)
}

func (f fields) needAmount(key string) Amount {
	return f.needAmountWithin(key, MaxAmount)
}

func (f fields) needAmountWithin(key string, most Amount) Amount {
	if !f.has(key) {
		f.missing(key, aNumber(-most, most))
	}
	return f.amount(key, -most, most)
}

// amount reads an exact decimal; 0 when it is absent or wrong.
func (f fields) amount(key string, low, high Amount) Amount {
	v, ok := f.find(key)
	if !ok {
		return 0
	}
	a, ok := v.amount(low, high)
	if !ok {
		f.wrong(key, v, aNumber(low, high))
	}
	return a
}

func (r *reader) amount(at *path, v value, low, high Amount) Amount {
	a, ok := v.amount(low, high)
	if !ok {
		r.errs.add(at, show(v), aNumber(low, high))
	}
	return a
}

func (v value) amount(low, high Amount) (Amount, bool) {
	if v.kind != number {
		return 0, false
	}
	a, err := ParseAmount(v.text)
	if err != nil || a < low || a > high {
		return 0, false
	}
	return a, true
}

func aNumber(low, high Amount) string {
	return "a number from " + low.String() + " to " + high.String() + " with at most 6 decimals"
}

func (f fields) needList(key string) ([]value, *path) {
	f.need(key, "a list")
	return f.list(key)
}

// list reads a list, and returns its path for what is wrong with an item.
func (f fields) list(key string) ([]value, *path) {
	v, ok := f.find(key)
	if !ok {
		return nil, nil
	}
	if v.kind != array {
		f.wrong(key, v, "a list")
	}
	return v.items(), f.at.at(key)
}

func (f fields) needNames(key string) []string {
	f.need(key, "a list")
	return f.names(key)
}

// names reads a list of ids. One that cannot be read stands as "".
func (f fields) names(key string) []string {
	list, at := f.list(key)
	names := make([]string, len(list))
	for i, v := range list {
		if v.isName() {
			names[i] = v.text
		} else {
			f.r.errs.add(at.nth(i), show(v), aName)
		}
	}
	return names
}

// oneOf reads a text that must be one of a few.
func (f fields) oneOf(key string, allowed ...string) string {
	v, ok := f.find(key)
	switch {
	case !ok:
		f.missing(key, oneOf(allowed))
	case v.kind != text || !slices.Contains(allowed, v.text):
		f.wrong(key, v, oneOf(allowed))
		return ""
	}
	return v.text
}

func oneOf(words []string) string {
	if len(words) == 1 {
		return quote(words[0])
	}
	return "one of " + quoteAll(words)
}

// choice reads a text that must be one of a few; the first when it is absent.
func (f fields) choice(key string, allowed ...string) string {
	if !f.has(key) {
		return allowed[0]
	}
	return f.oneOf(key, allowed...)
}

func quoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	return strings.Join(quoted, ", ")
}

// show describes a value inside an error.
func show(v value) string {
	switch v.kind {
	case null:
		return "null"
	case truth:
		return "true"
	case falsehood:
		return "false"
	case number:
		if len(v.text) > 60 {
			return v.text[:60] + "…"
		}
		return v.text
	case text:
		return quote(v.text)
	case array:
		return "a list"
	}
	return "an object"
}
