package student

import (
	"hash/maphash"
	"slices"
	"strings"
	"unicode/utf8"

	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/text"
)

// A likeness is what two records are compared by.
type likeness struct {
	id     int64
	name   string // its words folded, in a fixed order: people put the family name first, or last
	joined string // the name folded as it is written, without the space between
	number string // without zeros in front
	ine    string
	kind   reference.INEKind
	birth  string
	email  string
}

func likenessOf(s Student) likeness {
	return likeness{
		id: s.ID, name: nameKey(s), joined: text.Fold(s.Person.FamilyName + s.Person.GivenName),
		number: strings.TrimLeft(s.Number, "0"), ine: s.INE, kind: s.INEKind, birth: string(s.BirthDate), email: s.Person.Email,
	}
}

// nameKey is a name folded, its words in a fixed order.
func nameKey(s Student) string {
	words := strings.Fields(text.Fold(s.Person.FamilyName + " " + s.Person.GivenName))
	slices.Sort(words)
	return strings.Join(words, " ")
}

// reasons returns why two records look like one person; none: they do not.
func (a *likeness) reasons(b *likeness) []MatchReason {
	var why []MatchReason
	note := func(is bool, l MatchReason) {
		if is {
			why = append(why, l)
		}
	}
	sameName := a.name == b.name
	sameBirth := a.birth != "" && a.birth == b.birth
	note(a.ine != "" && a.ine == b.ine, SameINE)
	note(a.number != "" && a.number == b.number, SameNumber)
	note(sameName && sameBirth, SameName)
	note(a.email != "" && a.email == b.email, SameEmail)
	note(!sameName && sameBirth && a.closeName(b) && !a.contradicts(b), CloseName)
	note(sameName && !sameBirth && closeDates(a.birth, b.birth) && !a.contradicts(b), CloseBirth)
	return why
}

// contradicts reports whether two records carry different numbers of a kind that
// one person has only once. It keeps brothers and sisters born together apart.
func (a *likeness) contradicts(b *likeness) bool {
	return a.ine != "" && b.ine != "" && a.kind == b.kind && a.ine != b.ine && a.kind != reference.INEProvisional
}

// closeName reports whether a name has all words of the other, two at least, or is
// at most two letters apart from it.
func (a *likeness) closeName(b *likeness) bool {
	x, y := a.name, b.name
	if strings.Count(x, " ") > strings.Count(y, " ") {
		x, y = y, x
	}
	if strings.Contains(x, " ") && hasWords(y, x) {
		return true
	}
	const most = 2
	n, m := utf8.RuneCountInString(a.joined), utf8.RuneCountInString(b.joined)
	if max(n, m)-min(n, m) > most {
		return false
	}
	var left, right [usual]rune
	return distance(letters(left[:0], a.joined), letters(right[:0], b.joined), most) <= most
}

// hasWords reports whether each word of part is one of whole.
func hasWords(whole, part string) bool {
	for word := range strings.FieldsSeq(part) {
		found := false
		for other := range strings.FieldsSeq(whole) {
			found = found || other == word
		}
		if !found {
			return false
		}
	}
	return true
}

// letters appends the letters of a text.
func letters(to []rune, s string) []rune {
	for _, r := range s {
		to = append(to, r)
	}
	return to
}

// closeDates reports whether two birth dates may be one: one is not known, one
// digit differs, or day and month were exchanged.
func closeDates(a, b string) bool {
	if a == "" || b == "" {
		return true
	}
	if a[:4] == b[:4] && a[5:7] == b[8:] && a[8:] == b[5:7] {
		return true
	}
	return distance([]rune(a), []rune(b), 1) <= 1
}

// usual is how many letters nearly all names have at most: they are compared without
// asking for memory.
const usual = 80

// distance counts the letters to change, add, remove or exchange with the next to
// make y of x. It stops counting above most.
func distance(x, y []rune, most int) int {
	var room [3][usual]uint16
	rows := [3][]uint16{room[0][:0], room[1][:0], room[2][:0]}
	for i := range rows {
		rows[i] = slices.Grow(rows[i], len(y)+1)[:len(y)+1]
	}
	row := rows[0]
	for j := range row {
		row[j] = uint16(j)
	}
	for i := range x {
		before, last := rows[(i+2)%3], rows[i%3] // the two rows above
		row = rows[(i+1)%3]
		row[0] = uint16(i + 1)
		least := row[0]
		for j := range y {
			change := uint16(1)
			if x[i] == y[j] {
				change = 0
			}
			row[j+1] = min(last[j]+change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
			least = min(least, row[j+1])
		}
		if int(least) > most+1 { // an exchange looks back over two rows
			return int(least)
		}
	}
	return int(row[len(y)])
}

// A Crowd is records among which those that look like one are looked up: by what
// they share, so that no two are compared that share nothing. It keeps little of
// each, for a file of many thousands.
type Crowd struct {
	seed   maphash.Seed
	all    []likeness
	latest map[uint64]int32 // by what is shared: the latest that has it
	before [][5]int32       // of each: the one before that has the same, by what is shared
}

// A Match is a record that looks like the same person as another.
type Match struct {
	ID  int64
	Why []MatchReason
}

// NewCrowd returns a crowd of nobody, with room for so many.
func NewCrowd(size int) *Crowd {
	return &Crowd{
		seed: maphash.MakeSeed(), all: make([]likeness, 0, size), before: make([][5]int32, 0, size),
		latest: make(map[uint64]int32, 3*size),
	}
}

func crowdOf(students []Student) *Crowd {
	c := NewCrowd(len(students))
	for _, s := range students {
		c.Add(s)
	}
	return c
}

// Add makes one more record part of the crowd.
func (c *Crowd) Add(s Student) { c.add(likenessOf(s)) }

func (c *Crowd) add(l likeness) {
	var before [5]int32
	for i, key := range c.keys(&l) {
		before[i] = -1
		if key != 0 {
			if at, met := c.latest[key]; met {
				before[i] = at
			}
			c.latest[key] = int32(len(c.all))
		}
	}
	c.all, c.before = append(c.all, l), append(c.before, before)
}

// keys are what two records share that may be one person's; 0 is nothing.
func (c *Crowd) keys(l *likeness) (keys [5]uint64) {
	for i, value := range [5]string{l.name, l.ine, l.number, l.birth, l.email} {
		if value != "" {
			keys[i] = (maphash.String(c.seed, value) + uint64(i)<<60) | 1
		}
	}
	return keys
}

// Like returns those that look like the same person as s, but for s itself, in the
// order in which they were added.
func (c *Crowd) Like(s Student) []Match {
	if len(c.all) == 0 {
		return nil
	}
	return c.like(likenessOf(s))
}

// Join is [Crowd.Like] and then [Crowd.Add].
func (c *Crowd) Join(s Student) []Match {
	l := likenessOf(s)
	found := c.like(l)
	c.add(l)
	return found
}

func (c *Crowd) like(l likeness) []Match {
	var room [64]int32
	near := room[:0]
	for i, key := range c.keys(&l) {
		at, met := c.latest[key]
		for met && key != 0 && at >= 0 {
			near = append(near, at)
			at = c.before[at][i]
		}
	}
	slices.Sort(near)
	var found []Match
	for _, at := range slices.Compact(near) {
		other := &c.all[at]
		if l.id != 0 && other.id == l.id {
			continue
		}
		if why := other.reasons(&l); len(why) > 0 {
			found = append(found, Match{other.id, why})
		}
	}
	return found
}
