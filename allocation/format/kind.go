package format

import "slices"

// Kinds returns what the key "format" of a file can say, in the order of the
// documentation.
func Kinds() []string {
	return []string{"assign/1", "assign-result/1", "match/1", "match-result/1", "calllist/1", "calllist-state/1", "campaign/1"}
}

// Kind returns what the key "format" of a JSON file says: one of Kinds. It reads
// no further than that key, and leaves the rest to the reader of the kind. The
// error is of type Errors.
func Kind(data []byte) (string, error) {
	s, err := newScanner(string(data))
	if err != nil {
		return "", err
	}
	if s.peek() != '{' {
		return "", s.fail("an object")
	}
	wrong := Error{Path: "$.format", Found: "nothing", Expected: oneOf(Kinds())}
	for before := byte('{'); s.peek() == before; before = ',' {
		s.at++
		if s.peek() == '}' {
			break
		}
		key := int32(len(s.nodes))
		if err := s.member(0); err != nil {
			return "", err
		}
		if s.textAt(key) != "format" {
			continue
		}
		v := s.valueAt(key + 1)
		if v.kind == text && slices.Contains(Kinds(), v.text) {
			return v.text, nil
		}
		wrong.Found = show(v)
		break
	}
	return "", Errors{wrong}
}
