package store

import "time"

// Waiting returns how many changes wait for their turn to write.
func (db *DB) Waiting() int {
	db.writer.mu.Lock()
	defer db.writer.mu.Unlock()
	return len(db.writer.waiting)
}

// ShareForever lets a batch take changes however old it is: the machine may be
// slow, and a test that they share a commit must not be.
func (db *DB) ShareForever() { db.writer.longest = time.Hour }

// Nameless is how SQLite is given a statement.
var Nameless = nameless
