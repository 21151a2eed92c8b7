package reference

import (
	"regexp"
	"slices"
)

// An INEKind is which of the national student numbers one is. It is kept and never
// guessed: an eleven-digit text can be of two kinds, or an RPPS.
type INEKind string

// The kinds of INE. Their names are in the catalogues under "ine.kind.".
const (
	INEBEA         INEKind = "bea"         // given by a school: ten digits, a letter
	INEBase36      INEKind = "base36"      // given by a university (NNE): ten signs, a digit
	INERNIE        INEKind = "rnie"        // the current one: nine digits, two letters
	INESIFA        INEKind = "sifa"        // apprentices
	INEProvisional INEKind = "provisional" // to be replaced by a definitive one
)

// INEKinds are all kinds, in the order of forms.
var INEKinds = []INEKind{INERNIE, INEBase36, INEBEA, INESIFA, INEProvisional}

var (
	bea         = regexp.MustCompile(`^[0-9]{10}[A-HJ-NPR-Z]$`)
	base36      = regexp.MustCompile(`^[0-9A-Z]{10}[0-9]$`)
	rnie        = regexp.MustCompile(`^[0-9]{9}[A-HJK]{2}$`)
	sifa        = regexp.MustCompile(`^[0-9]{4}A[0-9]{5}[A-HJ-NPR-Z]$`)
	provisional = regexp.MustCompile(`^[0-9]{4}D[0-9]{5}[A-HJ-NPR-Z]$`)
)

// CheckINE checks a national student number of a kind. The keys of the RNIE and SIFA
// kinds are not published: their form alone is checked. A provisional number is
// a warning, since a definitive one must replace it.
func CheckINE(kind INEKind, s string) Checked {
	v := Normalise(s)
	switch kind {
	case INEBEA:
		return shaped(bea, v, "identifier.ine.bea-form", func() bool { return v[10] == keyLetters[remainder(v[:10], 10, 23)] })
	case INEBase36:
		// The key is six times the sum of the first nine digits plus the tenth,
		// modulo ten; since 36 is 6 modulo 10, that is the value itself modulo ten.
		return shaped(base36, v, "identifier.ine.base36-form", func() bool { return int(v[10]-'0') == remainder(v[:10], 36, 10) })
	case INERNIE:
		return shaped(rnie, v, "identifier.ine.rnie-form", noKey)
	case INESIFA:
		return shaped(sifa, v, "identifier.ine.sifa-form", noKey)
	case INEProvisional:
		if c := shaped(provisional, v, "identifier.ine.provisional-form", noKey); c.Verdict == Wrong {
			return c
		}
		return warning(v, "identifier.ine.provisional")
	}
	return wrong(v, "identifier.ine.kind")
}

// PossibleINEKinds returns the kinds that a number could be of: what a form offers
// when the kind is not known.
func PossibleINEKinds(s string) []INEKind {
	return slices.DeleteFunc(slices.Clone(INEKinds), func(k INEKind) bool { return CheckINE(k, s).Verdict == Wrong })
}

func noKey() bool { return true }

func shaped(form *regexp.Regexp, v, formKey string, key func() bool) Checked {
	switch {
	case !form.MatchString(v):
		return wrong(v, formKey)
	case !key():
		return wrong(v, "identifier.ine.key")
	}
	return ok(v)
}
