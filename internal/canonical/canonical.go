/*
Package canonical writes values in the one form over which hashes are taken: the JSON
of RFC 8785, with its keys sorted and one spelling for each value.

It is the form of the engine's files too, and the writer is the engine's: two writers
would differ one day. Nothing else of the engine is here.
*/
package canonical

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"stagora.org/stagora/allocation/format"
)

// JSON writes a value as RFC 8785 JSON. A value that JSON cannot hold is a mistake of
// the program: JSON panics.
func JSON(v any) []byte {
	data, err := json.Marshal(v)
	if err == nil {
		data, err = format.Canonical(data)
	}
	if err != nil {
		panic(fmt.Sprintf("canonical: %T cannot be written as JSON: %v", v, err))
	}
	return data
}

// Decimal writes hundredths as RFC 8785 writes the number: 683 is "6.83", 4000 is "40".
func Decimal(hundredths int64) string { return format.Hundredths(hundredths).String() }

// SHA256 returns the hash of some bytes, in hexadecimal.
func SHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
