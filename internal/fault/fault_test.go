package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"stagora.org/stagora/internal/fault"
)

func TestKindOfLooksThroughWrapping(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want fault.Kind
	}{
		{"a fault", fault.New(fault.Closed, "wishes.closed"), fault.Closed},
		{"a wrapped fault", fmt.Errorf("save wishes: %w", fault.New(fault.Denied, "x")), fault.Denied},
		{"any other error is ours", errors.New("disk full"), fault.Internal},
		{"a fault keeps its kind whatever its cause", fault.New(fault.NotFound, "x").Because(errors.New("no rows")), fault.NotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fault.KindOf(tt.err); got != tt.want {
				t.Errorf("kind %v, want %v", got, tt.want)
			}
		})
	}
}

func TestFormGathersEveryWrongField(t *testing.T) {
	var form fault.Form
	if err := form.Err(); err != nil {
		t.Fatalf("an empty form is not wrong: %v", err)
	}
	form.Wrong("name", "form.required")
	form.Wrong("seats", "form.number", "found", "deux")
	var e *fault.Error
	if !errors.As(form.Err(), &e) || len(e.Fields) != 2 || e.Fields[1].Args["found"] != "deux" {
		t.Fatalf("got %v", form.Err())
	}
}

func TestErrorReadsTheSameEachTime(t *testing.T) {
	e := fault.New(fault.Invalid, "k", "b", 2, "a", 1).Because(errors.New("cause"))
	if got, want := e.Error(), "invalid: k a=1 b=2: cause"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
