package large

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/campaign/result"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// The model is one campaign of one cohort, from its preparation to its
// publication, by the functions that people's acts go through. Every name, code
// and number in it is a placeholder ([placeholder]), so that a copy can say in
// their stead what it is a copy for.
const (
	cohortSize   = 240
	blockSites   = 50
	blockHouses  = 5
	blockContact = 100
	modelPosts   = 48
	modelWishes  = 12
)

// The instants of the model.
var (
	modelArrival   = time.Date(2026, 2, 2, 8, 0, 0, 0, time.UTC)
	modelPrepared  = time.Date(2026, 3, 12, 8, 0, 0, 0, time.UTC)
	modelOpens     = time.Date(2026, 3, 16, 7, 0, 0, 0, time.UTC)
	modelCloses    = time.Date(2026, 3, 20, 17, 0, 0, 0, time.UTC)
	modelRuns      = time.Date(2026, 3, 24, 9, 0, 0, 0, time.UTC)
	modelCommits   = time.Date(2026, 3, 27, 13, 0, 0, 0, time.UTC)
	modelPublishes = time.Date(2026, 4, 1, 7, 0, 0, 0, time.UTC)
)

// The periods of the model: the one before, and the campaign's.
var modelPeriods = []reference.Period{
	{Code: codeOf('p', 1), Name: nameOf('q', 1), Intervals: []reference.Interval{{From: "2025-10-06", To: "2026-03-06"}}},
	{Code: codeOf('p', 2), Name: nameOf('q', 2), Intervals: []reference.Interval{{From: "2026-05-04", To: "2026-08-28"}}},
}

// The people of an office, by the number of their placeholder.
const (
	staffFrom   = 901 // the first number that is not a student's
	officer     = 901
	secondHand  = 902
	commission  = 903
	observer    = 904
	staffNumber = 4
)

var system = identity.System("large")

// A modeller makes the model in an empty database.
type modeller struct {
	db        *store.DB
	clock     *store.MovableClock
	campaigns *campaign.Campaigns
	results   *result.Results
	dice      dice
	demo      bool // accounts are entered by one click

	staff    map[int]identity.Actor
	students []identity.Actor
	records  []string // public identifiers of the students
	double   string   // of the second record of one of them
	campaign string
}

// Students with something about them, by their index.
const (
	unreachable = 6  // no e-mail address
	doubled     = 11 // has a second record, merged later
	misplaced   = 18 // of the wrong level until somebody corrects it
	onLeave     = 23
	excluded    = 41 // before the opening
	barred      = 57 // after the draw
	lateOne     = 72 // whose list is reopened after the deadline
	rejected    = 90 // ranks two posts that everybody wants
)

// MakeModel makes the model in a new file, to be used for several worlds.
func MakeModel(ctx context.Context, path string, o Options) (err error) {
	clock := &store.MovableClock{}
	clock.Freeze(modelArrival)
	db, err := store.Open(ctx, path, clock.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	m := &modeller{
		db: db, clock: clock, demo: o.Demo, dice: newDice(o.Seed, "model"), staff: map[int]identity.Actor{},
		campaigns: &campaign.Campaigns{DB: db, Base: baseURL, DemoSeed: o.Seed}, results: &result.Results{DB: db, Base: baseURL},
	}
	for _, step := range []struct {
		name string
		at   time.Time
		do   func(context.Context) error
	}{
		{"people and places", modelArrival, m.base},
		{"draft", modelPrepared, m.draft},
		{"corrections", modelPrepared.Add(time.Hour), m.correct},
		{"opening", modelOpens, func(ctx context.Context) error {
			return errors.Join(m.campaigns.Open(ctx, m.staff[officer], m.campaign), m.work(ctx))
		}},
		{"lists", modelOpens, m.rank},
		{"closing", modelCloses.Add(time.Second), m.close},
		{"late case", modelCloses.Add(16 * time.Hour), m.late},
		{"run", modelRuns, m.run},
		{"commission", modelCommits, m.decide},
		{"publication", modelPublishes, m.publish},
	} {
		clock.Freeze(step.at)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("large: model: %s: %w", step.name, err)
		}
	}
	return nil
}

