package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/placement"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
	"stagora.org/stagora/internal/text"
)

// A loader brings the data set into an empty database, and its campaign to a
// state, by the functions that people's acts go through: versions, receipts,
// mails and log are what they would be.
type loader struct {
	db        *store.DB
	clock     *store.MovableClock
	campaigns *campaign.Campaigns
	data      estuaire

	campaign string                    // public identifier of C1
	staff    map[string]identity.Actor // by login
	students map[string]identity.Actor // by pseudonym
	records  map[string]string         // public identifiers of students, by pseudonym
	double   string                    // the second record of a student
}

var system = identity.System("demo")

// base brings people and places in, as they are before the campaign is made, with
// the mistakes that its preparation finds.
func (l *loader) base(ctx context.Context) error {
	l.staff, l.students, l.records = map[string]identity.Actor{}, map[string]identity.Actor{}, map[string]string{}
	l.clock.Freeze(arrival)
	return l.db.Write(ctx, func(tx *store.Tx) error {
		if err := identity.DeclareRights(ctx, tx, node.Rights()); err != nil {
			return err
		}
		for _, step := range []func(context.Context, *store.Tx) error{
			l.calendar, l.places, l.contacts, l.people, l.trainees, l.twin,
		} {
			if err := step(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// chapters adds what capabilities bring to a demonstration themselves.
func (l *loader) chapters(ctx context.Context) error {
	for _, c := range node.Capabilities(l.campaigns) {
		if c.Demo == nil {
			continue
		}
		if err := c.Demo(ctx, l.db); err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	return nil
}

// calendar adds the faculty, levels, year, periods and cohort.
func (l *loader) calendar(ctx context.Context, tx *store.Tx) error {
	d := l.data
	if _, err := reference.PutFaculty(ctx, tx, system, reference.Faculty{Code: d.Faculty.Code, Name: d.Faculty.Name, UAI: d.Faculty.UAI}); err != nil {
		return err
	}
	for i, level := range d.Level {
		if _, err := reference.PutLevel(ctx, tx, system, reference.Level{Code: level.Code, Name: level.Name, Position: i + 1}); err != nil {
			return err
		}
	}
	year := reference.AcademicYear{Code: d.Year.Code, Name: d.Year.Code, Interval: reference.Interval{From: d.Year.From, To: d.Year.To}}
	if _, err := reference.PutAcademicYear(ctx, tx, system, year); err != nil {
		return err
	}
	for _, p := range []reference.Period{
		{Code: d.Earlier.Code, Name: d.Earlier.Name, Intervals: []reference.Interval{{From: d.Earlier.From, To: d.Earlier.To}}},
		{Code: d.Campaign.Code, Name: d.Campaign.Period, Intervals: []reference.Interval{{From: d.Campaign.From, To: d.Campaign.To}}},
	} {
		if _, err := reference.PutPeriod(ctx, tx, system, p); err != nil {
			return err
		}
	}
	_, err := student.PutCohort(ctx, tx, system, student.Cohort{
		Code: d.Cohort.Code, Name: d.Cohort.Name, Level: reference.Ref{Code: d.Cohort.Level},
		Year: reference.Ref{Code: d.Year.Code}, Faculty: reference.Ref{Code: d.Faculty.Code}, Expected: len(d.Student),
	})
	return err
}

// places adds categories, institutions and sites.
func (l *loader) places(ctx context.Context, tx *store.Tx) error {
	for i, c := range l.data.Category {
		category := site.Category{Code: c.Code, Acronym: c.Acronym, Name: c.Name, Position: i + 1, Main: true}
		if _, err := site.PutCategory(ctx, tx, system, category); err != nil {
			return err
		}
	}
	for _, i := range l.data.Institution {
		_, err := site.PutInstitution(ctx, tx, system, site.Institution{
			Code: i.Code, Name: i.Name, Kind: site.InstitutionKind(i.Kind), FINESS: i.FINESS,
			Address: reference.Address{Lines: i.Address, PostalCode: i.Postal, Town: i.Town},
		})
		if err != nil {
			return err
		}
	}
	for _, s := range l.data.Site {
		_, err := site.Put(ctx, tx, system, site.Site{
			Code: s.Code, Name: s.Name, Service: s.Service, Category: reference.Ref{Code: s.Category},
			Institution: reference.Ref{Code: s.Institution}, Faculty: reference.Ref{Code: l.data.Faculty.Code},
			Main: true, WishesAllowed: true, MinSeats: s.Min, IdealSeats: s.Ideal, MaxSeats: s.Max, Description: s.Description,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// contacts adds who answers for each site.
func (l *loader) contacts(ctx context.Context, tx *store.Tx) error {
	for _, c := range l.data.Contact {
		contact := site.Contact{Code: c.Code, Name: c.Name, Function: c.Function, Email: c.Email}
		if _, err := site.PutContact(ctx, tx, system, contact); err != nil {
			return err
		}
		for _, code := range c.Sites {
			err := site.PutContactSite(ctx, tx, system, site.ContactSite{
				Contact: reference.Ref{Code: c.Code}, Site: reference.Ref{Code: code},
				Visible: true, Responsible: true, GetsArrivals: true, Validates: true, Signs: true, SigningOrder: 1,
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// people adds the office, the commission and the administrator.
func (l *loader) people(ctx context.Context, tx *store.Tx) error {
	for _, s := range l.data.Staff {
		person, err := identity.AddPerson(ctx, tx, system.Origin, identity.PersonForm{
			GivenName: s.Given, FamilyName: s.Family, Email: s.Login + "@univ-valmer.example",
		})
		if err != nil {
			return err
		}
		on, label := identity.Faculty(l.data.Faculty.Code), l.data.Faculty.Name
		if s.Role == identity.RoleAdministrator {
			on, label = identity.Everything, text.In(text.French, "").T("perimeter.everything")
		}
		if l.staff[s.Login], err = l.enter(ctx, tx, person, s.Login, s.Role, on, label); err != nil {
			return err
		}
	}
	return nil
}

// enter gives a person a demo account and a role.
func (l *loader) enter(ctx context.Context, tx *store.Tx, person identity.Person, login, role string, on identity.Perimeter, label string) (identity.Actor, error) {
	if _, err := identity.AddAccount(ctx, tx, person.ID, login, identity.PasswordHash{}, true); err != nil {
		return identity.Actor{}, err
	}
	if err := identity.GrantRole(ctx, tx, person.ID, role, on, label, tx.Now, time.Time{}); err != nil {
		return identity.Actor{}, err
	}
	return identity.LoadActor(ctx, tx, person, "demo")
}

// trainees adds the students with what they have done before. Two of them carry a
// mistake: no e-mail address, a wrong level.
func (l *loader) trainees(ctx context.Context, tx *store.Tx) error {
	cohorts, err := student.AllCohorts(ctx, tx)
	if err != nil {
		return err
	}
	for _, s := range l.data.Student {
		record := l.record(s)
		switch s.ID {
		case withoutEmail:
			record.Person.Email = ""
		case wrongLevel:
			record.Level = reference.Ref{Code: wrongLevelCode}
		}
		saved, err := student.Put(ctx, tx, system, record)
		if err != nil {
			return fmt.Errorf("student %s: %w", s.ID, err)
		}
		l.records[s.ID] = saved.PublicID
		if err := student.PutMember(ctx, tx, system, cohorts[0].PublicID, saved.PublicID); err != nil {
			return err
		}
		on := identity.Self(saved.Person.PublicID)
		if l.students[s.ID], err = l.enter(ctx, tx, saved.Person, login(s), identity.RoleStudent, on, saved.Person.Name()); err != nil {
			return err
		}
	}
	return l.history(ctx, tx)
}

func (l *loader) record(s traineeData) student.Student {
	return student.Student{
		Person: identity.Person{GivenName: s.Given, FamilyName: s.Family, Email: email(s), Lang: string(text.French)},
		Number: s.Number, INE: s.INE, INEKind: reference.INERNIE, BirthDate: s.Birth,
		Level: reference.Ref{Code: l.data.Cohort.Level}, Faculty: reference.Ref{Code: l.data.Faculty.Code}, Active: true,
	}
}

// history writes where each student was the period before, and what it cost them:
// it is where their points come from.
func (l *loader) history(ctx context.Context, tx *store.Tx) error {
	sites, err := site.All(ctx, tx)
	if err != nil {
		return err
	}
	periods, err := reference.Periods(ctx, tx)
	if err != nil {
		return err
	}
	siteID, periodID := map[string]int64{}, map[string]int64{}
	for _, s := range sites {
		siteID[s.Code] = s.ID
	}
	for _, p := range periods {
		periodID[p.Code] = p.ID
	}
	for _, s := range l.data.Student {
		record, err := student.ByPublicID(ctx, tx, l.records[s.ID])
		if err != nil {
			return err
		}
		cost := 100 * s.Points
		id, err := placement.Place(ctx, tx, system.Origin, placement.New{
			StudentID: record.ID, SiteID: siteID[s.Earlier], PeriodID: periodID[l.data.Earlier.Code],
			Decision: placement.Decision{Procedure: "import", At: decided, By: l.data.Earlier.Decided},
			Costs:    &placement.Costs{Post: cost, Total: cost},
		})
		if err != nil {
			return fmt.Errorf("placement of %s: %w", s.ID, err)
		}
		if err := placement.Validate(ctx, tx, system, id, true, ""); err != nil {
			return err
		}
	}
	return nil
}

// twin adds the second record of a student, as another import might have.
func (l *loader) twin(ctx context.Context, tx *store.Tx) error {
	for _, s := range l.data.Student {
		if s.ID != doubled {
			continue
		}
		record := l.record(s)
		record.Person.FamilyName = strings.ToUpper(s.Family)
		record.Person.Email = strings.Replace(email(s), "@etu.", "@", 1)
		record.Number, record.INE, record.INEKind = "", "", ""
		saved, err := student.Put(ctx, tx, system, record)
		if err != nil {
			return err
		}
		l.double = saved.PublicID
	}
	return nil
}

func email(s traineeData) string { return login(s) + "@etu.univ-valmer.example" }

// login is how a student signs in: given name, point, family name, as logins are
// written.
func login(s traineeData) string {
	return strings.ReplaceAll(text.Fold(s.Given), " ", "-") + "." + strings.ReplaceAll(text.Fold(s.Family), " ", "-")
}

// The mistakes that the data set carries until its campaign opens.
const (
	withoutEmail   = "E07"
	doubled        = "E12"
	wrongLevel     = "E19"
	wrongLevelCode = "DFASM1"
)
