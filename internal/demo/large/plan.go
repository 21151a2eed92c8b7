package large

import (
	"fmt"
	"strings"
	"time"

	"stagora.org/stagora/internal/text"
)

// A Size says how large a world is.
type Size struct {
	Name    string
	Cohorts int     // of 240 students
	Blocks  int     // of 50 sites and 100 contacts
	History int     // published campaigns of one cohort
	Open    []Round // campaigns in which students rank
	Draft   []Round // campaigns that the office prepares
}

// A Round is a campaign of many cohorts that is not over.
type Round struct {
	Name         string
	First, Count int // cohorts
	Posts        int
}

// The sizes. Open campaigns of a few cohorts share no student.
var (
	Large = Size{"large", 84, 40, 300, []Round{
		{"20000x600", 0, 84, 600}, {"6000x110", 0, 25, 110}, {"5000x600", 25, 21, 600}, {"2000x110", 46, 8, 110},
		{"240a", 54, 1, modelPosts}, {"240b", 55, 1, modelPosts},
	}, []Round{{"draft 5000x600", 60, 21, 600}}}
	Tenth = Size{"tenth", 8, 4, 30, []Round{
		{"20000x600", 0, 8, 60}, {"6000x110", 0, 3, 110}, {"5000x600", 3, 2, 60}, {"2000x110", 5, 1, 110},
		{"240a", 6, 1, modelPosts}, {"240b", 7, 1, modelPosts},
	}, []Round{{"draft 5000x600", 4, 2, 60}}}
	Small = Size{"small", 2, 6, 4, []Round{{"480x110", 0, 2, 110}, {"240a", 1, 1, modelPosts}}, nil}
)

// Sizes are all sizes by their names.
var Sizes = map[string]Size{Large.Name: Large, Tenth.Name: Tenth, Small.Name: Small}

const (
	modelYear = 2025 // in which the academic year of the model begins
	years     = 10
	yearDays  = 364 // whole weeks: days of the week stay
	halfDays  = 182
)

// A plan is all that decides what the copies say.
type plan struct {
	model *model
	size  Size
	seed  string
	last  int // year in which the last academic year of the history begins

	first map[string]map[group]int64 // by table: the key of the first row of its copies
	ids   map[string]int64           // keys of what the world has of its own: "reference_level/DFASM2"
}

func (p *plan) cohort(number int) *replica {
	back := number * years / p.size.Cohorts
	return p.replica(ofPeople, number, -1, 0, -1, p.yearDays(back)-2*yearDays)
}

func (p *plan) block(number int) *replica { return p.replica(ofPlaces, -1, number, 0, -1, 0) }

// round is a campaign of the history: each cohort has several, half a year apart.
func (p *plan) round(number int) *replica {
	cohort, round := number%p.size.Cohorts, number/p.size.Cohorts
	faculty := p.facultyOf(cohort)
	mine := (p.size.Blocks + len(faculties) - 1 - faculty) / len(faculties) // blocks of the faculty
	block := faculty + len(faculties)*((cohort/len(faculties)+round)%mine)
	back := cohort * years / p.size.Cohorts
	return p.replica(ofCampaign, cohort, block, round, number, p.yearDays(back)-halfDays*round)
}

func (p *plan) replica(g group, cohort, block, round, number, days int) *replica {
	return &replica{
		plan: p, group: g, cohort: cohort, block: block, round: round, number: number, days: days,
		hashes: map[string]string{}, cells: map[source]string{},
	}
}

// yearDays is how far a year of the history, counted back from the last one, lies
// from the model's.
func (p *plan) yearDays(back int) int { return yearDays * (p.last - back - modelYear) }

// facultyOf returns the faculty of a cohort: one that has sites.
func (p *plan) facultyOf(cohort int) int { return cohort % min(len(faculties), p.size.Blocks) }

// faculty returns the faculty that a copy lies in.
func (c *replica) faculty() int {
	if c.cohort < 0 {
		return c.block % len(faculties)
	}
	return c.facultyOf(c.cohort)
}

// level returns the index of the level that stands for one of the model's, by number.
func (c *replica) level(number int) int {
	return (number - modelLevel + max(c.cohort, 0) + len(levels)) % len(levels)
}

// year returns when the academic year of a cohort begins.
func (c *replica) year() int { return c.last - max(c.cohort, 0)*years/c.size.Cohorts }

// half names a half year: 0 is the first of an academic year.
func half(year, n int) string { return fmt.Sprintf("S%d-%d", n+1, year+1) }

// period returns the code of the period that stands for one of the model's: 1 is
// the one before the campaign's.
func (c *replica) period(number int) string {
	halves := 2*c.year() + 1 - c.round - (2 - number)
	return half(halves/2, halves%2)
}

