package format

// Kinds returns what the key "format" of a file can say, in the order of the
// documentation.
func Kinds() []string {
	return []string{"assign/1", "assign-result/1", "match/1", "match-result/1", "calllist/1", "calllist-state/1", "campaign/1"}
}

// Kind returns what the key "format" of a JSON file says: one of Kinds. It reads
// no further than that key, and leaves the rest to the reader of the kind. The
// error is of type Errors.
func Kind(data []byte) (string, error) {
	s := scanner{data: string(data)}
	if s.peek() != '{' {
		return "", s.fail("an object")
	}
	first := byte('{')
	for s.peek() == first {
		s.at++
		if s.peek() != '"' {
			break
		}
		key, err := s.string()
		if err != nil {
			return "", err
		}
		if s.peek() != ':' {
			return "", s.fail("':'")
		}
		s.at++
		v, err := s.value(0)
		if err != nil {
			return "", err
		}
		if key == "format" {
			r := &reader{}
			f := fields{r: r, members: []member{{key, v}}}
			return f.oneOf("format", Kinds()...), r.errs.asError()
		}
		first = ','
	}
	r := &reader{}
	fields{r: r}.oneOf("format", Kinds()...)
	return "", r.errs.asError()
}
