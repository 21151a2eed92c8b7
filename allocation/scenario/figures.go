package scenario

import (
	"fmt"
	"math/big"
)

// deviation returns the deviation, over a population, of numbers that are each a
// sum of so many ranks: in hundredths of a rank, rounded half up.
func deviation(sums []int, of int) int64 {
	n := int64(len(sums))
	if n == 0 {
		return 0
	}
	sum, squares := new(big.Int), new(big.Int)
	for _, x := range sums {
		b := big.NewInt(int64(x))
		sum.Add(sum, b)
		squares.Add(squares, b.Mul(b, b))
	}
	// variance × n² = n Σx² − (Σx)²; in half hundredths, so that the square root
	// tells which way to round.
	v := squares.Mul(squares, big.NewInt(n))
	v.Sub(v, sum.Mul(sum, sum))
	v.Mul(v, big.NewInt(200*200))
	v.Quo(v, big.NewInt(n*n*int64(of)*int64(of)))
	return (v.Sqrt(v).Int64() + 1) / 2
}

// ratio returns x/y in hundredths, rounded half up; 0 when y is 0.
func ratio(x, y int64) int64 {
	if y == 0 {
		return 0
	}
	return (200*x + y) / (2 * y)
}

// hundredths writes 1234 as 12.34.
func hundredths(n int64) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }
