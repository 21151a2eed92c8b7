package large

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"stagora.org/stagora/internal/campaign"
	"stagora.org/stagora/internal/identity"
	"stagora.org/stagora/internal/job"
	"stagora.org/stagora/internal/reference"
	"stagora.org/stagora/internal/site"
	"stagora.org/stagora/internal/store"
	"stagora.org/stagora/internal/student"
)

// Open campaigns last long enough that no reminder and no deadline falls into what
// is measured.
const openFor = 60 * 24 * time.Hour

// openRounds makes the campaigns in which students rank now, then those that the office
// prepares, by the product's functions, and tells what the world holds.
func (p *plan) openRounds(ctx context.Context, database string, o Options) (w *World, err error) {
	clock := &store.MovableClock{}
	clock.Freeze(o.Now.Add(-7 * 24 * time.Hour))
	db, err := store.Open(ctx, database, clock.Now)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	w = &World{Now: o.Now, Open: map[string]string{}, Draft: map[string]string{}, Personas: personas()}
	r := &rounds{plan: p, db: db, clock: clock, campaigns: &campaign.Campaigns{DB: db, Base: baseURL, Stale: time.Hour}}
	if err := r.distinguish(ctx); err != nil {
		return nil, err
	}
	for number, round := range p.size.Open {
		clock.Freeze(o.Now.Add(-7 * 24 * time.Hour))
		id, err := r.open(ctx, number, round)
		if err != nil {
			return nil, fmt.Errorf("large: open %s: %w", round.Name, err)
		}
		w.Open[round.Name] = id
		if err := r.rank(ctx, number, id); err != nil {
			return nil, fmt.Errorf("large: lists of %s: %w", round.Name, err)
		}
	}
	clock.Freeze(o.Now.Add(-24 * time.Hour))
	for i, round := range p.size.Draft {
		made, err := r.draft(ctx, len(p.size.Open)+i, round, o.Now.Add(14*24*time.Hour))
		if err != nil {
			return nil, fmt.Errorf("large: prepare %s: %w", round.Name, err)
		}
		w.Draft[round.Name] = made
	}
	for i := range p.size.History {
		w.History = append(w.History, p.identifier(campaignTable, 0, i))
	}
	for i, name := range []string{"student", "other student"} {
		given, family := personName(studentPersona + i)
		w.Personas = append(w.Personas, Persona{name, login(studentPersona+i+1, given, family)})
	}
	return w, nil
}

// studentPersona is the number of a student of the first cohort who has lists in
// the largest campaign and a published result.
const studentPersona = 4

// rounds makes open campaigns.
type rounds struct {
	*plan
	db        *store.DB
	clock     *store.MovableClock
	campaigns *campaign.Campaigns
}

// distinguish declares namesakes to be different people: a campaign does not open
// while somebody may be there twice.
func (r *rounds) distinguish(ctx context.Context) error {
	var pairs []student.DuplicatePair
	err := r.db.Read(ctx, func(tx *store.Tx) (err error) {
		pairs, err = student.DuplicatePairs(ctx, tx, system)
		return err
	})
	if err != nil {
		return err
	}
	for _, pair := range pairs {
		if err := student.DeclareDistinct(ctx, r.db, system, pair.First.PublicID, pair.Second.PublicID, "Deux personnes"); err != nil {
			return err
		}
	}
	return nil
}

// open makes a campaign of many cohorts and opens it.
func (r *rounds) open(ctx context.Context, number int, round Round) (string, error) {
	made, err := r.draft(ctx, number, round, r.db.Now())
	if err != nil {
		return "", err
	}
	if err := r.campaigns.Open(ctx, system, made); err != nil {
		return "", err
	}
	return made, r.work(ctx)
}

