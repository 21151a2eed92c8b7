package page

import (
	"errors"
	"io"
	"os"
	"sync"
)

// A spool keeps a file between who makes it and who sends it, so that what makes it does
// not wait for the browser. It is sent from its beginning while it is still being made.
// Beyond some megabytes it waits in a temporary file. Close it.
type spool struct {
	early func() // called once there is a first part to send; nil: nobody waits for it

	mu    sync.Mutex
	grown sync.Cond // on mu
	small []byte
	file  *os.File // nil: all is in small
	size  int64
	ended bool
	wrong error // why it was not made to its end, or not sent to it
}

const (
	spoolInMemory = 4 << 20
	firstPart     = 64 << 10
)

func newSpool() *spool {
	s := &spool{}
	s.grown.L = &s.mu
	return s
}

// Write adds to the file. It fails once the file cannot be sent any more.
func (s *spool) Write(b []byte) (int, error) {
	n, err := s.add(b)
	if s.early != nil && err == nil && s.size >= firstPart {
		s.early()
		s.early = nil
	}
	return n, err
}

func (s *spool) add(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.grown.Broadcast()
	if s.wrong != nil {
		return 0, s.wrong
	}
	if s.file == nil && len(s.small)+len(b) > spoolInMemory {
		var err error
		if s.file, err = os.CreateTemp("", "stagora-*"); err != nil {
			return 0, err
		}
		if _, err := s.file.Write(s.small); err != nil {
			return 0, err
		}
		s.small = nil
	}
	if s.file == nil {
		s.small = append(s.small, b...)
		s.size += int64(len(b))
		return len(b), nil
	}
	n, err := s.file.Write(b)
	s.size += int64(n)
	return n, err
}

// end says that nothing more comes: the file is whole, or wrong says why not.
func (s *spool) end(wrong error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	if s.wrong == nil {
		s.wrong = wrong
	}
	s.grown.Broadcast()
}

// sendTo writes the file as it is made, and returns when it has ended, or why it cannot
// be sent.
func (s *spool) sendTo(to *paced) error {
	part := make([]byte, firstPart)
	for at := int64(0); ; {
		n, waits, err := s.read(part, at)
		if err != nil || n == 0 {
			return err
		}
		if _, err = to.Write(part[:n]); err == nil && waits {
			err = to.flush() // the browser has what there is while more is made
		}
		if err != nil {
			s.end(err)
			return err
		}
		at += int64(n)
	}
}

// read waits for bytes from a place on, and reports whether there are no others yet;
// none at all means that the file has ended.
func (s *spool) read(into []byte, at int64) (n int, waits bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.size == at && !s.ended {
		s.grown.Wait()
	}
	switch {
	case s.wrong != nil:
		return 0, false, nil
	case s.file == nil:
		n = copy(into, s.small[at:])
	default:
		n, err = s.file.ReadAt(into[:min(int64(len(into)), s.size-at)], at)
		if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	return n, at+int64(n) == s.size && !s.ended, err
}

// Close removes the temporary file.
func (s *spool) Close() error {
	if s.file == nil {
		return nil
	}
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
