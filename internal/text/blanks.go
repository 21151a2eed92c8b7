package text

import (
	"encoding/json"
	"fmt"
	"time"
)

// Blanks are the blanks of a sentence by name, in a form that can be kept: in
// JSON each value keeps its kind, so that a sentence recorded today is written
// later for whoever reads it, in their language and time zone.
//
// Strings, whole numbers and true or false are themselves; a [time.Time], a
// [Day], an [Exact], a [time.Duration] and a [Key] are objects of one member.
// Anything else is kept as the text that a printer would write.
type Blanks map[string]any

// A kept blank is the JSON of a value that is not plain.
type kept struct {
	Time     *time.Time     `json:"time,omitempty"`
	Day      *time.Time     `json:"day,omitempty"`
	Exact    *time.Time     `json:"exact,omitempty"`
	Duration *time.Duration `json:"duration,omitempty"` // nanoseconds
	Key      *Key           `json:"key,omitempty"`
}

// MarshalJSON writes the blanks as an object; nil is an empty one.
func (b Blanks) MarshalJSON() ([]byte, error) {
	plain := make(map[string]any, len(b))
	for name, value := range b {
		switch v := value.(type) {
		case string, bool, int, int64:
			plain[name] = v
		case time.Time:
			plain[name] = kept{Time: &v}
		case Day:
			at := time.Time(v)
			plain[name] = kept{Day: &at}
		case Exact:
			at := time.Time(v)
			plain[name] = kept{Exact: &at}
		case time.Duration:
			plain[name] = kept{Duration: &v}
		case Key:
			plain[name] = kept{Key: &v}
		default:
			plain[name] = fmt.Sprint(v)
		}
	}
	return json.Marshal(plain)
}

// UnmarshalJSON reads what MarshalJSON wrote; whole numbers come back as int64.
func (b *Blanks) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	*b = make(Blanks, len(raw))
	for name, value := range raw {
		read, err := readBlank(value)
		if err != nil {
			return fmt.Errorf("read blank %q: %w", name, err)
		}
		(*b)[name] = read
	}
	return nil
}

func readBlank(data json.RawMessage) (any, error) {
	switch data[0] {
	case '"':
		var s string
		err := json.Unmarshal(data, &s)
		return s, err
	case 't', 'f':
		var yes bool
		err := json.Unmarshal(data, &yes)
		return yes, err
	case '{':
		var k kept
		if err := json.Unmarshal(data, &k); err != nil {
			return nil, err
		}
		switch {
		case k.Time != nil:
			return *k.Time, nil
		case k.Day != nil:
			return Day(*k.Day), nil
		case k.Exact != nil:
			return Exact(*k.Exact), nil
		case k.Duration != nil:
			return *k.Duration, nil
		case k.Key != nil:
			return *k.Key, nil
		}
		return nil, fmt.Errorf("nothing known in %s", data)
	}
	var n int64
	err := json.Unmarshal(data, &n)
	return n, err
}
