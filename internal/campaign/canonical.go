package campaign

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"stagora.org/stagora/allocation/format"
)

// canonicalJSON writes a value as RFC 8785 JSON.
func canonicalJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err == nil {
		data, err = format.Canonical(data)
	}
	if err != nil {
		panic(fmt.Sprintf("campaign: %T cannot be written as JSON: %v", v, err))
	}
	return data
}

func sha(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
