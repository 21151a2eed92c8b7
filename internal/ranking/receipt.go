package ranking

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"stagora.org/stagora/internal/fault"
	"stagora.org/stagora/internal/ranking/queries"
	"stagora.org/stagora/internal/store"
)

// A Receipt says that a version of a list was received. It never changes; that the
// list did, later, is told by whoever checks its code.
type Receipt struct {
	Key
	Code     string // for the public page that checks it; cannot be guessed
	Number   int    // within the scope, from 1
	Kind     ReceiptKind
	Version  int    // the number of the version; 0: a receipt for having saved nothing
	Hash     string // of that version
	IssuedAt time.Time
}

// A ReceiptKind says what a receipt was given for. The sentence "receipt.kind." +
// the kind names it.
type ReceiptKind string

// The kinds of receipt.
const (
	OnConfirmation ReceiptKind = "confirmed" // the owner confirmed the list
	AtDeadline     ReceiptKind = "deadline"  // the last list saved in time
)

// Give gives a receipt for a list as it stands.
func Give[W comparable](ctx context.Context, tx *store.Tx, list List[W], kind ReceiptKind) (Receipt, error) {
	// The numbers of a scope's receipts have no gap and no double.
	if err := tx.Lock(ctx, "ranking_receipt:"+list.Scope); err != nil {
		return Receipt{}, err
	}
	q := queries.New(tx)
	last, err := q.LastReceiptNumber(ctx, list.Scope)
	if err != nil {
		return Receipt{}, fmt.Errorf("read receipts: %w", err)
	}
	r := Receipt{
		Key: list.Key, Code: rand.Text(), Number: int(last + 1), Kind: kind,
		Version: list.Last.Number, Hash: list.Last.Hash, IssuedAt: tx.Now,
	}
	err = q.AddReceipt(ctx, queries.AddReceiptParams{
		Code: r.Code, Scope: r.Scope, ListID: list.id, Number: int64(r.Number), Version: int64(r.Version), Hash: r.Hash,
		Kind: string(kind), IssuedAt: store.At(r.IssuedAt),
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("add receipt: %w", err)
	}
	return r, nil
}

// ReceiptByCode returns a receipt, for code that then checks whose it is.
func ReceiptByCode(ctx context.Context, tx *store.Tx, code string) (Receipt, error) {
	row, err := queries.New(tx).ReceiptByCode(ctx, code)
	if errors.Is(err, sql.ErrNoRows) {
		return Receipt{}, fault.New(fault.NotFound, "receipt.unknown")
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("read receipt: %w", err)
	}
	return receiptOf(row.RankingReceipt, row.Owner), nil
}

// ReceiptOf returns the code of the receipt that a version of a list has, or nothing.
func ReceiptOf[W comparable](ctx context.Context, tx *store.Tx, list List[W], kind ReceiptKind, version int) (code string, err error) {
	row, err := queries.New(tx).ReceiptOfVersion(ctx, queries.ReceiptOfVersionParams{ListID: list.id, Kind: string(kind), Version: int64(version)})
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read receipt: %w", err)
	}
	return row.Code, nil
}

// Receipts returns the receipts of an owner in a scope, the latest first.
func Receipts(ctx context.Context, tx *store.Tx, key Key) ([]Receipt, error) {
	rows, err := queries.New(tx).ReceiptsOfOwner(ctx, queries.ReceiptsOfOwnerParams{Scope: key.Scope, Owner: key.Owner})
	if err != nil {
		return nil, fmt.Errorf("read receipts: %w", err)
	}
	receipts := make([]Receipt, len(rows))
	for i, row := range rows {
		receipts[i] = receiptOf(row, key.Owner)
	}
	return receipts, nil
}

// LastReceipt returns the code of the latest receipt of an owner in a scope, or
// nothing.
func LastReceipt(ctx context.Context, tx *store.Tx, key Key) (code string, err error) {
	code, err = queries.New(tx).LastReceipt(ctx, queries.LastReceiptParams{Scope: key.Scope, Owner: key.Owner})
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read receipts: %w", err)
	}
	return code, nil
}

// WithoutReceipt returns the first owners of a scope, at most so many and each
// greater than after, who have saved a list and have no receipt of a kind for it as
// it stands.
func WithoutReceipt(ctx context.Context, tx *store.Tx, scope string, kind ReceiptKind, after int64, most int) ([]int64, error) {
	owners, err := queries.New(tx).WithoutReceipt(ctx, queries.WithoutReceiptParams{
		Scope: scope, Kind: string(kind), After: after, Most: int32(most),
	})
	if err != nil {
		return nil, fmt.Errorf("read who has no receipt: %w", err)
	}
	return owners, nil
}

func receiptOf(row queries.RankingReceipt, owner int64) Receipt {
	return Receipt{
		Key: Key{row.Scope, owner}, Code: row.Code, Number: int(row.Number), Kind: ReceiptKind(row.Kind),
		Version: int(row.Version), Hash: row.Hash, IssuedAt: row.IssuedAt.Time,
	}
}

// An Authenticity is all that the public page tells of a receipt: nothing of the
// list, nor of whose it is.
type Authenticity string

// The authenticities. The sentence "receipt.check." + each says what it means.
const (
	Authentic  Authenticity = "authentic"  // Stagora gave it, and the list is still the one it was given for
	Superseded Authenticity = "superseded" // Stagora gave it, and another version was saved since
	Unknown    Authenticity = "unknown"    // Stagora never gave it
)

// CheckReceipt tells anybody whether a code is that of a receipt.
func CheckReceipt(ctx context.Context, tx *store.Tx, code string) (Authenticity, error) {
	row, err := queries.New(tx).ReceiptByCode(ctx, code)
	if errors.Is(err, sql.ErrNoRows) {
		return Unknown, nil
	}
	if err != nil {
		return "", fmt.Errorf("read receipt: %w", err)
	}
	if row.Stands != row.RankingReceipt.Version {
		return Superseded, nil
	}
	return Authentic, nil
}
