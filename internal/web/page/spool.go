package page

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// A spool keeps a file that is made before it is sent, so that what makes it does not
// wait for the browser, and a failure shows a page instead of half a file. Beyond
// some megabytes it waits in a temporary file. Close it.
type spool struct {
	small bytes.Buffer
	file  *os.File // nil: all is in small
}

const spoolInMemory = 4 << 20

func (s *spool) Write(b []byte) (int, error) {
	if s.file == nil && s.small.Len()+len(b) <= spoolInMemory {
		return s.small.Write(b)
	}
	if s.file == nil {
		var err error
		if s.file, err = os.CreateTemp("", "stagora-*"); err != nil {
			return 0, err
		}
		if _, err := s.small.WriteTo(s.file); err != nil {
			return 0, err
		}
		s.small = bytes.Buffer{}
	}
	return s.file.Write(b)
}

// WriteTo gives what was written.
func (s *spool) WriteTo(w io.Writer) (int64, error) {
	if s.file == nil {
		return s.small.WriteTo(w)
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	return io.Copy(w, s.file)
}

// Close removes the temporary file.
func (s *spool) Close() error {
	if s.file == nil {
		return nil
	}
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
