package student

import (
	"slices"
	"strings"

	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/text"
)

// A likeness is what two records are compared by.
type likeness struct {
	words  []string // of the name, folded, in a fixed order: people put the family name first, or last
	name   string   // the words together
	joined []rune   // the name folded as it is written
	number string   // without zeros in front
	ine    string
	kind   reference.INEKind
	birth  string
	email  string
}

func likenessOf(s Student) likeness {
	words := strings.Fields(text.Fold(s.Person.FamilyName + " " + s.Person.GivenName))
	slices.Sort(words)
	return likeness{
		words: words, name: strings.Join(words, " "), joined: []rune(text.Fold(s.Person.FamilyName + s.Person.GivenName)),
		number: strings.TrimLeft(s.Number, "0"), ine: s.INE, kind: s.INEKind, birth: string(s.BirthDate), email: s.Person.Email,
	}
}

// nameKey is a name folded, its words in a fixed order.
func nameKey(s Student) string { return likenessOf(s).name }

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
	x, y := a.words, b.words
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) >= 2 && !slices.ContainsFunc(x, func(w string) bool { return !slices.Contains(y, w) }) {
		return true
	}
	const most = 2
	longer, shorter := max(len(a.joined), len(b.joined)), min(len(a.joined), len(b.joined))
	return longer-shorter <= most && distance(a.joined, b.joined, most) <= most
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

// distance counts the letters to change, add, remove or exchange with the next to
// make y of x. It stops counting above most.
func distance(x, y []rune, most int) int {
	var before, last []int // the two rows above
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		before, last, row = last, row, make([]int, len(y)+1)
		row[0] = i + 1
		least := row[0]
		for j := range y {
			change := 1
			if x[i] == y[j] {
				change = 0
			}
			row[j+1] = min(last[j]+change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
			least = min(least, row[j+1])
		}
		if least > most+1 { // an exchange looks back over two rows
			return least
		}
	}
	return row[len(y)]
}

// A Crowd is records among which those that look like one are looked up: by what
// they share, so that no two are compared that share nothing.
type Crowd struct {
	students []Student
	likeness []likeness
	sharing  map[string][]int
}

// NewCrowd returns a crowd of some records.
func NewCrowd(students []Student) *Crowd {
	c := &Crowd{sharing: map[string][]int{}}
	for _, s := range students {
		c.Add(s)
	}
	return c
}

// Add makes one more record part of the crowd.
func (c *Crowd) Add(s Student) {
	l := likenessOf(s)
	for _, key := range l.keys() {
		c.sharing[key] = append(c.sharing[key], len(c.students))
	}
	c.students, c.likeness = append(c.students, s), append(c.likeness, l)
}

// keys are what two records share that may be one person's.
func (a *likeness) keys() []string {
	keys := []string{"name " + a.name}
	for _, k := range [][2]string{{"ine ", a.ine}, {"number ", a.number}, {"birth ", a.birth}, {"email ", a.email}} {
		if k[1] != "" {
			keys = append(keys, k[0]+k[1])
		}
	}
	return keys
}

// Like returns those that look like the same person as s, but for s itself, in the
// order in which they were added.
func (c *Crowd) Like(s Student) []Duplicate {
	l := likenessOf(s)
	var near []int
	for _, key := range l.keys() {
		near = append(near, c.sharing[key]...)
	}
	slices.Sort(near)
	var found []Duplicate
	for _, i := range slices.Compact(near) {
		if s.ID != 0 && c.students[i].ID == s.ID {
			continue
		}
		if why := c.likeness[i].reasons(&l); len(why) > 0 {
			found = append(found, Duplicate{c.students[i], why})
		}
	}
	return found
}
