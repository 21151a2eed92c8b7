/*
Package large makes a world as large as that of several faculties in ten years:
students, sites, campaigns with their lists, results, ledger, mails and log, from a
seed and in minutes. Pages and steps are measured in it.

One campaign of 240 students, the model, is made by the product's own functions,
from its creation to its publication, in a database of its own and with
placeholders for every name and number ([placeholder]). Its rows are then copied
many times, with other keys, identifiers, names, dates and hashes: as a restored
backup, they are written without asking the rules again. What is copied is read
from the schema, so that a new table or column comes along by itself.

What the world has of its own (faculties, levels, periods, the people of the
offices), its open campaigns and those in draft are made by the product's functions.

What always holds:

  - the same seed and size make the same rows of the copies;
  - every chain of versions and every published bundle in a copy can be verified;
  - no two people have the same name.
*/
package large

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/node"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
)

// Options say which world is made.
type Options struct {
	Seed string
	Size Size
	Now  time.Time // the present of the world: open campaigns opened a week before
	Demo bool      // accounts are entered by one click: production refuses them

	// Model is a file that [MakeModel] made with the same options; empty: a new one is
	// made, and forgotten.
	Model string
}

// A World is what was made.
type World struct {
	Now      time.Time
	Open     map[string]string // public identifiers of the open campaigns, by the name of their [Round]
	Draft    map[string]string // of those in draft, likewise
	History  []string          // of the published ones
	Personas []Persona
}

// A Persona is somebody whose eyes a page can be seen with.
type Persona struct{ Name, Login string }

// Personas are the people whom every world has.
func personas() []Persona {
	list := []Persona{{"administrator", adminLogin}}
	for i, name := range []string{"office", "office2", "commission", "observer"} {
		list = append(list, Persona{name, staffLogin(0, staffFrom+i)})
	}
	return append(list, Persona{"other office", staffLogin(1, officer)})
}

// Make fills a migrated database in which nothing is (a path or a URL, as
// [store.Open] takes it) with a world.
func Make(ctx context.Context, database string, o Options) (w *World, err error) {
	if o.Model == "" {
		folder, err := os.MkdirTemp("", "stagora-model-")
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
		o.Model = filepath.Join(folder, "model.db")
		if err := MakeModel(ctx, o.Model, o); err != nil {
			return nil, err
		}
	}
	m, err := readModel(ctx, o.Model)
	if err != nil {
		return nil, err
	}
	p := &plan{model: m, size: o.Size, seed: o.Seed, last: lastYear(o.Now), first: map[string]map[group]int64{}, ids: map[string]int64{}}
	if err := p.makeBase(ctx, database, o); err != nil {
		return nil, err
	}
	if err := p.copyAll(ctx, database); err != nil {
		return nil, err
	}
	return p.openRounds(ctx, database, o)
}

// copyAll writes all copies.
func (p *plan) copyAll(ctx context.Context, database string) (err error) {
	w, err := newWriter(ctx, database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close(ctx)) }()
	last, err := w.lastKeys(ctx, p.model.tables)
	if err != nil {
		return err
	}
	copies := map[group]int{ofPeople: p.size.Cohorts, ofPlaces: p.size.Blocks, ofCampaign: p.size.History}
	for _, t := range p.model.tables {
		p.first[t.name] = map[group]int64{}
		next := last[t.name] + 1
		for _, g := range []group{ofPeople, ofPlaces, ofCampaign} {
			p.first[t.name][g] = next
			next += int64(copies[g] * t.count[g])
		}
	}
	var all []*replica
	for i := range p.size.Cohorts {
		all = append(all, p.cohort(i))
	}
	for i := range p.size.Blocks {
		all = append(all, p.block(i))
	}
	for i := range p.size.History {
		all = append(all, p.round(i))
	}
	if err := p.writeAll(ctx, w, all); err != nil {
		return err
	}
	return w.finish(ctx, p.model.tables)
}

// A batch is the rows of some copies, by table.
type batch struct {
	rows map[*table][][]any
	err  error
}

