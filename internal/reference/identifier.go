package reference

import (
	"strings"
	"unicode"

	"stagora.org/stagora/internal/fault"
)

// A Verdict says whether an identifier is well formed.
type Verdict string

// The verdicts. A warning is for what may be right but whose key cannot be
// checked: it never stops anybody.
const (
	OK      Verdict = "ok"
	Warning Verdict = "warning"
	Wrong   Verdict = "error"
)

// A Checked is the outcome of checking an identifier.
type Checked struct {
	Value   string // as it is kept: upper case, without spaces or separators
	Verdict Verdict
	Key     string // the sentence that says why, unless OK; its blank is "found"
}

// CheckIdentifier cleans an identifier in a form and notes it if it is wrong. A
// warning lets it pass.
func CheckIdentifier(form *fault.Form, name, value string, check func(string) Checked) string {
	checked := check(value)
	if checked.Verdict == Wrong {
		form.Wrong(name, checked.Key, "found", value)
	}
	return checked.Value
}

// Normalise takes spaces of all kinds, dots and dashes out of an identifier, and
// puts it in upper case.
func Normalise(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '.' || r == '-' || r == '\u200b' || r == '\ufeff' {
			return -1
		}
		return unicode.ToUpper(r)
	}, s)
}

func ok(value string) Checked           { return Checked{Value: value, Verdict: OK} }
func wrong(value, key string) Checked   { return Checked{Value: value, Verdict: Wrong, Key: key} }
func warning(value, key string) Checked { return Checked{Value: value, Verdict: Warning, Key: key} }

// CheckFINESS checks the number of a health institution: nine characters, Luhn.
// Those of Corsica begin with 2A or 2B; how their letter counts is not published,
// so that one whose key does not fit is only a warning.
func CheckFINESS(s string) Checked {
	v := Normalise(s)
	corsica := len(v) == 9 && (strings.HasPrefix(v, "2A") || strings.HasPrefix(v, "2B")) && digits(v[2:])
	switch {
	case corsica && luhn("2"+string(v[1]-'A'+'1')+v[2:]):
		return warning(v, "identifier.finess.corsica")
	case corsica:
		return warning(v, "identifier.finess.corsica-key")
	case len(v) != 9 || !digits(v):
		return wrong(v, "identifier.finess.form")
	case !luhn(v):
		return wrong(v, "identifier.finess.key")
	}
	return ok(v)
}

// CheckRPPS checks the number of a health professional: eleven digits, Luhn.
func CheckRPPS(s string) Checked {
	v := Normalise(s)
	switch {
	case len(v) == 12 && digits(v) && v[0] == '8' && luhn(v[1:]):
		return wrong(v, "identifier.rpps.idnat")
	case len(v) != 11 || !digits(v):
		return wrong(v, "identifier.rpps.form")
	case !luhn(v):
		return wrong(v, "identifier.rpps.key")
	}
	return ok(v)
}

// CheckIdNat checks the national identifier of a health professional: a digit
// for the type (8 for RPPS, 0 for ADELI, 3 for FINESS, 5 for SIRET) and the number. The
// numbers of types 0, 3 and 5 are followed by one of the employer's own making,
// which has no key.
func CheckIdNat(s string) Checked {
	v := Normalise(s)
	switch {
	case strings.HasPrefix(v, "8"):
		if len(v) != 12 || !digits(v) {
			return wrong(v, "identifier.idnat.form")
		}
		if !luhn(v[1:]) {
			return wrong(v, "identifier.idnat.key")
		}
		return ok(v)
	case len(v) > 1 && strings.ContainsAny(v[:1], "035"):
		return warning(v, "identifier.idnat.other")
	}
	return wrong(v, "identifier.idnat.form")
}

// CheckSIREN checks the number of an organisation: nine digits, Luhn.
func CheckSIREN(s string) Checked {
	v := Normalise(s)
	switch {
	case len(v) != 9 || !digits(v):
		return wrong(v, "identifier.siren.form")
	case !luhn(v):
		return wrong(v, "identifier.siren.key")
	}
	return ok(v)
}

// laPoste is the SIREN whose establishments are too many for Luhn: the plain sum
// of the digits of their SIRET is a multiple of five instead.
const laPoste = "356000000"

// CheckSIRET checks the number of an establishment: fourteen digits, Luhn, with
// the exception of La Poste.
func CheckSIRET(s string) Checked {
	v := Normalise(s)
	switch {
	case len(v) != 14 || !digits(v):
		return wrong(v, "identifier.siret.form")
	case luhn(v), strings.HasPrefix(v, laPoste) && digitSum(v)%5 == 0:
		return ok(v)
	}
	return wrong(v, "identifier.siret.key")
}

// keyLetters are the letters that the key of a UAI and of an INE-BEA is taken from:
// no I, O or Q.
const keyLetters = "ABCDEFGHJKLMNPRSTUVWXYZ"

// CheckUAI checks the number of a school or a faculty: seven digits and the letter
// that their remainder by 23 points to.
func CheckUAI(s string) Checked {
	v := Normalise(s)
	switch {
	case len(v) != 8 || !digits(v[:7]):
		return wrong(v, "identifier.uai.form")
	case v[7] != keyLetters[remainder(v[:7], 10, 23)]:
		return wrong(v, "identifier.uai.key")
	}
	return ok(v)
}

// luhn doubles every second digit from the right, takes nine off what exceeds
// nine, and asks for a sum divisible by ten.
func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func digitSum(s string) int {
	sum := 0
	for i := range len(s) {
		sum += int(s[i] - '0')
	}
	return sum
}

// remainder returns the number that s writes in a base, modulo n. Letters stand
// for 10 and up.
func remainder(s string, base, n int) int {
	r := 0
	for i := range len(s) {
		d := int(s[i] - '0')
		if s[i] >= 'A' {
			d = int(s[i]-'A') + 10
		}
		r = (r*base + d) % n
	}
	return r
}
