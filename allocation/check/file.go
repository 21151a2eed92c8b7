package check

import (
	"fmt"

	"stagora.org/stagora/allocation/format"
)

// VerifyFile judges a result file against its instance file, whatever its format:
// see Verify, VerifyMatch and VerifyCallList. The error tells that the instance is
// not valid.
func VerifyFile(instance, result []byte) (*Report, error) {
	kind, err := format.Kind(instance)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "assign/1":
		return Verify(instance, result)
	case "match/1":
		return VerifyMatch(instance, result)
	case "calllist/1":
		return VerifyCallList(instance, result)
	}
	return nil, fmt.Errorf("a file of format %s has no result to verify", kind)
}
