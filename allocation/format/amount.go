package format

import (
	"errors"
	"strconv"
	"strings"
)

// An Amount is an exact decimal number, held in millionths: 6.83 is 6_830_000.
// Costs, scores, bonuses and the factors of the rules are amounts.
type Amount int64

const (
	// One is the amount 1.
	One Amount = 1_000_000
	// MaxAmount bounds the amounts of a file, so that no sum can overflow.
	MaxAmount = 1_000_000 * One

	amountDecimals = 6
)

// Hundredths returns the amount of n hundredths: Hundredths(683) is 6.83.
func Hundredths(n int64) Amount { return Amount(n) * One / 100 }

// Hundredths returns a in hundredths, rounded half away from zero.
func (a Amount) Hundredths() int64 { return int64(a.Round(2) / (One / 100)) }

// Round returns a rounded to so many decimals, half away from zero.
func (a Amount) Round(decimals int) Amount {
	step := Step(decimals)
	half := step / 2
	if a < 0 {
		return (a - half) / step * step
	}
	return (a + half) / step * step
}

// Step returns the smallest amount with so many decimals: 0.01 for 2. It
// accepts 0 to 6.
func Step(decimals int) Amount {
	step := One
	for range decimals {
		step /= 10
	}
	return step
}

// String returns the shortest decimal that is exactly a: "6.83", "-0.1", "40".
// It is also how RFC 8785 writes the number.
func (a Amount) String() string { return string(a.append(nil)) }

func (a Amount) append(b []byte) []byte {
	if a < 0 {
		b = append(b, '-')
	}
	whole, rest := a/One, a%One
	if a < 0 {
		whole, rest = -whole, -rest
	}
	b = strconv.AppendInt(b, int64(whole), 10)
	if rest == 0 {
		return b
	}
	digits := strconv.FormatInt(int64(One+rest), 10)[1:]
	b = append(b, '.')
	return append(b, strings.TrimRight(digits, "0")...)
}

var errAmount = errors.New("not a number between -1000000000 and 1000000000 with at most six decimals")

// MaxCost bounds what the rules compute from the amounts of a file.
const MaxCost = 1000 * MaxAmount

// ParseAmount reads a JSON number exactly. It refuses more than six decimals
// and an absolute value above MaxCost.
func ParseAmount(number string) (Amount, error) {
	mantissa, exponent := number, 0
	if at := strings.IndexAny(number, "eE"); at >= 0 {
		n, err := strconv.Atoi(number[at+1:])
		if err != nil || n < -1000 || n > 1000 {
			return 0, errAmount
		}
		mantissa, exponent = number[:at], n
	}
	negative := strings.HasPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	exponent -= len(fraction)
	significant := strings.TrimRight(digits, "0")
	exponent += len(digits) - len(significant) + amountDecimals
	if significant == "" {
		return 0, nil
	}
	if exponent < 0 || len(significant)+exponent > 16 {
		return 0, errAmount
	}
	n, err := strconv.ParseUint(significant+strings.Repeat("0", exponent), 10, 63)
	if err != nil || Amount(n) > MaxCost {
		return 0, errAmount
	}
	if negative {
		return -Amount(n), nil
	}
	return Amount(n), nil
}