func (m *modeller) base(ctx context.Context) error {
	return m.db.Write(ctx, func(tx *store.Tx) error {
		if err := identity.DeclareRights(ctx, tx, node.Rights()); err != nil {
			return err
		}
		for _, add := range []func(context.Context, *store.Tx) error{m.calendar, m.places, m.office, m.trainees} {
			if err := add(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

func (m *modeller) calendar(ctx context.Context, tx *store.Tx) error {
	if _, err := reference.PutFaculty(ctx, tx, system, reference.Faculty{Code: codeOf('y', 1), Name: nameOf('z', 1)}); err != nil {
		return err
	}
	for i := range levels {
		level := reference.Level{Code: codeOf('l', i+1), Name: nameOf('l', i+1), Position: i + 1}
		if _, err := reference.PutLevel(ctx, tx, system, level); err != nil {
			return err
		}
	}
	for i, c := range categories {
		category := site.Category{Code: c.code, Acronym: c.acronym, Name: c.name, Position: i + 1, Main: true}
		if _, err := site.PutCategory(ctx, tx, system, category); err != nil {
			return err
		}
	}
	year := reference.AcademicYear{Code: "2025-2026", Name: "2025-2026", Interval: reference.Interval{From: "2025-09-01", To: "2026-08-31"}}
	if _, err := reference.PutAcademicYear(ctx, tx, system, year); err != nil {
		return err
	}
	for _, p := range modelPeriods {
		if _, err := reference.PutPeriod(ctx, tx, system, p); err != nil {
			return err
		}
	}
	_, err := student.PutCohort(ctx, tx, system, student.Cohort{
		Code: codeOf('k', 1), Name: nameOf('k', 1), Level: reference.Ref{Code: codeOf('l', modelLevel)},
		Year: reference.Ref{Code: year.Code}, Faculty: reference.Ref{Code: codeOf('y', 1)}, Expected: cohortSize,
	})
	return err
}

// places adds one block of sites with those who answer for them.
func (m *modeller) places(ctx context.Context, tx *store.Tx) error {
	for i := range blockHouses {
		_, err := site.PutInstitution(ctx, tx, system, site.Institution{
			Code: codeOf('i', i+1), Name: nameOf('j', i+1), Kind: houseKinds[i],
			Address: reference.Address{Lines: fmt.Sprintf("%d avenue de l’Hôpital", 3*i+1), PostalCode: fmt.Sprintf("%05d", 99000+100*i), Town: nameOf('d', i+1)},
		})
		if err != nil {
			return err
		}
	}
	for i := range blockSites {
		_, err := site.Put(ctx, tx, system, site.Site{
			Code: codeOf('s', i+1), Name: nameOf('t', i+1), Service: nameOf('o', i+1), Category: reference.Ref{Code: categories[i%len(categories)].code},
			Institution: reference.Ref{Code: codeOf('i', 1+i/(blockSites/blockHouses))}, Faculty: reference.Ref{Code: codeOf('y', 1)},
			Main: true, WishesAllowed: true, MinSeats: 2, IdealSeats: 5, MaxSeats: 80, Description: siteDescription,
		})
		if err != nil {
			return err
		}
	}
	for i := range blockContact {
		contact := site.Contact{
			Code: codeOf('w', i+1), Name: "Dr " + nameOf('c', i+1), Function: contactFunctions[i%len(contactFunctions)], Email: mailOf('v', i+1, "hopital"),
		}
		if _, err := site.PutContact(ctx, tx, system, contact); err != nil {
			return err
		}
		err := site.PutContactSite(ctx, tx, system, site.ContactSite{
			Contact: reference.Ref{Code: contact.Code}, Site: reference.Ref{Code: codeOf('s', 1+i%blockSites)}, Visible: i < blockSites,
			Responsible: i < blockSites, GetsArrivals: true, Validates: i < blockSites, Signs: true, SigningOrder: 1 + i/blockSites,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *modeller) office(ctx context.Context, tx *store.Tx) error {
	for i, role := range []string{identity.RoleOffice, identity.RoleOffice, identity.RoleCommission, identity.RoleObserver} {
		person, err := identity.AddPerson(ctx, tx, system.Origin, identity.PersonForm{
			GivenName: nameOf('g', staffFrom+i), FamilyName: nameOf('f', staffFrom+i), Email: mailOf('u', staffFrom+i, "univ"),
		})
		if err != nil {
			return err
		}
		if err := identity.GrantRole(ctx, tx, person.ID, role, identity.Faculty(codeOf('y', 1)), nameOf('z', 1), tx.Now, time.Time{}); err != nil {
			return err
		}
		if m.staff[staffFrom+i], err = identity.LoadActor(ctx, tx, person, system.Origin); err != nil {
			return err
		}
	}
	return nil
}

func (m *modeller) trainees(ctx context.Context, tx *store.Tx) error {
	cohorts, err := student.AllCohorts(ctx, tx)
	if err != nil {
		return err
	}
	for i := range cohortSize {
		record := m.record(i)
		switch i {
		case unreachable:
			record.Person.Email = ""
		case misplaced:
			record.Level = reference.Ref{Code: codeOf('l', modelLevel-1)}
		}
		saved, err := student.Put(ctx, tx, system, record)
		if err != nil {
			return fmt.Errorf("student %d: %w", i, err)
		}
		m.records = append(m.records, saved.PublicID)
		if err := student.PutMember(ctx, tx, system, cohorts[0].PublicID, saved.PublicID); err != nil {
			return err
		}
		person := saved.Person
		if err := identity.GrantRole(ctx, tx, person.ID, identity.RoleStudent, identity.Self(person.PublicID), person.Name(), tx.Now, time.Time{}); err != nil {
			return err
		}
		if _, err := identity.AddAccount(ctx, tx, person.ID, placeholder('u', i+1), identity.PasswordHash{}, m.demo); err != nil {
			return err
		}
		actor, err := identity.LoadActor(ctx, tx, person, system.Origin)
		if err != nil {
			return err
		}
		m.students = append(m.students, actor)
	}
	second := m.record(doubled)
	second.Person.Email, second.Number = "", ""
	saved, err := student.Put(ctx, tx, system, second)
	if err != nil {
		return err
	}
	m.double = saved.PublicID
	return m.history(ctx, tx)
}

func (m *modeller) record(i int) student.Student {
	born := time.Date(2002, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, (i*157)%1095)
	return student.Student{
		Person: identity.Person{GivenName: nameOf('g', i+1), FamilyName: nameOf('f', i+1), Email: mailOf('u', i+1, "etu")},
		Number: codeOf('n', i+1), BirthDate: reference.Date(born.Format(time.DateOnly)), Level: reference.Ref{Code: codeOf('l', modelLevel)},
		Faculty: reference.Ref{Code: codeOf('y', 1)}, Active: true,
	}
}

// history records where a third of the students were before, and what it cost.
func (m *modeller) history(ctx context.Context, tx *store.Tx) error {
	sites, err := site.All(ctx, tx)
	if err != nil {
		return err
	}
	slices.SortFunc(sites, func(a, b site.Site) int { return int(a.ID - b.ID) })
	periods, err := reference.Periods(ctx, tx)
	if err != nil {
		return err
	}
	earlier := periods[slices.IndexFunc(periods, func(p reference.Period) bool { return p.Code == modelPeriods[0].Code })]
	for i := 0; i < cohortSize; i += 3 {
		record, err := student.ByPublicID(ctx, tx, m.records[i])
		if err != nil {
			return err
		}
		cost := int64(100 * (1 + m.dice.below(12)))
		_, err = placement.Place(ctx, tx, system.Origin, placement.New{
			StudentID: record.ID, SiteID: sites[m.dice.below(len(sites))].ID, PeriodID: earlier.ID,
			Decision: placement.Decision{Procedure: "import", At: tx.Now, By: system.Origin}, Costs: &placement.Costs{Post: cost, Total: cost},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
