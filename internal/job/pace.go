package job

import "time"

// stepTime is how long the writing of one transaction of long work should take at most,
// so that others hardly wait for it.
const stepTime = 25 * time.Millisecond

// A Pace is how many things the next transaction of long work writes, on a machine of
// whatever speed: as many as take the last ones less than 25 ms.
type Pace struct {
	Size        int // of the next transaction
	Least, Most int
}

// After makes the next transaction smaller or larger by how long the last one wrote.
func (p *Pace) After(took time.Duration) {
	switch {
	case took > stepTime:
		p.Size = max(1, p.Least, p.Size/2)
	case took < stepTime/3:
		p.Size *= 2
	}
	p.Size = min(p.Size, p.Most)
}
