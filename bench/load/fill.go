package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// A market is a campaign that is open, with a login session for each student.
type market struct {
	campaign string
	posts    []string
	students []candidate
	hash     identity.PasswordHash // everybody's: thousands would take minutes
	opened   opened
}

// An opened campaign was opened in steps.
type opened struct {
	took    time.Duration
	longest time.Duration // of its transactions that wrote
}

type candidate struct {
	record string // public identifier
	token  string // of a login session
}

const (
	postCount = 110
	wishCount = 12
	perBatch  = 500 // students added in one transaction
)

var system = identity.System("load test")

// fill makes the database and opens the campaign.
func fill(ctx context.Context, s settings) (*market, error) {
	db, err := store.Open(ctx, s.database, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	if err := db.Migrate(ctx); err != nil {
		return nil, err
	}
	hash, err := identity.HashPassword(ctx, password)
	if err != nil {
		return nil, err
	}
	m := &market{hash: hash}
	var cohort student.Cohort
	err = db.Write(ctx, func(tx *store.Tx) error {
		if err := identity.DeclareRights(ctx, tx, node.Rights()); err != nil {
			return err
		}
		cohort, err = m.places(ctx, tx, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	for from := 0; from < s.students; from += perBatch {
		err := db.Write(ctx, func(tx *store.Tx) error { return m.enrol(ctx, tx, cohort, from, min(from+perBatch, s.students)) })
		if err != nil {
			return nil, err
		}
	}
	return m, m.open(ctx, db, cohort, s)
}

func (m *market) places(ctx context.Context, tx *store.Tx, s settings) (student.Cohort, error) {
	year := time.Now().Year()
	first, last := reference.Date(fmt.Sprintf("%d-01-01", year)), reference.Date(fmt.Sprintf("%d-12-31", year+1))
	if _, err := reference.PutFaculty(ctx, tx, system, reference.Faculty{Code: "LOAD", Name: "Load"}); err != nil {
		return student.Cohort{}, err
	}
	if _, err := reference.PutLevel(ctx, tx, system, reference.Level{Code: "L", Name: "L", Position: 1}); err != nil {
		return student.Cohort{}, err
	}
	if _, err := reference.PutAcademicYear(ctx, tx, system, reference.AcademicYear{Code: "Y", Name: "Y", Interval: reference.Interval{From: first, To: last}}); err != nil {
		return student.Cohort{}, err
	}
	if _, err := reference.PutPeriod(ctx, tx, system, reference.Period{Code: "P", Name: "P", Intervals: []reference.Interval{{From: first, To: last}}}); err != nil {
		return student.Cohort{}, err
	}
	if _, err := site.PutCategory(ctx, tx, system, site.Category{Code: "C", Acronym: "C", Name: "C", Position: 1, Main: true}); err != nil {
		return student.Cohort{}, err
	}
	seats := s.students*11/10/postCount + 1
	for i := range postCount {
		code := fmt.Sprintf("T%03d", i+1)
		m.posts = append(m.posts, code)
		_, err := site.Put(ctx, tx, system, site.Site{
			Code: code, Name: "Site " + code, Category: reference.Ref{Code: "C"}, Faculty: reference.Ref{Code: "LOAD"},
			Main: true, WishesAllowed: true, IdealSeats: seats, MaxSeats: 2 * seats,
		})
		if err != nil {
			return student.Cohort{}, err
		}
	}
	return student.PutCohort(ctx, tx, system, student.Cohort{
		Code: "G", Name: "G", Level: reference.Ref{Code: "L"}, Year: reference.Ref{Code: "Y"}, Faculty: reference.Ref{Code: "LOAD"},
	})
}

// enrol adds some students who are signed in.
func (m *market) enrol(ctx context.Context, tx *store.Tx, cohort student.Cohort, from, to int) error {
	if err := tx.PlanAnew(ctx); err != nil {
		return err
	}
	var all []student.Enrolment
	for i := from; i < to; i++ {
		all = append(all, student.Enrolment{In: []string{cohort.Code}, Student: student.Student{
			Person: identity.Person{GivenName: "Student", FamilyName: fmt.Sprintf("No%05d", i), Email: fmt.Sprintf("s%d@load.example", i)},
			Number: fmt.Sprintf("N%06d", i), Level: reference.Ref{Code: "L"}, Faculty: reference.Ref{Code: "LOAD"}, Active: true,
		}})
	}
	records, err := student.PutAll(ctx, tx, system, all)
	if err != nil {
		return err
	}
	for i, record := range records {
		on := identity.Self(record.Person.PublicID)
		if err := identity.GrantRole(ctx, tx, record.Person.ID, identity.RoleStudent, on, "", tx.Now, time.Time{}); err != nil {
			return err
		}
		account, err := identity.AddAccount(ctx, tx, record.Person.ID, fmt.Sprintf("s%d", from+i), m.hash, false)
		if err != nil {
			return err
		}
		token, err := identity.OpenSession(ctx, tx, account, "load")
		if err != nil {
			return err
		}
		m.students = append(m.students, candidate{record: record.PublicID, token: token})
	}
	return nil
}

func (m *market) open(ctx context.Context, db *store.DB, cohort student.Cohort, s settings) error {
	campaigns := &campaign.Campaigns{DB: db, Base: "http://127.0.0.1"}
	now := time.Now()
	c := campaign.Defaults()
	c.Name, c.Faculty, c.Period, c.Cohorts = "Load", reference.Ref{Code: "LOAD"}, reference.Ref{Code: "P"}, []reference.Ref{cohort.Ref()}
	c.Contact = campaign.Contact{Name: "Load", Email: "load@load.example"}
	c.OpensAt, c.ClosesAt, c.CommissionAt, c.PublishesAt = now, now.Add(24*time.Hour), now.Add(48*time.Hour), now.Add(72*time.Hour)
	c, err := campaigns.Create(ctx, system, c)
	if err != nil {
		return err
	}
	m.campaign = c.PublicID
	forms := make([]campaign.PostForm, len(m.posts))
	for i, code := range m.posts {
		forms[i] = campaign.PostForm{Site: reference.Ref{Code: code}, Seats: s.students*11/10/postCount + 1}
	}
	if err := campaigns.PutPosts(ctx, system, m.campaign, forms, ""); err != nil {
		return err
	}
	ctx, count := store.WithCounter(ctx)
	began := time.Now()
	err = campaigns.Open(ctx, system, m.campaign)
	if err == nil {
		err = work(ctx, db, map[string]job.Handler{campaign.OpenKind: campaigns.Handlers()[campaign.OpenKind]})
	}
	m.opened = opened{time.Since(began), count.LongestWrite()}
	if err != nil {
		return err
	}
	return settled(ctx, db, campaigns)
}

// settled brings about what a minute after an opening gives: its mails wait to be sent,
// and PostgreSQL has counted the rows of its tables, which nobody does on SQLite.
func settled(ctx context.Context, db *store.DB, campaigns *campaign.Campaigns) error {
	if err := work(ctx, db, campaigns.Handlers()); err != nil || db.Engine == store.SQLite {
		return err
	}
	return db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, "ANALYZE")
		return err
	})
}

// work does the background work of some kinds until none is due.
func work(ctx context.Context, db *store.DB, handlers map[string]job.Handler) error {
	runner := &job.Runner{DB: db, Handlers: handlers}
	for done := 1; done > 0; {
		var err error
		if done, err = runner.Step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// someWishes draws a list: which one does not matter, only that it comes back.
func (m *market) someWishes(r *rand.Rand) []string {
	list := make([]string, wishCount)
	for i, at := range r.Perm(len(m.posts))[:wishCount] {
		list[i] = m.posts[at]
	}
	return list
}
