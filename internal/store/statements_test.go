package store_test

import (
	"testing"

	"stagora.org/stagora/internal/store"
)

func TestPlaceholdersInOrderLoseTheirNames(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"SELECT 1": "SELECT 1",
		"SELECT a FROM t WHERE b = $1 AND c IN ($2, $3)":                    "SELECT a FROM t WHERE b = ? AND c IN (?, ?)",
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)":                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"SELECT a FROM t WHERE b = $1 OR c = $1":                            "SELECT a FROM t WHERE b = $1 OR c = $1",
		"UPDATE t SET a = $2 WHERE id = $1":                                 "UPDATE t SET a = $2 WHERE id = $1",
		"SELECT a FROM t WHERE b = $1 AND c = $23":                          "SELECT a FROM t WHERE b = $1 AND c = $23",
		"SELECT '$' || a FROM t WHERE b = $1":                               "SELECT '$' || a FROM t WHERE b = $1",
		"-- name: Get :one\nSELECT a FROM t WHERE b = $1 -- it's one of $2": "-- name: Get :one\nSELECT a FROM t WHERE b = ? -- it's one of ?",
	} {
		if got := store.Nameless(query); got != want {
			t.Errorf("%q becomes %q, want %q", query, got, want)
		}
	}
}
