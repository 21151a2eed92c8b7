package notice

import (
	"context"
	"fmt"

	"stagora.org/stagora/internal/store"
)

// A File names a file that goes with a message and is not kept: it can be made
// again, the same to the byte, whenever it is sent or shown.
type File struct {
	Maker string // who makes it: a key of [Makers]; empty: there is no file
	Key   string // what the maker makes it from
}

// Makers are those who make files, by name. Each reads what it needs and writes
// nothing.
type Makers map[string]func(ctx context.Context, tx *store.Tx, key string) (Attachment, error)

// Make makes a file.
func (m Makers) Make(ctx context.Context, tx *store.Tx, f File) (Attachment, error) {
	maker := m[f.Maker]
	if maker == nil {
		return Attachment{}, fmt.Errorf("make file %s: nobody makes a %q", f.Key, f.Maker)
	}
	a, err := maker(ctx, tx, f.Key)
	if err != nil {
		return Attachment{}, fmt.Errorf("make %s %s: %w", f.Maker, f.Key, err)
	}
	return a, nil
}
