package store

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// SQLite writes what is committed at the end of a log (the file -wal), and copies the log
// into the database from time to time. By itself it does so in the commit that makes the log
// longer than a thousand pages: whoever saves then waits 40 to 120 ms for the pages of
// others. So that nobody does, the log is copied beside those who write, who go on meanwhile
// (https://www.sqlite.org/wal.html, "Checkpointing"; docs/adr/0018-log-copies.md).

const (
	// copyEvery is how long the log is left alone between two copies.
	copyEvery = 20 * time.Millisecond
	// restartLog is from how many pages on the log is begun anew: who writes then finds the
	// whole of it copied.
	restartLog = 2000
	// lastPages is how many pages at most are copied while nobody writes, so that the log can
	// be begun anew; those who write fast may leave more.
	lastPages = 200
	// longestLog is how many pages, 64 MB, the log may have before a commit copies it after
	// all: the copy beside may fail, or readers may hold it up.
	longestLog = 16384
)

// A logCopy copies the log of an SQLite database when something was committed.
type logCopy struct {
	pool   *sql.DB
	writer *writer
	asked  chan struct{} // holds one if something was committed since the last copy began
	ended  context.Context
	end    context.CancelFunc
	done   sync.WaitGroup
}

// newLogCopy begins to copy, through the readers: what reads only may copy the log.
func newLogCopy(pool *sql.DB, w *writer) *logCopy {
	l := &logCopy{pool: pool, writer: w, asked: make(chan struct{}, 1)}
	l.ended, l.end = context.WithCancel(context.Background())
	w.committed = l.ask
	l.done.Go(l.work)
	return l
}

// ask says that something was committed.
func (l *logCopy) ask() {
	select {
	case l.asked <- struct{}{}:
	default:
	}
}

// stop ends the copying, and waits for it.
func (l *logCopy) stop() {
	l.end()
	l.done.Wait()
}

func (l *logCopy) work() {
	for {
		select {
		case <-l.asked:
		case <-l.ended.Done():
			return
		}
		l.copy()
		select {
		case <-time.After(copyEvery):
		case <-l.ended.Done():
			return
		}
	}
}

// copy copies the log, a long one until it can be begun anew: what was committed during a
// copy is copied by the next, and the last few pages while nobody writes.
func (l *logCopy) copy() {
	before := 0
	for range 4 {
		pages, whole := l.pass()
		if !whole || pages < restartLog {
			return
		}
		if pages-before < lastPages {
			break
		}
		before = pages
	}
	_ = l.writer.pause(l.ended, func() { l.pass() })
}

// pass copies what can be copied of the log, and returns how many pages it has and whether
// all of them are copied. What is left when it fails is copied next time, or by a commit,
// which tells why it cannot.
func (l *logCopy) pass() (pages int, whole bool) {
	var busy, copied int
	err := l.pool.QueryRowContext(l.ended, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &copied)
	return pages, err == nil && busy == 0 && copied == pages
}