// writeAll writes copies in batches: while one is written the next one is made.
func (p *plan) writeAll(ctx context.Context, w writer, all []*replica) error {
	const size = 6
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batches := make(chan batch, 1)
	go func() {
		defer close(batches)
		for some := range slices.Chunk(all, size) {
			b := batch{rows: map[*table][][]any{}}
			for _, c := range some {
				b.err = errors.Join(b.err, p.render(c, b.rows))
			}
			select {
			case batches <- b:
			case <-ctx.Done():
				return
			}
		}
	}()
	for b := range batches {
		if b.err != nil {
			return b.err
		}
		for _, t := range p.model.tables { // those that others refer to first
			if err := w.write(ctx, t.name, columnsOf(t), words(t, b.rows[t])); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func (p *plan) render(c *replica, into map[*table][][]any) error {
	for _, t := range p.model.tables {
		if slices.Contains(notCopied, t.name) {
			continue
		}
		rows, err := c.rows(t)
		if err != nil {
			return err
		}
		into[t] = append(into[t], rows...)
	}
	// What was kept to be hashed is as large as the campaign.
	c.hashes, c.cells = nil, nil
	return nil
}

const adminLogin = "admin"

// makeBase makes what the world has of its own.
func (p *plan) makeBase(ctx context.Context, database string, o Options) (err error) {
	clock := &store.MovableClock{}
	clock.Freeze(time.Date(p.last-years, time.September, 1, 8, 0, 0, 0, time.UTC))
	db, err := store.Open(ctx, database, clock.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	return db.Write(ctx, func(tx *store.Tx) error {
		if err := identity.DeclareRights(ctx, tx, node.Rights()); err != nil {
			return err
		}
		for _, add := range []func(context.Context, *store.Tx, Options) error{p.lists, p.calendar, p.offices, p.roles} {
			if err := add(ctx, tx, o); err != nil {
				return fmt.Errorf("large: base: %w", err)
			}
		}
		return nil
	})
}

func (p *plan) lists(ctx context.Context, tx *store.Tx, _ Options) error {
	for _, f := range faculties {
		saved, err := reference.PutFaculty(ctx, tx, system, reference.Faculty{Code: f.code, Name: f.name})
		if err != nil {
			return err
		}
		p.ids[facultyTable+"/"+f.code] = saved.ID
	}
	for i, code := range levels {
		saved, err := reference.PutLevel(ctx, tx, system, reference.Level{Code: code, Name: code, Position: i + 1})
		if err != nil {
			return err
		}
		p.ids[levelTable+"/"+code] = saved.ID
	}
	for i, c := range categories {
		saved, err := site.PutCategory(ctx, tx, system, site.Category{Code: c.code, Acronym: c.acronym, Name: c.name, Position: i + 1, Main: true})
		if err != nil {
			return err
		}
		p.ids[categoryTable+"/"+c.code] = saved.ID
	}
	return nil
}

func (p *plan) calendar(ctx context.Context, tx *store.Tx, _ Options) error {
	for begins := p.last - years - 2; begins <= p.last+1; begins++ {
		from, to := reference.Date(fmt.Sprintf("%d-09-01", begins)), reference.Date(fmt.Sprintf("%d-08-31", begins+1))
		year, err := reference.PutAcademicYear(ctx, tx, system, reference.AcademicYear{
			Code: yearCode(begins), Name: yearCode(begins), Interval: reference.Interval{From: from, To: to},
		})
		if err != nil {
			return err
		}
		p.ids[yearTable+"/"+yearCode(begins)] = year.ID
		for n := range 2 {
			code := half(begins, n)
			period, err := reference.PutPeriod(ctx, tx, system, reference.Period{
				Code: code, Name: periodName(code), Intervals: []reference.Interval{halfDates(begins, n)},
			})
			if err != nil {
				return err
			}
			p.ids[periodTable+"/"+code] = period.ID
		}
	}
	return nil
}

func halfDates(begins, n int) reference.Interval {
	if n == 0 {
		return reference.Interval{From: reference.Date(fmt.Sprintf("%d-10-05", begins)), To: reference.Date(fmt.Sprintf("%d-03-05", begins+1))}
	}
	return reference.Interval{From: reference.Date(fmt.Sprintf("%d-05-04", begins+1)), To: reference.Date(fmt.Sprintf("%d-08-28", begins+1))}
}

// offices adds the people of the offices, and the administrator.
func (p *plan) offices(ctx context.Context, tx *store.Tx, o Options) error {
	for f, faculty := range faculties {
		for i, role := range []string{identity.RoleOffice, identity.RoleOffice, identity.RoleCommission, identity.RoleObserver} {
			given, family := staffName(f, staffFrom+i)
			id, err := enter(ctx, tx, o, given, family, staffLogin(f, staffFrom+i), role, identity.Faculty(faculty.code), faculty.name)
			if err != nil {
				return err
			}
			p.ids[peopleTable+"/"+staffLogin(f, staffFrom+i)] = id
		}
	}
	given, family := personName(firstStaff - 1)
	_, err := enter(ctx, tx, o, given, family, adminLogin, identity.RoleAdministrator, identity.Everything, "Tout")
	return err
}

// enter adds a person who can sign in.
func enter(ctx context.Context, tx *store.Tx, o Options, given, family, login, role string, on identity.Perimeter, label string) (int64, error) {
	person, err := identity.AddPerson(ctx, tx, system.Origin, identity.PersonForm{GivenName: given, FamilyName: family, Email: login + "@univ.example"})
	if err != nil {
		return 0, err
	}
	if _, err := identity.AddAccount(ctx, tx, person.ID, login, identity.PasswordHash{}, o.Demo); err != nil {
		return 0, err
	}
	return person.ID, identity.GrantRole(ctx, tx, person.ID, role, on, label, tx.Now, time.Time{})
}

func (p *plan) roles(ctx context.Context, tx *store.Tx, _ Options) error {
	roles, err := identity.Roles(ctx, tx)
	for _, r := range roles {
		p.ids[roleTable+"/"+r.Code] = r.ID
	}
	return err
}