// sharedID is the key of what the world has of its own.
func (p *plan) sharedID(c *replica, r *row) (int64, error) {
	name := ""
	switch r.table.name {
	case levelTable:
		name = levels[c.level(numberIn(r.text("code")))]
	case facultyTable:
		name = faculties[c.faculty()].code
	case yearTable:
		name = yearCode(c.year())
	case periodTable:
		name = c.period(numberIn(r.text("code")))
	case categoryTable, roleTable:
		name = r.text("code")
	case peopleTable:
		name = staffLogin(c.faculty(), numberIn(r.text("family_name")))
	}
	id, known := p.ids[r.table.name+"/"+name]
	if !known {
		return 0, fmt.Errorf("the world has no %q in %s", name, r.table.name)
	}
	return id, nil
}

func yearCode(begins int) string { return fmt.Sprintf("%d-%d", begins, begins+1) }

// word writes what a placeholder stands for.
func (c *replica) word(p part) (string, error) {
	said, err := c.said(p)
	if p.style == asFound && !strings.ContainsRune("uvh", rune(p.word)) {
		said = text.Fold(said)
	}
	return said, err
}

func (c *replica) said(p part) (string, error) {
	switch p.word {
	case 'f', 'g', 'u', 'n':
		return c.person(p), nil
	case 'c', 'v', 'w', 's', 't', 'o', 'i', 'j', 'd':
		return c.place(p), nil
	case 'l':
		return levels[c.level(p.n)], nil
	case 'y':
		return faculties[c.faculty()].code, nil
	case 'z':
		return faculties[c.faculty()].name, nil
	case 'h':
		return faculties[c.faculty()].slug, nil
	case 'p':
		return c.period(p.n), nil
	case 'q':
		return periodName(c.period(p.n)), nil
	case 'k':
		return c.cohortWord(p.style), nil
	case 'm':
		return fmt.Sprintf("Externat %s, %s", strings.Replace(c.period(2), "-", " ", 1), c.cohortWord(asName)), nil
	}
	return "", fmt.Errorf("nobody knows what %s stands for", p.text)
}

func (c *replica) cohortWord(s style) string {
	level, faculty := levels[c.level(modelLevel)], faculties[c.faculty()]
	if s == asCode {
		return fmt.Sprintf("%.3s-%s-%d-%02d", faculty.code, level, c.year()+1, c.cohort+1)
	}
	return fmt.Sprintf("%s %s, groupe %d, %s", level, yearCode(c.year()), c.cohort+1, strings.ToUpper(faculty.slug[:1])+faculty.slug[1:])
}

func periodName(code string) string {
	var n, year int
	_, _ = fmt.Sscanf(code, "S%d-%d", &n, &year) // [half] wrote it
	return fmt.Sprintf("Semestre %d, %d-%d", n, year-1, year)
}

// Numbers of people, so that no two are called the same: students first.
const (
	firstStaff   = 60_000
	firstContact = 70_000
)

func (c *replica) person(p part) string {
	if p.n >= staffFrom {
		return staffWord(p.word, c.faculty(), p.n)
	}
	n := c.cohort*cohortSize + p.n - 1
	given, family := personName(n)
	switch p.word {
	case 'g':
		return given
	case 'f':
		return family
	case 'n':
		return fmt.Sprintf("%02d%06d", (c.year()-2)%100, n+1)
	}
	return login(n+1, given, family)
}

func staffWord(word byte, faculty, number int) string {
	given, family := staffName(faculty, number)
	switch word {
	case 'g':
		return given
	case 'f':
		return family
	}
	return staffLogin(faculty, number)
}

func staffName(faculty, number int) (given, family string) {
	return personName(firstStaff + faculty*staffNumber + number - staffFrom)
}

// staffLogin is how somebody of an office signs in.
func staffLogin(faculty, number int) string {
	return faculties[faculty].slug + "." + []string{"office", "office2", "commission", "observer"}[number-staffFrom]
}

func (c *replica) place(p part) string {
	faculty := faculties[c.block%len(faculties)]
	house := (p.n - 1) % blockHouses
	if p.word == 't' {
		house = (p.n - 1) / (blockSites / blockHouses)
	}
	town := names["town"][(c.block*blockHouses+house)%len(names["town"])]
	switch p.word {
	case 's':
		return fmt.Sprintf("%.3s%02d-%03d", faculty.code, c.block+1, p.n)
	case 't':
		return fmt.Sprintf("%s, %s de %s", names["service"][(p.n*7+c.block)%len(names["service"])], houseNames[house], town)
	case 'o':
		return fmt.Sprintf("Unité %d", 1+(p.n+c.block)%4)
	case 'i':
		return fmt.Sprintf("%.3s%02d-H%d", faculty.code, c.block+1, p.n)
	case 'j':
		return houseNames[house] + " de " + town + fmt.Sprintf(" (site %d)", c.block+1)
	case 'd':
		return town
	case 'w':
		return fmt.Sprintf("C%05d", c.block*blockContact+p.n)
	}
	n := firstContact + c.block*blockContact + p.n
	given, family := personName(n)
	if p.word == 'c' {
		return given + " " + family
	}
	return login(n, given, family)
}

// lastYear returns when the academic year before the present one began.
func lastYear(now time.Time) int {
	if now.Month() < time.September {
		return now.Year() - 2
	}
	return now.Year() - 1
}
