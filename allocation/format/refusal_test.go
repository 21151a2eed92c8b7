package format_test

import (
	"errors"
	"strings"
	"testing"

	"stagora.org/stagora/allocation/format"
)

// A refusal is a change to a good file, and the lines of the error it leads to.
type refusal struct{ name, old, new, want string }

// refused makes each change to a file that is good without it.
func refused(t *testing.T, good string, read func([]byte) error, tests []refusal) {
	t.Helper()
	if err := read([]byte(good)); err != nil {
		t.Fatalf("the good file is refused: %v", err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(good, tt.old) {
				t.Fatalf("the good file has no %s", tt.old)
			}
			err := read([]byte(strings.Replace(good, tt.old, tt.new, 1)))
			if errs := (format.Errors)(nil); !errors.As(err, &errs) || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, strings.ReplaceAll(tt.want, "\n", "\n     "))
			}
		})
	}
}
