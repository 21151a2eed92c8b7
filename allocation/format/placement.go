package format

import "strconv"

// WritePlacement writes what became of the students of a market, one line each:
//
//	student post rank
//
// with the rank on the student's list from 1, and "- -" for a post below 0,
// which is none.
func WritePlacement(post, rank []int32) []byte {
	b := make([]byte, 0, 20*len(post))
	for i, p := range post {
		b = strconv.AppendInt(b, int64(i), 10)
		if p < 0 {
			b = append(b, " - -\n"...)
			continue
		}
		b = appendField(b, int64(p))
		b = append(appendField(b, int64(rank[i])), '\n')
	}
	return b
}

// ReadPlacement reads a placement in a market: the post of each student, -1 for
// none, and its rank, 0 for none. The error is of type *TextError. That a
// student's list has the post at this rank is for package check to say.
func ReadPlacement(data []byte, m *Market) (post, rank []int32, err error) {
	c := &cursor{text: data}
	post, rank = make([]int32, m.Students()), make([]int32, m.Students())
	for i := range post {
		c.exactly(int64(i))
		if c.has(" - -") {
			post[i] = -1
		} else {
			post[i] = int32(c.next(0, int64(m.Posts())-1))
			rank[i] = int32(c.next(1, int64(m.First[i+1]-m.First[i])))
		}
		c.newline()
		if c.err != nil {
			return nil, nil, c.err
		}
	}
	return post, rank, c.finish()
}

// WritePrices writes the prices that prove a placement of least cost: a first
// line "HR1-prices <posts> <objective>", then a line "post price" for each post.
func WritePrices(prices []int64, objective int64) []byte {
	b := make([]byte, 0, 64+16*len(prices))
	b = append(b, "HR1-prices"...)
	b = appendField(b, int64(len(prices)))
	b = append(appendField(b, objective), '\n')
	for p, price := range prices {
		b = strconv.AppendInt(b, int64(p), 10)
		b = append(appendField(b, price), '\n')
	}
	return b
}

// ReadPrices reads the prices of a market's posts and the objective that they
// prove; none is below 0 or above MaxWhole. The error is of type *TextError.
func ReadPrices(data []byte, m *Market) (prices []int64, objective int64, err error) {
	c := &cursor{text: data}
	c.word("HR1-prices")
	c.next(int64(m.Posts()), int64(m.Posts()))
	objective = c.next(0, MaxWhole)
	c.newline()
	prices = make([]int64, m.Posts())
	for p := range prices {
		c.exactly(int64(p))
		prices[p] = c.next(0, MaxWhole)
		c.newline()
		if c.err != nil {
			return nil, 0, c.err
		}
	}
	return prices, objective, c.finish()
}

// exactly reads a given number.
func (c *cursor) exactly(n int64) { c.number(n, n) }

// has reads a given text if it stands there.
func (c *cursor) has(word string) bool {
	end := c.at + len(word)
	if end > len(c.text) || string(c.text[c.at:end]) != word {
		return false
	}
	c.at = end
	return true
}

// finish checks that nothing is left, and returns what was wrong.
func (c *cursor) finish() error {
	if c.at < len(c.text) {
		c.fail(c.at, "the end of the file")
	}
	if c.err != nil {
		return c.err
	}
	return nil
}
