package ranking

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	Facts    string // what it prints, as the package of the scope wrote it when it was given; empty on those of 0.1

	list int64
}

// A ReceiptKind says what a receipt was given for. The sentence "receipt.kind." +
// the kind names it.
type ReceiptKind string

// The kinds of receipt.
const (
	OnConfirmation ReceiptKind = "confirmed" // the owner confirmed the list
	AtDeadline     ReceiptKind = "deadline"  // the last list saved in time
)

// NewReceipt returns a receipt for a list as it stands, which [Give] then gives.
func NewReceipt[W comparable](list List[W], kind ReceiptKind, facts string) Receipt {
	return Receipt{
		Key: list.Key, Code: rand.Text(), Kind: kind, Version: list.Last.Number, Hash: list.Last.Hash, Facts: facts, list: list.id,
	}
}

// Give gives the receipts of one scope their numbers and the time, and keeps them. If
// one was given before, of the same kind for the same version, none is kept and the
// error says so to [store.IsDuplicate].
func Give(ctx context.Context, tx *store.Tx, receipts []Receipt) error {
	if len(receipts) == 0 {
		return nil
	}
	scope := receipts[0].Scope
	// The numbers of a scope's receipts have no gap and no double.
	if err := tx.Lock(ctx, "ranking_receipt:"+scope); err != nil {
		return err
	}
	last, err := queries.New(tx).LastReceiptNumber(ctx, scope)
	if err != nil {
		return fmt.Errorf("read receipts: %w", err)
	}
	for i := range receipts {
		receipts[i].Number, receipts[i].IssuedAt = int(last)+i+1, tx.Now
	}
	for some := range slices.Chunk(receipts, rowsAtOnce) {
		if err := add(ctx, tx, some); err != nil {
			return fmt.Errorf("add receipts: %w", err)
		}
	}
	return nil
}

// rowsAtOnce is how many receipts a statement adds at most.
const rowsAtOnce = 500

// add adds receipts: on PostgreSQL in one statement; SQLite adds row by row faster.
func add(ctx context.Context, tx *store.Tx, receipts []Receipt) error {
	if tx.Engine == store.SQLite || len(receipts) == 1 {
		q := queries.New(tx)
		for _, r := range receipts {
			if err := q.AddReceipt(ctx, r.params()); err != nil {
				return err
			}
		}
		return nil
	}
	const columns = 9
	var rows strings.Builder
	args := make([]any, 0, columns*len(receipts))
	for i, r := range receipts {
		mark := ", ("
		if i == 0 {
			mark = "("
		}
		for range columns {
			rows.WriteString(mark + "$" + strconv.Itoa(len(args)+1))
			mark = ", "
			args = append(args, nil)
		}
		rows.WriteString(")")
		p := r.params()
		copy(args[columns*i:], []any{p.Code, p.Scope, p.ListID, p.Number, p.Version, p.Hash, p.Kind, p.IssuedAt, p.Facts})
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO ranking_receipt (code, scope, list_id, number, version, hash, kind, issued_at, facts) VALUES "+
		rows.String(), args...)
	return err
}

func (r Receipt) params() queries.AddReceiptParams {
	return queries.AddReceiptParams{
		Code: r.Code, Scope: r.Scope, ListID: r.list, Number: int64(r.Number), Version: int64(r.Version), Hash: r.Hash,
		Kind: string(r.Kind), IssuedAt: store.At(r.IssuedAt), Facts: r.Facts,
	}
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

// ReceiptOf returns the code of the receipt of a kind that a list has as it stands, or
// nothing.
func ReceiptOf[W comparable](ctx context.Context, tx *store.Tx, list List[W], kind ReceiptKind) (code string, err error) {
	code, err = queries.New(tx).ReceiptOfVersion(ctx, queries.ReceiptOfVersionParams{
		ListID: list.id, Kind: string(kind), Version: int64(list.Last.Number),
	})
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read receipt: %w", err)
	}
	return code, nil
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

// CountWithoutReceipt returns how many owners of a scope [WithoutReceipt] lists.
func CountWithoutReceipt(ctx context.Context, tx *store.Tx, scope string, kind ReceiptKind) (int, error) {
	n, err := queries.New(tx).CountWithoutReceipt(ctx, queries.CountWithoutReceiptParams{Scope: scope, Kind: string(kind)})
	if err != nil {
		return 0, fmt.Errorf("count who has no receipt: %w", err)
	}
	return int(n), nil
}

func receiptOf(row queries.RankingReceipt, owner int64) Receipt {
	return Receipt{
		Key: Key{row.Scope, owner}, Code: row.Code, Number: int(row.Number), Kind: ReceiptKind(row.Kind),
		Version: int(row.Version), Hash: row.Hash, IssuedAt: row.IssuedAt.Time, Facts: row.Facts, list: row.ListID,
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
