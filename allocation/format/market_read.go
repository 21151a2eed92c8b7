package format

import (
	"bytes"
	"strconv"
	"sync"
	"sync/atomic"
)

// MaxPeople bounds the students, and the posts, of a market.
const MaxPeople = 1 << 25

const maxEntries = 1<<31 - 1 // in all lists of one side

// ReadMarket reads an HR1 file, on several cores. It refuses whatever is not
// exactly such a file, down to a second space: a market has one text, which
// Bytes gives back. The error is of type *TextError: the first of the file in
// its shape, else the first in its content.
//
// It takes time and memory in proportion to the text.
func ReadMarket(data []byte) (*Market, error) {
	m, err := readMarket(data)
	if err == nil {
		err = m.Check()
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

func readMarket(data []byte) (*Market, error) {
	c := &cursor{text: data}
	c.word("HR1")
	students, posts, seed := c.next(0, MaxPeople), c.next(0, MaxPeople), c.seed()
	c.newline()
	// Each letter stands for its block: numbers have none.
	order := bytes.LastIndexByte(data, 'O')
	if order < c.at {
		order = len(data)
	}
	rankings := order
	if p := bytes.IndexByte(data[c.at:order], 'P'); p >= 0 {
		rankings = c.at + p
	}
	wish := block{from: c.at, to: rankings, letter: "S", lines: int(students), below: int32(posts), then: "P"}
	rank := block{from: rankings, to: order, letter: "P", lines: int(posts), below: int32(students), then: "O", seats: true}
	if posts == 0 {
		wish.then = "O"
	}
	c.block(&wish)
	c.block(&rank)
	c.at = order
	c.word("O")
	if c.err != nil {
		return nil, c.err
	}
	m := &Market{
		Seed: seed, First: wish.first, Wish: wish.items,
		Seats: rank.seat, RankFirst: rank.first, Ranking: rank.items,
		Order: make([]int32, students),
	}
	c.numbers(m.Order, int32(students))
	c.newline()
	return m, c.finish()
}

func (c *cursor) seed() uint64 {
	const expected = "a whole number from 0 to 18446744073709551615"
	if !c.space() {
		c.fail(c.at, expected)
	}
	field := string(c.text[c.at:c.end(c.at)])
	seed, err := strconv.ParseUint(field, 10, 64)
	if err != nil || strconv.FormatUint(seed, 10) != field {
		c.fail(c.at, expected)
		return 0
	}
	c.at += len(field)
	return seed
}

// A block is the lines of a market that start with one letter: the students'
// or the posts'.
type block struct {
	from, to int // in the text
	letter   string
	lines    int // that the first line of the file announces
	below    int32
	seats    bool   // a number of seats stands before the length of each list
	then     string // the letter of the block that follows

	first, items, seat []int32
}

// A piece is some lines of a block, and where their content goes.
type piece struct {
	from, to    int // in the text
	line, lines int
	item, items int
	err         *TextError
}

// pieceSize is small enough for a cache, so that to count and then to read the
// bytes of a piece costs one way to memory.
const pieceSize = 1 << 18

// block reads a block: it counts first, so that each piece knows where its
// content goes, then reads all pieces at once.
func (c *cursor) block(b *block) {
	if c.err != nil {
		return
	}
	pieces := c.pieces(b)
	inParallel(len(pieces), func(i int) { c.count(&pieces[i], b.seats) })
	lines, items := 0, 0
	for i := range pieces {
		p := &pieces[i]
		p.line, p.item = lines, items
		lines, items = lines+p.lines, items+p.items
	}
	if items > maxEntries {
		c.fail(b.from, "at most "+strconv.Itoa(maxEntries)+" entries in all lists")
		return
	}
	b.first, b.items = make([]int32, lines+1), make([]int32, items)
	if b.seats {
		b.seat = make([]int32, lines)
	}
	inParallel(len(pieces), func(i int) { b.read(cursor{text: c.text}, &pieces[i]) })
	for i := range pieces {
		if c.err == nil {
			c.err = pieces[i].err
		}
	}
	if lines < b.lines {
		c.fail(b.to, quote(b.letter))
	}
}

// pieces cuts a block at ends of lines.
func (c *cursor) pieces(b *block) []piece {
	var pieces []piece
	for from := b.from; from < b.to; {
		to := min(from+pieceSize, b.to)
		if end := bytes.IndexByte(c.text[to:b.to], '\n'); end >= 0 {
			to += end + 1
		} else {
			to = b.to
		}
		pieces = append(pieces, piece{from: from, to: to})
		from = to
	}
	return pieces
}

// count says how many lines and list entries a piece has if it is right: a space
// stands before each entry, and before what else is on a line.
func (c *cursor) count(p *piece, seats bool) {
	text := c.text[p.from:p.to]
	p.lines = bytes.Count(text, []byte{'\n'})
	p.items = bytes.Count(text, []byte{' '}) - p.lines
	if seats {
		p.items -= p.lines
	}
	p.items = max(0, p.items)
}

func (b *block) read(c cursor, p *piece) {
	c.at = p.from
	room := b.items[p.item : p.item+p.items]
	for line := p.line; c.at < p.to; line++ {
		if line == b.lines {
			c.fail(c.at, quote(b.then))
			break
		}
		c.word(b.letter)
		seats := int64(0)
		if b.seats {
			seats = c.next(0, MaxSeats)
		}
		n := int(c.next(0, int64(b.below)))
		list := room[:min(n, len(room))]
		if len(list) < n { // something is wrong here, or further down
			list = make([]int32, n)
		}
		c.numbers(list, b.below)
		c.newline()
		if c.err != nil {
			break
		}
		room = room[min(n, len(room)):]
		b.first[line+1] = int32(p.item + p.items - len(room))
		if b.seats {
			b.seat[line] = int32(seats)
		}
	}
	p.err = c.err
}

// inParallel calls do for 0 to n-1, several at a time.
func inParallel(n int, do func(i int)) {
	const workers = 4
	var next atomic.Int64
	var done sync.WaitGroup
	for range min(n, workers) {
		done.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	done.Wait()
}
