/*
Package campaigntest gives a test a whole campaign: C1 of the data set "Estuaire",
with 24 students, 14 sites and 26 seats, whose order and result are known
(c1.txt).

	c1 := campaigntest.New(t, db) // in draft, everything ready
	c1.Open(t)                    // students rank
	c1.Rank(t)                    // everybody's list is saved
	c1.Close(t)                   // the seed is revealed, the order known

The clock stands at the instants of the demo's states. Everything is done through
the same functions as people use.
*/
package campaigntest

import (
	"context"
	_ "embed"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"testing"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/capability"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/store/storetest"
	"stagora.org/stagora/internal/student"
)

// Seed is what the draw of C1 is made from.
const Seed = "estuaire-C1-2026-03-20"

// The instants of the demo's states.
var (
	Prepared  = time.Date(2026, 3, 13, 8, 0, 0, 0, time.UTC)
	Opens     = time.Date(2026, 3, 16, 8, 0, 0, 0, time.UTC)
	Closes    = time.Date(2026, 3, 20, 17, 0, 0, 0, time.UTC) // 18:00 in Paris
	Closed    = Closes.Add(time.Second)
	Commits   = time.Date(2026, 3, 27, 13, 0, 0, 0, time.UTC)
	Publishes = time.Date(2026, 4, 1, 7, 0, 0, 0, time.UTC)
)

//go:embed c1.txt
var c1 string

// A Line is what is known of one student of C1.
type Line struct {
	Position  int
	Pseudonym string // E01 to E24
	Points    int    // whole ones
	Draw      string // the first 8 digits of what the student drew
	Given     string
	Family    string
	Wishes    []campaign.Wish
	Post      string // what the serial run gives; empty: none
	Rank      int
}

// A Site is one site of C1.
type Site struct {
	Code  string
	Seats int
	Name  string
}

// Lines are the students of C1, in the order of the draw.
var Lines = readLines()

// Sites are the sites of C1, with their seats.
var Sites = readSites()

// C1 is the campaign in a database.
type C1 struct {
	DB        *store.DB
	Campaigns *campaign.Campaigns
	ID        string         // public identifier of the campaign
	Office    identity.Actor // all rights of the office
	Second    identity.Actor // another person of the office
	Observer  identity.Actor // may see campaigns, and nothing else

	Student map[string]identity.Actor // by pseudonym
	Record  map[string]string         // public identifiers of the students, by pseudonym
}

