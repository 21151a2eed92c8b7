package store

import "github.com/google/uuid"

// NewID returns a public identifier for a row of a table that work fills with many
// rows at once: tasks, messages, lines of the ledger. It is a UUIDv7, which begins with
// the time: rows that are written together then stand together in the index of
// identifiers. A random one puts each row on another page of an index that has grown
// large, and each page is read, written and brought to the file for the sake of one row.
//
// It tells when a row was made, and which of two came first. So it is only for what
// shows its time anyway, and is read by nobody without a right. Whatever else has a public
// identifier (people, records, campaigns, decisions…) has a random one, uuid.NewString:
// these rows are few at a time, and their order may tell something. What opens a door by
// itself is no identifier at all: codes of receipts, sessions and tickets are secrets of
// package crypto/rand.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }
