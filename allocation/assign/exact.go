package assign

import "math/big"

// The numbers of the cost rules are irrational: powers with a fractional
// exponent, square roots. They are rounded without approximation, by comparing
// whole powers: r is at most the b-th root of q when r^b is at most q.

// root returns the largest whole r with r^b ≤ num/den, and whether r^b is that
// fraction exactly. num ≥ 0, den > 0, b ≥ 1.
func root(num, den *big.Int, b int64) (r *big.Int, exact bool) {
	q, rest := new(big.Int).QuoRem(num, den, new(big.Int))
	exponent := big.NewInt(b)
	r = new(big.Int)
	p := new(big.Int)
	for bit := q.BitLen() / int(b); bit >= 0; bit-- {
		r.SetBit(r, bit, 1)
		if p.Exp(r, exponent, nil).Cmp(q) > 0 {
			r.SetBit(r, bit, 0)
		}
	}
	return r, rest.Sign() == 0 && p.Exp(r, exponent, nil).Cmp(q) == 0
}

// roundRoot returns the square root of num/den rounded to a whole number, half
// up.
func roundRoot(num, den *big.Int) *big.Int {
	// round(√x) = ⌊(⌊√(4x)⌋ + 1) / 2⌋
	x := new(big.Int).Lsh(num, 2)
	x.Quo(x, den).Sqrt(x)
	x.Add(x, big.NewInt(1))
	return x.Rsh(x, 1)
}

// roundRatio returns num/den rounded to a whole number, half away from zero.
// den > 0.
func roundRatio(num, den *big.Int) *big.Int {
	x := new(big.Int).Abs(num)
	x.Lsh(x, 1).Add(x, den)
	x.Quo(x, new(big.Int).Lsh(den, 1))
	if num.Sign() < 0 {
		x.Neg(x)
	}
	return x
}

func power(base, exponent int64) *big.Int {
	return new(big.Int).Exp(big.NewInt(base), big.NewInt(exponent), nil)
}

func product(factors ...int64) *big.Int {
	p := big.NewInt(1)
	for _, f := range factors {
		p.Mul(p, big.NewInt(f))
	}
	return p
}