// New makes C1 in draft, with the clock at [Prepared]. Nothing is amiss in it.
func New(t testing.TB, db *store.DB) *C1 {
	t.Helper()
	storetest.Clock(t, db).Freeze(Prepared)
	c := &C1{
		DB: db, Campaigns: &campaign.Campaigns{DB: db, Base: "https://stages.example", DemoSeed: Seed},
		Student: map[string]identity.Actor{}, Record: map[string]string{},
	}
	err := db.Write(t.Context(), func(tx *store.Tx) error { return c.make(t.Context(), tx) })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// At moves the clock.
func (c *C1) At(t testing.TB, instant time.Time) {
	t.Helper()
	storetest.Clock(t, c.DB).Freeze(instant)
}

// Open opens the campaign at [Opens].
func (c *C1) Open(t testing.TB) {
	t.Helper()
	c.At(t, Opens)
	if err := c.Campaigns.Open(t.Context(), c.Office, c.ID); err != nil {
		t.Fatal(err)
	}
}

// Rank saves everybody's list, over whatever they have saved before.
func (c *C1) Rank(t testing.TB) {
	t.Helper()
	for _, line := range Lines {
		c.Save(t, line.Pseudonym, line.Wishes...)
	}
}

// Save saves one student's list over their last version.
func (c *C1) Save(t testing.TB, pseudonym string, wishes ...campaign.Wish) campaign.Version {
	t.Helper()
	var base int
	err := c.DB.Read(t.Context(), func(tx *store.Tx) error {
		mine, err := campaign.ForStudent(t.Context(), tx, c.Student[pseudonym], c.ID)
		base = mine.Current.Number
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.Campaigns.Save(t.Context(), c.Student[pseudonym], c.ID, campaign.Save{Base: base, Wishes: wishes})
	if err != nil {
		t.Fatalf("%s saves %v: %v", pseudonym, wishes, err)
	}
	return v.Version
}

// Close closes the campaign at [Closed].
func (c *C1) Close(t testing.TB) {
	t.Helper()
	c.At(t, Closed)
	if err := c.Campaigns.Close(t.Context(), c.Office, c.ID); err != nil {
		t.Fatal(err)
	}
}

// GiveReceipts does the work that gives receipts at the deadline, as if it were due now.
func (c *C1) GiveReceipts(t testing.TB) {
	t.Helper()
	err := c.DB.Write(t.Context(), func(tx *store.Tx) error {
		_, err := job.Enqueue(t.Context(), tx, job.Request{Kind: campaign.ReceiptsKind, Subject: c.ID})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	runner := &job.Runner{DB: c.DB, Handlers: c.Campaigns.Handlers()}
	for done := 1; done > 0; {
		if done, err = runner.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// Read runs look in a transaction that reads.
func (c *C1) Read(t testing.TB, look func(tx *store.Tx) error) {
	t.Helper()
	if err := c.DB.Read(t.Context(), look); err != nil {
		t.Fatal(err)
	}
}

// Get returns the campaign as it stands.
func (c *C1) Get(t testing.TB) (got campaign.Campaign) {
	t.Helper()
	c.Read(t, func(tx *store.Tx) (err error) {
		got, err = campaign.Get(t.Context(), tx, c.ID)
		return err
	})
	return got
}

// Wishes makes a list of codes.
func Wishes(codes ...string) []campaign.Wish {
	list := []campaign.Wish{}
	for _, code := range codes {
		list = append(list, campaign.Wish{Post: code})
	}
	return list
}

// Of returns the line of a student.
func Of(pseudonym string) Line {
	for _, line := range Lines {
		if line.Pseudonym == pseudonym {
			return line
		}
	}
	panic("campaigntest: no student " + pseudonym)
}

// Names of what the reference data are called.
const (
	Faculty = "VALMER"
	Cohort  = "DFASM2-2026"
	Level   = "DFASM2"
	Period  = "S2-2026"
	Earlier = "S1-2026"
)

var demo = identity.System("test")

// declaredRights are those that a campaign needs, of this floor and below.
func declaredRights(s *campaign.Campaigns) []identity.DeclaredRight {
	return capability.Union(
		capability.Ground(s.DB), reference.Capability(), site.Capability(), student.Capability(s.DB), s.Capability(), result.Capability(s.DB, s.Base),
	).Rights
}

func (c *C1) make(ctx context.Context, tx *store.Tx) error {
	if err := identity.DeclareRights(ctx, tx, declaredRights(c.Campaigns)); err != nil {
		return err
	}
	if err := c.makeReference(ctx, tx); err != nil {
		return err
	}
	if err := c.makePeople(ctx, tx); err != nil {
		return err
	}
	made := campaign.Defaults()
	made.Name, made.Faculty, made.Period = "Externat S2 2026", reference.Ref{Code: Faculty}, reference.Ref{Code: Period}
	made.Cohorts = []reference.Ref{{Code: Cohort}}
	made.Contact = campaign.Contact{Name: "Scolarité de Valmer", Email: "scolarite@valmer.example"}
	made.OpensAt, made.ClosesAt, made.CommissionAt, made.PublishesAt = Opens, Closes, Commits, Publishes
	made, err := campaign.Add(ctx, tx, c.Office, made)
	if err != nil {
		return err
	}
	c.ID = made.PublicID
	var posts []campaign.PostForm
	for _, s := range Sites {
		posts = append(posts, campaign.PostForm{Site: reference.Ref{Code: s.Code}, Seats: s.Seats})
	}
	if err := campaign.PutPosts(ctx, tx, c.Office, c.ID, posts, ""); err != nil {
		return err
	}
	for _, line := range Lines {
		points := int64(100 * line.Points)
		if err := campaign.SetPoints(ctx, tx, c.Office, c.ID, c.Record[line.Pseudonym], &points, "points repris"); err != nil {
			return err
		}
		if err := campaign.SetPseudonym(ctx, tx, c.Office, made, c.Record[line.Pseudonym], line.Pseudonym); err != nil {
			return err
		}
	}
	return c.makeHistory(ctx, tx)
}

func (c *C1) makeReference(ctx context.Context, tx *store.Tx) error {
	if _, err := reference.PutFaculty(ctx, tx, demo, reference.Faculty{Code: Faculty, Name: "Université de Valmer"}); err != nil {
		return err
	}
	for i, level := range []string{"DFASM1", Level, "DFASM3"} {
		if _, err := reference.PutLevel(ctx, tx, demo, reference.Level{Code: level, Name: level, Position: i + 1}); err != nil {
			return err
		}
	}
	_, err := reference.PutAcademicYear(ctx, tx, demo, reference.AcademicYear{
		Code: "2025-2026", Name: "2025-2026", Interval: reference.Interval{From: "2025-09-01", To: "2026-08-31"},
	})
	if err != nil {
		return err
	}
	for _, p := range []reference.Period{
		{Code: Earlier, Name: "Semestre 1, 2025-2026", Intervals: []reference.Interval{{From: "2025-10-06", To: "2026-03-06"}}},
		{Code: Period, Name: "Semestre 2, 2025-2026", Intervals: []reference.Interval{{From: "2026-05-04", To: "2026-08-28"}}},
	} {
		if _, err := reference.PutPeriod(ctx, tx, demo, p); err != nil {
			return err
		}
	}
	_, err = student.PutCohort(ctx, tx, demo, student.Cohort{
		Code: Cohort, Name: "DFASM2 2025-2026", Level: reference.Ref{Code: Level}, Year: reference.Ref{Code: "2025-2026"},
		Faculty: reference.Ref{Code: Faculty}, Expected: len(Lines),
	})
	if err != nil {
		return err
	}
	if _, err := site.PutCategory(ctx, tx, demo, site.Category{Code: "STAGE", Acronym: "ST", Name: "Stages", Position: 1, Main: true}); err != nil {
		return err
	}
	for _, s := range Sites {
		_, err := site.Put(ctx, tx, demo, site.Site{
			Code: s.Code, Name: s.Name, Category: reference.Ref{Code: "STAGE"}, Faculty: reference.Ref{Code: Faculty}, Main: true,
			WishesAllowed: true, MinSeats: 0, IdealSeats: s.Seats, MaxSeats: s.Seats + 1,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *C1) makePeople(ctx context.Context, tx *store.Tx) error {
	faculty := identity.Faculty(Faculty)
	var err error
	if c.Office, err = c.Person(ctx, tx, "Nadia", "Lopes", identity.RoleOffice, faculty); err != nil {
		return err
	}
	if c.Second, err = c.Person(ctx, tx, "Paul", "Second", identity.RoleOffice, faculty); err != nil {
		return err
	}
	if c.Observer, err = c.Person(ctx, tx, "Odile", "Regard", identity.RoleObserver, faculty); err != nil {
		return err
	}
	for _, line := range Lines {
		record, err := student.Put(ctx, tx, demo, student.Student{
			Person: identity.Person{GivenName: line.Given, FamilyName: line.Family, Email: strings.ToLower(line.Pseudonym) + "@etu.valmer.example"},
			Number: "2026" + line.Pseudonym, Level: reference.Ref{Code: Level}, Faculty: reference.Ref{Code: Faculty}, Active: true,
		})
		if err != nil {
			return err
		}
		if err := student.PutMember(ctx, tx, demo, cohortID(ctx, tx), record.PublicID); err != nil {
			return err
		}
		c.Record[line.Pseudonym] = record.PublicID
		person := record.Person
		if err := identity.GrantRole(ctx, tx, person.ID, identity.RoleStudent, identity.Self(person.PublicID), "", tx.Now, time.Time{}); err != nil {
			return err
		}
		if c.Student[line.Pseudonym], err = identity.LoadActor(ctx, tx, person, "test"); err != nil {
			return err
		}
	}
	return nil
}

// Person adds somebody with a role.
func (c *C1) Person(ctx context.Context, tx *store.Tx, given, family, role string, on identity.Perimeter) (identity.Actor, error) {
	person, err := identity.AddPerson(ctx, tx, "test", identity.PersonForm{
		GivenName: given, FamilyName: family, Email: strings.ToLower(given) + "@valmer.example",
	})
	if err != nil {
		return identity.Actor{}, err
	}
	if err := identity.GrantRole(ctx, tx, person.ID, role, on, "", tx.Now, time.Time{}); err != nil {
		return identity.Actor{}, err
	}
	return identity.LoadActor(ctx, tx, person, "test")
}

// makeHistory records what two students have already done.
func (c *C1) makeHistory(ctx context.Context, tx *store.Tx) error {
	sites, err := site.All(ctx, tx)
	if err != nil {
		return err
	}
	periods, err := reference.Periods(ctx, tx)
	if err != nil {
		return err
	}
	for pseudonym, code := range map[string]string{"E09": "CHUV-URGE", "E14": "CHUV-PEDI"} {
		student, err := student.ByPublicID(ctx, tx, c.Record[pseudonym])
		if err != nil {
			return err
		}
		_, err = placement.Place(ctx, tx, "test", placement.New{
			StudentID: student.ID, SiteID: idOf(sites, code, site.Site.Ref), PeriodID: idOf(periods, Earlier, reference.Period.Ref),
			Decision: placement.Decision{Procedure: "import", At: tx.Now, By: "test"},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func cohortID(ctx context.Context, tx *store.Tx) string {
	cohorts, err := student.AllCohorts(ctx, tx)
	if err != nil || len(cohorts) == 0 {
		return ""
	}
	return cohorts[0].PublicID
}

func idOf[T any](among []T, code string, as func(T) reference.Ref) int64 {
	for _, x := range among {
		if as(x).Code == code {
			return as(x).ID
		}
	}
	panic("campaigntest: nothing is called " + code)
}

func readSites() (sites []Site) {
	for rest := range linesOf("site") {
		f := strings.SplitN(rest, " ", 3)
		sites = append(sites, Site{f[0], number(f[1]), f[2]})
	}
	return sites
}

func readLines() (lines []Line) {
	for rest := range linesOf("student") {
		lines = append(lines, readLine(rest))
	}
	return lines
}

// linesOf gives what follows a word at the beginning of the lines of the file.
func linesOf(word string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for text := range strings.Lines(c1) {
			if rest, ok := strings.CutPrefix(strings.TrimSpace(text), word+" "); ok && !yield(rest) {
				return
			}
		}
	}
}

func readLine(text string) Line {
	part := strings.Split(text, " | ")
	f := strings.Fields(part[0])
	line := Line{
		Position: number(f[0]), Pseudonym: f[1], Points: number(f[2]), Draw: f[3],
		Given: part[1], Family: part[2], Wishes: Wishes(strings.Fields(part[3])...),
	}
	if post, rank, placed := strings.Cut(part[4], " "); placed {
		line.Post, line.Rank = post, number(rank)
	}
	return line
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("campaigntest: %q is no number", s))
	}
	return n
}