// draft makes a campaign of many cohorts that may open at an instant.
func (r *rounds) draft(ctx context.Context, number int, round Round, opens time.Time) (string, error) {
	var cohorts []student.Cohort
	var sites []site.Site
	err := r.db.Read(ctx, func(tx *store.Tx) (err error) {
		if cohorts, err = student.AllCohorts(ctx, tx); err != nil {
			return err
		}
		sites, err = site.All(ctx, tx)
		return err
	})
	if err != nil {
		return "", err
	}
	slices.SortFunc(cohorts, func(a, b student.Cohort) int { return int(a.ID - b.ID) })
	slices.SortFunc(sites, func(a, b site.Site) int { return int(a.ID - b.ID) })
	c := campaign.Defaults()
	faculty := faculties[r.facultyOf(round.First)]
	c.Name = fmt.Sprintf("Externat %s (%s)", strings.Replace(half(r.last+1, number%2), "-", " ", 1), round.Name)
	c.Faculty, c.Period = reference.Ref{Code: faculty.code}, reference.Ref{Code: half(r.last+1-number/4, 1-number%2)}
	for _, cohort := range cohorts[round.First : round.First+round.Count] {
		c.Cohorts = append(c.Cohorts, cohort.Ref())
	}
	c.Contact = campaign.Contact{Name: faculty.name, Email: "scolarite@" + faculty.slug + ".example"}
	c.OpensAt, c.ClosesAt = opens, opens.Add(openFor)
	c.CommissionAt, c.PublishesAt = c.ClosesAt.Add(7*24*time.Hour), c.ClosesAt.Add(12*24*time.Hour)
	made, err := r.campaigns.Create(ctx, system, c)
	if err != nil {
		return "", err
	}
	// A tenth more seats than students, on sites of all places.
	seats := (round.Count*cohortSize*11/10 + round.Posts - 1) / round.Posts
	posts := make([]campaign.PostForm, round.Posts)
	for i := range posts {
		posts[i] = campaign.PostForm{Site: sites[i*len(sites)/round.Posts].Ref(), Seats: seats}
	}
	if err := r.campaigns.PutPosts(ctx, system, made.PublicID, posts, ""); err != nil {
		return "", err
	}
	return made.PublicID, r.db.Write(ctx, func(tx *store.Tx) error { return expected(ctx, tx, made) })
}

// work does what waits in the background.
func (r *rounds) work(ctx context.Context) error {
	runner := &job.Runner{DB: r.db, Handlers: r.campaigns.Handlers(), Node: system.Origin}
	for done := 1; done > 0; {
		var err error
		if done, err = runner.Step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// expected says of every post that it had as many seats the year before: other
// numbers would need a second person.
func expected(ctx context.Context, tx *store.Tx, c campaign.Campaign) error {
	posts, err := campaign.Posts(ctx, tx, c)
	if err != nil {
		return err
	}
	for i, post := range posts {
		last := campaign.LastYear{Campaign: "Externat", Seats: post.Seats, Cutoff: 10 * (1 + i)}
		if err := campaign.SetLast(ctx, tx, c, post.Code, last); err != nil {
			return err
		}
	}
	return nil
}

// writers save lists at once: a commit then waits for others and not for the disk.
const writers = 8

// rank has most students of a campaign save a list, and some a second one.
func (r *rounds) rank(ctx context.Context, number int, id string) error {
	var codes []string
	var actors []identity.Actor
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		c, err := campaign.Get(ctx, tx, id)
		if err != nil {
			return err
		}
		posts, err := campaign.Posts(ctx, tx, c)
		if err != nil {
			return err
		}
		for _, post := range posts {
			codes = append(codes, post.Code)
		}
		actors, err = r.actors(ctx, tx, c)
		return err
	})
	if err != nil {
		return err
	}
	slices.Sort(codes)
	r.clock.Freeze(r.db.Now().Add(30 * time.Hour))
	failed := make([]error, writers)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := w; i < len(actors) && failed[w] == nil; i += writers {
				failed[w] = r.save(ctx, actors[i], id, codes, newDice(r.seed, "round", number, i))
			}
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// save saves the lists of one student: none for one in eight, two for one in five.
func (r *rounds) save(ctx context.Context, actor identity.Actor, id string, codes []string, d dice) error {
	kind := d.below(40)
	if kind < 5 {
		return nil
	}
	base, count := 0, modelWishes
	if kind < 9 {
		count = 3 // a short list
	}
	for n := range 2 {
		if n == 1 && kind < 32 {
			break
		}
		v, err := r.campaigns.Save(ctx, actor, id, campaign.Save{Base: base, Wishes: d.wishes(codes, count)})
		if err != nil {
			return err
		}
		base = v.Number
	}
	return nil
}

// actors are the students who take part in a campaign.
func (r *rounds) actors(ctx context.Context, tx *store.Tx, c campaign.Campaign) ([]identity.Actor, error) {
	people, err := campaign.ParticipantsOf(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	in, err := people.All(ctx, tx, people.In())
	if err != nil {
		return nil, err
	}
	var actors []identity.Actor
	for _, e := range in {
		actor, err := identity.LoadActor(ctx, tx, e.Student.Person, system.Origin)
		if err != nil {
			return nil, err
		}
		actors = append(actors, actor)
	}
	return actors, nil
}
