package text

import (
	"strconv"
	"strings"
)

// Number writes a whole number with its thousands apart: "12 345", "12,345".
func (p Printer) Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + p.thousands() + s[i:]
	}
	return sign + s
}

// Hundredths writes an amount kept in hundredths: 693 is "6,93" and "6.93". Costs
// and scores are such amounts.
func (p Printer) Hundredths(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "−", -n
	}
	cents := strconv.FormatInt(n%100, 10)
	if len(cents) < 2 {
		cents = "0" + cents
	}
	return sign + p.Number(n/100) + p.decimal() + cents
}

// Percent writes a share of a whole as whole per cent, rounded half up: "54 %".
// A share of nothing is "–".
func (p Printer) Percent(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return p.T("number.percent", "n", strconv.Itoa((200*part+whole)/(2*whole)))
}

// List joins words as a sentence does: "a, b et c".
func (p Printer) List(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return p.T("list.last", "others", strings.Join(words[:last], ", "), "last", words[last])
}

func (p Printer) thousands() string {
	if p.lang() == French {
		return "\u202f"
	}
	return ","
}

func (p Printer) decimal() string {
	if p.lang() == French {
		return ","
	}
	return "."
}
