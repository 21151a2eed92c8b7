package notice

import (
	"context"

	"stagora.org/stagora/internal/store"
)

// Take takes the next mail and leaves it there, as a node does that dies while
// the server is answering.
func Take(ctx context.Context, db *store.DB) (Mail, error) {
	m, _, err := take(ctx, db)
	return m, err
}
